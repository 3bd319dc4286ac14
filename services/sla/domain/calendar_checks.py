"""Entries of a calendar that would not mean what their author thinks; each fault says what to write instead."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta
from typing import Any, TypeVar

from libs.events.catalogue.promise import Cutoff
from services.sla.domain.holidays_of import DaysOff

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY = 24 * 60


NAMES = ("added", "removed", "extra_days", "openings")
"""Where an author names single days."""
T = TypeVar("T")

WRITTEN_MAX = 80


def as_json(value: Any) -> str:
    """Return a value as its author wrote it, shortened; not as Python would write it."""
    try:
        text = json.dumps(value, ensure_ascii=False, default=str, skipkeys=True)
    except (ValueError, RecursionError):
        return "something that JSON cannot say"
    return text if len(text) <= WRITTEN_MAX else f"{text[:WRITTEN_MAX]}…"


class BadCalendar(ValueError):
    """The calendar as written cannot be published; the message says what to change."""


Hours = Sequence[tuple[time, time]]
"""The windows of a day, in order: when each opens and closes."""

Week = Mapping[int, Hours]
"""The windows of each weekday that has some."""


@dataclass(frozen=True, slots=True)
class Days:
    """The single days that an author names, beside those of the country. The author's word beats the country's."""

    country: DaysOff
    added: frozenset[date]
    removed: frozenset[date]
    extra_days: Mapping[date, int]
    openings: Mapping[date, Hours] = field(default_factory=dict)

    @property
    def worked(self) -> dict[date, int]:
        """The days off that are worked, and like which weekday."""
        taken = self.added | self.openings.keys()
        return {day: weekday for day, weekday in self.country.worked.items() if day not in taken} | {**self.extra_days}

    @property
    def off(self) -> frozenset[date]:
        """The days off."""
        return (self.country.off | self.added) - self.removed - self.worked.keys() - self.openings.keys()

    def only(self, day: date) -> "Days":
        """Return the author's and the country's entries for one day."""
        country = DaysOff(self.country.off & {day}, _of(day, self.country.worked))
        return Days(country, self.added & {day}, self.removed & {day}, _of(day, self.extra_days), _of(day, self.openings))

    def hours(self, day: date, week: Week) -> Hours:
        """Return the windows of the day; none for one on which nobody works."""
        if day in self.openings:
            return self.openings[day]
        weekday = self.worked.get(day, None if day in self.off else day.weekday())
        return week.get(weekday, ()) if weekday is not None else ()


def _of(day: date, entries: Mapping[date, T]) -> dict[date, T]:
    return {day: entries[day]} if day in entries else {}


def check_days(days: Days, week: Week, years: range, confirmed: frozenset[int]) -> None:
    """Refuse days that change nothing, and days of two meanings."""
    _check_years(years, {name: getattr(days, name) for name in NAMES})
    _check_meanings(days)
    _check_make_up_days(days, week)
    _check_effects(days, week, confirmed)


def _check_years(years: range, named: Mapping[str, Collection[date]]) -> None:
    for name, found in named.items():
        for day in sorted(found):
            if day.year not in years:
                raise BadCalendar(f"{name}: {day} is outside years [{years[0]}, {years[-1]}]; leave it out or widen years")


def _check_meanings(days: Days) -> None:
    if both := sorted(days.added & days.removed):
        raise BadCalendar(f"{both[0]} is both added and removed; decide for one")
    if both := sorted(days.added & days.extra_days.keys()):
        raise BadCalendar(f"{both[0]} is both a day off (added) and a make-up day (extra_days); decide for one")
    for name in ("added", "removed", "extra_days"):
        if both := sorted(days.openings.keys() & {*getattr(days, name)}):
            raise BadCalendar(f"{both[0]} has windows of its own (openings) and is under {name}, too; decide for one")
    if useless := sorted(days.removed - days.country.off):
        raise BadCalendar(
            f"removed: {useless[0]} is no public holiday of the country, nor of a holiday set; leave it out, or see extra_days"
        )


def _check_make_up_days(days: Days, week: Week) -> None:
    """Refuse days that are worked like a weekday on which nobody works."""
    for day, weekday in days.extra_days.items():
        if weekday not in week:
            word = WEEKDAYS[weekday]
            raise BadCalendar(f"extra_days: {day} is to work like {word}, which has no windows; name a weekday that has some")
    idle = sorted((day, WEEKDAYS[weekday]) for day, weekday in days.worked.items() if weekday not in week)
    if idle:
        raise BadCalendar(
            f"the country works on {', '.join(f'{day} like {word}' for day, word in idle)}, and that weekday has no windows; "
            "name for each day a weekday that has some under extra_days, or list it under added if you do not work on it"
        )


def _check_effects(days: Days, week: Week, confirmed: frozenset[int]) -> None:
    """Refuse days without which the calendar would be the same, except those that settle what was uncertain."""
    settled = days.country.guessed | {day for day, weekday in days.country.worked.items() if weekday not in week}
    for name in NAMES:
        for day in sorted(getattr(days, name)):
            one = days.only(day)
            hours = one.hours(day, week)
            # An author who read the notice of a year may list all its days.
            if day not in settled and day.year not in confirmed and hours == _without(one, name).hours(day, week):
                how = "the windows are the same without it" if hours else "nobody works then anyway"
                raise BadCalendar(f"{name}: {day} ({WEEKDAYS[day.weekday()]}) changes nothing, {how}; leave it out")


def _without(days: Days, name: str) -> Days:
    nothing: Any = {} if name in ("extra_days", "openings") else frozenset()
    return replace(days, **{name: nothing})


def check_cutoff(cutoff: Cutoff, hours: Hours) -> None:
    """Refuse a cutoff at which nobody works on any day, and one that resumes when nobody does."""
    if not any(opens < cutoff.at and minutes(cutoff.at) <= _closes(opens, closes) for opens, closes in hours):
        raise BadCalendar(
            f"cutoff: at {cutoff.at:%H:%M} lies in no window; write a time at which people work, or at which they end"
        )
    if not any(opens <= cutoff.resumes and minutes(cutoff.resumes) < _closes(opens, closes) for opens, closes in hours):
        raise BadCalendar(f"cutoff: resumes {cutoff.resumes:%H:%M} lies in no window; write the time at which work begins")


def check_overlaps(days: Days, week: Week) -> None:
    """Refuse windows that go on after midnight into those of the next day."""
    for before, after, which in _neighbours(days, week):
        over, opens = (
            max((_closes(*one) - DAY for one in before), default=0),
            min((minutes(one[0]) for one in after), default=DAY),
        )
        if over > opens:
            first, then = which
            raise BadCalendar(
                f"the windows of {first} go on until {over // 60:02}:{over % 60:02} of the next day and overlap those of {then}, "
                f"that begin at {opens // 60:02}:{opens % 60:02}; let one end where the other begins"
            )


def _neighbours(days: Days, week: Week) -> Iterator[tuple[Hours, Hours, tuple[str, str]]]:
    """Yield the hours of two days in a row, and what they are called: every two weekdays, and the days that work otherwise."""
    for weekday in range(7):
        then = (weekday + 1) % 7
        yield week.get(weekday, ()), week.get(then, ()), (WEEKDAYS[weekday], WEEKDAYS[then])
    for day in sorted({*days.worked, *days.openings}):
        for first in (day - timedelta(days=1), day):
            then_day = first + timedelta(days=1)
            yield days.hours(first, week), days.hours(then_day, week), (_named(first), _named(then_day))


def _named(day: date) -> str:
    return f"{WEEKDAYS[day.weekday()]} on {day}"


def minutes(wall: time) -> int:
    """Return the time of day in minutes."""
    return wall.hour * 60 + wall.minute


def _closes(opens: time, closes: time) -> int:
    """Return when a window closes in minutes of its day; more than 24 hours if it goes on after midnight."""
    return minutes(closes) + (DAY if closes <= opens else 0)
