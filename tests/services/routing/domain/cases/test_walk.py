"""In order, key nodes never skipped, nothing owed left behind, and at the end closed."""

from dataclasses import replace
from itertools import pairwise

import pytest

from libs.events.catalogue.routing import (
    CaseClassified,
    CaseClosed,
    CaseResolved,
    NodeCompleted,
    NodeEntered,
    NodeReturned,
    NodeSkipped,
    NodeStarted,
)
from libs.events.log.schema import check
from libs.events.testing.spec import Given, given, happened, knowing
from services.routing.books import CASES
from services.routing.domain.cases.decisions import classify, complete, send_back, start
from services.routing.reactions import receive
from tests.services.routing.samples import (
    CALL,
    COMPLAINT,
    LATER,
    NINE,
    PROBLEM,
    SHIPPED,
    STANDARDS,
    new_case,
    owes,
    pass_node,
    pass_nodes,
    registered,
)

DONE = ("n1", "n2", "n3")
DONE_ALL = (*DONE, "n4", "n5", "n6")
REPORT, GATE, JUDGED = "solution_report", "plan_approval", "responsible_department"
PIN = CaseClassified(process_id="inbound-call", process_version=1)


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_standard_leads_from_registration_to_closure(name: str) -> None:
    standard = STANDARDS[name]
    case = pass_nodes(new_case(name), standard, *(node.id for node in standard.nodes))
    assert case.state.phase == "closed" and case.state.outcome == "resolved"
    resolver = next(node.id for node in standard.nodes if node.resolves)
    said = [fact.data for fact in case.facts]
    assert isinstance(said[said.index(CaseResolved(agent="ann", team=case.state.team)) - 1], NodeCompleted)
    assert said[said.index(CaseResolved(agent="ann", team=case.state.team)) - 1].node == resolver
    assert [one.node for one in said if isinstance(one, NodeEntered)] == [node.id for node in standard.nodes]
    assert said[-1] == CaseClosed()
    assert sum(isinstance(one, CaseResolved) for one in said) == 1
    for fact in case.facts:
        check(fact)
    assert all(a.order < b.order for a, b in pairwise(case.facts))


def test_completing_a_node_enters_the_next() -> None:
    case = new_case().after(start, COMPLAINT, node="n1", agent="ann", at=LATER)
    case.when(complete, COMPLAINT, node="n1", agent="ann", outputs=["complaint_register"], at=LATER).then(
        NodeCompleted(node="n1", agent="ann", outputs=("complaint_register",)), NodeEntered(node="n2")
    )


def test_a_node_that_is_neither_key_nor_needed_may_be_skipped() -> None:
    idle = replace(CALL.nodes[0], id="n0", outputs=())
    standard = replace(CALL, nodes=(idle, *CALL.nodes))
    new_case("inbound-call").when(start, standard, node="n1", at=LATER).then(NodeStarted(node="n1"))
    arrived = given(CASES, *happened("c1", NINE, PIN, NodeEntered(node="n0")))
    arrived.when(start, standard, node="n1", at=LATER).then(
        NodeSkipped(node="n0"), NodeEntered(node="n1"), NodeStarted(node="n1")
    )
    arrived.when(start, standard, node="n2", at=LATER).refused("input-missing")
    skipped = arrived.after(start, standard, node="n1", at=LATER)
    skipped.when(start, standard, node="n0", at=LATER).refused("node-behind")


def test_a_case_taken_over_from_elsewhere_begins_where_its_people_say() -> None:
    case = given(CASES, *happened("c1", NINE, PIN, origin="import"))
    case.when(start, CALL, node="n4", at=LATER).refused("role-unresolved")
    case.when(start, CALL, node="n5", at=LATER).then(NodeEntered(node="n5"), NodeStarted(node="n5"))
    ended = case.after(start, CALL, node="n6", at=LATER)
    ended.when(complete, CALL, node="n6", outputs=["followup_record"], at=LATER).then(
        NodeCompleted(node="n6", outputs=("followup_record",)), CaseResolved(), CaseClosed()
    )


REFUSALS = [
    ("a node that the standard does not have", (), start, {"node": "n9"}, "unknown-node"),
    ("past the key node n2", ("n1",), start, {"node": "n3"}, "key-node-open"),
    ("far past them all", (), start, {"node": "n7"}, "key-node-open"),
    ("past the node that resolves", (*DONE, "n4", "n5"), start, {"node": "n7"}, "key-node-open"),
    ("without the work order of n3", ("n1", "n2"), start, {"node": "n4"}, "input-missing"),
    ("completing where it does not stand", ("n1",), complete, {"node": "n3"}, "not-at-node"),
    ("completing what was not begun", ("n1",), complete, {"node": "n2"}, "node-not-started"),
    ("returning forwards", ("n1",), send_back, {"node": "n2", "to_node": "n4", "reason": "r"}, "not-earlier"),
    ("returning from elsewhere", ("n1", "n2"), send_back, {"node": "n4", "to_node": "n2", "reason": "r"}, "not-at-node"),
    ("returning without a reason", DONE, send_back, {"node": "n4", "to_node": "n2", "reason": ""}, "reason-missing"),
    ("returning after resolution", DONE_ALL, send_back, {"node": "n7", "to_node": "n4", "reason": "r"}, "case-resolved"),
    ("an unknown case", None, start, {"node": "n1"}, "case-unknown"),
]  # fmt: skip


