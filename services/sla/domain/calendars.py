"""A calendar written down by a person → the calendar that is published: every holiday resolved, nothing guessed.

id: cn-business            version: 1
timezone: Asia/Shanghai    windows: {mon: ["09:00-12:00", "13:30-18:00"], ...}
years: [2025, 2026]        first and last year, both included
country: CN                optional, ISO code, with `subdivision`; its public holidays and make-up days are taken in
added: [2026-12-24]        holidays of your own            removed: [2026-03-08]   holidays you work on
extra_days: {2026-02-28: mon}   days off that you work on, like the weekday named
openings: {2026-12-19: ["09:00-13:00"]}   the windows of a single date, instead of all that it would have otherwise
announced_until: 2026-12-31   optional: the days after this one are expected, because nobody has announced them yet
holidays: [{id: company, version: 1}]   holiday sets that are published; their days off are taken in, too
confirmed: [2027]          years whose dates you compared with the official notice yourself
cutoff: {at: "17:00", resumes: "08:30"}   limits in working days go by dates: a start on a day off counts on the next
                           working day at its clock time, one at 17:00 or later on the working day after at 08:30
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, time
from itertools import groupby
from typing import Any

from libs.events.catalogue.promise import Cutoff, Opening, Window
from libs.events.catalogue.sla import Calendar
from libs.events.engine.known import Known
from libs.events.words.now import zone_named
from services.sla.domain.calendar_checks import BadCalendar, Days, Hours, as_json, check_cutoff, check_days, check_overlaps
from services.sla.domain.calendar_entries import (
    CLOCK,
    by_date,
    date_of,
    dates,
    hours_of,
    id_of,
    once,
    typed,
    version_of,
    weekday_of,
)
from services.sla.domain.holiday_sets import shared_days
from services.sla.domain.holidays_of import DaysOff, Unreliable, days_off

_NEEDED = frozenset({"id", "version", "timezone", "windows", "years"})
_OPTIONAL = frozenset(
    {"country", "subdivision", "added", "removed", "extra_days", "openings", "announced_until", "holidays", "confirmed", "cutoff"}
)


def calendar_of(written: Mapping[str, Any], known: Known | None = None) -> Calendar:
    """Return the calendar that `written` describes; the holiday sets that it names are looked up in what is `known`."""
    _check_names(written)
    first, last = _years(written["years"])
    years, windows = range(first, last + 1), _windows(written["windows"])
    announced = _announced_until(written, last)
    confirmed = _confirmed(written, years, announced)
    shared = shared_days(written, years, announced or date.max, known)
    days = _days(written, years, confirmed, announced, shared)
    week = {weekday: _hours(of_day) for weekday, of_day in groupby(windows, lambda window: window.weekday)}
    check_days(days, week, years, confirmed)
    check_overlaps(days, week)
    return Calendar(
        id=id_of(written["id"]),
        version=version_of(written["version"]),
        timezone=_zone(written["timezone"]),
        windows=windows,
        holidays=tuple(sorted(days.off)),
        extra_days=dict(sorted(days.worked.items())),
        cutoff=_cutoff(written["cutoff"], windows) if "cutoff" in written else None,
        openings={day: tuple(Opening(opens=a, closes=b) for a, b in hours) for day, hours in sorted(days.openings.items())},
        announced_until=announced,
        first_day=date(first, 1, 1),
        last_day=date(last, 12, 31),
    )


def _check_names(written: Mapping[str, Any]) -> None:
    if missing := sorted(_NEEDED - written.keys()):
        raise BadCalendar(f"the calendar lacks {', '.join(missing)}; write what it needs: {', '.join(sorted(_NEEDED))}")
    if unknown := sorted(map(str, written.keys() - _NEEDED - _OPTIONAL)):
        raise BadCalendar(f"a calendar has no {', '.join(unknown)}; it may have {', '.join(sorted(_OPTIONAL))}")


def _years(value: Any) -> tuple[int, int]:
    match value:
        case [int(first), int(last)] if 1900 <= first <= last < 2200:
            return first, last
    raise BadCalendar(f"years must be the first and the last year, for example [2025, 2026], but is {as_json(value)}")


def _announced_until(written: Mapping[str, Any], last: int) -> date | None:
    if "announced_until" not in written:
        return None
    until = date_of(written["announced_until"], "announced_until")
    if not date(written["years"][0], 1, 1) <= until < date(last, 12, 31):
        raise BadCalendar(
            f"announced_until: {until} must lie in years {written['years']} and before their last day; leave it out if all days "
            "are announced"
        )
    return until


def _confirmed(written: Mapping[str, Any], years: range, announced: date | None) -> frozenset[int]:
    listed = typed(written["confirmed"], list, "confirmed") if written.get("confirmed") else []
    confirmed = frozenset(once([typed(year, int, "confirmed") for year in listed], "confirmed"))
    if not confirmed or "country" not in written:
        return confirmed
    if beyond := sorted(confirmed - {*years}):
        raise BadCalendar(f"confirmed: {beyond[0]} is outside years [{years[0]}, {years[-1]}]; leave it out or widen years")
    if announced and max(confirmed) > announced.year:
        raise BadCalendar(
            f"confirmed: {max(confirmed)} begins after announced_until ({announced}); leave it out, or name a later day there"
        )
    return confirmed


def _days(
    written: Mapping[str, Any], years: range, confirmed: frozenset[int], announced: date | None, shared: frozenset[date]
) -> Days:
    added, removed = dates(written, "added"), dates(written, "removed")
    extra = {day: weekday_of(weekday, "extra_days") for day, weekday in by_date(written, "extra_days").items()}
    openings = {
        day: hours_of(str(day), typed(texts, list, f"openings of {day}")) for day, texts in by_date(written, "openings").items()
    }
    settled = added | removed | openings.keys() | shared
    country = _country(written, years, settled, confirmed, announced).with_days_off(shared)
    return Days(country, added, removed, extra, openings)


def _country(
    written: Mapping[str, Any], years: range, settled: frozenset[date], confirmed: frozenset[int], announced: date | None
) -> DaysOff:
    if "country" not in written:
        if useless := sorted({"subdivision", "confirmed"} & {name for name, value in written.items() if value}):
            raise BadCalendar(f"{useless[0]} says something about a country's holidays, and no country is named; write country")
        return DaysOff()
    country = typed(written["country"], str, "country")
    subdivision = typed(written["subdivision"], str, "subdivision") if written.get("subdivision") is not None else None
    try:
        return days_off(country, subdivision, years, settled, confirmed, announced or date.max)
    except Unreliable as error:
        raise BadCalendar(str(error)) from error


def _zone(value: Any) -> str:
    if zone := zone_named(value):
        return zone.key
    raise BadCalendar(f"timezone: {as_json(value)} is no IANA time zone; write a place's, for example Asia/Shanghai, or UTC")


def _cutoff(written: Any, windows: Sequence[Window]) -> Cutoff:
    match written:
        case {"at": str(at), "resumes": str(resumes), **others} if (
            not others and CLOCK.fullmatch(at) and CLOCK.fullmatch(resumes)
        ):
            cutoff = Cutoff(at=time.fromisoformat(at), resumes=time.fromisoformat(resumes))
            # What resumes after the cutoff would itself be too late.
            if cutoff.resumes < cutoff.at:
                check_cutoff(cutoff, _hours(windows))
                return cutoff
    raise BadCalendar(f'cutoff must be like {{at: "17:00", resumes: "08:30"}}, resumes before at, but is {as_json(written)}')


def _windows(written: Any) -> tuple[Window, ...]:
    week = typed(written, dict, "windows")
    windows = [
        Window(weekday=weekday_of(day, "windows"), opens=opens, closes=closes)
        for day, texts in week.items()
        for opens, closes in hours_of(day, typed(texts, list, f"windows of {day}"))
    ]
    return tuple(sorted(windows, key=lambda window: (window.weekday, window.opens)))


def _hours(windows: Iterable[Window]) -> Hours:
    return tuple((window.opens, window.closes) for window in windows)
