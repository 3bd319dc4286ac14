"""Ends and returns: a need that is met passed every key node; everything else is called by its name."""

from dataclasses import replace
from datetime import UTC, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from libs.events.catalogue.intake import ContactLogged
from libs.events.catalogue.routing import CaseClosed, CaseReopened, CaseResolved, NodeCompleted, NodeEntered
from libs.events.testing.spec import given, happened
from services.routing.books import CASES
from services.routing.domain.cases.decisions import close, reopen, resolve
from tests.services.routing.domain.cases.test_walk import PIN
from tests.services.routing.samples import COMPLAINT, LATER, NINE, new_case, pass_nodes

TO_N5 = ("n1", "n2", "n3", "n4", "n5")
TO_N6, ALL = (*TO_N5, "n6"), (*TO_N5, "n6", "n7")
UNREACHED = CaseResolved(outcome="unreachable", team="customer_service", reason="broke again")
WITHDRAWN = CaseClosed(outcome="withdrawn", reason="broke again")
AGAIN_C9 = CaseResolved(outcome="duplicate", team="customer_service", reason="broke again", repeats="c9")
WHY = {"reason": "broke again"}
AGAIN = [CaseReopened(reason="broke again"), NodeEntered(node="n6", occurrence=2)]


@pytest.mark.parametrize(
    ("why", "passed", "decision", "named", "said"),
    [
        ("unreachable: nothing follows", (), resolve, {"outcome": "unreachable", **WHY}, [UNREACHED]),
        ("withdrawn at once", (), close, {"outcome": "withdrawn", **WHY}, [WITHDRAWN]),
        ("a duplicate of another case", (), resolve, {"outcome": "duplicate", "repeats": "c9", **WHY}, [AGAIN_C9]),
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
        ("rejected without a reason", (), resolve, {"outcome": "rejected"}, "reason-missing"),
        ("closed so without a reason", (), close, {"outcome": "unreachable"}, "reason-missing"),
        ("withdrawn without a reason, though resolved", TO_N6, close, {"outcome": "withdrawn"}, "reason-missing"),
        ("a duplicate of nothing", (), close, {"outcome": "duplicate", **WHY}, "repeated-case-missing"),
        ("a duplicate of itself", (), resolve, {"outcome": "duplicate", "repeats": "c1", **WHY}, "repeated-case-missing"),
        ("another end that repeats a case", (), close, {"outcome": "rejected", "repeats": "c9", **WHY}, "not-a-duplicate"),
        ("met, and repeats a case", TO_N6, close, {"outcome": "resolved", "repeats": "c9"}, "not-a-duplicate"),
    ],
)
def test_refused(why: str, passed: tuple[str, ...], decision: Any, named: dict[str, str], code: str) -> None:
    pass_nodes(new_case(), COMPLAINT, *passed).when(decision, COMPLAINT, **named, at=LATER).refused(code)


TRIED = tuple(replace(one, attempts=3) if one.code == "customer_unreachable" else one for one in COMPLAINT.exceptions)
THREE_DAYS = replace(COMPLAINT, exceptions=TRIED)
SHANGHAI = ZoneInfo("Asia/Shanghai")
MISSED = ContactLogged(direction="outbound", channel="phone", purpose="info", agent="ann", reached=False)
SPOKEN = replace(MISSED, reached=True)
WROTE = ContactLogged(direction="inbound", channel="email", purpose="info")
MACHINE = replace(SPOKEN, automated=True)


def hearing(*told):
    heard = (fact for hours, one in told for fact in happened("c1", NINE + timedelta(hours=hours), one))
    return given(CASES, *new_case().facts, *heard)


