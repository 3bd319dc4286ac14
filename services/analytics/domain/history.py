"""A case's history: facts in their order make the memory of the case. Odd history is taken as it is, never judged."""

from libs.events.envelope import Fact
from services.analytics.domain.case import Case
from services.analytics.domain.heard import intake, nodes, routing, sla, survey
from services.analytics.domain.heard.handlers import Handlers

HANDLERS: Handlers = {**intake.HANDLERS, **routing.HANDLERS, **nodes.HANDLERS, **sla.HANDLERS, **survey.HANDLERS}
"""Every event of topic cases."""


def evolve(case: Case, fact: Fact) -> Case:
    """Return the case as it is after `fact`."""
    handler = HANDLERS.get(type(fact.data))
    if handler is not None:
        handler(case, fact)
    return case
