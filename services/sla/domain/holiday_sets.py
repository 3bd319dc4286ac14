"""A holiday set written down by a person, or read from an iCalendar file → the set that is published; and who shares it.

id: company                version: 1
days: {2027-01-04: Inventory, 2027-12-24: Christmas Eve}
or, instead of days,
icalendar: "BEGIN:VCALENDAR ..."   the text of a file         years: [2027, 2028]   the first and the last year to read
kinds: [Public holiday]            which of its events are days off, needed where it has several kinds
left_out: [Halloween]              events that are none after all, by their names

A calendar names it under `holidays: [{id: company, version: 1}]` and, once published, holds the days itself.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from libs.events.catalogue.references import HOLIDAYS
from libs.events.catalogue.sla import HolidaySet
from libs.events.engine.known import Known, NotYetKnown
from libs.events.words.storable import is_storable
from services.sla.domain.calendar_checks import BadCalendar, as_json
from services.sla.domain.calendar_entries import by_date, id_of, once, typed, version_of
from services.sla.domain.icalendar_days import NAME_MAX, Wanted, days_in

DAYS_MAX, YEARS_MAX, SETS_MAX = 2_000, 20, 10
_ENTRIES = frozenset({"id", "version", "days", "icalendar", "years", "kinds", "left_out"})
_OF_FILES = frozenset({"icalendar", "years", "kinds", "left_out"})


def holiday_set_of(written: Mapping[str, Any]) -> HolidaySet:
    """Return the holiday set that `written` describes."""
    if unknown := sorted(map(str, written.keys() - _ENTRIES)):
        raise BadCalendar(f"a holiday set has no {', '.join(unknown)}; it may have {', '.join(sorted(_ENTRIES))}")
    if ("days" in written) == bool(_OF_FILES & written.keys()):
        raise BadCalendar("write either days, or icalendar with the years to read; a holiday set has one of the two")
    days = _from_file(written) if "icalendar" in written else _listed(written)
    if not 1 <= len(days) <= DAYS_MAX:
        raise BadCalendar(f"a holiday set must have 1 to {DAYS_MAX} days, but has {len(days)}; write other years or kinds")
    return HolidaySet(id=id_of(written.get("id")), version=version_of(written.get("version")), days=days)


def _listed(written: Mapping[str, Any]) -> dict[date, str]:
    named = by_date(written, "days")
    return {day: _name(name, day) for day, name in sorted(named.items())}


def _name(value: Any, day: date) -> str:
    name = typed(value, str, f"the name of {day}").strip()
    if not 1 <= len(name) <= NAME_MAX or not is_storable(name):
        raise BadCalendar(f"the name of {day} must be 1 to {NAME_MAX} characters that can be kept, but is {as_json(value)}")
    return name


def _from_file(written: Mapping[str, Any]) -> dict[date, str]:
    match written.get("years"):
        case [int(first), int(last)] if 1900 <= first <= last < 2200 and last - first < YEARS_MAX:
            years = range(first, last + 1)
        case other:
            raise BadCalendar(
                f"years must be the first and the last year to read, at most {YEARS_MAX}, for example [2027, 2028], "
                f"but is {as_json(other)}"
            )
    text = typed(written["icalendar"], str, "icalendar")
    return days_in(text, Wanted(years, _texts(written, "kinds"), _texts(written, "left_out")))


def _texts(written: Mapping[str, Any], name: str) -> frozenset[str]:
    listed = typed(written[name], list, name) if name in written else []
    return frozenset(once([one if one == "" else typed(one, str, name) for one in listed], name))


def shared_days(written: Mapping[str, Any], years: range, announced: date, known: Known | None) -> frozenset[date]:
    """Return the days off of the sets that a calendar names. Each set must have some in every year that is announced."""
    named = typed(written["holidays"], list, "holidays") if "holidays" in written else []
    if len(named) > SETS_MAX:
        raise BadCalendar(f"holidays: there are {len(named)}; write at most {SETS_MAX}")
    found = [_set(one, known) for one in named]
    once([(one.id, one.version) for one in found], "holidays")
    for one in found:
        for year in years:
            if year <= announced.year and not any(day.year == year for day in one.days):
                raise BadCalendar(
                    f"holidays: {one.id} version {one.version} has no day in {year}; publish a version that has, or narrow years"
                )
    return frozenset(day for one in found for day in one.days if day.year in years)


def _set(written: Any, known: Known | None) -> HolidaySet:
    match written:
        case {"id": str(id), "version": int(version), **others} if not others and not isinstance(version, bool):
            try:
                return (known or Known()).version(HOLIDAYS, id, version)
            except NotYetKnown as error:
                raise BadCalendar(f"holidays: {error} is not published; publish it first with POST /holidays") from error
    raise BadCalendar(f"holidays must be like [{{id: company, version: 1}}], but holds {as_json(written)}")
