"""Ends and returns: a need that is met passed every key node; everything else is called by its name."""

from dataclasses import replace
from typing import Any

import pytest

from libs.events.catalogue.routing import CaseClosed, CaseReopened, CaseResolved, NodeCompleted, NodeEntered
from libs.events.testing.spec import given, happened
from services.routing.books import CASES
from services.routing.domain.cases.decisions import close, reopen, resolve
from tests.services.routing.domain.cases.test_walk import PIN
from tests.services.routing.samples import COMPLAINT, LATER, NINE, new_case, pass_nodes

TO_N5 = ("n1", "n2", "n3", "n4", "n5")
TO_N6, ALL = (*TO_N5, "n6"), (*TO_N5, "n6", "n7")
UNREACHED = CaseResolved(outcome="unreachable", team="customer_service")
WHY = {"reason": "broke again"}
AGAIN = [CaseReopened(reason="broke again"), NodeEntered(node="n6", occurrence=2)]


@pytest.mark.parametrize(
    ("why", "passed", "decision", "named", "said"),
    [
        ("unreachable: nothing follows", (), resolve, {"outcome": "unreachable"}, [UNREACHED]),
        ("withdrawn at once", (), close, {"outcome": "withdrawn"}, [CaseClosed(outcome="withdrawn")]),
        ("reopened: the resolving node again", TO_N6, reopen, WHY, AGAIN),
        ("reopened after closing", ALL, reopen, WHY, AGAIN),
    ],
)  # fmt: skip
def test_said_once(why: str, passed: tuple[str, ...], decision: Any, named: dict[str, str], said: list[Any]) -> None:
    case = pass_nodes(new_case(), COMPLAINT, *passed)
    case.when(decision, COMPLAINT, **named, at=LATER).then(*said)
    case.after(decision, COMPLAINT, **named, at=LATER).when(decision, COMPLAINT, **named, at=LATER).nothing()


@pytest.mark.parametrize(
    ("why", "passed", "decision", "named", "code"),
    [
        ("met before the plan was approved", ("n1", "n2", "n3"), resolve, {}, "key-node-open"),
        ("met at once", (), resolve, {}, "key-node-open"),
        ("met before the plan was carried out", TO_N5, resolve, {}, "key-node-open"),
        ("an outcome nobody counts", TO_N5, resolve, {"outcome": "fine"}, "unknown-outcome"),
        ("closed before it was resolved", TO_N5, close, {}, "not-resolved"),
        ("closed without the follow-up", TO_N6, close, {}, "key-node-open"),
        ("closed with another outcome than it was resolved with", TO_N6, close, {"outcome": "rejected"}, "ended-otherwise"),
        ("an outcome nobody counts, closing", TO_N6, close, {"outcome": "fine"}, "unknown-outcome"),
        ("reopened without a reason", ALL, reopen, {}, "reason-missing"),
    ],
)
def test_refused(why: str, passed: tuple[str, ...], decision: Any, named: dict[str, str], code: str) -> None:
    pass_nodes(new_case(), COMPLAINT, *passed).when(decision, COMPLAINT, **named, at=LATER).refused(code)


def test_a_history_that_tells_of_the_work_but_not_of_the_end_is_ended_by_hand() -> None:
    done = (PIN, *(NodeCompleted(node=node) for node in TO_N6))
    case = given(CASES, *happened("c1", NINE, *done, origin="import"))
    case.when(resolve, COMPLAINT, agent="ann", at=LATER).then(CaseResolved(agent="ann"))


def test_a_case_whose_need_is_met_is_closed_by_hand_when_no_key_node_is_left() -> None:
    standard = replace(COMPLAINT, nodes=(*COMPLAINT.nodes[:-1], replace(COMPLAINT.nodes[-1], key=False)))
    pass_nodes(new_case(), standard, *TO_N6).when(close, standard, at=LATER).then(CaseClosed(outcome="resolved"))


def test_a_reopened_case_walks_its_last_nodes_again() -> None:
    case = pass_nodes(new_case(), COMPLAINT, *ALL).after(reopen, COMPLAINT, reason="broke again", at=LATER)
    assert case.state.phase == "in_work" and case.state.resolved_at is None and case.state.closed_at is None
    case.when(close, COMPLAINT, at=LATER).refused("not-resolved")
    again = pass_nodes(case, COMPLAINT, "n6", "n7").state
    assert (again.phase, again.reopened) == ("closed", 1)


def test_a_case_that_was_withdrawn_early_comes_back_to_where_it_was() -> None:
    case = pass_nodes(new_case(), COMPLAINT, "n1", "n2").after(close, COMPLAINT, outcome="withdrawn", at=LATER)
    case.when(reopen, COMPLAINT, reason="in error", at=LATER).then(
        CaseReopened(reason="in error"), NodeEntered(node="n3", occurrence=2)
    )


def test_a_resolved_case_may_still_be_withdrawn() -> None:
    case = pass_nodes(new_case(), COMPLAINT, *TO_N6)
    ended = case.after(close, COMPLAINT, outcome="withdrawn", at=LATER).state
    assert (ended.phase, ended.outcome) == ("cancelled", "withdrawn")


def test_an_outcome_stays_with_the_case_when_it_is_closed() -> None:
    case = new_case().after(resolve, COMPLAINT, outcome="rejected", at=LATER)
    case.when(close, COMPLAINT, at=LATER).then(CaseClosed(outcome="rejected"))
