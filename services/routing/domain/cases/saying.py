"""How a case's events follow each other."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from libs.events.catalogue.routing import CaseAssigned, NodeAssigned, NodeEntered
from libs.events.catalogue.standard import Node, Standard
from libs.events.log.envelope import Fact, draft
from services.routing.domain.cases.case import RoutingCase
from services.routing.domain.cases.visit import values_of
from services.routing.domain.standards.roles import ASSIGNED


def say(case: RoutingCase, events: Iterable[Any], *, at: datetime, actor: str = "", because: Fact | None = None) -> list[Fact]:
    """Return the events as facts, each after the one before it and all after the case's earlier facts.

    What was answered before is not answered again, though the case has moved on since.
    """
    if because is not None and str(because.id) in case.answered:
        return []
    # A decision comes after the facts that it is based on, even if this machine's clock is behind another's.
    at = max(at, case.last_at or at)
    first = case.last_sequence + 1 if at == case.last_at else 1
    if because is not None and at == because.time:
        first = max(first, because.sequence + 1)
    return [
        draft(event, case.case_id, at, sequence=sequence, because=because, actor=actor)
        for sequence, event in enumerate(events, first)
    ]


BY_ROLE, BY_ROSTER = "role", "roster"
"""The rules by which a visit waits for the team whose people have the node's role, and for that team to hand it out."""


def arrival(
    case: RoutingCase, standard: Standard, node: Node, *, owner: CaseAssigned | None = None, outputs: Iterable[str] = ()
) -> list[Any]:
    """Return the events that the case arrives at a node, for the first time or again, and waits for the team of its role.

    `owner` and `outputs` are said with it, so the case does not know them yet.
    """
    entered = NodeEntered(node=node.id, occurrence=case.visits.next(node.id).number)
    owning = owner.team if owner else case.team
    team = team_of(standard, role_at(case, node, owner=owner, outputs=outputs))
    if team in ("", owning):
        return [entered]
    return [entered, NodeAssigned(node=node.id, team=team, rule=BY_ROLE, occurrence=entered.occurrence)]


def role_at(case: RoutingCase, node: Node, *, owner: CaseAssigned | None = None, outputs: Iterable[str] = ()) -> str:
    """Return the role that does the work at a node in this case; empty while nobody has said which."""
    return role_of(node, owner.role if owner else case.role, {**case.outputs, **values_of(outputs)})


def role_of(node: Node, assigned: str, named: Mapping[str, str]) -> str:
    """Return the role that does the work at a node, given the role that was assigned and what outputs name."""
    if not node.role.startswith("$"):
        return node.role
    return assigned if node.role == ASSIGNED else named.get(node.role[1:], "")


def team_of(standard: Standard, role: str) -> str:
    """Return the team whose people have a role; empty for the team of the case."""
    return standard.roles[role].team if role in standard.roles else ""


def say_as_recorded(heard: Fact, event: Any) -> Fact:
    """Return the event as the fact that another system recorded: its time, its sequence, no judgement."""
    return draft(event, heard.key, heard.time, because=heard, origin="import", sequence=heard.sequence)
