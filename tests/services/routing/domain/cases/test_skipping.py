"""A node that is passed over is an event; no key node is, nor one that owes something to those behind it."""

from dataclasses import replace

import pytest

from libs.events.catalogue.routing import CaseClosed, NodeCompleted, NodeEntered, NodeReturned, NodeSkipped, NodeStarted
from libs.events.catalogue.standard import Gate, Label
from libs.events.log.envelope import draft
from libs.events.testing.spec import given, happened
from services.routing.books import CASES
from services.routing.domain.cases.decisions import complete, send_back, skip, start
from tests.services.routing.domain.cases.test_walk import PIN
from tests.services.routing.samples import CALL, LATER, NINE

FREE = [replace(CALL.nodes[0], id=id, outputs=(), inputs=(), key=False, resolves=False) for id in ("a", "b", "c", "d")]
KEY, LAST = replace(FREE[0], id="k", key=True, resolves=True), replace(FREE[0], id="z")
WAY = replace(CALL, nodes=(*FREE, KEY, LAST), targets=())
WHY = {"reason": "not needed"}
AT_A = given(CASES, *happened("c1", NINE, PIN, NodeEntered(node="a")))


def done(case, node):
    return case.after(start, WAY, node=node, at=LATER).after(complete, WAY, node=node, at=LATER)


def passed(case):
    return [one.data.node for one in case.facts if isinstance(one.data, NodeSkipped)]


def test_a_node_is_left_for_the_next_one():
    AT_A.when(skip, WAY, node="a", **WHY, at=LATER).then(NodeSkipped(node="a", **WHY), NodeEntered(node="b"))
    begun = AT_A.after(start, WAY, node="a", at=LATER)
    begun.when(skip, WAY, node="a", **WHY, at=LATER).then(NodeSkipped(node="a", **WHY), NodeEntered(node="b"))


def test_who_starts_a_later_node_skips_those_before_it_each_once():
    AT_A.when(start, WAY, node="c", at=LATER).then(
        NodeSkipped(node="a"), NodeSkipped(node="b"), NodeEntered(node="c"), NodeStarted(node="c")
    )
    on = AT_A.after(start, WAY, node="c", at=LATER)
    on.when(start, WAY, node="d", at=LATER).then(NodeSkipped(node="c"), NodeEntered(node="d"), NodeStarted(node="d"))
    assert passed(on.after(start, WAY, node="d", at=LATER)) == ["a", "b", "c"]
    assert passed(done(done(AT_A, "b"), "c")) == ["a"]


def test_behind_a_node_that_is_done_everything_up_to_the_next_one_is_passed_over():
    events = (NodeStarted(node="a"), NodeCompleted(node="a"))
    left = [draft(event, "c1", LATER, sequence=number) for number, event in enumerate(events, 90)]
    between = given(CASES, *AT_A.facts, *left)
    assert (between.state.node, [*between.state.done]) == ("", ["a"])
    between.when(start, WAY, node="d", at=LATER).then(
        NodeSkipped(node="b"), NodeSkipped(node="c"), NodeEntered(node="d"), NodeStarted(node="d")
    )


def test_a_skipped_visit_is_over_and_another_one_has_its_own_number():
    at_c = AT_A.after(skip, WAY, node="a", **WHY, at=LATER).after(skip, WAY, node="b", **WHY, at=LATER)
    assert (at_c.state.node, at_c.state.visits.open) == ("c", [("c", 1)])
    back = at_c.after(send_back, WAY, node="c", to_node="b", reason="r", at=LATER)
    back.when(skip, WAY, node="b", **WHY, at=LATER).then(
        NodeSkipped(node="b", **WHY, occurrence=2), NodeEntered(node="c", occurrence=2)
    )


def test_a_node_that_was_passed_over_was_not_visited_and_has_its_first_visit_when_the_case_comes_to_it():
    at_c = AT_A.after(start, WAY, node="c", at=LATER)
    back = {"node": "c", "to_node": "b", "reason": "r"}
    at_c.when(send_back, WAY, **back, at=LATER).then(NodeReturned(**back), NodeEntered(node="b"))


def test_the_last_node_is_skipped_to_the_end():
    at_z = done(AT_A.after(start, WAY, node="k", at=LATER), "k")
    at_z.when(skip, WAY, node="z", **WHY, at=LATER).then(NodeSkipped(node="z", **WHY), CaseClosed())


AT_K = AT_A.after(start, WAY, node="k", at=LATER)
OWING = replace(WAY, nodes=(replace(FREE[0], outputs=("x",)), replace(FREE[1], inputs=("x",)), *WAY.nodes[2:]))

GO = Gate(id="x", name=Label(en="Go", zh="放行"), approver="cs_supervisor")
DECIDING = replace(WAY, nodes=(replace(FREE[0], gates=(GO,)), replace(FREE[1], inputs=("x",)), *WAY.nodes[2:]))


@pytest.mark.parametrize(
    ("why", "case", "standard", "named", "code"),
    [
        ("a key node", AT_K, WAY, {"node": "k", **WHY}, "key-node-open"),
        ("a last node that is a key node", AT_K, replace(WAY, nodes=WAY.nodes[:-1]), {"node": "k", **WHY}, "key-node-open"),
        ("what the next one needs", AT_A, OWING, {"node": "a", **WHY}, "input-missing"),
        ("a decision that the next one needs", AT_A, DECIDING, {"node": "a", **WHY}, "input-missing"),
        ("without a reason", AT_A, WAY, {"node": "a"}, "reason-missing"),
        ("where the case is not", AT_A, WAY, {"node": "b", **WHY}, "not-at-node"),
        ("what is not there", AT_A, WAY, {"node": "q", **WHY}, "unknown-node"),
    ],
)
def test_refused(why, case, standard, named, code):
    case.when(skip, standard, **named, at=LATER).refused(code)


def test_where_a_case_stands_counts_and_not_what_history_has_done_further_on():
    odd = given(CASES, *happened("c1", NINE, PIN, NodeCompleted(node="b"), NodeEntered(node="a"), origin="import"))
    assert passed(odd.after(start, WAY, node="d", at=LATER)) == ["a", "b", "c"]


def test_of_a_history_only_what_is_known_to_lie_between_was_skipped():
    unknown = given(CASES, *happened("c1", NINE, PIN, origin="import"))
    assert passed(unknown.after(start, WAY, node="c", at=LATER)) == []
    known = given(CASES, *happened("c1", NINE, PIN, NodeCompleted(node="a"), origin="import"))
    assert passed(known.after(start, WAY, node="c", at=LATER)) == ["b"]
