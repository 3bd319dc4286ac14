"""A case that comes back to a node visits it once more: what happens there is said of that visit."""

from typing import Any

import pytest

from libs.events.catalogue.routing import CaseEscalated, NodeCompleted, NodeEntered, NodeReturned, NodeStarted
from libs.events.catalogue.sla import ClockBreached
from libs.events.log.envelope import draft
from services.routing.domain.cases.decisions import complete, send_back, start
from services.routing.reactions import escalate_broken
from tests.services.routing.samples import COMPLAINT, LATER, SHELF, new_case, owes, pass_node, pass_nodes

BACK = {"node": "n3", "to_node": "n2", "reason": "wrong grade"}
DONE = {"node": "n2", "outputs": owes(COMPLAINT, "n2")}


def test_each_visit_is_said_with_its_number() -> None:
    back = pass_nodes(new_case(), COMPLAINT, "n1", "n2").after(send_back, COMPLAINT, **BACK, at=LATER)
    assert (back.state.node, back.state.visit) == ("n2", 2)
    back.when(start, COMPLAINT, node="n2", at=LATER).then(NodeStarted(node="n2", occurrence=2))
    again = back.after(start, COMPLAINT, node="n2", at=LATER)
    again.when(complete, COMPLAINT, **DONE, at=LATER).then(
        NodeCompleted(node="n2", outputs=tuple(owes(COMPLAINT, "n2")), occurrence=2), NodeEntered(node="n3", occurrence=2)
    )
    on = pass_node(back, COMPLAINT, "n2")
    on.when(send_back, COMPLAINT, **BACK, at=LATER).then(NodeReturned(**BACK, occurrence=2), NodeEntered(node="n2", occurrence=3))


def test_at_no_node_is_no_visit() -> None:
    assert pass_nodes(new_case(), COMPLAINT, *(node.id for node in COMPLAINT.nodes)).state.visit == 0


def broken(occurrence: int) -> Any:
    return draft(ClockBreached(clock="node:n2", due_at=LATER, occurrence=occurrence), "c1", LATER, sequence=9)


@pytest.mark.parametrize(("occurrence", "reason"), [(1, "breached: node:n2"), (2, "breached: node:n2/2")])
def test_a_broken_promise_calls_for_help_once_for_each_occurrence(occurrence: int, reason: str) -> None:
    case = new_case()
    case.when(escalate_broken, broken(occurrence), SHELF).then(
        CaseEscalated(kind="hierarchical", to_role="cs_supervisor", reason=reason)
    )
    called = case.after(escalate_broken, broken(occurrence), SHELF)
    called.when(escalate_broken, broken(occurrence), SHELF).nothing()
    assert called.when(escalate_broken, broken(3 - occurrence), SHELF).facts
