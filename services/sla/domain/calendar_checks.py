"""What a calendar says and would not mean, or not as its author thinks; each fault says what to write instead."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, time, timedelta

from libs.events.catalogue.standard import Cutoff, Window

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY = 24 * 60


class BadCalendar(ValueError):
    """The calendar as written cannot be published; the message says what to change."""


def check_days(
    years: range,
    *,
    added: Collection[date],
    removed: Collection[date],
    off: Collection[date],
    extra: Mapping[date, int],
    windows: Sequence[Window],
) -> None:
    """Refuse days that change nothing."""
    for name, days in (("added", added), ("removed", removed), ("extra_days", extra)):
        for day in sorted(days):
            if day.year not in years:
                raise BadCalendar(f"{name}: {day} is outside years [{years[0]}, {years[-1]}]; leave it out or widen years")
    if both := sorted({*added} & {*removed}):
        raise BadCalendar(f"{both[0]} is both added and removed; decide for one")
    if useless := sorted({*removed} - {*off}):
        raise BadCalendar(f"removed: {useless[0]} is no public holiday of the country; leave it out, or see extra_days")
    for day, weekday in extra.items():
        if not any(window.weekday == weekday for window in windows):
            word = WEEKDAYS[weekday]
            raise BadCalendar(f"extra_days: {day} is to work like {word}, which has no windows; name a weekday that has some")


def check_cutoff(cutoff: Cutoff, windows: Sequence[Window]) -> None:
    """Refuse a cutoff at which nobody works on any day, and one that resumes when nobody does."""
    if not any(window.opens < cutoff.at and minutes(cutoff.at) <= _closes(window) for window in windows):
        raise BadCalendar(
            f"cutoff: at {cutoff.at:%H:%M} lies in no window; write a time at which people work, or at which they end"
        )
    if not any(window.opens <= cutoff.resumes and minutes(cutoff.resumes) < _closes(window) for window in windows):
        raise BadCalendar(f"cutoff: resumes {cutoff.resumes:%H:%M} lies in no window; write the time at which work begins")


def check_overlaps(windows: Sequence[Window], extra: Mapping[date, int]) -> None:
    """Refuse windows that go on after midnight into those of the next day."""
    for weekday, then, which in _neighbours(extra):
        over = max((_closes(window) - DAY for window in windows if window.weekday == weekday), default=0)
        opens = min((minutes(window.opens) for window in windows if window.weekday == then), default=DAY)
        if over > opens:
            raise BadCalendar(
                f"the windows of {WEEKDAYS[weekday]} go on until {over // 60:02}:{over % 60:02} of the next day and overlap "
                f"those of {WEEKDAYS[then]}{which}, that begin at {opens // 60:02}:{opens % 60:02}; "
                "let one end where the other begins"
            )


def _neighbours(extra: Mapping[date, int]) -> Iterator[tuple[int, int, str]]:
    """Yield as which weekdays two days work that follow one another."""
    for weekday in range(7):
        yield weekday, (weekday + 1) % 7, ""
    for day, weekday in extra.items():
        before, after = day - timedelta(days=1), day + timedelta(days=1)
        yield extra.get(before, before.weekday()), weekday, f" on {day}"
        yield weekday, extra.get(after, after.weekday()), f" on {after}"


def minutes(wall: time) -> int:
    """Return the time of day in minutes."""
    return wall.hour * 60 + wall.minute


def _closes(window: Window) -> int:
    """Return when the window closes in minutes of its day, beyond 24 hours where it goes on after midnight."""
    return minutes(window.closes) + (DAY if window.closes <= window.opens else 0)
