"""Decisions without which a node is not complete: asked for by who does the work, made by somebody else of the role named."""

from datetime import datetime
from typing import Any

from libs.events.catalogue.routing import APPROVED, REJECTED, GateDecided, GateRequested, NodeReturned
from libs.events.catalogue.standard import Gate, Node, Standard
from libs.events.log.envelope import Fact
from libs.events.words.refusal import Refused, none_such
from services.routing.domain.cases.case import RoutingCase
from services.routing.domain.cases.conditions import must_stand_at
from services.routing.domain.cases.lifecycle import must_allow
from services.routing.domain.cases.pinned import known_node
from services.routing.domain.cases.saying import arrival, say
from services.routing.domain.cases.taking import must_be_free
from services.routing.domain.cases.visit import Worker
from services.routing.domain.people.faults import alike


def request(
    case: RoutingCase, standard: Standard, *, node: str, gate: str, agent: str = "", at: datetime, actor: str = ""
) -> list[Fact]:
    """Ask for a decision about the work at the node where the case stands."""
    wanted = _gate(known_node(standard, node), gate)
    must_allow(case.phase, GateRequested)
    must_stand_at(case, node)
    if not case.started:
        raise Refused("node-not-started", f"Work at {node} has not begun. Start it first.")
    if agent:  # who names nobody asks for the one who has the work
        must_be_free(case, node, agent)
    if gate in case.gates:
        return []
    asked = GateRequested(node=node, gate=gate, approver=wanted.approver, agent=agent, occurrence=case.visit)
    return say(case, [asked], at=at, actor=actor)


def decide(
    case: RoutingCase,
    standard: Standard,
    *,
    node: str,
    gate: str,
    decision: str,
    reason: str = "",
    agent: str = "",
    at: datetime,
    actor: str = "",
) -> list[Fact]:
    """Approve what was asked for, or reject it, for a reason; then the case goes back to where the gate says."""
    stands = known_node(standard, node)
    wanted, who = _gate(stands, gate), Worker(agent, actor)
    must_allow(case.phase, GateDecided)
    if decision not in (APPROVED, REJECTED):
        raise Refused("unknown-decision", none_such("decision", decision, (APPROVED, REJECTED)), 422)
    must_stand_at(case, node)
    if _is_decided(case, gate, decision, who):
        return []
    _must_be_another(case, gate, who)
    if decision == REJECTED and not reason:
        raise Refused("reason-missing", "Give the reason for which it is rejected: the work is done again by it.", 422)
    said: list[Any] = [GateDecided(node=node, gate=gate, decision=decision, agent=agent, reason=reason, occurrence=case.visit)]
    if decision == REJECTED:
        target = known_node(standard, wanted.returns_to or node)
        said.append(NodeReturned(node=node, to_node=target.id, reason=reason, occurrence=case.visit))
        said += arrival(case, standard, target)
    return say(case, said, at=at, actor=actor)


def _gate(node: Node, gate: str) -> Gate:
    found = next((one for one in node.gates if one.id == gate), None)
    if found is None:
        known = [one.id for one in node.gates]
        none = none_such("gate", gate, known) if known else f"There is no gate {gate}: nothing is decided at {node.id}."
        raise Refused("unknown-gate", none, 404)
    return found


def _is_decided(case: RoutingCase, gate: str, decision: str, who: Worker) -> bool:
    """Test whether they have said so already; refuse where nobody asked, or somebody has decided."""
    asked = case.gates.get(gate)
    if asked is None:
        raise Refused("gate-not-requested", f"Nobody has asked for {gate} yet. It is decided when the work is shown.")
    if asked.decision and (asked.decision, asked.decided_by.name) != (decision, who.name):
        raise Refused("gate-decided", f"{asked.decided_by.name} has {asked.decision} {gate} already.")
    return bool(asked.decision)


def _must_be_another(case: RoutingCase, gate: str, who: Worker) -> None:
    """Four eyes: who has had the work, or asked, does not decide about it, in whatever spelling of their id."""
    if alike(who.name) in map(alike, (*case.authors, case.worker.name, case.gates[gate].asked_by.name)):
        raise Refused("four-eyes", f"{who.name} did the work, or asked for {gate}. Let somebody else decide.", 403)
