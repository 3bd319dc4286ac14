"""The life of one case: registration, answers, the nodes of its standard, the survey, closing."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any

from deploy.demo.people import agent_of, attributes, outputs_of
from deploy.demo.plan import Plan, Walk
from libs.events.catalogue.intake import CaseCancelled, CaseRegistered, ContactLogged
from libs.events.catalogue.routing import (
    CaseAssigned,
    CaseClosed,
    CaseReopened,
    CaseResolved,
    ExceptionCleared,
    ExceptionRaised,
    NodeCompleted,
    NodeEntered,
    NodeStarted,
)
from libs.events.catalogue.standard import Node, Standard
from libs.events.catalogue.survey import SurveyAnswered, SurveyExpired, SurveySent
from services.routing.domain.cases.triage import by_rules
from services.sla.domain.case import SlaCase
from services.sla.domain.targets import promises

EASY, WITHDRAWN = 0.45, 0.01
WAITS, MOVES, REOPENS, CHASES = 0.12, 0.1, 0.03, 0.12
"""One of this many cases is solved at once, withdrawn; waits, is handed over, reopened, asked about."""

Dated = tuple[datetime, Any]
"""An event and when it happened."""


def walked(plan: Plan, standard: Standard, chance: Random) -> Iterator[Dated]:
    """Yield all facts of the case, however long it takes."""
    fields = attributes(plan, chance)
    known = {**fields, "channel": "phone", "kind": "request"}
    first = {type(event): event for event in by_rules(standard, known)}
    assigned: CaseAssigned = first.pop(CaseAssigned, CaseAssigned(team="customer_service"))
    agent = agent_of(assigned.team, chance)
    targets = {target.clock: target for target in promises(_scaled(first.values()), standard)}
    walk = Walk(plan, standard, chance, plan.at, targets, assigned.team, agent, chance.random() < EASY)
    yield plan.at, _registered(plan, standard, fields)
    yield from ((plan.at, event) for event in first.values())
    yield plan.at, CaseAssigned(team=assigned.team, agent=agent, role=assigned.role, rule=assigned.rule)
    yield from _contacts(walk)
    yield from _withdrawn(walk) if chance.random() < WITHDRAWN else _worked(walk)


def _scaled(said: Iterable[Any]) -> SlaCase:
    """Return a case with the grade, class and severity that decide its promises."""
    case = SlaCase()
    for event in said:
        for scale in ("service_class", "severity", "grade"):
            setattr(case, scale, getattr(event, scale, "") or getattr(case, scale))
    return case


def _registered(plan: Plan, standard: Standard, fields: dict[str, str]) -> CaseRegistered:
    kind = {"complaint-quality": "complaint", "problem-handling": "problem", "service-delivery": "project"}
    return CaseRegistered(
        channel="phone",
        customer_ref=plan.customer,
        kind=kind.get(plan.process_id, "request"),
        process_id=standard.process_id,
        process_version=standard.version,
        fields=fields,
    )


def _contacts(walk: Walk) -> Iterator[Dated]:
    def contact(direction: str, purpose: str, *, agent: str = "", resolves: bool = False) -> ContactLogged:
        return ContactLogged(direction=direction, purpose=purpose, channel="phone", agent=agent, resolves_case=resolves)

    # The call is noted at once and answered later. With an agent it would count as answered.
    yield walk.at, contact("inbound", "info")
    yield walk.at + walk.lasts("response"), contact("outbound", "response", agent=walk.agent, resolves=walk.easy)
    if not walk.easy and walk.chance.random() < CHASES:
        yield walk.at + timedelta(minutes=walk.chance.randrange(60, 1200)), contact("inbound", "progress")


def _withdrawn(walk: Walk) -> Iterator[Dated]:
    yield walk.at, NodeEntered(node=walk.standard.nodes[0].id)
    yield walk.at + timedelta(minutes=walk.chance.randrange(5, 90)), CaseCancelled(reason="the customer withdrew")


def _worked(walk: Walk) -> Iterator[Dated]:
    for node in walk.standard.nodes:
        yield from _node(walk, node)
        if node.resolves:
            yield from _resolved(walk, node)
    yield walk.at, CaseClosed()


def _resolved(walk: Walk, node: Node) -> Iterator[Dated]:
    yield walk.at, CaseResolved(agent=walk.agent, team=walk.team)
    if not walk.easy and walk.chance.random() < REOPENS / (1 - EASY):
        walk.at += timedelta(minutes=walk.chance.randrange(60, 2000))
        yield walk.at, CaseReopened(reason="the fault came back")
        yield from _node(walk, node)
        yield walk.at, CaseResolved(agent=walk.agent, team=walk.team)
    yield from _asked(walk)


def _node(walk: Walk, node: Node) -> Iterator[Dated]:
    begun, took = walk.at, walk.lasts(f"node:{node.id}")
    walk.at += took * 0.25
    yield begun, NodeEntered(node=node.id)
    if node.initial_handling and not walk.easy and walk.chance.random() < MOVES:
        walk.agent = agent_of(walk.team, walk.chance, but=walk.agent)
        yield walk.at, CaseAssigned(team=walk.team, agent=walk.agent, reason="handed over at the end of the shift")
    agent = agent_of(node.role, walk.chance, same=walk.agent)
    yield walk.at, NodeStarted(node=node.id, agent=agent)
    if node.initial_handling and not walk.easy and walk.chance.random() < WAITS:
        yield from _waited(walk)
    walk.at += took * 0.75
    yield walk.at, NodeCompleted(node=node.id, agent=agent, outputs=outputs_of(node, walk.standard))


def _waited(walk: Walk) -> Iterator[Dated]:
    yield walk.at, ExceptionRaised(code="awaiting_customer")
    walk.at += timedelta(minutes=walk.chance.randrange(30, 900))
    yield walk.at, ExceptionCleared(code="awaiting_customer")


def _asked(walk: Walk) -> Iterator[Dated]:
    survey, over = f"S-{walk.plan.case}", walk.at + timedelta(days=walk.standard.survey_days)
    yield walk.at, SurveySent(survey_id=survey, channel="phone", agent=walk.agent, team=walk.team, expires_at=over)
    if walk.plan.satisfied is None:
        yield over, SurveyExpired(survey_id=survey)
        return
    good = (4, 5, 5) if walk.plan.satisfied else (1, 2, 3)
    scores = {name: walk.chance.choice(good) for name in ("content", "efficiency", "attitude")}
    answered = SurveyAnswered(survey_id=survey, overall=walk.chance.choice(good), scores=scores)
    yield walk.at + timedelta(minutes=walk.chance.randrange(10, 2880)), answered
