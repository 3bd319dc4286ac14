"""A promise's life without a gap: what counted, what was late, what was paused, and what kept the rest from counting."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from services.sla.domain.calendar_year import Kind, day_of
from services.sla.domain.windows import after_day, instant

if TYPE_CHECKING:
    from services.sla.domain.clock import ClockLife
    from services.sla.domain.explanation import Explanation, Interval


class What(StrEnum):
    """What a stretch of a promise's life is. `ahead` is working time that it still has; the four before are closed."""

    COUNTED = "counted"
    LATE = "late"
    PAUSED = "paused"
    HOURS = "hours"
    OFF = "off"
    HOLIDAY = "holiday"
    OUTSIDE = "outside"
    AHEAD = "ahead"


_CLOSED = {Kind.OFF: What.OFF, Kind.HOLIDAY: What.HOLIDAY, Kind.OUTSIDE: What.OUTSIDE}
"""Why nobody works on a day at all. On every other one it is the hour."""


@dataclass(frozen=True, slots=True)
class Tile:
    """A stretch of a promise's life, and for a pause its reason."""

    what: What
    since: datetime
    until: datetime
    reason: str = ""


def tiles(life: "ClockLife", told: "Explanation") -> tuple[Tile, ...]:
    """Return the life from its start on: each tile begins where the one before ends.

    They end where the explanation does or, while the promise runs, at its due instant. What counted and what was late sum to
    the time used, what is paused to the time paused, and what is ahead to the time left.
    """
    known = (tile for one in told.intervals for tile in _cut(one, life.due_at))
    found = [*_filled(life, told.started_at, told.until, known)]
    due = life.due_at
    if due is not None and told.ended_at is None and told.until < due:
        found += _filled(life, told.until, due, _ahead(life, told.until, due))
    return tuple(_joined(found))


def _cut(one: "Interval", due_at: datetime | None) -> Iterator[Tile]:
    """Yield a stretch, in two where the promise fell due while it counted."""
    if one.what == "paused":
        yield Tile(What.PAUSED, one.since, one.until, one.reason)
    elif due_at is None or one.until <= due_at:
        yield Tile(What.COUNTED, one.since, one.until)
    elif due_at <= one.since:
        yield Tile(What.LATE, one.since, one.until)
    else:
        yield Tile(What.COUNTED, one.since, due_at)
        yield Tile(What.LATE, due_at, one.until)


def _ahead(life: "ClockLife", since: datetime, until: datetime) -> Iterator[Tile]:
    worked = life.working.stretches(since, until) if life.working and life.limit.works else [(since, until)]
    for opens, closes in worked:
        yield Tile(What.AHEAD, opens, closes)


def _filled(life: "ClockLife", since: datetime, until: datetime, known: Iterator[Tile]) -> Iterator[Tile]:
    """Yield what is known, and between it the time in which nobody works."""
    for one in known:
        yield from _closed(life, since, one.since)
        yield one
        since = one.until
    yield from _closed(life, since, until)


def _closed(life: "ClockLife", since: datetime, until: datetime) -> Iterator[Tile]:
    """Yield why nobody works, day by day as the calendar has them."""
    if life.working is None:
        return
    calendar = life.working.calendar
    zone = ZoneInfo(calendar.timezone)
    while since < until:
        day = since.astimezone(zone).date()
        upto = min(until, instant(after_day(calendar, day)))
        yield Tile(_CLOSED.get(day_of(calendar, day).kind, What.HOURS), since, upto)
        since = upto


def _joined(found: list[Tile]) -> Iterator[Tile]:
    """Yield closed time that goes on over midnight as one."""
    last: Tile | None = None
    for one in found:
        if last is not None and last.what == one.what and one.what in (*_CLOSED.values(), What.HOURS):
            last = Tile(one.what, last.since, one.until)
            continue
        if last is not None:
            yield last
        last = one
    if last is not None:
        yield last
