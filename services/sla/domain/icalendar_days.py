"""An iCalendar file (RFC 5545) → the days in it, each with its name.

Feeds mix days off with days that are only remembered. So of a file with several kinds of events the author says which ones
are days off: what a file calls them is never taken for granted.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import recurring_ical_events
from icalendar import Calendar as File
from icalendar import Event

from libs.events.words.storable import is_storable
from services.sla.domain.calendar_checks import BadCalendar, as_json

TEXT_MAX, EVENTS_MAX, NAME_MAX, LENGTH_MAX = 256 * 1024, 2_000, 200, 366
RULES = frozenset({"FREQ", "UNTIL", "COUNT", "INTERVAL", "BYMONTH", "BYMONTHDAY", "BYDAY", "WKST"})
"""What a rule of repetition may say; others would make days in numbers that no year has."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which days of a file are meant: of these years, of these kinds if any is named, without those of these names."""

    years: range
    kinds: frozenset[str] = frozenset()
    left_out: frozenset[str] = frozenset()


def days_in(text: str, wanted: Wanted) -> dict[date, str]:
    """Return the days of the file that are wanted, in order."""
    events = _repeated(_read(text), wanted.years)
    _check_kinds(Counter(map(kind_of, events)), wanted.kinds)
    chosen = [one for one in events if not wanted.kinds or kind_of(one) in wanted.kinds]
    if unheard := sorted(wanted.left_out - {*map(_name, chosen)}):
        raise BadCalendar(
            f"left_out: no event of these years is called {as_json(unheard[0])}; write the names as the file has them"
        )
    found: dict[date, str] = {}
    for one in chosen:
        if (name := _name(one)) not in wanted.left_out:
            for day in _days(one):
                if day.year in wanted.years:
                    found[day] = f"{found[day]}; {name}"[:NAME_MAX] if day in found and found[day] != name else name
    return dict(sorted(found.items()))


def kind_of(event: Event) -> str:
    """Return what kind of day the file says that it is: its categories, else the first line of its description."""
    categories = ", ".join(sorted(map(str, event.categories)))
    return categories or str(event.get("DESCRIPTION", "")).strip().split("\n")[0].strip()[:NAME_MAX]


def _check_kinds(found: Counter[str], wanted: frozenset[str]) -> None:
    told = ", ".join(f"{as_json(kind)} ({number})" for kind, number in sorted(found.items())[:20])
    if unheard := sorted(wanted - found.keys()):
        raise BadCalendar(f"kinds: the file has no events of {as_json(unheard[0])} in these years; write some of {told}")
    if len(found) > 1 and not wanted:
        raise BadCalendar(f"the file has events of several kinds, {told}; write under kinds which of them are days off")


def _read(text: str) -> File:
    if len(text) > TEXT_MAX:
        raise BadCalendar(f"icalendar must be at most {TEXT_MAX} characters, but is {len(text)}; leave out years you do not need")
    try:
        file = File.from_ical(text)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        raise BadCalendar(f"icalendar is no such file ({as_json(str(error))}); write one that begins BEGIN:VCALENDAR") from error
    events = [one for one in file.walk("VEVENT") if isinstance(one, Event)] if isinstance(file, File) else []
    if not 1 <= len(events) <= EVENTS_MAX:
        raise BadCalendar(f"icalendar must be one VCALENDAR of 1 to {EVENTS_MAX} events, but has {len(events)}; write such a one")
    for one in events:
        if one.errors:
            field, why = one.errors[0]
            raise BadCalendar(f"{field} of the event {as_json(_name(one))} cannot be read ({as_json(str(why))}); write it again")
        _check_event(one)
    return file


def _check_event(event: Event) -> None:
    name, first, last = _name(event), _date(event, "DTSTART"), _date(event, "DTEND")
    if not name or not is_storable(name):
        raise BadCalendar(f"an event of {first} has no SUMMARY that can be kept; write what the day is called")
    if type(first) is not date or (last is not None and type(last) is not date):
        raise BadCalendar(
            f"the event {as_json(name)} has a time of day; leave it out, or write it as a whole day (DTSTART;VALUE=DATE). "
            "Single hours belong under openings of a calendar."
        )
    length = last - first if last is not None else getattr(event.get("DURATION"), "dt", timedelta(days=1))
    if not timedelta(days=1) <= length <= timedelta(days=LENGTH_MAX):
        raise BadCalendar(f"the event {as_json(name)} must be 1 to {LENGTH_MAX} days long; DTEND is the day after its last one")
    rules = event.get("RRULE", [])
    for rule in rules if isinstance(rules, list) else [rules]:
        if rule.get("FREQ") != ["YEARLY"] or {*rule} - RULES:
            raise BadCalendar(f"the event {as_json(name)} repeats by another rule than once a year; list its days one by one")


def _date(event: Event, name: str) -> Any:
    return getattr(event.get(name), "dt", None)


def _name(event: Event) -> str:
    return " ".join(str(event.get("SUMMARY", "")).split())[:NAME_MAX]


def _repeated(file: File, years: range) -> Sequence[Event]:
    """Return the events of these years, repeated ones each time; not those that are cancelled."""
    try:
        found = recurring_ical_events.of(file).between(date(years[0], 1, 1), date(years[-1] + 1, 1, 1))
    except (ValueError, TypeError, OverflowError) as error:
        raise BadCalendar(f"icalendar cannot be read: {as_json(str(error))}; list its days one by one") from error
    return [one for one in found if isinstance(one, Event) and one.get("STATUS") != "CANCELLED"]


def _days(event: Event) -> Iterator[date]:
    first, last = _whole(event.start), _whole(event.end)
    return (first + timedelta(days=n) for n in range(max((last - first).days, 1)))


def _whole(at: date) -> date:
    return at.date() if isinstance(at, datetime) else at