@pytest.mark.parametrize(
    ("why", "zone", "told", "code"),
    [
        ("on three days", UTC, [(1, MISSED), (25, MISSED), (49, MISSED)], ""),
        ("thrice on two days", UTC, [(1, MISSED), (25, MISSED), (26, MISSED)], "attempts-missing"),
        ("one after the desk's midnight, 16:00 UTC", SHANGHAI, [(6, MISSED), (7, MISSED), (31, MISSED)], ""),
        ("which is no midnight in Greenwich", UTC, [(6, MISSED), (7, MISSED), (31, MISSED)], "attempts-missing"),
        ("she was reached since", UTC, [(1, MISSED), (25, MISSED), (26, SPOKEN), (49, MISSED)], "attempts-missing"),
        ("she wrote since", UTC, [(1, MISSED), (25, MISSED), (26, WROTE), (49, MISSED)], "attempts-missing"),
        ("a machine has told her something since", UTC, [(1, MISSED), (25, MISSED), (26, MACHINE), (49, MISSED)], ""),
        ("nobody tried", UTC, [], "attempts-missing"),
    ],
)  # fmt: skip
def test_a_customer_is_unreachable_after_attempts_on_different_days(why, zone, told, code) -> None:
    case, words = hearing(*told), {"outcome": "unreachable", "zone": zone, **WHY}
    for decision in (resolve, close):
        decided = case.when(decision, THREE_DAYS, **words, at=NINE + timedelta(days=4))
        assert (decided.refusal.code if decided.refusal else "") == code, why
    case.when(close, THREE_DAYS, outcome="rejected", **WHY, at=LATER).then(CaseClosed(outcome="rejected", **WHY))


FORTNIGHT = replace(COMPLAINT, reopen_days=14)


@pytest.mark.parametrize(
    ("standard", "after", "code"),
    [
        (FORTNIGHT, timedelta(days=14), ""),
        (FORTNIGHT, timedelta(days=14, microseconds=1), "reopen-window-over"),
        (COMPLAINT, timedelta(days=5000), ""),
    ],
)
def test_an_ended_case_is_taken_up_again_within_the_window(standard, after, code) -> None:
    for ended in ({"outcome": "withdrawn"}, {"outcome": "rejected"}):
        case = new_case().after(close, standard, **ended, **WHY, at=LATER)
        decided = case.when(reopen, standard, reason="it broke again", at=LATER + after)
        assert (decided.refusal.code if decided.refusal else "") == code


def test_a_resolved_case_has_not_ended() -> None:
    case = pass_nodes(new_case(), FORTNIGHT, *TO_N6)
    assert case.when(reopen, FORTNIGHT, reason="it broke again", at=LATER + timedelta(days=30)).facts


def test_attempts_before_a_reopening_do_not_count() -> None:
    case = hearing((1, MISSED), (25, MISSED), (49, MISSED)).after(
        close, THREE_DAYS, outcome="unreachable", **WHY, at=NINE + timedelta(days=3)
    )
    again = case.after(reopen, THREE_DAYS, reason="she called", at=NINE + timedelta(days=4))
    again.when(close, THREE_DAYS, outcome="unreachable", **WHY, at=NINE + timedelta(days=4)).refused("attempts-missing")


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
    case = pass_nodes(new_case(), COMPLAINT, "n1", "n2").after(close, COMPLAINT, outcome="withdrawn", **WHY, at=LATER)
    case.when(reopen, COMPLAINT, reason="in error", at=LATER).then(
        CaseReopened(reason="in error"), NodeEntered(node="n3", occurrence=2)
    )


def test_a_resolved_case_may_still_be_withdrawn() -> None:
    case = pass_nodes(new_case(), COMPLAINT, *TO_N6)
    ended = case.after(close, COMPLAINT, outcome="withdrawn", **WHY, at=LATER).state
    assert (ended.phase, ended.outcome, ended.reason) == ("cancelled", "withdrawn", "broke again")


def test_an_outcome_stays_with_the_case_when_it_is_closed() -> None:
    case = new_case().after(resolve, COMPLAINT, outcome="rejected", reason="no fault of ours", at=LATER)
    case.when(close, COMPLAINT, at=LATER).then(CaseClosed(outcome="rejected"))
    closed = case.after(close, COMPLAINT, at=LATER)
    assert (closed.state.outcome, closed.state.reason) == ("rejected", "no fault of ours")
    assert closed.after(reopen, COMPLAINT, **WHY, at=LATER).state.reason == ""
