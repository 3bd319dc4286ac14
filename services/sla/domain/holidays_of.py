"""What the `holidays` library knows of a country, with its silences guarded.

Asked about years it does not know, the library answers with nothing, or with a rule's guess: that is refused here.
Make-up working days (调休) come with it: it reads them from the governments' yearly notices, so a year without its
notice would look complete and be wrong.
"""

import warnings
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

import holidays
from holidays.registry import EntityLoader
from holidays.version import __version__ as VERSION

NOTICES_THAT_MAKE_A_HABIT = 5
"""A country that moved working days in this many years is expected to do so every year."""


class Unreliable(Exception):
    """The library does not know these days for certain."""


@dataclass(frozen=True, slots=True)
class DaysOff:
    """The public holidays, and the days off that are worked instead, each like a weekday (0 = Monday).

    `guessed` are the days of which the library only estimates that they are holidays.
    """

    off: frozenset[date] = frozenset()
    worked: Mapping[date, int] = field(default_factory=dict)
    guessed: frozenset[date] = frozenset()

    def with_days_off(self, days: frozenset[date]) -> "DaysOff":
        """Return these days off and others; nobody works on the others, whatever the country does."""
        worked = {day: weekday for day, weekday in self.worked.items() if day not in days}
        return DaysOff(self.off | days, worked, self.guessed)


def days_off(
    country: str,
    subdivision: str | None,
    years: range,
    settled: frozenset[date],
    confirmed: frozenset[int],
    announced: date = date.max,
) -> DaysOff:
    """Return the days off in `years`; refuse what is uncertain, except `settled` dates and in `confirmed` years.

    After the day `announced` nothing is known for certain to anybody: the library's expectation is taken.
    """
    known, noticed = _ask(country, subdivision, years), _years_with_notice(country, subdivision)
    guessed = _guessed(known)
    for year in years:
        _known(known, year, country)
        if year not in confirmed:
            _certain({day for day in guessed - settled if day <= announced}, year, country)
            if year <= announced.year:
                _announced(noticed, year, country)
    worked = {day: _like(day) for day in known.weekend_workdays if day.year in years}
    return DaysOff(frozenset(day for day in known if day.year in years), worked, guessed)


def _ask(country: str, subdivision: str | None, years: range) -> holidays.HolidayBase:
    # The library would look up any name at all in itself, also one that is no country's.
    # Its list of supported countries would load each of them first.
    if country not in EntityLoader.get_country_codes(include_aliases=True):
        raise Unreliable(
            f"country: {country!r} is not known to the holidays library {VERSION}; write an ISO code, for example CN, "
            "or leave country out and list the days off under `added`."
        )
    try:
        with warnings.catch_warnings():
            # The library only warns when some of a country's holidays are unknown in the years asked for.
            warnings.simplefilter("error", UserWarning)
            return holidays.country_holidays(country, subdiv=subdivision, years=years)
    except (NotImplementedError, UserWarning) as error:
        raise Unreliable(
            f"the holidays library {VERSION} cannot tell the days off of {country} {subdivision or ''}: {error}. "
            "Narrow `years`, or leave country out and list the days off under `added`."
        ) from error


def _years_with_notice(country: str, subdivision: str | None) -> frozenset[int]:
    """Return the years for which make-up working days are known, of all years that the library covers."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        empty = holidays.country_holidays(country, subdiv=subdivision)
        all_years = range(empty.start_year, empty.end_year + 1)
        every = holidays.country_holidays(country, subdiv=subdivision, years=all_years)
    return frozenset(day.year for day in every.weekend_workdays)


def _known(known: holidays.HolidayBase, year: int, country: str) -> None:
    found = any(day.year == year for day in known)
    if not found or not known.start_year <= year <= known.end_year:
        raise Unreliable(
            f"the holidays library {VERSION} knows no holidays of {country} in {year} "
            f"(it covers {known.start_year} to {known.end_year}). Narrow `years`, or leave country out and list "
            "the days off under `added`."
        )


def _guessed(known: holidays.HolidayBase) -> frozenset[date]:
    label = getattr(known, "estimated_label", None)
    if not label:
        return frozenset()
    mark = known.tr(label).replace("%s", "").strip(" ()（）")
    return frozenset(day for day, name in known.items() if mark in name)


def _certain(guessed: Collection[date], year: int, country: str) -> None:
    if days := sorted(day for day in guessed if day.year == year):
        raise Unreliable(
            f"{country} {year}: {', '.join(map(str, days))} are estimates of the holidays library. "
            f"Look the days up; list each under `added` or `removed`, or add {year} to `confirmed`. If nobody has announced "
            f"them yet, name under `announced_until` the last day that is announced."
        )


def _announced(noticed: frozenset[int], year: int, country: str) -> None:
    if len(noticed) >= NOTICES_THAT_MAKE_A_HABIT and year > max(noticed):
        raise Unreliable(
            f"{country} moves working days by a yearly notice, and the holidays library {VERSION} knows "
            f"none after {max(noticed)}. Update the library, or list the notice of {year} under `added` and "
            f"`extra_days` and add {year} to `confirmed`. If it is not out, write `announced_until: {max(noticed)}-12-31`."
        )


def _like(day: date) -> int:
    """Return the weekday a make-up day works like: the working day it touches."""
    return {5: 4, 6: 0}.get(day.weekday(), day.weekday())
