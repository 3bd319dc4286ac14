"""What routing said of the walk through the nodes."""

from libs.events.catalogue import routing
from libs.events.log.envelope import Fact
from libs.events.words.event import Occurrence
from services.analytics.domain.case import Case, Output, Visit
from services.analytics.domain.heard.handlers import Handlers


def _entered(case: Case, fact: Fact) -> None:
    number = case.numbers.begin(fact.data.node, fact.data.occurrence).number
    case.visits.append(Visit(fact.data.node, entered_at=fact.time, team=case.team, agent=case.agent, occurrence=number))


def _started(case: Case, fact: Fact) -> None:
    n = _place(case, case.numbers.at(fact.data.node, fact.data.occurrence))
    visit = case.visits[n]
    agent = fact.data.agent or case.agent
    case.visits[n] = visit._replace(started_at=visit.started_at or fact.time, team=case.team, agent=agent)


def _completed(case: Case, fact: Fact) -> None:
    n = _place(case, case.numbers.end(fact.data.node, fact.data.occurrence))
    agent = fact.data.agent or case.visits[n].agent or case.agent
    case.visits[n] = case.visits[n]._replace(completed_at=fact.time, team=case.team, agent=agent)
    for said in fact.data.outputs:
        name, _, value = said.partition("=")
        case.outputs.append(Output(fact.time, n + 1, fact.data.node, name, value, case.team, agent))


def _returned(case: Case, fact: Fact) -> None:
    case.returns += 1
    n = _place(case, case.numbers.end(fact.data.node, fact.data.occurrence))
    case.visits[n] = case.visits[n]._replace(returned_at=fact.time, returned_to=fact.data.to_node, return_reason=fact.data.reason)


def _place(case: Case, wanted: Occurrence) -> int:
    """Return the place of a visit; a new one where history is silent about its beginning."""
    for n in range(len(case.visits) - 1, -1, -1):
        visit = case.visits[n]
        if (visit.node, visit.occurrence) == (wanted.name, wanted.number):
            return n
    case.visits.append(Visit(wanted.name, team=case.team, agent=case.agent, occurrence=wanted.number))
    return len(case.visits) - 1


HANDLERS: Handlers = {
    routing.NodeEntered: _entered,
    routing.NodeStarted: _started,
    routing.NodeCompleted: _completed,
    routing.NodeReturned: _returned,
}
