"""Passing over a node that is no key node: always an event, never past what is owed."""

from datetime import datetime

from libs.events.catalogue.phases import MET
from libs.events.catalogue.routing import CaseClosed, NodeSkipped
from libs.events.catalogue.standard import Node, Standard
from libs.events.log.envelope import Fact
from libs.events.words.refusal import Refused
from services.routing.domain.cases.case import RoutingCase
from services.routing.domain.cases.conditions import must_be_reachable, must_not_skip_keys, must_stand_at
from services.routing.domain.cases.lifecycle import must_allow
from services.routing.domain.cases.pinned import known_node
from services.routing.domain.cases.saying import arrival, say


def skip(case: RoutingCase, standard: Standard, *, node: str, reason: str = "", at: datetime, actor: str = "") -> list[Fact]:
    """Leave a node that is no key node with its work not done, and go on to the next one, or to the end."""
    place = standard.nodes.index(known_node(standard, node))
    must_allow(case.phase, NodeSkipped)
    must_stand_at(case, node)
    if not reason:
        raise Refused("reason-missing", "Give the reason for which the node is skipped.", 422)
    if place + 1 < len(standard.nodes):
        following = standard.nodes[place + 1]
        said = [*passed_over(case, standard, following, reason), *arrival(case, standard, following)]
        return say(case, said, at=at, actor=actor)
    must_not_skip_keys(standard.nodes[place:])
    skipped = NodeSkipped(node=node, reason=reason, occurrence=case.visit)
    return say(case, [skipped, CaseClosed(outcome=case.outcome or MET)], at=at, actor=actor)


def passed_over(case: RoutingCase, standard: Standard, wanted: Node, reason: str = "") -> list[NodeSkipped]:
    """Return what is said of the nodes that are passed over on the way to a later one; refuse if one may not be."""
    must_be_reachable(case, standard, wanted)
    ids = [node.id for node in standard.nodes[: standard.nodes.index(wanted)]]
    known = (case.node, *(one for one in case.done if not case.node))
    since = max((ids.index(one) + (one != case.node) for one in known if one in ids), default=len(ids))
    return [
        NodeSkipped(node=one, reason=reason, occurrence=case.visit if one == case.node else case.visits.next(one).number)
        for one in ids[since:]
    ]
