"""Entries of a calendar that would not mean what their author thinks; each fault says what to write instead."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from typing import Any

from libs.events.catalogue.sla import Cutoff, Window
from services.sla.domain.holidays_of import DaysOff

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY = 24 * 60


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


Week = Mapping[int, Sequence[Window]]
"""The windows of each weekday that has some."""


@dataclass(frozen=True, slots=True)
class Days:
    """The single days that an author names, beside those of the country. The author's word beats the country's."""

    country: DaysOff
    added: frozenset[date]
    removed: frozenset[date]
    extra_days: Mapping[date, int]

    @property
    def worked(self) -> dict[date, int]:
        """The days off that are worked, and like which weekday."""
        return {day: weekday for day, weekday in self.country.worked.items() if day not in self.added} | {**self.extra_days}

    @property
    def off(self) -> frozenset[date]:
        """The days off."""
        return (self.country.off | self.added) - self.removed - self.worked.keys()

    def only(self, day: date) -> "Days":
        """Return the author's and the country's entries for one day."""
        country = DaysOff(self.country.off & {day}, {day: self.country.worked[day]} if day in self.country.worked else {})
        extra = {day: self.extra_days[day]} if day in self.extra_days else {}
        return Days(country, self.added & {day}, self.removed & {day}, extra)

    def like(self, day: date) -> int | None:
        """Return the weekday that the day works like; None for a day off."""
        return self.worked.get(day, None if day in self.off else day.weekday())


def check_days(days: Days, week: Week, years: range, confirmed: frozenset[int]) -> None:
    """Refuse days that change nothing, and days of two meanings."""
    _check_years(years, {"added": days.added, "removed": days.removed, "extra_days": days.extra_days})
    if both := sorted(days.added & days.removed):
        raise BadCalendar(f"{both[0]} is both added and removed; decide for one")
    if both := sorted(days.added & days.extra_days.keys()):
        raise BadCalendar(f"{both[0]} is both a day off (added) and a make-up day (extra_days); decide for one")
    if useless := sorted(days.removed - days.country.off):
        raise BadCalendar(f"removed: {useless[0]} is no public holiday of the country; leave it out, or see extra_days")
    _check_make_up_days(days, week)
    _check_effects(days, week, confirmed)


def _check_years(years: range, named: Mapping[str, Collection[date]]) -> None:
    for name, found in named.items():
        for day in sorted(found):
            if day.year not in years:
                raise BadCalendar(f"{name}: {day} is outside years [{years[0]}, {years[-1]}]; leave it out or widen years")


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
    for name in ("added", "removed", "extra_days"):
        for day in sorted(getattr(days, name)):
            one = days.only(day)
            hours = _hours(one, day, week)
            # An author who read the notice of a year may list all its days.
            if day not in settled and day.year not in confirmed and hours == _hours(_without(one, name), day, week):
                how = "the windows are the same without it" if hours else "nobody works then anyway"
                raise BadCalendar(f"{name}: {day} ({WEEKDAYS[day.weekday()]}) changes nothing, {how}; leave it out")


def _without(days: Days, name: str) -> Days:
    nothing: Any = {} if name == "extra_days" else frozenset()
    return replace(days, **{name: nothing})


def _hours(days: Days, day: date, week: Week) -> list[tuple[time, time]]:
    weekday = days.like(day)
    return [(window.opens, window.closes) for window in week.get(weekday, ())] if weekday is not None else []


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
    last = [max((_closes(one) - DAY for one in windows if one.weekday == weekday), default=0) for weekday in range(7)]
    first = [min((minutes(one.opens) for one in windows if one.weekday == weekday), default=DAY) for weekday in range(7)]
    for weekday, then, which in _neighbours(extra):
        over, opens = last[weekday], first[then]
        if over > opens:
            raise BadCalendar(
                f"the windows of {WEEKDAYS[weekday]} go on until {over // 60:02}:{over % 60:02} of the next day and overlap "
                f"those of {WEEKDAYS[then]}{which}, that begin at {opens // 60:02}:{opens % 60:02}; "
                "let one end where the other begins"
            )


def _neighbours(extra: Mapping[date, int]) -> Iterator[tuple[int, int, str]]:
    """Yield pairs of weekdays that two days in a row are worked like."""
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
    """Return when the window closes in minutes of its day; more than 24 hours if it goes on after midnight."""
    return minutes(window.closes) + (DAY if window.closes <= window.opens else 0)