@pytest.mark.parametrize(("why", "passed", "decision", "named", "code"), REFUSALS, ids=[row[0] for row in REFUSALS])
def test_refused(why: str, passed: tuple[str, ...] | None, decision: object, named: dict[str, str], code: str) -> None:

    case = given(CASES) if passed is None else pass_nodes(new_case(), COMPLAINT, *passed)
    refusal = case.when(decision, COMPLAINT, **named, at=LATER).refused(code)  # type: ignore[arg-type]
    assert refusal.detail.endswith(".")


def test_a_refusal_says_where_the_case_stands() -> None:
    standing = pass_nodes(new_case(), COMPLAINT, "n1")
    taken_over = given(CASES, *happened("c1", NINE, PIN, origin="import"))
    for case, where in ((standing, "at n2"), (taken_over, "at no node")):
        refusal = case.when(complete, COMPLAINT, node="n3", at=LATER).refused("not-at-node")
        assert refusal.detail.startswith(f"The case is {where}, not at n3.")


@pytest.mark.parametrize(
    ("why", "node", "outputs", "owes_"),
    [
        ("nothing at all", "n4", [], f"{GATE}, {JUDGED}, {REPORT}"),
        ("the gate is not decided", "n4", [REPORT, f"{JUDGED}=production"], GATE),
        ("nobody is judged responsible", "n4", [REPORT, JUDGED, GATE], f"{JUDGED}=<who>"),
        ("an empty value", "n4", [REPORT, f"{JUDGED}= ", GATE], f"{JUDGED}=<who>"),
    ],
)  # fmt: skip
def test_a_node_is_not_complete_while_it_owes(why: str, node: str, outputs: list[str], owes_: str) -> None:
    case = pass_nodes(new_case(), COMPLAINT, *DONE).after(start, COMPLAINT, node=node, at=LATER)
    refusal = case.when(complete, COMPLAINT, node=node, outputs=outputs, at=LATER).refused("output-missing")
    assert refusal.detail == f"n4 still owes {owes_}."


def test_the_case_s_own_words_count_as_outputs_once_they_are_set() -> None:
    problem = STANDARDS["problem-handling"]
    silent = replace(problem, classify=())

    shelf = knowing(silent)
    case = pass_node(given(CASES).after(receive, registered("problem-handling"), shelf), silent, "p1")
    case = case.after(start, silent, node="p2", at=LATER)
    detail = case.when(complete, silent, node="p2", outputs=["priority"], at=LATER).refused("output-missing").detail
    assert detail == "p2 still owes the case's severity."
    case = case.after(classify, PROBLEM, severity="major", at=LATER)
    case.when(complete, silent, node="p2", outputs=["priority"], at=LATER).then(
        NodeCompleted(node="p2", outputs=("priority", "severity")), NodeEntered(node="p3")
    )


def test_execution_does_not_begin_before_somebody_is_responsible_for_it() -> None:
    case = pass_nodes(new_case(), COMPLAINT, *DONE, "n4", "n5")
    assert case.state.outputs["responsible_department"] == "production"

    without = Given(case.book, case.key, [fact for fact in case.facts if getattr(fact.data, "node", "") != "n4"])
    without.when(start, COMPLAINT, node="n6", at=LATER).refused("role-unresolved")
    case.when(start, COMPLAINT, node="n6", at=LATER).then(NodeStarted(node="n6"))


def test_going_back_undoes_what_followed() -> None:
    case = pass_nodes(new_case(), COMPLAINT, *DONE, "n4")
    case.when(send_back, COMPLAINT, node="n5", to_node="n2", reason="wrong grade", at=LATER).then(
        NodeReturned(node="n5", to_node="n2", reason="wrong grade"), NodeEntered(node="n2", occurrence=2)
    )
    back = case.after(send_back, COMPLAINT, node="n5", to_node="n2", reason="wrong grade", at=LATER)
    assert list(back.state.done) == ["n1"] and back.state.node == "n2" and not back.state.started
    back.when(start, COMPLAINT, node="n4", at=LATER).refused("key-node-open")


@pytest.mark.parametrize(
    ("why", "passed", "decision", "named"),
    [
        ("started", (), start, {"node": "n1"}),
        ("completed", (), complete, {"node": "n1", "outputs": owes(COMPLAINT, "n1")}),
        ("started, after the same agent completed it", ("n1",), start, {"node": "n1", "agent": "ann"}),
        ("returned", DONE, send_back, {"node": "n4", "to_node": "n2", "reason": "r"}),
        ("the last one", DONE_ALL, complete, {"node": "n7", "outputs": owes(COMPLAINT, "n7")}),
    ],
)
def test_saying_it_twice_says_nothing(why: str, passed: tuple[str, ...], decision: object, named: dict[str, object]) -> None:
    case = pass_nodes(new_case(), COMPLAINT, *passed)
    if decision is complete:
        case = case.after(start, COMPLAINT, node=named["node"], at=LATER)
    once = case.after(decision, COMPLAINT, **named, at=LATER)  # type: ignore[arg-type]
    once.when(decision, COMPLAINT, **named, at=LATER).nothing()  # type: ignore[arg-type]
