"""A calendar written down by a person → the calendar that is published: every holiday resolved, nothing guessed.

id: cn-business            version: 1
timezone: Asia/Shanghai    windows: {mon: ["09:00-12:00", "13:30-18:00"], ...}
years: [2025, 2026]        first and last year, both included
country: CN                optional, ISO code, with `subdivision`; its public holidays and make-up days are taken in
added: [2026-12-24]        holidays of your own            removed: [2026-03-08]   holidays you work on
extra_days: {2026-02-28: mon}   days off that you work on, like the weekday named
confirmed: [2027]          years whose dates you compared with the official notice yourself
cutoff: {at: "17:00", resumes: "08:30"}   limits in working days go by dates: a start on a day off counts on the next
                           working day at its clock time, one at 17:00 or later on the working day after at 08:30
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, time
from itertools import groupby, pairwise
from typing import Any, TypeVar

from libs.events.catalogue.sla import Calendar, Cutoff, Window
from libs.events.words.now import zone_named
from libs.events.words.storable import is_storable
from services.sla.domain.calendar_checks import WEEKDAYS, BadCalendar, Days, as_json, check_cutoff, check_days, check_overlaps
from services.sla.domain.holidays_of import DaysOff, Unreliable, days_off

_NEEDED = frozenset({"id", "version", "timezone", "windows", "years"})
_OPTIONAL = frozenset({"country", "subdivision", "added", "removed", "extra_days", "confirmed", "cutoff"})
WINDOWS_MAX = 12
"""Windows of a day at most: so the stretches compiled for 300 years stay bounded."""
T = TypeVar("T")
ID_MAX, VERSION_MAX = 100, 1_000_000
"""The longest id that a process standard can name."""

TIME = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]"
CLOCK = re.compile(TIME)
WINDOW = re.compile(rf" *({TIME}) *- *({TIME}|24:00) *")
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
"""How times, windows and dates are written; the JSON Schema of calendars has the same patterns."""


def calendar_of(written: Mapping[str, Any]) -> Calendar:
    """Return the calendar that `written` describes."""
    _check_names(written)
    first, last = _years(written["years"])
    years, windows, confirmed = range(first, last + 1), _windows(written["windows"]), _confirmed(written)
    added, removed, extra = _dates(written, "added"), _dates(written, "removed"), _extra_days(written)
    days = Days(_country(written, years, added | removed, confirmed), added, removed, extra)
    check_days(days, _by_weekday(windows), years, confirmed)
    check_overlaps(windows, days.worked)
    return Calendar(
        id=_id(written["id"]),
        version=_version(written["version"]),
        timezone=_zone(written["timezone"]),
        windows=windows,
        holidays=tuple(sorted(days.off)),
        extra_days=dict(sorted(days.worked.items())),
        cutoff=_cutoff(written["cutoff"], windows) if "cutoff" in written else None,
        first_day=date(first, 1, 1),
        last_day=date(last, 12, 31),
    )


def _check_names(written: Mapping[str, Any]) -> None:
    if missing := sorted(_NEEDED - written.keys()):
        raise BadCalendar(f"the calendar lacks {', '.join(missing)}; write what it needs: {', '.join(sorted(_NEEDED))}")
    if unknown := sorted(map(str, written.keys() - _NEEDED - _OPTIONAL)):
        raise BadCalendar(f"a calendar has no {', '.join(unknown)}; it may have {', '.join(sorted(_OPTIONAL))}")


_WORDS: Mapping[type, str] = {str: "a text", int: "a whole number", list: "a list", dict: "entries, `name: value`,"}


def _typed(value: Any, kind: type[T], name: str) -> T:
    if not isinstance(value, kind) or isinstance(value, bool) or not value:
        raise BadCalendar(f"{name} must be {_WORDS[kind]} and not empty, but is {as_json(value)}")
    return value


def _id(value: Any) -> str:
    id = _typed(value, str, "id")
    if len(id) > ID_MAX or not is_storable(id):
        raise BadCalendar(f"id must be 1 to {ID_MAX} characters, no NUL and no half of a surrogate pair, but is {id[:50]!a}")
    return id


def _version(value: Any) -> int:
    version = _typed(value, int, "version")
    if not 1 <= version <= VERSION_MAX:
        raise BadCalendar(f"version must be a whole number from 1 to {VERSION_MAX}")
    return version


def _years(value: Any) -> tuple[int, int]:
    match value:
        case [int(first), int(last)] if 1900 <= first <= last < 2200:
            return first, last
    raise BadCalendar(f"years must be the first and the last year, for example [2025, 2026], but is {as_json(value)}")


def _country(written: Mapping[str, Any], years: range, settled: frozenset[date], confirmed: frozenset[int]) -> DaysOff:
    if "country" not in written:
        if useless := sorted({"subdivision", "confirmed"} & {name for name, value in written.items() if value}):
            raise BadCalendar(f"{useless[0]} says something about a country's holidays, and no country is named; write country")
        return DaysOff()
    country = _typed(written["country"], str, "country")
    subdivision = _typed(written["subdivision"], str, "subdivision") if written.get("subdivision") is not None else None
    if beyond := sorted(confirmed - {*years}):
        raise BadCalendar(f"confirmed: {beyond[0]} is outside years [{years[0]}, {years[-1]}]; leave it out or widen years")
    try:
        return days_off(country, subdivision, years, settled, confirmed)
    except Unreliable as error:
        raise BadCalendar(str(error)) from error


def _confirmed(written: Mapping[str, Any]) -> frozenset[int]:
    years = _typed(written["confirmed"], list, "confirmed") if written.get("confirmed") else []
    return frozenset(_once([_typed(year, int, "confirmed") for year in years], "confirmed"))


def _dates(written: Mapping[str, Any], name: str) -> frozenset[date]:
    listed = _typed(written[name], list, name) if name in written else []
    return frozenset(_once([_date(value, name) for value in listed], name))


def _once(listed: list[T], name: str) -> list[T]:
    twice, times = Counter(listed).most_common(1)[0] if listed else (None, 1)
    if times > 1:
        raise BadCalendar(f"{name}: {twice} stands there more than once; write it once")
    return listed


def _date(value: Any, name: str) -> date:
    # JSON brings dates as text, YAML as dates.
    try:
        return value if type(value) is date else date.fromisoformat(DATE.fullmatch(value)[0])  # type: ignore[index]
    except (TypeError, ValueError):
        raise BadCalendar(f"{name} must hold dates like 2026-02-28, but holds {as_json(value)}") from None


def _extra_days(written: Mapping[str, Any]) -> dict[date, int]:
    extra = _typed(written["extra_days"], dict, "extra_days") if written.get("extra_days") else {}
    days = _once([_date(day, "extra_days") for day in extra], "extra_days")
    return {day: _weekday(weekday, "extra_days") for day, weekday in zip(days, extra.values(), strict=True)}


def _weekday(value: Any, name: str) -> int:
    if value not in WEEKDAYS:
        raise BadCalendar(f"{name}: {as_json(value)} is no weekday; write one of {', '.join(WEEKDAYS)}")
    return WEEKDAYS.index(value)


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
                check_cutoff(cutoff, windows)
                return cutoff
    raise BadCalendar(f'cutoff must be like {{at: "17:00", resumes: "08:30"}}, resumes before at, but is {as_json(written)}')


def _windows(written: Any) -> tuple[Window, ...]:
    week = _typed(written, dict, "windows")
    windows = [
        Window(weekday=_weekday(day, "windows"), opens=opens, closes=closes)
        for day, texts in week.items()
        for opens, closes in _of_day(day, _typed(texts, list, f"windows of {day}"))
    ]
    return tuple(sorted(windows, key=lambda window: (window.weekday, window.opens)))


def _by_weekday(windows: Sequence[Window]) -> dict[int, list[Window]]:
    return {weekday: list(of_day) for weekday, of_day in groupby(windows, lambda window: window.weekday)}


def _of_day(day: str, texts: Sequence[Any]) -> list[tuple[time, time]]:
    if len(texts) > WINDOWS_MAX:
        raise BadCalendar(f"windows of {day}: there are {len(texts)}; write at most {WINDOWS_MAX}")
    windows = sorted(_window(day, text) for text in texts)
    for (opens, closes), (then, _) in pairwise(windows):
        if closes > then or closes <= opens:
            raise BadCalendar(f"the windows of {day} overlap at {then:%H:%M}; write stretches that follow one another")
    return windows


def _window(day: str, text: Any) -> tuple[time, time]:
    """Return opening and closing; 24:00 is kept as the midnight that ends the day."""
    form = WINDOW.fullmatch(str(text))
    if not form:
        raise BadCalendar(
            f"{as_json(text)} on {day} is no window; write for example 09:00-18:00, or 09:00-24:00 up to midnight. "
            "The times are those of the calendar's timezone, without an offset."
        )
    if form[1] == form[2]:
        raise BadCalendar(f"{as_json(text)} on {day} ends where it begins; write 00:00-24:00 for a whole day, or leave it out")
    return time.fromisoformat(form[1]), time.fromisoformat(form[2].replace("24:00", "00:00"))
