"""A team's load at a glance: what waits, and how much each person has of what they take on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from libs.events.catalogue.standard import Roster
from services.routing.domain.people.presence import present


class InHand(NamedTuple):
    """How many open visits somebody has, and when the first of them falls due."""

    visits: int = 0
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PersonLoad:
    """What a person has in hand. Who is not on the roster, and helps, has neither hours nor a capacity."""

    agent: str
    visits: int
    due_at: datetime | None
    capacity: int | None = None
    at_work: bool | None = None


@dataclass(frozen=True, slots=True)
class TeamLoad:
    """What waits in a team, and what its people have; a team without a roster has those who have its work."""

    team: str
    strategy: str
    waiting: int
    due_at: datetime | None
    people: tuple[PersonLoad, ...]


def load_of(team: str, roster: Roster | None, in_hand: Mapping[str, InHand], at: datetime) -> TeamLoad:
    """Return a team's load: `in_hand` has the visits by agent, under the empty name those that wait."""
    listed = roster.people if roster else ()
    others = sorted(in_hand.keys() - {one.id for one in listed} - {""})
    people: Iterable[PersonLoad] = (
        *(
            PersonLoad(one.id, *in_hand.get(one.id, InHand()), one.capacity, roster is not None and present(one, at, roster))
            for one in listed
        ),
        *(PersonLoad(id, *in_hand[id]) for id in others),
    )
    waits = in_hand.get("", InHand())
    strategy = roster.assignment.strategy if roster and roster.assignment else ""
    return TeamLoad(team, strategy, *waits, tuple(people))
