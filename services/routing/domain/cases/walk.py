"""A case's walk through the nodes of its standard: in order, key nodes never skipped, nothing owed left behind."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from libs.events.catalogue.routing import (
    CaseClosed,
    CaseResolved,
    NodeAssigned,
    NodeCompleted,
    NodeReturned,
    NodeStarted,
)
from libs.events.catalogue.standard import Node, Standard
from libs.events.log.envelope import Fact
from libs.events.words.refusal import Refused, none_such
from services.routing.domain.cases.case import RoutingCase
from services.routing.domain.cases.handover import must_be_reachable, must_have_role, outputs_given
from services.routing.domain.cases.lifecycle import Phase, must_allow
from services.routing.domain.cases.pinned import node_of
from services.routing.domain.cases.saying import arrival, say


def start(case: RoutingCase, standard: Standard, *, node: str, agent: str = "", at: datetime, actor: str = "") -> list[Fact]:
    """Begin work at a node, and have it from then on: the one the case stands at, or a later one that it may skip to."""
    wanted = _known(standard, node)
    if _must_be_free(case, node, agent or actor):
        return []
    must_allow(case.phase, NodeStarted)
    if node != case.node:
        must_be_reachable(case, standard, wanted)
    must_have_role(case, wanted)
    if node == case.node:
        return say(case, [NodeStarted(node=node, agent=agent, occurrence=case.visit)], at=at, actor=actor)
    begun = NodeStarted(node=node, agent=agent, occurrence=case.visits.next(node).number)
    return say(case, [*arrival(case, standard, wanted), begun], at=at, actor=actor)


def complete(
    case: RoutingCase,
    standard: Standard,
    *,
    node: str,
    outputs: Sequence[str] = (),
    agent: str = "",
    at: datetime,
    actor: str = "",
) -> list[Fact]:
    """Finish a node with all it owes, and go on: to the next node, and at the last one to the end."""
    finished = _known(standard, node)
    if node in case.done and _must_be_free(case, node, agent or actor):
        return []
    must_allow(case.phase, NodeCompleted)
    _must_stand_at(case, node)
    if not case.started:
        raise Refused("node-not-started", f"Work at {node} has not begun. Start it first.")
    if agent:  # who names nobody completes it for the one who has it
        _must_be_free(case, node, agent)
    given = outputs_given(case, standard, finished, outputs)
    completed = NodeCompleted(node=node, agent=agent, outputs=given, occurrence=case.visit)
    return say(case, [completed, *_onward(case, standard, finished, completed)], at=at, actor=actor)


def send_back(
    case: RoutingCase, standard: Standard, *, node: str, to_node: str, reason: str, at: datetime, actor: str = ""
) -> list[Fact]:
    """Return the case from the node it stands at to an earlier one."""
    left, target = _known(standard, node), _known(standard, to_node)
    if standard.nodes.index(target) >= standard.nodes.index(left):
        raise Refused("not-earlier", f"{to_node} does not come before {node}. A case goes back, or it goes on.", 422)
    if case.node == to_node:
        return []
    must_allow(case.phase, NodeReturned)
    _must_stand_at(case, node)
    if not reason:
        raise Refused("reason-missing", "Give the reason for which the case goes back.", 422)
    returned = NodeReturned(node=node, to_node=to_node, reason=reason, occurrence=case.visit)
    return say(case, [returned, *arrival(case, standard, target)], at=at, actor=actor)


def hand_over(
    case: RoutingCase,
    standard: Standard,
    *,
    node: str,
    team: str = "",
    agent: str = "",
    reason: str = "",
    at: datetime,
    actor: str = "",
) -> list[Fact]:
    """Give the visit to another team or agent; who answers for the case stays. What somebody has is taken for a reason."""
    _known(standard, node)
    must_allow(case.phase, NodeAssigned)
    _must_stand_at(case, node)
    if not (team or agent):
        raise Refused("owner-missing", "Name a team, an agent, or both: work is never without an owner.", 422)
    team = team or case.working_team
    if (team, agent) == (case.working_team, case.worker.name):
        return []
    if not reason and (case.worker.name or team != case.working_team):
        has = case.worker.name or case.working_team
        raise Refused("reason-missing", f"{has} has {node}. Give the reason for which it is handed over.", 422)
    given = NodeAssigned(node=node, team=team, agent=agent, reason=reason, occurrence=case.visit)
    return say(case, [given], at=at, actor=actor)


def _onward(case: RoutingCase, standard: Standard, finished: Node, completed: NodeCompleted) -> list[Any]:
    place = standard.nodes.index(finished)
    last = place == len(standard.nodes) - 1
    said: list[Any] = []
    if case.phase is Phase.IN_WORK and (finished.resolves or last):
        said.append(CaseResolved(agent=completed.agent or case.working_agent, team=case.working_team))
    if last:
        return [*said, CaseClosed(outcome=case.outcome or "resolved")]
    return [*said, *arrival(case, standard, standard.nodes[place + 1], outputs=completed.outputs)]


def _known(standard: Standard, node: str) -> Node:
    found = node_of(standard, node)
    if found is None:
        raise Refused("unknown-node", none_such("node", node, [one.id for one in standard.nodes]), 404)
    return found


def _must_be_free(case: RoutingCase, node: str, who: str) -> bool:
    """Refuse to work at a visit that somebody else has, or had; test whether it is theirs already."""
    if done := case.done.get(node):
        if done.worker.name not in ("", who):  # a history may not say who it was
            again = "If it must be done again, return the case there with a reason."
            raise Refused("node-done", f"{done.worker.name} has completed {node}. {again}")
        return True
    if node != case.node:
        return False
    if case.worker.name not in ("", who):
        raise Refused("visit-taken", f"{case.worker.name} has {node}. Let it be handed over, with a reason, to work at it.")
    return case.started and case.worker.name == who


def _must_stand_at(case: RoutingCase, node: str) -> None:
    if case.node != node:
        where = f"at {case.node}" if case.node else "at no node"
        raise Refused("not-at-node", f"The case is {where}, not at {node}. Start {node} first, or go on where it is.")
