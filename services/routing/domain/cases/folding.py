"""How a case's facts make it: routing's own events, also imported ones, and what intake tells that rules may ask for."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from libs.events.catalogue.phases import outcome_after
from libs.events.catalogue.routing import (
    HELP,
    CaseAssigned,
    CaseClassified,
    CaseClosed,
    CaseEscalated,
    CaseGraded,
    CaseReopened,
    CaseResolved,
    EscalationAcknowledged,
    ExceptionCleared,
    ExceptionRaised,
    GateDecided,
    GateRequested,
    NodeAssigned,
    NodeCompleted,
    NodeEntered,
    NodeProgressed,
    NodeReturned,
    NodeSkipped,
    NodeStarted,
)
from libs.events.catalogue.serving import tell
from libs.events.log.envelope import Fact
from services.routing.domain.cases.case import RoutingCase
from services.routing.domain.cases.hearing import HEARD
from services.routing.domain.cases.lifecycle import ENDED, next_phase
from services.routing.domain.cases.saying import BY_ROLE, BY_ROSTER
from services.routing.domain.cases.visit import BROKEN, NOBODY, NOTES_MAX, Asked, Done, Escalation, Note, Worker


def evolve(case: RoutingCase, fact: Fact) -> RoutingCase:
    """Return the case after one more of its facts; of those of intake it keeps what decisions may ask for."""
    if (hear := HEARD.get(fact.kind.cls)) is not None:
        hear(case, fact.data, fact)
        return case
    had_ended, case.phase = case.phase in ENDED, next_phase(case.phase, fact.data)
    case.since = case.since or fact.time
    case.last_at, case.last_sequence = fact.time, fact.sequence
    if fact.causation and not fact.imported and fact.causation not in case.answered:
        case.answered.append(fact.causation)
    case.serving = tell(case.serving, fact.data)
    held = _held(case)
    if not (had_ended and fact.kind.cls in _ENDS):  # the first end holds
        _APPLY[fact.kind.cls](case, fact.data, fact)
    if _held(case) != held:
        case.held_at, case.held_sequence = fact.time, fact.sequence
    return case


def _held(case: RoutingCase) -> tuple[Any, ...]:
    """Return where the work is, and who has it."""
    return case.node, case.waiting_since, case.working_team, case.working_agent


def _classified(case: RoutingCase, said: CaseClassified, fact: Fact) -> None:
    case.process_id = case.process_id or said.process_id
    case.process_version = case.process_version or said.process_version
    case.service_class = said.service_class or case.service_class
    case.category = said.category or case.category
    case.severity = said.severity or case.severity


def _graded(case: RoutingCase, said: CaseGraded, fact: Fact) -> None:
    case.grade = said.grade


def _assigned(case: RoutingCase, said: CaseAssigned, fact: Fact) -> None:
    case.team, case.agent, case.role, case.assigned_by = said.team, said.agent, said.role, said.rule
    if case.working_team == case.team:  # the visit goes with the case, unless another team works at it
        _take(case, Worker(said.agent if case.started else ""))


def _escalated(case: RoutingCase, said: CaseEscalated, fact: Fact) -> None:
    case.escalated += 1
    by = Worker(said.agent, fact.actor)
    # History calls nobody: what another system says of a broken promise is no task.
    is_task = said.reason.startswith(BROKEN) and not fact.imported
    concerns = tuple(dict.fromkeys(one for one in (case.working_agent, case.agent) if one)) if is_task else ()
    case.escalations.append(Escalation(case.escalated, said.kind, said.to_role, said.reason, fact.time, by, concerns=concerns))


def _acknowledged(case: RoutingCase, said: EscalationAcknowledged, fact: Fact) -> None:
    by = Worker(said.agent, fact.actor)
    case.escalations = [
        replace(one, acknowledged_by=one.acknowledged_by or by) if one.number == said.escalation else one
        for one in case.escalations
    ]


def _entered(case: RoutingCase, said: NodeEntered, fact: Fact) -> None:
    case.visits.begin(said.node, said.occurrence)
    _go_to(case, said.node, fact.time)
    case.is_history = fact.imported


def _given(case: RoutingCase, said: NodeAssigned, fact: Fact) -> None:
    if case.node != said.node:
        return
    if said.rule == BY_ROSTER:
        case.handed_out_by = [*case.handed_out_by, *({said.team} - {*case.handed_out_by})]
        return
    if not said.rule and case.working_agent not in ("", said.agent):
        case.handed_back.append(case.working_agent)
    if said.rule in ("", BY_ROLE):  # else it stays in its team, and goes with the case as before
        case.visit_team = said.team
    _take(case, Worker(said.agent))


def _started(case: RoutingCase, said: NodeStarted, fact: Fact) -> None:
    case.visits.at(said.node, said.occurrence)
    if case.node != said.node:
        _go_to(case, said.node, fact.time)
    case.started = True
    _take(case, Worker(said.agent, fact.actor))


def _completed(case: RoutingCase, said: NodeCompleted, fact: Fact) -> None:
    case.visits.end(said.node, said.occurrence)
    case.done[said.node] = Done(said.outputs, Worker(said.agent, fact.actor))
    if case.node == said.node:
        _leave(case)
        case.waiting_since = fact.time


def _returned(case: RoutingCase, said: NodeReturned, fact: Fact) -> None:
    case.visits.end(said.node, said.occurrence)
    _go_to(case, said.to_node, fact.time)


def _progressed(case: RoutingCase, said: NodeProgressed, fact: Fact) -> None:
    visit = case.visits.now(said.node)
    number = visit.number if visit else said.occurrence
    note = Note(fact.time, said.node, number, said.kind, said.note, said.agent or fact.actor)
    case.notes = [*case.notes, note][-NOTES_MAX:]
    case.asks_help = case.asks_help or (said.kind == HELP and case.node == said.node)


def _gate_requested(case: RoutingCase, said: GateRequested, fact: Fact) -> None:
    if case.node == said.node:
        case.gates[said.gate] = Asked(Worker(said.agent, fact.actor), said.approver)


def _gate_decided(case: RoutingCase, said: GateDecided, fact: Fact) -> None:
    if case.node == said.node:
        asked = case.gates.get(said.gate, Asked(NOBODY, ""))
        case.gates[said.gate] = replace(asked, decision=said.decision, decided_by=Worker(said.agent, fact.actor))


def _skipped(case: RoutingCase, said: NodeSkipped, fact: Fact) -> None:
    if case.visits.now(said.node):
        case.visits.end(said.node, said.occurrence)
    if case.node == said.node:
        _leave(case)
        case.waiting_since = fact.time


def _go_to(case: RoutingCase, node: str, at: datetime) -> None:
    """Stand at a node; work done there and at later nodes no longer counts as done, nor what was recorded of it."""
    walked = [*case.done, *([case.node] if case.node and case.node not in case.done else [])]
    if back := walked[walked.index(node) :] if node in walked else [case.node] if case.node else []:
        case.gone_over |= dict.fromkeys(back, case.records[-1].number if case.records else 0)
        case.done = {earlier: done for earlier, done in case.done.items() if earlier not in back}
    _leave(case)
    case.node, case.waiting_since = node, at


def _take(case: RoutingCase, worker: Worker) -> None:
    """Have the work of the visit; who has had it since it began stays among its authors."""
    case.worker = worker
    if case.started and worker.name and worker.name not in case.authors:
        case.authors.append(worker.name)


def _leave(case: RoutingCase) -> None:
    """Stand at no node."""
    case.gates, case.authors, case.confirmed, case.handed_back = {}, [], {}, []
    case.told_result = case.heard_expectation = False
    case.node, case.started, case.visit_team, case.worker, case.asks_help = "", False, "", NOBODY, False


def _raised(case: RoutingCase, said: ExceptionRaised, fact: Fact) -> None:
    if said.code not in case.exceptions:
        case.exceptions.append(said.code)


def _cleared(case: RoutingCase, said: ExceptionCleared, fact: Fact) -> None:
    case.exceptions = [code for code in case.exceptions if code != said.code]


def _resolved(case: RoutingCase, said: CaseResolved, fact: Fact) -> None:
    case.resolved_at, case.outcome = fact.time, said.outcome
    case.reason, case.repeats = said.reason, said.repeats


def _reopened(case: RoutingCase, said: CaseReopened, fact: Fact) -> None:
    case.resolved_at = case.closed_at = None
    case.outcome = case.reason = case.repeats = ""
    case.attempts, case.escalations = [], []
    case.reopened += 1


def _closed(case: RoutingCase, said: CaseClosed, fact: Fact) -> None:
    case.closed_at, case.outcome = fact.time, outcome_after(case.outcome, said)
    case.reason, case.repeats = said.reason or case.reason, said.repeats or case.repeats
    _leave(case)
    case.exceptions = []


_APPLY: Mapping[type[Any], Callable[[RoutingCase, Any, Fact], None]] = {
    CaseClassified: _classified,
    CaseGraded: _graded,
    CaseAssigned: _assigned,
    CaseEscalated: _escalated,
    EscalationAcknowledged: _acknowledged,
    NodeEntered: _entered,
    NodeAssigned: _given,
    NodeStarted: _started,
    NodeCompleted: _completed,
    NodeReturned: _returned,
    NodeProgressed: _progressed,
    NodeSkipped: _skipped,
    GateRequested: _gate_requested,
    GateDecided: _gate_decided,
    ExceptionRaised: _raised,
    ExceptionCleared: _cleared,
    CaseResolved: _resolved,
    CaseReopened: _reopened,
    CaseClosed: _closed,
}

_ENDS = (CaseResolved, CaseClosed)

KEEPS: frozenset[type[Any]] = frozenset({*_APPLY, *HEARD})
