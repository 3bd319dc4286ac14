"""Why a clock shows what it shows: the stretches that counted and that waited; their lengths sum to its figures."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from libs.events.catalogue.standard import CalendarRef, Standard
from services.sla.domain.breach import Status, verdict
from services.sla.domain.clock import ClockLife, paused, pauses_until, used
from services.sla.domain.working_time import WorkingTime

_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Interval:
    """A stretch of a clock's life: `counted`, or `paused` for `reason`. Time in neither was no working time."""

    what: str
    since: datetime
    until: datetime
    length_us: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """A clock's figures up to `until`, the versions they follow from, and the intervals that add up to them."""

    clock: str
    limit: str
    status: Status
    process_id: str
    process_version: int
    calendar: CalendarRef | None
    started_at: datetime
    due_at: datetime | None
    until: datetime
    used_us: int
    paused_us: int
    intervals: tuple[Interval, ...]


def explain(life: ClockLife, standard: Standard, working: WorkingTime | None, at: datetime) -> Explanation:
    """Return the explanation of a clock at its end, or at `at` while it is open."""
    until = max(life.ended_at or at, life.started_at)
    intervals = (*_paused(life, until), *_counted(life, until, working))
    return Explanation(
        clock=life.target.clock,
        limit=life.target.limit,
        status=verdict(life, at),
        process_id=standard.process_id,
        process_version=standard.version,
        calendar=standard.calendar if life.limit.works else None,
        started_at=life.started_at,
        due_at=life.due_at,
        until=until,
        used_us=used(life, until, working) // _MICROSECOND,
        paused_us=paused(life, until) // _MICROSECOND,
        intervals=tuple(sorted(intervals, key=lambda interval: interval.since)),
    )


def _paused(life: ClockLife, until: datetime) -> Iterator[Interval]:
    for pause, (since, end) in zip(life.pauses, pauses_until(life, until), strict=False):
        yield _interval("paused", since, end, pause.reason)


def _counted(life: ClockLife, until: datetime, working: WorkingTime | None) -> Iterator[Interval]:
    since = life.started_at
    for pause_since, pause_until in (*pauses_until(life, until), (until, until)):
        if since < pause_since:
            yield from _own_time(life, since, pause_since, working)
        since = pause_until


def _own_time(life: ClockLife, since: datetime, until: datetime, working: WorkingTime | None) -> Iterator[Interval]:
    worked = working.stretches(since, until) if working and life.limit.works else [(since, until)]
    for opens, closes in worked:
        yield _interval("counted", opens, closes)


def _interval(what: str, since: datetime, until: datetime, reason: str = "") -> Interval:
    return Interval(what, since, until, (until - since) // _MICROSECOND, reason)
