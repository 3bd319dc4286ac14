"""When something happened, as clients tell it: not before the case began, and not in the future."""

from datetime import UTC, datetime, timedelta

from libs.events.words.refusal import Refused

FUTURE_MAX = timedelta(minutes=5)
"""How far a client's clock may run ahead of ours."""

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
"""No case is older; some systems write 0001-01-01 or 1900-01-01 for a missing value."""


def when(occurred_at: datetime | None, at: datetime, since: datetime | None = None) -> datetime:
    """Return the instant at which something happened, by default now; every live route uses this rule.

    It may not lie before `since`, when the case began or was reopened; an earlier case is registered with its own time.
    It may not lie in the future.
    """
    if occurred_at is None:
        return max(at, since or at)
    refuse_impossible(occurred_at, at)
    if since is not None and occurred_at < since:
        detail = f"{occurred_at.isoformat()} lies before {since.isoformat()}, since when the case is open. Send a later instant."
        raise Refused("before-the-case", detail, 422)
    return occurred_at


def must_be_ahead(at: datetime, **dates: datetime | None) -> None:
    """Refuse a date that had passed when it was set."""
    for name, due_at in dates.items():
        if due_at is not None and due_at <= at:
            detail = f"{name} is {due_at.isoformat()}, and had passed at {at.isoformat()}, when it was set. Send a later date."
            raise Refused("due-in-the-past", detail, 422)


def refuse_impossible(occurred_at: datetime, at: datetime) -> None:
    """Refuse an instant in the future (clocks may differ by five minutes), or one that stands for a missing value."""
    if occurred_at > at + FUTURE_MAX:
        detail = f"{occurred_at.isoformat()} lies in the future of {at.isoformat()}. Send the instant at which it happened."
        raise Refused("future-time", detail, 422)
    if occurred_at < EARLIEST:
        raise Refused("placeholder-time", f"{occurred_at.isoformat()} looks like a missing value. Send the real instant.", 422)
