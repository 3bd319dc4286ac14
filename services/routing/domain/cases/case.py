"""A case as routing knows it: the fold of routing's own events, also of imported ones, and of what was told at first."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from libs.events.catalogue.intake import CaseRegistered, InfoSupplied
from libs.events.catalogue.routing import (
    HELP,
    CaseAssigned,
    CaseClassified,
    CaseClosed,
    CaseEscalated,
    CaseGraded,
    CaseReopened,
    CaseResolved,
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
    Visits,
    outcome_after,
)
from libs.events.log.envelope import Fact
from services.routing.domain.cases.lifecycle import ENDED, Phase, next_phase
from services.routing.domain.cases.visit import NOBODY, NOTES_MAX, Asked, Done, Note, Worker, values_of


@dataclass
class RoutingCase:
    """The state that routing's decisions use. `done` has the nodes that are completed in the present walk.

    `visit_team` is the team that the present visit waits for, if it is another than that of the case; `worker` is who has the
    visit, by beginning it or because it was given to them. Nobody else may work at it.

    `answered` are the ids of heard facts that routing has answered: a database that was restored hears them again.
    """

    case_id: str
    process_id: str = ""
    process_version: int = 0
    phase: Phase = Phase.UNKNOWN
    told: dict[str, str] = field(default_factory=dict)
    service_class: str = ""
    category: str = ""
    severity: str = ""
    grade: str = ""
    team: str = ""
    agent: str = ""
    role: str = ""
    assigned_by: str = ""
    node: str = ""
    started: bool = False
    visit_team: str = ""
    worker: Worker = NOBODY
    done: dict[str, Done] = field(default_factory=dict)
    exceptions: list[str] = field(default_factory=list)
    escalations: list[tuple[str, str, str]] = field(default_factory=list)
    gates: dict[str, Asked] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    asks_help: bool = False
    reopened: int = 0
    outcome: str = ""
    answered: list[str] = field(default_factory=list)
    since: datetime | None = None
    waiting_since: datetime | None = None
    resolved_at: datetime | None = None
    closed_at: datetime | None = None
    last_at: datetime | None = None
    last_sequence: int = 0
    visits: Visits = field(default_factory=Visits)

    @property
    def visit(self) -> int:
        """The number of the present visit to the node; 0 if the case stands at no node."""
        return (self.visits.now(self.node) or self.visits.next(self.node)).number if self.node else 0

    @property
    def working_team(self) -> str:
        """The team that does the work where the case stands."""
        return self.visit_team or self.team

    @property
    def working_agent(self) -> str:
        """Who does the work where the case stands: who has the visit, else the case's agent, if it is the work of their team."""
        return self.worker.agent or (self.agent if self.working_team == self.team else "")

    @property
    def outputs(self) -> dict[str, str]:
        """The outputs of the completed nodes: name → value, empty if only the name was said."""
        return values_of(output for done in self.done.values() for output in done.outputs)


def evolve(case: RoutingCase, fact: Fact) -> RoutingCase:
    """Return the case after one more of its facts; of those of intake it keeps what rules may ask for."""
    if isinstance(fact.data, CaseRegistered):
        case.told = {"channel": fact.data.channel, "kind": fact.data.kind, **fact.data.fields, **case.told}
        return case
    if isinstance(fact.data, InfoSupplied):
        case.told |= fact.data.fields
        return case
    had_ended, case.phase = case.phase in ENDED, next_phase(case.phase, fact.data)
    case.since = case.since or fact.time
    case.last_at, case.last_sequence = fact.time, fact.sequence
    if fact.causation and not fact.imported and fact.causation not in case.answered:
        case.answered.append(fact.causation)
    if not (had_ended and fact.kind.cls in _ENDS):  # the first end holds
        _APPLY[fact.kind.cls](case, fact.data, fact)
    return case


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
        case.worker = Worker(said.agent if case.started else "")


def _escalated(case: RoutingCase, said: CaseEscalated, fact: Fact) -> None:
    case.escalations.append((said.kind, said.to_role, said.reason))


def _entered(case: RoutingCase, said: NodeEntered, fact: Fact) -> None:
    case.visits.begin(said.node, said.occurrence)
    _go_to(case, said.node, fact.time)


def _given(case: RoutingCase, said: NodeAssigned, fact: Fact) -> None:
    if case.node == said.node:
        case.visit_team, case.worker = said.team, Worker(said.agent)


def _started(case: RoutingCase, said: NodeStarted, fact: Fact) -> None:
    case.visits.at(said.node, said.occurrence)
    if case.node != said.node:
        _go_to(case, said.node, fact.time)
    case.started, case.worker = True, Worker(said.agent, fact.actor)


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
    """Stand at a node; work done there and at later nodes no longer counts as done."""
    if node in case.done:
        walked = list(case.done)
        case.done = {earlier: case.done[earlier] for earlier in walked[: walked.index(node)]}
    _leave(case)
    case.node, case.waiting_since = node, at


def _leave(case: RoutingCase) -> None:
    """Stand at no node."""
    case.gates = {}
    case.node, case.started, case.visit_team, case.worker, case.asks_help = "", False, "", NOBODY, False


def _raised(case: RoutingCase, said: ExceptionRaised, fact: Fact) -> None:
    if said.code not in case.exceptions:
        case.exceptions.append(said.code)


def _cleared(case: RoutingCase, said: ExceptionCleared, fact: Fact) -> None:
    case.exceptions = [code for code in case.exceptions if code != said.code]


def _resolved(case: RoutingCase, said: CaseResolved, fact: Fact) -> None:
    case.resolved_at, case.outcome = fact.time, said.outcome


def _reopened(case: RoutingCase, said: CaseReopened, fact: Fact) -> None:
    case.resolved_at = case.closed_at = None
    case.outcome = ""
    case.reopened += 1


def _closed(case: RoutingCase, said: CaseClosed, fact: Fact) -> None:
    case.closed_at, case.outcome = fact.time, outcome_after(case.outcome, said)
    _leave(case)
    case.exceptions = []


_APPLY: Mapping[type[Any], Callable[[RoutingCase, Any, Fact], None]] = {
    CaseClassified: _classified,
    CaseGraded: _graded,
    CaseAssigned: _assigned,
    CaseEscalated: _escalated,
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

TOLD = (CaseRegistered, InfoSupplied)
"""What intake tells of a case that rules may ask for."""

KEEPS: frozenset[type[Any]] = frozenset({*_APPLY, *TOLD})
