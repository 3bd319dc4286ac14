"""The JSON Schemas of authors' files agree with the code that reads these: neither accepts what the other refuses."""

import copy
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from deploy.docs import written
from deploy.importer import BadMapping
from deploy.importer.mapping import mapping_in
from deploy.importer.part import Part
from libs.events.catalogue.intake import SUBJECTS
from libs.events.catalogue.promise import DATES, LIMIT, MOMENT
from libs.events.catalogue.standard import RAISES
from services.routing.domain.people.reading import read as read_roster
from services.routing.domain.people.week import STRETCH, STRETCHES_MAX
from services.routing.domain.standards.page import Fault
from services.routing.domain.standards.reading import read
from services.routing.domain.standards.soundness import NODES_MAX
from services.sla.domain.calendar_checks import BadCalendar
from services.sla.domain.calendar_entries import CLOCK, DATE, WINDOW, WINDOWS_MAX
from services.sla.domain.calendars import calendar_of

pytestmark = pytest.mark.slow

DEPLOY = Path(__file__).parents[2] / "deploy"
STANDARDS = [*DEPLOY.glob("standards/*.yaml"), *DEPLOY.glob("imports/standards/*.yaml")]
ROSTERS = [*DEPLOY.glob("rosters/*.yaml")]
MAPPINGS = [*DEPLOY.glob("imports/*.yaml")]
CALENDARS = [*DEPLOY.glob("calendars/*.yaml")]

OTHERS = {"calendar": CALENDARS, "mapping": MAPPINGS, "roster": ROSTERS}

ODD = (None, True, 0, 7, 1.5, "", " ", "x", "x" * 101, "x" * 501, [], ["x"], [1], {}, {"x": "y"}, {"x": 1}, 1_000_001)
"""These values are tried at every place; None also stands for a missing entry."""

MEANING = ("there is no clock", "is never reached", "names a node's own clock", "changes nothing", "half a surrogate", "no IANA")
MEANING += ("has other places", "has a brace")
"""Faults in the meaning, not in the form: a schema cannot see them."""


def loaded(path: Path) -> Any:
    """Return a YAML file's content as JSON would bring it."""
    text = path.read_text("utf-8")
    # In a mapping everything is a word, `on` and `no` too.
    return yaml.load(text, yaml.BaseLoader) if path in MAPPINGS else as_json(yaml.safe_load(text))


