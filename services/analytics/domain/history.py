"""A case's history: facts in their order make the memory of the case. Odd history is taken as it is, never judged."""

from datetime import datetime

from libs.events.log.envelope import Fact
from services.analytics.domain.case import Case, Stretch
from services.analytics.domain.first_contact import judge
from services.analytics.domain.heard import intake, nodes, routing, sla, survey
from services.analytics.domain.heard.handlers import Handlers

HANDLERS: Handlers = {**intake.HANDLERS, **routing.HANDLERS, **nodes.HANDLERS, **sla.HANDLERS, **survey.HANDLERS}
"""Every event of topic cases."""


def evolve(case: Case, fact: Fact) -> Case:
    """Return the case as it is after `fact`."""
    judge(case, fact.time)
    HANDLERS[type(fact.data)](case, fact)
    _remember(case, fact.time)
    return case


def _remember(case: Case, at: datetime) -> None:
    """Begin a new stretch of the case's life if something of it is no longer as it was."""
    now = Stretch(at, case.phase, case.team, case.agent, case.category, case.outcome, case.grade, case.service_class)
    if case.stretches and case.stretches[-1].since == at:
        case.stretches.pop()
    if not case.stretches or case.stretches[-1][1:] != now[1:]:
        case.stretches.append(now)
