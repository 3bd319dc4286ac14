"""What follows from the customer's yes or no to what the node where the case stands asks her about."""

from typing import Any

from libs.events.catalogue.intake import ACCEPTED, CustomerConfirmed
from libs.events.catalogue.routing import ExceptionCleared, ExceptionRaised, NodeReturned
from libs.events.catalogue.standard import REJECTION, Node, Standard
from libs.events.log.envelope import Fact
from services.routing.domain.cases.case import RoutingCase
from services.routing.domain.cases.lifecycle import Phase
from services.routing.domain.cases.pinned import known_node, node_of
from services.routing.domain.cases.saying import arrival, say


def follow(case: RoutingCase, standard: Standard, because: Fact) -> list[Fact]:
    """Send the case back where she rejects what its node asks about, and end what a no has raised where she accepts."""
    told: CustomerConfirmed = because.data
    node = node_of(standard, case.node)
    if case.phase is not Phase.IN_WORK or node is None or node.confirmation is None or node.confirmation.subject != told.subject:
        return []
    if case.confirmed.get(told.subject) != told.decision:  # it came before the case did, or she has said otherwise since
        return []
    said = _accepted(case, standard) if told.decision == ACCEPTED else _rejected(case, standard, node, told.subject)
    return say(case, said, at=because.time, because=because)


def _accepted(case: RoutingCase, standard: Standard) -> list[Any]:
    raised = [one.code for one in standard.exceptions if one.raised_by == REJECTION and one.code in case.exceptions]
    return [ExceptionCleared(code=code) for code in raised]


def _rejected(case: RoutingCase, standard: Standard, node: Node, subject: str) -> list[Any]:
    assert node.confirmation is not None  # follow has asked
    raising = [one for one in standard.exceptions if one.raised_by == REJECTION and (not one.at or node.id in one.at)]
    raised = [ExceptionRaised(code=one.code) for one in raising if one.code not in case.exceptions]
    target = known_node(standard, node.confirmation.returns_to or node.id)
    # Her own words stand with the confirmation.
    returned = NodeReturned(node=node.id, to_node=target.id, reason=f"rejected: {subject}", occurrence=case.visit)
    return [*raised, returned, *arrival(case, standard, target)]
