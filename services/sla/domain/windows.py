"""A calendar's working days, and its windows as stretches of UTC time in integer microseconds.

One rule decides every border: an instant works when the wall clock then shows a time inside a window of a working day.
So a window that a daylight-saving gap swallows shrinks, a doubled hour counts twice, and a date that a zone skipped
has no time at all.
"""

from bisect import bisect_left
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from libs.events.catalogue.sla import Calendar

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NAIVE_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001  wall time has no zone
SECOND = 1_000_000
DAY = 86_400 * SECOND

Stretch = tuple[int, int]


def micros(at: datetime) -> int:
    """Return the instant as microseconds since 1970 UTC."""
    gone = at - EPOCH
    return gone.days * DAY + gone.seconds * SECOND + gone.microseconds


def instant(at: int) -> datetime:
    """Return the UTC instant of `at` microseconds."""
    return EPOCH + timedelta(microseconds=at)


def span(calendar: Calendar) -> Stretch:
    """Return the calendar's first instant and the first instant after it."""
    return _midnight(calendar.first_day, ZoneInfo(calendar.timezone)), after_day(calendar, calendar.last_day)


def after_day(calendar: Calendar, day: date) -> int:
    """Return the first instant after a day, where the calendar is."""
    return _midnight(day + timedelta(days=1), ZoneInfo(calendar.timezone))


def stretches(calendar: Calendar) -> tuple[list[Stretch], dict[int, Stretch]]:
    """Return the working stretches within the calendar's span, in order, touching ones joined; and its working days.

    A working day is a shift: from the first opening of a date to its last closing, that may be after midnight. It goes by
    the ordinal of its date. A date of which the clock leaves no time is none.
    """
    walls = [(*stretch, ordinal) for ordinal, windows in _days_and_windows(calendar) for stretch in _on_wall(ordinal, windows)]
    walls.sort()
    first, end = span(calendar)
    joined: list[Stretch] = []
    days: dict[int, Stretch] = {}
    for since, until, offset in _constant_offsets(ZoneInfo(calendar.timezone), first, end):
        # A window may open before the offset changes; two more than a day covers every night shift.
        start = bisect_left(walls, (since + offset - 2 * DAY, 0, 0))
        for wall_opens, wall_closes, ordinal in walls[start:]:
            if wall_opens >= until + offset:
                break
            opens, closes = max(wall_opens - offset, since), min(wall_closes - offset, until)
            if opens < closes:
                _join(joined, opens, closes)
                begun, over = days.get(ordinal, (opens, closes))
                days[ordinal] = min(begun, opens), max(over, closes)
    return joined, days


def _join(joined: list[Stretch], opens: int, closes: int) -> None:
    if joined and opens <= joined[-1][1]:
        joined[-1] = joined[-1][0], max(joined[-1][1], closes)
    else:
        joined.append((opens, closes))


def _days_and_windows(calendar: Calendar) -> Iterator[tuple[int, list[Stretch]]]:
    holidays = frozenset(calendar.holidays)
    openings = {day.toordinal(): [_open_hours(one.opens, one.closes) for one in of] for day, of in calendar.openings.items()}
    week: dict[int, list[Stretch]] = {}
    for window in calendar.windows:
        week.setdefault(window.weekday, []).append(_open_hours(window.opens, window.closes))
    for ordinal in range(calendar.first_day.toordinal(), calendar.last_day.toordinal() + 1):
        weekday: int | None = (ordinal + 6) % 7  # ordinal 1 was a Monday
        if holidays or calendar.extra_days:
            day = date.fromordinal(ordinal)
            # A make-up day beats a holiday, and openings of its own beat both.
            weekday = calendar.extra_days.get(day, None if day in holidays else weekday)
        if windows := openings.get(ordinal) or (week.get(weekday) if weekday is not None else None):
            yield ordinal, windows


def _open_hours(opens: time, closes: time) -> Stretch:
    """Return the window in microseconds of its day; one that closes at or before it opens closes the day after."""
    since, until = _of_day(opens), _of_day(closes)
    return since, until if until > since else until + DAY


def _of_day(wall: time) -> int:
    return ((wall.hour * 60 + wall.minute) * 60 + wall.second) * SECOND + wall.microsecond


def _on_wall(ordinal: int, windows: list[Stretch]) -> Iterator[Stretch]:
    midnight = (ordinal - _NAIVE_EPOCH.toordinal()) * DAY
    for opens, closes in windows:
        yield midnight + opens, midnight + closes


def _constant_offsets(zone: ZoneInfo, first: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Yield (since, until, offset): the stretches of the span in which the zone's offset stays the same."""
    since, offset = first, _offset(zone, first)
    for seen in range(first, end, DAY):
        upto = min(seen + DAY, end)
        if _offset(zone, upto) != offset:
            change = _change(zone, seen, upto)
            yield since, change, offset
            since, offset = change, _offset(zone, change)
    yield since, end, offset


def _change(zone: ZoneInfo, before: int, after: int) -> int:
    """Return the first whole second at which the offset of `before` no longer holds."""
    old, low, high = _offset(zone, before), before // SECOND, after // SECOND
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _offset(zone, middle * SECOND) == old else (low, middle)
    return high * SECOND


def _offset(zone: ZoneInfo, at: int) -> int:
    offset = instant(at).astimezone(zone).utcoffset() or timedelta()
    return (offset.days * 86_400 + offset.seconds) * SECOND


def _midnight(day: date, zone: ZoneInfo) -> int:
    return micros(datetime.combine(day, time(), zone).astimezone(UTC))
