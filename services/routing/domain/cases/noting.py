"""Notes about the work at a node: how far it is, what stands in its way, which help is needed."""

from datetime import datetime

from libs.events.catalogue.routing import NOTES, PROGRESS, NodeProgressed
from libs.events.catalogue.standard import Standard
from libs.events.log.envelope import Fact
from libs.events.words.refusal import Refused, none_such
from services.routing.domain.cases.case import RoutingCase
from services.routing.domain.cases.conditions import must_stand_at
from services.routing.domain.cases.lifecycle import must_allow
from services.routing.domain.cases.pinned import known_node
from services.routing.domain.cases.saying import say


def note(
    case: RoutingCase,
    standard: Standard,
    *,
    node: str,
    kind: str = PROGRESS,
    note: str = "",
    agent: str = "",
    at: datetime,
    actor: str = "",
) -> list[Fact]:
    """Note how the work goes at the node where the case stands, for all who serve the case; also who has not got the work may."""
    known_node(standard, node)
    must_allow(case.phase, NodeProgressed)
    must_stand_at(case, node)
    if kind not in NOTES:
        raise Refused("unknown-kind", none_such("kind of note", kind, NOTES), 422)
    if not note:
        raise Refused("note-missing", "Write what the others should know.", 422)
    said = NodeProgressed(node=node, kind=kind, note=note, agent=agent, occurrence=case.visit)
    return say(case, [said], at=at, actor=actor)
