"""What routing said of the walk through the nodes."""

from libs.events.catalogue import routing
from libs.events.log.envelope import Fact
from libs.events.words.event import Occurrence
from services.analytics.domain.case import Case
from services.analytics.domain.happened import Decision, Handover, Note, Output, Skip, Visit
from services.analytics.domain.heard.handlers import Handlers


def _entered(case: Case, fact: Fact) -> None:
    number = case.numbers.begin(fact.data.node, fact.data.occurrence).number
    visit = Visit(fact.data.node, entered_at=fact.time, occurrence=number)
    case.visits.append(_with(case, visit))


def _handed_over(case: Case, fact: Fact) -> None:
    data: routing.NodeAssigned = fact.data
    n = _place(case, case.numbers.at(data.node, data.occurrence))
    was = case.visits[n]
    case.visits[n] = now = _with(case, was._replace(own_team=data.team or was.own_team, own_agent=data.agent))
    moved = bool(was.team and was.team != now.team)
    handed = bool(was.agent and data.agent and was.agent != data.agent)
    # The way that the standard itself gives the work is no transfer.
    reassigned = not data.rule and (moved or handed)
    case.handovers.append(Handover(fact.time, n + 1, data.node, now.team, now.agent, data.rule, data.reason, reassigned))


def _started(case: Case, fact: Fact) -> None:
    n = _place(case, case.numbers.at(fact.data.node, fact.data.occurrence))
    visit = case.visits[n]
    own_agent = fact.data.agent or visit.own_agent
    case.visits[n] = _with(case, visit._replace(started_at=visit.started_at or fact.time, own_agent=own_agent))


def _completed(case: Case, fact: Fact) -> None:
    n = _place(case, case.numbers.end(fact.data.node, fact.data.occurrence))
    visit = case.visits[n]
    agent = fact.data.agent or visit.agent
    case.visits[n] = done = _with(case, visit._replace(completed_at=fact.time, own_agent=agent))
    for said in fact.data.outputs:
        name, _, value = said.partition("=")
        case.outputs.append(Output(fact.time, n + 1, fact.data.node, name, value, done.team, done.agent))


def _returned(case: Case, fact: Fact) -> None:
    case.returns += 1
    n = _place(case, case.numbers.end(fact.data.node, fact.data.occurrence))
    case.visits[n] = case.visits[n]._replace(returned_at=fact.time, returned_to=fact.data.to_node, return_reason=fact.data.reason)


def _progressed(case: Case, fact: Fact) -> None:
    data: routing.NodeProgressed = fact.data
    here = case.numbers.now(data.node)
    number = _place(case, here) + 1 if here else 0
    team = case.visits[number - 1].team if number else case.team
    case.notes.append(Note(fact.time, number, data.node, data.occurrence, data.kind, data.note, team, data.agent))


def _skipped(case: Case, fact: Fact) -> None:
    data: routing.NodeSkipped = fact.data
    number = 0
    if case.numbers.now(data.node):
        n = _place(case, case.numbers.end(data.node, data.occurrence))
        case.visits[n], number = case.visits[n]._replace(skipped_at=fact.time), n + 1
    case.skips.append(Skip(fact.time, data.node, data.occurrence, number, data.reason, case.team, case.agent))


def _gate_requested(case: Case, fact: Fact) -> None:
    data: routing.GateRequested = fact.data
    here = case.numbers.now(data.node)
    team = case.visits[_place(case, here)].team if here else case.team
    asked = Decision(data.gate, data.node, data.occurrence, data.approver, fact.time, data.agent, team)
    case.decisions.append(asked)


def _gate_decided(case: Case, fact: Fact) -> None:
    data: routing.GateDecided = fact.data
    places = range(len(case.decisions) - 1, -1, -1)
    n = next((n for n in places if (case.decisions[n].gate, case.decisions[n].decided_at) == (data.gate, None)), None)
    if n is None:  # history is silent about the asking
        n = len(case.decisions)
        case.decisions.append(Decision(data.gate, data.node, data.occurrence, "", fact.time, "", case.team))
    case.decisions[n] = case.decisions[n]._replace(
        decided_at=fact.time, decision=data.decision, decided_by=data.agent, reason=data.reason
    )


def _with(case: Case, visit: Visit) -> Visit:
    """Return the visit with who does its work: whom the log names for it, else those who answer for the case."""
    team = visit.own_team or case.team
    return visit._replace(team=team, agent=visit.own_agent or (case.agent if team == case.team else ""))


def _place(case: Case, wanted: Occurrence) -> int:
    """Return the place of a visit; a new one where history is silent about its beginning."""
    for n in range(len(case.visits) - 1, -1, -1):
        visit = case.visits[n]
        if (visit.node, visit.occurrence) == (wanted.name, wanted.number):
            return n
    case.visits.append(_with(case, Visit(wanted.name, occurrence=wanted.number)))
    return len(case.visits) - 1


HANDLERS: Handlers = {
    routing.NodeEntered: _entered,
    routing.NodeAssigned: _handed_over,
    routing.NodeStarted: _started,
    routing.NodeCompleted: _completed,
    routing.NodeReturned: _returned,
    routing.NodeProgressed: _progressed,
    routing.NodeSkipped: _skipped,
    routing.GateRequested: _gate_requested,
    routing.GateDecided: _gate_decided,
}
