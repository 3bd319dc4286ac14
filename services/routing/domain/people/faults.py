"""What cannot be meant, though it is well written: a person twice, a deputy whom nobody knows, absences that overlap."""

from collections.abc import Iterable
from datetime import date
from itertools import pairwise
from unicodedata import normalize

from libs.events.catalogue.standard import Person, Roster
from libs.events.words.refusal import nearest
from services.routing.domain.standards.page import Fault


def judge(roster: Roster) -> list[Fault]:
    """Return every fault of a roster as it was read; of what could not be read there is a fault already."""
    ids = [one.id for one in roster.people]
    return [
        fault
        for place, person in enumerate(roster.people)
        for fault in (
            *_twice(f"people[{place}].id", person.id, ids[:place]),
            *_deputy(f"people[{place}].deputy", person, ids),
            *_absences(f"people[{place}].absences", person),
        )
    ]


def unknown_roles(roster: Roster, known: Iterable[str]) -> list[str]:
    """Return a warning for each role of the roster that no standard names: it may be mistyped, or its standard may come later."""
    known = sorted(set(known))
    having = [(role, one.id) for one in roster.people for role in one.roles if role not in known]
    return [_unknown(role, [id for other, id in having if other == role], known) for role in dict.fromkeys(dict(having))]


def _unknown(role: str, people: list[str], known: list[str]) -> str:
    near = nearest(role, known)
    instead = f"did you mean `{near[0]}`?" if near else "it counts as soon as one does"
    others = f" and {len(people) - 1} more" if len(people) > 1 else ""
    return f"No published standard names the role `{role}` of `{people[0]}`{others}; {instead}"


def alike(id: str) -> str:
    """Return the same for ids that a reader takes for one."""
    return normalize("NFKC", id).casefold()


def _twice(place: str, id: str, before: list[str]) -> Iterable[Fault]:
    same = next((one for one in before if id and alike(one) == alike(id)), None)
    if same is not None:
        yield Fault(place, f"`{id}` stands on the roster as `{same}` already", "write each person once, with all their roles")


def _deputy(place: str, person: Person, ids: list[str]) -> Iterable[Fault]:
    if not person.deputy:
        return
    if person.deputy == person.id:
        yield Fault(place, f"`{person.id}` is their own deputy", "name somebody else of the team, or leave it out")
    elif person.deputy not in ids and "" not in ids:
        near = nearest(person.deputy, ids)
        instead = f"did you mean `{near[0]}`?" if near else "name somebody of this roster, or leave it out"
        yield Fault(place, f"`{person.deputy}` is not on the roster", instead)


def _absences(place: str, person: Person) -> Iterable[Fault]:
    absences = [one for one in person.absences if date.min not in (one.first_day, one.last_day)]
    for one in absences:
        if one.last_day < one.first_day:
            problem = f"the one from {one.first_day} ends before it begins, on {one.last_day}"
            yield Fault(place, problem, "write the first and the last day of it")
    for one, then in pairwise(sorted(absences, key=lambda each: each.first_day)):
        if then.first_day <= one.last_day:
            yield Fault(place, f"those from {one.first_day} and {then.first_day} overlap", "write them as one")
