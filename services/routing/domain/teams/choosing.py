"""To whom a visit goes: the strategies that a roster may name."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from typing import Any
from zlib import crc32

from libs.events.catalogue.standard import Person
from libs.events.words.now import FIRST
from services.routing.domain.cases.team_visit import TeamVisit
from services.routing.domain.people.strategies import LEAST_LOADED, REMAINING_TIME, ROUND_ROBIN, WEIGHTED
from services.routing.domain.teams.team import Hands

Rank = Callable[[Person, TeamVisit, Hands], Any]
"""Who has the lowest rank gets the visit."""


def chosen(strategy: str, people: Sequence[Person], visit: TeamVisit, hands: Hands) -> Person | None:
    """Return to whom of these people the visit goes; nobody where there is nobody."""
    rank = STRATEGIES[strategy]
    return min(people, key=lambda one: (rank(one, visit, hands), _lot(one, visit)), default=None)


def _last_given(person: Person, visit: TeamVisit, hands: Hands) -> tuple[datetime, int]:
    since = [one.since for one in hands.held.get(person.id, ())]
    last = max(since, default=FIRST)
    return last, since.count(last)  # of what was given at one instant, too, each gets as much


def _load(person: Person, visit: TeamVisit, hands: Hands) -> int:
    return hands.load(person.id)


def _share(person: Person, visit: TeamVisit, hands: Hands) -> Fraction:
    # What it would be with this one; so who takes most begins.
    return Fraction(hands.load(person.id) + 1, person.capacity)


def _ahead(person: Person, visit: TeamVisit, hands: Hands) -> tuple[int, int]:
    held = hands.held.get(person.id, ())
    return sum(one.urgency < visit.urgency for one in held), len(held)


def _lot(person: Person, visit: TeamVisit) -> int:
    """Return a number by which people who are alike to the strategy have equal chances, and the same again in every replay."""
    return crc32(f"{person.id} {visit.case_id} {visit.node} {visit.number}".encode())


STRATEGIES: Mapping[str, Rank] = {
    ROUND_ROBIN: _last_given,
    LEAST_LOADED: _load,
    WEIGHTED: _share,
    REMAINING_TIME: _ahead,
}
