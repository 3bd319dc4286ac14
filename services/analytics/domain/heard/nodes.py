"""What routing said of the walk through the nodes."""

from libs.events.catalogue import routing
from libs.events.log.envelope import Fact
from services.analytics.domain.case import Case, Output, Visit
from services.analytics.domain.heard.handlers import Handlers


def _entered(case: Case, fact: Fact) -> None:
    case.visits.append(Visit(fact.data.node, entered_at=fact.time, team=case.team, agent=case.agent))


def _started(case: Case, fact: Fact) -> None:
    n = _visit(case, fact.data.node)
    visit = case.visits[n]
    agent = fact.data.agent or case.agent
    case.visits[n] = visit._replace(started_at=visit.started_at or fact.time, team=case.team, agent=agent)


def _completed(case: Case, fact: Fact) -> None:
    n = _visit(case, fact.data.node)
    agent = fact.data.agent or case.visits[n].agent or case.agent
    case.visits[n] = case.visits[n]._replace(completed_at=fact.time, team=case.team, agent=agent)
    for said in fact.data.outputs:
        name, _, value = said.partition("=")
        case.outputs.append(Output(fact.time, n + 1, fact.data.node, name, value, case.team, agent))


def _returned(case: Case, fact: Fact) -> None:
    case.returns += 1
    n = _visit(case, fact.data.node)
    case.visits[n] = case.visits[n]._replace(returned_at=fact.time, returned_to=fact.data.to_node, return_reason=fact.data.reason)


def _visit(case: Case, node: str) -> int:
    """Return the place of the stay at `node` that has not ended; a new one where history is silent."""
    for n in range(len(case.visits) - 1, -1, -1):
        visit = case.visits[n]
        if visit.node == node and visit.completed_at is None and visit.returned_at is None:
            return n
    case.visits.append(Visit(node, team=case.team, agent=case.agent))
    return len(case.visits) - 1


HANDLERS: Handlers = {
    routing.NodeEntered: _entered,
    routing.NodeStarted: _started,
    routing.NodeCompleted: _completed,
    routing.NodeReturned: _returned,
}
