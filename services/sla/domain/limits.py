"""What a limit means: `30m`, `24h`, `2d`, `90s` elapsed; `8wh` working hours; `3wd` working days."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache

from libs.events.catalogue.standard import LIMIT
from libs.events.words.instants import moved
from services.sla.domain.working_time import WorkingTime

NOTHING = timedelta()


class Unit(StrEnum):
    """How a limit counts."""

    SECONDS = "s"
    MINUTES = "m"
    HOURS = "h"
    DAYS = "d"
    WORKING_HOURS = "wh"
    WORKING_DAYS = "wd"


_LENGTHS = {
    Unit.SECONDS: timedelta(seconds=1),
    Unit.MINUTES: timedelta(minutes=1),
    Unit.HOURS: timedelta(hours=1),
    Unit.DAYS: timedelta(days=1),
    Unit.WORKING_HOURS: timedelta(hours=1),
}


class BadLimit(ValueError):
    """The text is no limit."""


class NoCalendar(Exception):
    """A limit counts working time, but the process standard names no calendar."""


@dataclass(frozen=True, slots=True)
class Limit:
    """An amount of the promise's own time."""

    amount: int
    unit: Unit

    @property
    def works(self) -> bool:
        """Test whether only working time counts."""
        return self.unit in (Unit.WORKING_HOURS, Unit.WORKING_DAYS)

    def __str__(self) -> str:
        return f"{self.amount}{self.unit}"


@lru_cache(maxsize=1024)
def limit_of(text: str) -> Limit:
    """Return the limit that `text` says."""
    form = LIMIT.fullmatch(text)
    if not form:
        raise BadLimit(
            f"{text!r} is no limit; write a whole number from 1 to 99999 and s, m, h, d, wh or wd, for example 30m or 3wd."
        )
    return Limit(int(form[1]), Unit(form[2]))


def due(start: datetime, limit: Limit, working: WorkingTime | None) -> datetime:
    """Return the last instant at which a promise running since `start` is still kept, if nothing pauses it."""
    if limit.unit is Unit.WORKING_DAYS:
        return _needed(working, limit).days_after(start, limit.amount)
    length = limit.amount * _LENGTHS[limit.unit]
    return _needed(working, limit).after(start, length) if limit.works else moved(start, length)


def spent(a: datetime, b: datetime, limit: Limit, working: WorkingTime | None) -> timedelta:
    """Return how much of the promise's own time lies from `a` to `b`; nothing when `b` comes first."""
    return max(NOTHING, _needed(working, limit).between(a, b) if limit.works else b - a)


def postponed(due_at: datetime, since: datetime, until: datetime, limit: Limit, working: WorkingTime | None) -> datetime:
    """Return the due instant moved on by the own time of a wait from `since` to `until`; never back, nor into the wait."""
    if limit.unit is Unit.WORKING_DAYS:
        return max(_needed(working, limit).counted_again(since, until, due_at), until, due_at)
    length = spent(since, until, limit, working)
    later = _needed(working, limit).after(due_at, length) if limit.works else moved(due_at, length)
    return max(later, until)


def _needed(working: WorkingTime | None, limit: Limit) -> WorkingTime:
    if working is None:
        raise NoCalendar(
            f"The limit {limit} counts working time, but the process standard names no calendar; publish a version "
            "of the standard with `calendar`, or write the limit in s, m, h or d."
        )
    return working
