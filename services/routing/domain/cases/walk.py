"""A case's walk through the nodes of its standard: in order, key nodes never skipped, nothing owed left behind."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from libs.events.catalogue.routing import (
    CaseClosed,
    CaseResolved,
    NodeCompleted,
    NodeReturned,
    NodeStarted,
)
from libs.events.catalogue.standard import Node, Standard
from libs.events.log.envelope import Fact
from libs.events.words.refusal import Refused
from services.routing.domain.cases.case import RoutingCase
from services.routing.domain.cases.conditions import must_have_role, must_stand_at
from services.routing.domain.cases.lifecycle import Phase, must_allow
from services.routing.domain.cases.owing import outputs_given
from services.routing.domain.cases.pinned import known_node
from services.routing.domain.cases.saying import arrival, say
from services.routing.domain.cases.skipping import passed_over
from services.routing.domain.cases.taking import must_be_free


def start(case: RoutingCase, standard: Standard, *, node: str, agent: str = "", at: datetime, actor: str = "") -> list[Fact]:
    """Begin work at a node, and have it from then on: the one the case stands at, or a later one that it may skip to."""
    wanted = known_node(standard, node)
    if must_be_free(case, node, agent or actor):
        return []
    must_allow(case.phase, NodeStarted)
    way = [] if node == case.node else [*passed_over(case, standard, wanted), *arrival(case, standard, wanted)]
    must_have_role(case, wanted)
    number = case.visits.next(node).number if way else case.visit
    return say(case, [*way, NodeStarted(node=node, agent=agent, occurrence=number)], at=at, actor=actor)


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
    finished = known_node(standard, node)
    if node in case.done and must_be_free(case, node, agent or actor):
        return []
    must_allow(case.phase, NodeCompleted)
    must_stand_at(case, node)
    if not case.started:
        raise Refused("node-not-started", f"Work at {node} has not begun. Start it first.")
    if agent:  # who names nobody completes it for the one who has it
        must_be_free(case, node, agent)
    given = outputs_given(case, standard, finished, outputs)
    completed = NodeCompleted(node=node, agent=agent, outputs=given, occurrence=case.visit)
    return say(case, [completed, *_onward(case, standard, finished, completed)], at=at, actor=actor)


def send_back(
    case: RoutingCase, standard: Standard, *, node: str, to_node: str, reason: str, at: datetime, actor: str = ""
) -> list[Fact]:
    """Return the case from the node it stands at to an earlier one."""
    left, target = known_node(standard, node), known_node(standard, to_node)
    if standard.nodes.index(target) >= standard.nodes.index(left):
        raise Refused("not-earlier", f"{to_node} does not come before {node}. A case goes back, or it goes on.", 422)
    if case.node == to_node:
        return []
    must_allow(case.phase, NodeReturned)
    must_stand_at(case, node)
    if not reason:
        raise Refused("reason-missing", "Give the reason for which the case goes back.", 422)
    returned = NodeReturned(node=node, to_node=to_node, reason=reason, occurrence=case.visit)
    return say(case, [returned, *arrival(case, standard, target)], at=at, actor=actor)


def _onward(case: RoutingCase, standard: Standard, finished: Node, completed: NodeCompleted) -> list[Any]:
    place = standard.nodes.index(finished)
    last = place == len(standard.nodes) - 1
    said: list[Any] = []
    if case.phase is Phase.IN_WORK and (finished.resolves or last):
        said.append(CaseResolved(agent=completed.agent or case.working_agent, team=case.working_team))
    if last:
        return [*said, CaseClosed(outcome=case.outcome or "resolved")]
    return [*said, *arrival(case, standard, standard.nodes[place + 1], outputs=completed.outputs)]
