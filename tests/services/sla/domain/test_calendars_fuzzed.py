"""Whatever is written as a calendar is refused with words, or every entry of it has an effect."""

import copy
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from libs.events.catalogue.sla import Calendar
from libs.events.words.storable import is_storable
from services.sla.domain.calendar_checks import WEEKDAYS, BadCalendar
from services.sla.domain.calendars import calendar_of
from services.sla.domain.windows import span, stretches

pytestmark = pytest.mark.slow

ODD = st.one_of(st.none(), st.booleans(), st.integers(-1, 3000), st.floats(), st.text(max_size=9), st.just([]), st.just({}))
CLOCK = st.one_of(
    st.builds("{:02}:{:02}".format, st.integers(0, 24), st.sampled_from([0, 1, 30, 59])),
    st.sampled_from(["09:00", "17:00", "24:00", "9:00", "17:00Z", "09:00+02:00", ""]),
)
WINDOWS = st.lists(st.builds("{}-{}".format, CLOCK, CLOCK), min_size=1, max_size=2)
BUSINESS = st.just(["09:00-12:00", "13:00-18:00"])
OFTEN = st.just({day: ["09:00-12:00", "13:00-18:00"] for day in WEEKDAYS[:5]})
WEEK = st.one_of(OFTEN, st.dictionaries(st.sampled_from(WEEKDAYS), st.one_of(BUSINESS, WINDOWS), min_size=1))
DAYS = st.one_of(st.dates(date(2025, 1, 1), date(2025, 12, 31)), st.dates(date(2024, 12, 30), date(2026, 1, 2))).map(str)
ZONES = [
    "UTC",
    "Asia/Shanghai",
    "Europe/Berlin",
    "Africa/Cairo",
    "America/St_Johns",
    "localtime",
    "posixrules",
    "Factory",
    "utc",
    "",
]
COUNTRIES = st.sampled_from(["CN", "CN", "DE", "EG", "XX", "__class__", "utils"])
ENTRIES = {
    "id": st.text(max_size=9),
    "version": st.integers(1, 9),
    "timezone": st.sampled_from(ZONES),
    "windows": WEEK,
    "years": st.sampled_from([[2025, 2025], [2025, 2026], [2027, 2027], [2026, 2025]]),
    "country": COUNTRIES,
    "subdivision": st.sampled_from(["BY", "QQ"]),
    "added": st.lists(DAYS, min_size=1, max_size=3),
    "removed": st.lists(DAYS, min_size=1, max_size=2),
    "extra_days": st.dictionaries(DAYS, st.sampled_from([*WEEKDAYS, "someday"]), max_size=3),
    "openings": st.dictionaries(DAYS, st.one_of(BUSINESS, WINDOWS), max_size=3),
    "announced_until": DAYS,
    "confirmed": st.lists(st.integers(2024, 2027), max_size=2),
    "cutoff": st.fixed_dictionaries({"at": CLOCK, "resumes": CLOCK}),
    "unheard_of": st.just(1),
}
SOUND = {
    "id": "c",
    "version": 1,
    "timezone": "Asia/Shanghai",
    "years": [2025, 2025],
    "windows": {day: ["09:00-18:00"] for day in WEEKDAYS[:5]},
}


@st.composite
def written(draw: st.DrawFn) -> dict[str, Any]:
    """Return a sound calendar of which a few entries are written otherwise."""
    changed = draw(st.lists(st.sampled_from(sorted(ENTRIES)), max_size=3, unique=True))
    odd = draw(st.sets(st.sampled_from(sorted(ENTRIES)), max_size=1)) if draw(st.integers(0, 4)) == 0 else set()
    return SOUND | {name: draw(ENTRIES[name]) for name in changed} | {name: draw(ODD) for name in sorted(odd)}


def says(calendar: Calendar) -> Any:
    """Return all that a calendar means to the promises that are counted by it."""
    return calendar.cutoff, calendar.announced_until, span(calendar), stretches(calendar)


def each_left_out(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the document without each of its entries that may be left out one by one.

    Not without a country, its part or a confirmed year: those say where the days are from, whatever the days are.
    """
    vouched = document.get("confirmed") or []
    paths: list[tuple[Any, ...]] = [("cutoff",)] if "cutoff" in document else []
    for name in ("added", "removed"):
        paths += [(name, place) for place, day in enumerate(document.get(name) or ()) if int(day[:4]) not in vouched]
    paths += [("extra_days", day) for day in document.get("extra_days") or () if int(day[:4]) not in vouched]
    paths += [("openings", day) for day in document.get("openings") or () if int(day[:4]) not in vouched]
    paths += [("announced_until",)] if "announced_until" in document else []
    paths += [("windows", day, place) for day, texts in document["windows"].items() for place, _ in enumerate(texts)]
    for path in paths:
        changed = copy.deepcopy(document)
        *outer, last = path
        group: Any = changed
        for key in outer:
            group = group[key]
        del group[last]
        if outer and not group:
            (changed if len(outer) == 1 else changed["windows"]).pop(outer[-1])
        yield str(path), changed


def refusal(document: Any) -> str:
    try:
        calendar_of(document)
    except BadCalendar as error:
        return str(error)
    return ""


@settings(max_examples=800, deadline=None)
@given(written())
def test_a_calendar_is_refused_with_words_or_every_entry_of_it_has_an_effect(document: dict[str, Any]) -> None:
    refused = refusal(document)
    event("refused" if refused else "taken")
    if refused:
        assert is_storable(refused) and any(cure in refused for cure in CURES), refused
        return
    meant = says(calendar_of(document))
    for what, without in each_left_out(document):
        assert refusal(without) or says(calendar_of(without)) != meant, f"{what} has no effect"


CURES = ("write", "leave", "decide", "must", "list", "Narrow", "may have", "let one", "name a", "name for")
"""Words that lead to what is to be written instead."""


SPRING = [date(2025, 1, 24) + timedelta(days=offset) for offset in range(18)]
"""Two days of work, the Spring Festival, a make-up Sunday before it and a make-up Saturday after it."""


@pytest.mark.parametrize("day", SPRING, ids=str)
def test_a_day_named_beside_those_of_a_country_changes_something_or_is_refused(day: date) -> None:
    plain = SOUND | {"country": "CN"}
    meant = says(calendar_of(plain))
    for change in [{"added": [day]}, {"removed": [day]}, *({"extra_days": {day: word}} for word in WEEKDAYS)]:
        assert refusal(plain | change) or says(calendar_of(plain | change)) != meant, change
