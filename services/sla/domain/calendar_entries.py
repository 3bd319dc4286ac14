"""The words of a calendar as people write them: texts, dates, weekdays, windows. What is none is refused with what to write."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, time
from itertools import pairwise
from typing import Any, TypeVar

from libs.events.words.storable import is_storable
from services.sla.domain.calendar_checks import WEEKDAYS, BadCalendar, Hours, as_json

WINDOWS_MAX = 12
"""Windows of a day at most: so the stretches compiled for 300 years stay bounded."""
ID_MAX, VERSION_MAX = 100, 1_000_000
"""The longest id that a process standard can name."""
T = TypeVar("T")

TIME = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]"
CLOCK = re.compile(TIME)
WINDOW = re.compile(rf" *({TIME}) *- *({TIME}|24:00) *")
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
"""How times, windows and dates are written; the JSON Schema of calendars has the same patterns."""

_WORDS: Mapping[type, str] = {str: "a text", int: "a whole number", list: "a list", dict: "entries, `name: value`,"}


def typed(value: Any, kind: type[T], name: str) -> T:
    """Return the value, or refuse it if it is of another kind or empty."""
    if not isinstance(value, kind) or isinstance(value, bool) or not value:
        raise BadCalendar(f"{name} must be {_WORDS[kind]} and not empty, but is {as_json(value)}")
    return value


def id_of(value: Any) -> str:
    """Return the id."""
    id = typed(value, str, "id")
    if len(id) > ID_MAX or not is_storable(id):
        raise BadCalendar(f"id must be 1 to {ID_MAX} characters, no NUL and no half of a surrogate pair, but is {id[:50]!a}")
    return id


def version_of(value: Any) -> int:
    """Return the version."""
    version = typed(value, int, "version")
    if not 1 <= version <= VERSION_MAX:
        raise BadCalendar(f"version must be a whole number from 1 to {VERSION_MAX}")
    return version


def dates(written: Mapping[str, Any], name: str) -> frozenset[date]:
    """Return the dates that are listed under `name`."""
    listed = typed(written[name], list, name) if name in written else []
    return frozenset(once([date_of(value, name) for value in listed], name))


def by_date(written: Mapping[str, Any], name: str) -> dict[date, Any]:
    """Return what is written for each date under `name`."""
    entries = typed(written[name], dict, name) if written.get(name) else {}
    return dict(zip(once([date_of(day, name) for day in entries], name), entries.values(), strict=True))


def once(listed: list[T], name: str) -> list[T]:
    """Return the list, or refuse it if something stands there twice."""
    twice, times = Counter(listed).most_common(1)[0] if listed else (None, 1)
    if times > 1:
        raise BadCalendar(f"{name}: {twice} stands there more than once; write it once")
    return listed


def date_of(value: Any, name: str) -> date:
    """Return the date."""
    # JSON brings dates as text, YAML as dates.
    try:
        return value if type(value) is date else date.fromisoformat(DATE.fullmatch(value)[0])  # type: ignore[index]
    except (TypeError, ValueError):
        raise BadCalendar(f"{name} must hold dates like 2026-02-28, but holds {as_json(value)}") from None


def weekday_of(value: Any, name: str) -> int:
    """Return the weekday's number, 0 for Monday."""
    if value not in WEEKDAYS:
        raise BadCalendar(f"{name}: {as_json(value)} is no weekday; write one of {', '.join(WEEKDAYS)}")
    return WEEKDAYS.index(value)


def hours_of(day: str, texts: Sequence[Any]) -> Hours:
    """Return the windows of a day in order."""
    if len(texts) > WINDOWS_MAX:
        raise BadCalendar(f"windows of {day}: there are {len(texts)}; write at most {WINDOWS_MAX}")
    windows = sorted(_window(day, text) for text in texts)
    for (opens, closes), (then, _) in pairwise(windows):
        if closes > then or closes <= opens:
            raise BadCalendar(f"the windows of {day} overlap at {then:%H:%M}; write stretches that follow one another")
    return tuple(windows)


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
