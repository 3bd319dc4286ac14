"""A roster as its author writes it ↔ the catalogue's Roster. Every fault is listed with its place and its cure."""

from collections.abc import Iterable
from typing import Any

from libs.events.catalogue.promise import Window, read_limit
from libs.events.catalogue.standard import Absence, Assignment, Person, Roster
from libs.events.words.now import zone_named
from libs.events.words.refusal import Refused, nearest
from services.routing.domain.people.faults import judge
from services.routing.domain.people.strategies import STRATEGIES
from services.routing.domain.people.week import hours_of, week_of
from services.routing.domain.standards.nodes import closed_label
from services.routing.domain.standards.page import Fault, Page

SCHEMA = "roster/v1"
PEOPLE_MAX, ABSENCES_MAX = 200, 50
WORDS_MAX = 50
"""Roles of a person at most, and skills."""


class BrokenRoster(Refused):
    """The roster may not be published; `faults` has all of its faults."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("broken-roster", "\n".join(map(str, faults)), 422)
        self.faults = tuple(faults)


def roster_of(document: object) -> Roster:
    """Return the roster that a document (a YAML file's or a JSON body's content) describes."""
    faults: list[Fault] = []
    roster = read(document, faults)
    faults += judge(roster)
    if faults:
        raise BrokenRoster(list(dict.fromkeys(faults)))
    return roster


def read(document: object, faults: list[Fault]) -> Roster:
    """Return the document's roster; its faults of form are added to `faults`."""
    page = Page(document, "", faults, name="roster")
    if (schema := page.text("schema")) and schema != SCHEMA:
        page.fault("schema", f"is {schema}", f"write {SCHEMA}")
    usual = hours_of(page.page("hours"))
    people = page.pages("people")
    if not 0 < len(people) <= PEOPLE_MAX:
        page.fault("people", f"there are {len(people)}", f"write 1 to {PEOPLE_MAX}")
    roster = Roster(
        team=page.text("team"),
        version=page.number("version"),
        name=closed_label(page.page("name")),
        timezone=_zone(page),
        people=tuple(_person(one, usual) for one in people[:PEOPLE_MAX]),
        assignment=_assignment(page.page("assignment")) if page.has("assignment") else None,
    )
    page.close()
    return roster


def as_written(roster: Roster) -> dict[str, Any]:
    """Return the document of a roster, each person's hours with the person."""
    return {
        "schema": SCHEMA,
        "team": roster.team,
        "version": roster.version,
        "name": {"en": roster.name.en, "zh": roster.name.zh},
        "timezone": roster.timezone,
        "people": [_written(one) for one in roster.people],
        **({"assignment": _way(roster.assignment)} if roster.assignment else {}),
    }


def _zone(page: Page) -> str:
    name = page.text("timezone")
    if name and zone_named(name) is None:
        page.fault("timezone", f"`{name}` is no IANA time zone", "write a place's, for example Asia/Shanghai, or UTC")
    return name


def _assignment(page: Page) -> Assignment:
    way = Assignment(strategy=page.text("strategy"), relax_after=page.text("relax_after", ""), hand_on=page.flag("hand_on"))
    if way.strategy and way.strategy not in STRATEGIES:
        near = nearest(way.strategy, STRATEGIES)
        hint = f"did you mean `{near[0]}`?" if near else f"write one of {', '.join(STRATEGIES)}"
        page.fault("strategy", f"there is no strategy `{way.strategy}`", hint)
    limit = read_limit(way.relax_after)
    if way.relax_after and (limit is None or limit.works):
        page.fault("relax_after", f"`{way.relax_after}` is no time by the clock", "write for example 30m, 4h or 2d")
    page.close()
    return way


def _way(way: Assignment) -> dict[str, Any]:
    """Return how work is handed out, without what says nothing."""
    told = {"strategy": way.strategy, "relax_after": way.relax_after, "hand_on": way.hand_on}
    return {name: value for name, value in told.items() if value}


def _person(page: Page, usual: tuple[Window, ...]) -> Person:
    absences = page.pages("absences")
    if len(absences) > ABSENCES_MAX:
        page.fault("absences", f"there are {len(absences)}", f"write at most {ABSENCES_MAX}; those that are over may go")
    person = Person(
        id=_id(page),
        roles=_bounded(page, "roles", least=1),
        capacity=page.number("capacity", least=0),
        skills=_bounded(page, "skills"),
        hours=hours_of(page.page("hours")) if page.has("hours") else usual,
        absences=tuple(_absence(one) for one in absences[:ABSENCES_MAX]),
        deputy=page.text("deputy", ""),
    )
    page.close()
    return person


def _id(page: Page) -> str:
    if "@" in (id := page.text("id")):
        page.fault("id", "is an e-mail address, which no roster may hold", "write the id by which your systems name the agent")
    return id


def _bounded(page: Page, key: str, *, least: int = 0) -> tuple[str, ...]:
    words = page.words(key)
    if not least <= len(words) <= WORDS_MAX:
        page.fault(key, f"has {len(words)} words", f"write {least} to {WORDS_MAX}")
    return words


def _absence(page: Page) -> Absence:
    absence = Absence(first_day=page.day("from"), last_day=page.day("until"))
    page.close()
    return absence


def _written(person: Person) -> dict[str, Any]:
    """Return a person's entries, without those that say nothing."""
    absences = [{"from": one.first_day.isoformat(), "until": one.last_day.isoformat()} for one in person.absences]
    more: Iterable[tuple[str, Any]] = (
        ("skills", list(person.skills)),
        ("hours", week_of(person.hours)),
        ("absences", absences),
        ("deputy", person.deputy),
    )
    told = {"id": person.id, "roles": list(person.roles), "capacity": person.capacity}
    return told | {name: value for name, value in more if value}
