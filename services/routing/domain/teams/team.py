"""A team that hands out work: its roster, who has left it, and its open visits."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from libs.events.catalogue.standard import Person, Roster
from libs.events.log.envelope import Fact
from services.routing.domain.cases.team_visit import TeamVisit
from services.routing.domain.people.presence import present


@dataclass(slots=True)
class HandingTeam:
    """A team by its newest roster. `left_at` are those who are on it no more, and since when; `parts` its open visits by case."""

    roster: Roster | None = None
    published_at: datetime | None = None
    left_at: dict[str, datetime] = field(default_factory=dict)
    parts: dict[str, TeamVisit] = field(default_factory=dict)

    @property
    def waiting(self) -> list[TeamVisit]:
        """What nobody has, what falls due first in front."""
        return sorted((one for one in self.parts.values() if not one.agent), key=lambda one: one.urgency)

    @property
    def held(self) -> list[TeamVisit]:
        """What somebody has, what falls due first in front."""
        return sorted((one for one in self.parts.values() if one.agent), key=lambda one: one.urgency)


def evolve(team: HandingTeam, fact: Fact) -> HandingTeam:
    """Take the next version of the roster in."""
    new: Roster = fact.data.roster
    if team.roster is not None and new.version <= team.roster.version:
        return team
    there = {one.id for one in new.people}
    gone = {one.id for one in team.roster.people} - there if team.roster else set[str]()
    team.left_at = {id: at for id, at in team.left_at.items() if id not in there} | dict.fromkeys(sorted(gone), fact.time)
    team.roster, team.published_at = new, fact.time
    return team


@dataclass(slots=True)
class Hands:
    """Who has what at an instant, while work is given out: given one after the other, each counts for the next."""

    roster: Roster
    at: datetime
    held: dict[str, list[TeamVisit]]

    @classmethod
    def of(cls, roster: Roster, visits: Iterable[TeamVisit], at: datetime) -> "Hands":
        """Return who has which of these visits."""
        found = cls(roster, at, {})
        for one in visits:
            found.held.setdefault(one.agent, []).append(one)
        return found

    def give(self, visit: TeamVisit, agent: str) -> None:
        """Count the visit for who has it from now on."""
        self.held.setdefault(agent, []).append(visit._replace(agent=agent, since=max(self.at, visit.since)))

    def take(self, visit: TeamVisit) -> None:
        """Count it no longer for who had it."""
        self.held[visit.agent].remove(visit)

    def load(self, id: str) -> int:
        """Return how many open visits of the team a person has."""
        return len(self.held.get(id, ()))

    def free(self) -> list[Person]:
        """Return who is at work and takes on more."""
        return [one for one in self.roster.people if self.load(one.id) < one.capacity and present(one, self.at, self.roster)]
