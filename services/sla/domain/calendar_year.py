"""A calendar's days: what each of them is, and on which of them two versions differ."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from enum import StrEnum

from libs.events.catalogue.sla import Calendar
from services.sla.domain.announced import announced_until

Hours = tuple[tuple[time, time], ...]


class Kind(StrEnum):
    """What a day is."""

    WORK = "work"
    OFF = "off"
    HOLIDAY = "holiday"
    MADE_UP = "made_up"
    OPENED = "opened"
    OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class Day:
    """A day, the windows in which somebody works on it, and whether it is announced."""

    kind: Kind
    hours: Hours = ()
    is_announced: bool = True


def day_of(calendar: Calendar, day: date) -> Day:
    """Return what a day is. One of the weekdays without windows is off, a single day off is a holiday."""
    if not calendar.first_day <= day <= calendar.last_day:
        return Day(Kind.OUTSIDE)
    is_announced = day <= announced_until(calendar)
    if day in calendar.openings:
        return Day(Kind.OPENED, tuple((one.opens, one.closes) for one in calendar.openings[day]), is_announced)
    if day in calendar.extra_days:
        return Day(Kind.MADE_UP, _hours(calendar, calendar.extra_days[day]), is_announced)
    if day in calendar.holidays:
        return Day(Kind.HOLIDAY, (), is_announced)
    hours = _hours(calendar, day.weekday())
    return Day(Kind.WORK if hours else Kind.OFF, hours, is_announced)


def year_of(calendar: Calendar, year: int) -> dict[date, Day]:
    """Return all days of a year."""
    return {day: day_of(calendar, day) for day in _days(year)}


@dataclass(frozen=True, slots=True)
class Difference:
    """A day that is not the same in two versions."""

    day: date
    before: Day
    after: Day


def differences(before: Calendar, after: Calendar, year: int) -> list[Difference]:
    """Return the days of a year on which the two differ: in their hours, in what they are, or whether they are announced."""
    both = (Difference(day, day_of(before, day), day_of(after, day)) for day in _days(year))
    return [one for one in both if one.before != one.after]


def _days(year: int) -> Iterator[date]:
    first = date(year, 1, 1)
    return (first + timedelta(days=n) for n in range((date(year, 12, 31) - first).days + 1))


def _hours(calendar: Calendar, weekday: int) -> Hours:
    return tuple((one.opens, one.closes) for one in calendar.windows if one.weekday == weekday)