def as_json(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): as_json(one) for key, one in value.items()}
    if isinstance(value, list):
        return [as_json(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value


def as_words(value: Any) -> Any:
    """Return this as the importer's reader finds it in a YAML file: every value is text."""
    if isinstance(value, dict):
        return {str(key): as_words(one) for key, one in value.items()}
    if isinstance(value, list):
        return [as_words(one) for one in value]
    return value if isinstance(value, str) else "null" if value is None else str(value).lower()


def spoiled(document: Any, found: Sequence[tuple[Any, ...]]) -> Iterator[tuple[str, Any]]:
    """Yield the document with something odd at each of these places, and with an entry too many."""
    for path in found:
        for odd in ODD:
            changed = copy.deepcopy(document)
            put(changed, path, odd)
            yield f"{path}={odd!r}"[:200], changed
    for path in [(), *found]:
        changed = copy.deepcopy(document)
        group = at(changed, path)
        if isinstance(group, dict):
            group["unheard_of"] = "x"
            yield f"{path}+unheard_of", changed


def places(value: Any, path: tuple[Any, ...] = (), *, most: int | None = 1) -> Iterator[tuple[Any, ...]]:
    """Yield every place; of a list only its first entries, where the others are like these."""
    entries = value.items() if isinstance(value, dict) else list(enumerate(value))[:most] if isinstance(value, list) else ()
    for key, inner in entries:
        yield (*path, key)
        yield from places(inner, (*path, key), most=most)


NAMED = {"roles", "duties", "grades", "classes", "severities", "attributes", "promises", "forms", "scripts", "properties"}
NAMED |= {"when", "then", "grade", "severity", "service_class"}
"""The groups of a standard whose entries have names of the author's choice, and are like each other."""


def unlike(document: Any, seen: set[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Return the places that are like none that was seen before, and note them as seen."""
    found = []
    for path in places(document, most=None):
        kind = tuple(
            "*" if isinstance(key, int) or above in NAMED else key for above, key in zip(("", *path), path, strict=False)
        )
        if (like := (*kind, type(at(document, path)).__name__)) not in seen:
            seen.add(like)
            found.append(path)
    return found


def around(document: Any, place: tuple[Any, ...]) -> tuple[Any, tuple[Any, ...]]:
    """Return the part of a standard that is read with a place, and the place in it: a whole one takes twenty times as long."""
    kept = {*written.load("process-standard")["required"], "schema", "roles", place[0]}
    n, inside = (place[1], ("nodes", 0, *place[2:])) if place[0] == "nodes" and len(place) > 1 else (0, place)
    return {name: one for name, one in document.items() if name in kept} | {"nodes": document["nodes"][n : n + 1]}, inside


def at(value: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        value = value[key]
    return value


def put(document: Any, path: tuple[Any, ...], odd: Any) -> None:
    *outer, last = path
    group = at(document, tuple(outer))
    if odd is None and isinstance(group, dict):
        del group[last]
    else:
        group[last] = odd


SHOWN = [
    yaml.load(text, yaml.BaseLoader)
    for text in re.findall(r"```yaml\n(system:.*?)```", (DEPLOY.parent / "docs/importing.md").read_text("utf-8"), re.DOTALL)
]
"""The mappings that the page about them shows."""


def reads_standard(document: Any) -> bool:
    page = read(document)
    nodes = page.standard.nodes
    # These are refused behind the reader, where the words for it are better.
    counted = 1 <= len(nodes) <= NODES_MAX and all(gate.approver for node in nodes for gate in node.gates)
    known = all(node.confirmation is None or node.confirmation.subject in SUBJECTS for node in nodes)
    raised = all(one.raised_by in ("", *RAISES) for one in page.standard.exceptions)
    faults = [fault for fault in page.faults if not any(words in str(fault) for words in MEANING)]
    return counted and known and raised and not faults


def reads_roster(document: Any) -> bool:
    faults: list[Fault] = []
    read_roster(document, faults)
    return not [fault for fault in faults if not any(words in str(fault) for words in MEANING)]


def reads_calendar(document: Any) -> bool:
    try:
        calendar_of(document)
    except BadCalendar:
        return False
    return True


@pytest.mark.parametrize("path", [*STANDARDS, *CALENDARS, *MAPPINGS, *ROSTERS], ids=lambda path: path.stem)
def test_what_we_ship_fits_its_schema(path: Path) -> None:
    name = next((name for name, paths in OTHERS.items() if path in paths), "process-standard")
    assert [error.message for error in Draft202012Validator(written.load(name)).iter_errors(loaded(path))] == []


def test_a_standard_s_schema_takes_what_its_reader_takes() -> None:
    """Every kind of place is spoiled once, in the first standard that has one."""
    seen: set[tuple[Any, ...]] = set()
    for path in STANDARDS:
        document = loaded(path)
        for place in unlike(document, seen):
            part, where = around(document, place)
            assert reads_standard(part)
            # What the schema of a form may say, its reader knows better (tests/libs/events/catalogue/test_forms.py).
            is_deep = place[:1] == ("forms",) and place[2:3] == ("schema",)
            differing = disagreements("process-standard", part, reads_standard, [where])
            assert [where for where, _, taken in differing if taken or not is_deep] == [], (path, place)
    assert {one[0] for one in seen} >= {"forms", "scripts", "nodes", "exceptions", "grades", "severities", "classes"}
    assert {one[2] for one in seen if one[:2] == ("nodes", "*")} >= {"gates", "confirmation", "notice", "asks_expectation"}


@pytest.mark.parametrize("path", ROSTERS, ids=lambda path: path.stem)
def test_a_roster_s_schema_takes_what_its_reader_takes(path: Path) -> None:
    document = loaded(path)
    differing = disagreements("roster", document, reads_roster, [*places(document)])
    assert [where for where, _, _ in differing] == []


PATTERNS = [
    ("process-standard", "limit", rf"^\s*(?:immediate|{LIMIT})\s*$"),
    ("process-standard", "limit_or_date", rf"^\s*(?:immediate|{DATES}|{LIMIT})\s*$"),
    ("process-standard", "length", rf"^\s*(?:{LIMIT})\s*$"),
    ("process-standard", "moment", rf"^\s*(?:{MOMENT})\s*$"),
    ("calendar", "day", f"^{WINDOW.pattern}$"),
    ("calendar", "dates", f"^{DATE.pattern}$"),
    ("roster", "day", f"^{STRETCH.pattern}$"),
]


@pytest.mark.parametrize(("name", "part", "pattern"), PATTERNS)
def test_a_schema_has_the_grammar_of_the_reader(name: str, part: str, pattern: str) -> None:
    found = written.load(name)["$defs"][part]
    assert found.get("items", found)["pattern"] == pattern
    assert part != "day" or found["maxItems"] == WINDOWS_MAX == STRETCHES_MAX


def test_the_cutoff_and_the_single_days_have_it_too() -> None:
    entries = written.load("calendar")["properties"]
    assert {one["pattern"] for one in entries["cutoff"]["properties"].values()} == {f"^{CLOCK.pattern}$"}
    named = [entries[name]["propertyNames"]["pattern"] for name in ("extra_days", "openings")]
    assert {*named, entries["announced_until"]["pattern"]} == {f"^{DATE.pattern}$"}
    assert entries["openings"]["additionalProperties"] == {"$ref": "#/$defs/day"}


UNITS = ("s", "m", "h", "d", "wh", "wd")
GOOD = [*(f"{amount}{unit}" for unit in UNITS for amount in (1, 20, 99999)), " 30m ", "30m\n"]
BAD = [
    "",
    " ",
    "0m",
    "01h",
    "100000s",
    "-1h",
    "1.5h",
    "30 m",
    "3w",
    "2wm",
    "1h30m",
    "٣h",
    "30M",
    "h",
    "30",
    "soon",
    "immediately",
]
PLACES: list[tuple[Any, ...]] = [("limit",), ("limit", "otherwise"), ("limit", "grade", "urgent"), ("grace",), ("limit", "grace")]


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_schema_and_reader_agree_on_every_limit_wherever_it_stands(place: tuple[Any, ...]) -> None:
    document = loaded(DEPLOY / "standards/complaint-quality-1.yaml")
    node = document["nodes"][0]
    node["limit"] = {"otherwise": "1h", "grade": {"urgent": "2h"}} if place[0] == "limit" and place[1:] else "immediate"
    node.pop("grace")
    validator = Draft202012Validator(written.load("process-standard"))
    verdicts = {}
    for text in (*GOOD, *BAD, "immediate"):
        put(document, ("nodes", 0, *place), text)
        verdicts[text] = validator.is_valid(document), reads_standard(document)
    fits = {text: text in GOOD or (text == "immediate" and "grace" not in place) for text in verdicts}
    assert verdicts == {text: (fit, fit) for text, fit in fits.items()}


WINDOWS = {"09:00-18:00": True, " 00:00 - 24:00 ": True, "22:00-06:00": True, "24:00-06:00": False, "9:00-18:00": False}
WINDOWS |= {"09:00-18:60": False, "09:00Z-18:00": False, "09:00:00-18:00": False, "09-18": False, "09:00–18:00": False}


@pytest.mark.parametrize(("text", "fits"), WINDOWS.items())
def test_schema_and_reader_agree_on_every_window(text: str, fits: bool) -> None:
    document = loaded(DEPLOY / "calendars/always.yaml") | {"windows": {"mon": [text]}}
    assert Draft202012Validator(written.load("calendar")).is_valid(document) == reads_calendar(document) == fits


@pytest.mark.parametrize("name", ["cn-business", "city-weekdays"])
def test_a_calendar_s_schema_refuses_nothing_that_its_reader_takes(name: str) -> None:
    """The reader refuses more: dates that are none, windows that overlap, countries without holidays."""
    document = loaded(DEPLOY / f"calendars/{name}.yaml")
    differing = disagreements("calendar", document, reads_calendar, [*places(document)])
    assert [where for where, _, taken in differing if taken] == []


@pytest.mark.parametrize("mapping", [pytest.param(one, id=one["system"]) for one in (*map(loaded, MAPPINGS), *SHOWN)])
def test_a_mapping_s_schema_refuses_nothing_that_its_reader_takes(mapping: Any) -> None:
    """To the reader every value is text. It refuses more: fields that the events do not have, columns without a format."""
    mapping["process"].pop("standard", None)

    def reads_mapping(changed: Any) -> bool:
        try:
            mapping_in(Part(as_words(changed)), Path("mapping.yaml"))
        except BadMapping:
            return False
        return True

    assert reads_mapping(mapping)
    for rule in mapping["facts"]:
        # Only the first entry of a list is spoiled; no two rules are alike.
        one = mapping | {"facts": [rule, mapping["facts"][0]]}
        under = ("facts", 0) if rule is not mapping["facts"][0] else ()
        differing = disagreements("mapping", one, reads_mapping, [path for path in places(one) if path[: len(under)] == under])
        assert [where for where, _, taken in differing if taken] == []


@pytest.mark.parametrize("mapping", [pytest.param(one, id=one["system"]) for one in SHOWN])
def test_a_mapping_that_the_page_shows_fits_the_schema(mapping: Any) -> None:
    assert [error.message for error in Draft202012Validator(written.load("mapping")).iter_errors(mapping)] == []


def disagreements(
    name: str, document: Any, takes: Callable[[Any], bool], found: Sequence[tuple[Any, ...]]
) -> list[tuple[str, bool, bool]]:
    """Return where schema and reader differ about the document with something odd at one of these places."""
    assert found
    validator = Draft202012Validator(written.load(name))
    verdicts = [(where, validator.is_valid(changed), takes(changed)) for where, changed in spoiled(document, found)]
    return [(where, fits, taken) for where, fits, taken in verdicts if fits != taken]
