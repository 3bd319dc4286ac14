"""Who has the work of a visit: who began it, or to whom it was given. Nobody else may work at it."""

from datetime import datetime

from libs.events.catalogue.routing import NodeAssigned
from libs.events.catalogue.standard import Standard
from libs.events.log.envelope import Fact
from libs.events.words.refusal import Refused
from services.routing.domain.cases.case import RoutingCase
from services.routing.domain.cases.conditions import must_stand_at
from services.routing.domain.cases.lifecycle import must_allow
from services.routing.domain.cases.pinned import known_node
from services.routing.domain.cases.saying import say


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
    known_node(standard, node)
    must_allow(case.phase, NodeAssigned)
    must_stand_at(case, node)
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


def must_be_free(case: RoutingCase, node: str, who: str) -> bool:
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
