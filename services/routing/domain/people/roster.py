"""The published versions of one team's roster; the newest one holds, and none of them ever changes."""

from dataclasses import dataclass, field
from datetime import datetime

from libs.events.catalogue.routing import RosterPublished
from libs.events.catalogue.standard import Roster
from libs.events.log.envelope import Fact, draft
from libs.events.words.refusal import Refused


@dataclass(frozen=True, slots=True)
class Version:
    """A version, and from when on it held."""

    roster: Roster
    published_at: datetime


@dataclass(slots=True)
class Team:
    """A team's roster in all its versions."""

    versions: dict[int, Version] = field(default_factory=dict)

    @property
    def newest(self) -> int:
        """The number of the version that holds; 0 while there is none."""
        return max(self.versions, default=0)


def evolve(team: Team, fact: Fact) -> Team:
    """Take a published version in; the first of a number stands."""
    team.versions.setdefault(fact.data.roster.version, Version(fact.data.roster, fact.time))
    return team


def publish(team: Team, roster: Roster, *, at: datetime, actor: str = "") -> list[Fact]:
    """Publish the next version; the same again says nothing, other content under its number is refused."""
    known = team.versions.get(roster.version)
    if known and known.roster == roster:
        return []
    following = team.newest + 1
    if known:
        written = f"The roster of {roster.team} version {roster.version} is published with other content."
        raise Refused("version-published", f"{written} Write this one as version {following}.")
    if roster.version != following:
        there = f"version {team.newest} is the newest" if team.newest else "there is none yet"
        raise Refused("version-not-next", f"Of the roster of {roster.team} {there}. Write this one as version {following}.")
    return [draft(RosterPublished(roster=roster), roster.team, at, actor=actor)]
