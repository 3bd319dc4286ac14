"""When a clock waits, and for what: the exceptions that hold it, each no longer than the process standard lets it."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace


class Reason(Struct, frozen=True):
    """An exception as long as it holds a clock.

    From `capped_at` on it holds the clock no longer, even if it lasts; None where nothing caps it. It `lacks` a calendar if that
    instant is wanted and cannot be computed. Its cap and its reminders count from `raised_at`.
    """

    code: str
    since: datetime
    until: datetime | None
    capped_at: datetime | None = None
    lacks: bool = False
    raised_at: datetime | None = None

    @property
    def is_capped(self) -> bool:
        """Test whether its cap ended it."""
        return self.until is not None and self.until == self.capped_at


class Pause(Struct, frozen=True):
    """A stretch of a clock's life that does not count; `due_at` is the due instant once it is over.

    `reasons` are what it waited for, each for its own time: they may overlap, and the time in which one holds is paused once.
    """

    reason: str
    since: datetime
    until: datetime | None
    due_at: datetime | None = None
    reasons: tuple[Reason, ...] = ()

    @property
    def lacks(self) -> bool:
        """Test whether it cannot be said how long it is."""
        return any(one.lacks for one in self.reasons)

    @property
    def holders(self) -> tuple[Reason, ...]:
        """The reasons one after another: each holds the clock until it is over, then the one that has lasted longest does."""
        found: list[Reason] = []
        at: datetime | None = self.since
        while at is not None and at != self.until:
            lasting = [one for one in self.reasons if one.since <= at and (one.until is None or at < one.until)]
            first = min(lasting, key=lambda one: (one.since, one.code))
            found.append(first if first.since == at else replace(first, since=at))
            at = first.until
        return tuple(found)


def joined(reasons: Iterable[Reason]) -> tuple[Pause, ...]:
    """Return the pauses that these reasons make: those that touch are one, under the code of the first."""
    pauses: list[Pause] = []
    for reason in sorted(reasons, key=lambda one: (one.since, one.code)):
        last = pauses[-1] if pauses else None
        if last and (last.until is None or reason.since <= last.until):
            pauses[-1] = replace(last, until=_later(last.until, reason.until), reasons=(*last.reasons, reason))
        else:
            pauses.append(Pause(reason.code, reason.since, reason.until, reasons=(reason,)))
    return tuple(pauses)


def reaching(pauses: Iterable[Pause], at: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Yield the pauses as far as they reach before `at`."""
    for pause in pauses:
        if pause.since < at:
            yield pause.since, min(pause.until or at, at)


def _later(a: datetime | None, b: datetime | None) -> datetime | None:
    return None if a is None or b is None else max(a, b)
