"""What a limit means: `30m`, `24h`, `2d`, `90s` elapsed; `8wh` working hours; `3wd` working days."""

from datetime import datetime, timedelta

from libs.events.catalogue.promise import Limit, Unit
from libs.events.words.now import moved
from services.sla.domain.working_time import WorkingTime

NOTHING = timedelta()


_LENGTHS = {
    Unit.SECONDS: timedelta(seconds=1),
    Unit.MINUTES: timedelta(minutes=1),
    Unit.HOURS: timedelta(hours=1),
    Unit.DAYS: timedelta(days=1),
    Unit.WORKING_HOURS: timedelta(hours=1),
}


class NoCalendar(Exception):
    """A limit counts working time, but the process standard names no calendar."""


def due(start: datetime, limit: Limit, working: WorkingTime | None) -> datetime:
    """Return the last instant at which a promise running since `start` is still kept, if nothing pauses it."""
    if limit.unit is Unit.WORKING_DAYS:
        return _needed(working, limit).days_after(start, limit.amount)
    length = limit.amount * _LENGTHS[limit.unit]
    return after(start, length, limit, working)


def after(at: datetime, length: timedelta, limit: Limit, working: WorkingTime | None) -> datetime:
    """Return when so much of the promise's own time has passed since `at`."""
    return _needed(working, limit).after(at, length) if limit.works else moved(at, length)


def spent(a: datetime, b: datetime, limit: Limit, working: WorkingTime | None) -> timedelta:
    """Return how much of the promise's own time lies from `a` to `b`; nothing when `b` comes first."""
    return max(NOTHING, _needed(working, limit).between(a, b) if limit.works else b - a)


def postponed(due_at: datetime, since: datetime, until: datetime, limit: Limit, working: WorkingTime | None) -> datetime:
    """Return the due instant moved on by the own time of a wait from `since` to `until`; never back, nor into the wait."""
    if limit.unit is Unit.WORKING_DAYS:
        return max(_needed(working, limit).counted_again(since, until, due_at), until, due_at)
    length = spent(since, until, limit, working)
    return max(after(due_at, length, limit, working), until)


def _needed(working: WorkingTime | None, limit: Limit) -> WorkingTime:
    if working is None:
        raise NoCalendar(
            f"The limit {limit} counts working time, but the process standard names no calendar; publish a version "
            "of the standard with `calendar`, or write the limit in s, m, h or d."
        )
    return working
