"""Who serves a case, and so may read what is personal in it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from libs.events.catalogue.routing import CaseAssigned, CaseEscalated, NodeAssigned
from libs.events.catalogue.standard import Roster, Standard

Why = Literal["serves", "scope"]
"""Why somebody reads a case: a person of a roster who serves it, or the scope of a key alone."""


@dataclass(slots=True)
class Serving:
    """The teams that a case is or was with, as a whole or for a visit, and the roles that were called in for it."""

    teams: list[str] = field(default_factory=list)
    called: list[str] = field(default_factory=list)


KEEPS: frozenset[type[Any]] = frozenset({CaseAssigned, NodeAssigned, CaseEscalated})
"""What says who serves a case."""


def tell(serving: Serving, event: Any) -> Serving:
    """Take an event in; one that says nothing of it changes nothing."""
    match event:
        case CaseAssigned(team=team) | NodeAssigned(team=team) if team and team not in serving.teams:
            serving.teams.append(team)
        case CaseEscalated(to_role=role) if role not in serving.called:
            serving.called.append(role)
    return serving


def why_may_read(person: str, serving: Serving, standard: Standard | None, rosters: Mapping[str, Roster]) -> Why | None:
    """Return why who has the scope may read a case; nothing if they may not.

    `person` is whose key it is; empty for a system, whose scope is enough. `rosters` are those that hold, by team.
    """
    rostered = [rosters[team] for team in serving.teams if team in rosters]
    if not person or not rostered:
        return "scope"
    if any(one.id == person for roster in rostered for one in roster.people):
        return "serves"
    roles = {*serving.called, *(_beside(standard) if standard else ())}
    return "serves" if person in _having(roles, rosters.values()) else None


def _beside(standard: Standard) -> Iterator[str]:
    """Yield the roles that a standard names beside those that do the work."""
    yield standard.escalate_to
    yield from (one.escalate_to for one in standard.exceptions if one.escalate_to)
    for node in standard.nodes:
        yield from (node.approver, *(gate.approver for gate in node.gates), *node.support, *node.consulted, *node.informed)


def _having(roles: set[str], rosters: Iterable[Roster]) -> Iterator[str]:
    """Yield the people who have one of these roles, and their deputies, who may have to know the case before they stand in."""
    for roster in rosters:
        for one in roster.people:
            if not roles.isdisjoint(one.roles):
                yield one.id
                yield one.deputy
