"""What did not meet the need is counted apart: never resolved, never first contact, never satisfied."""

from operator import itemgetter
from typing import Any

import pytest

from libs.events.catalogue import survey
from libs.events.catalogue.intake import CaseCancelled
from libs.events.catalogue.phases import MET, OUTCOMES, is_met
from libs.events.catalogue.routing import CaseClosed
from tests.services.analytics.story import REGISTERED, REOPENED, at, case, judged, resolved, table

NOT_MET = [*(outcome for outcome in OUTCOMES if outcome != MET), "closed by the other system", "Resolved"]
CANCELLED = CaseCancelled(reason="found it")
ANSWERED = survey.SurveyAnswered(survey_id="s1", overall=5)


def test_one_outcome_says_that_the_need_was_met() -> None:
    assert [outcome for outcome in (*OUTCOMES, *NOT_MET, "") if is_met(outcome)] == [MET]


@pytest.mark.parametrize("outcome", NOT_MET)
def test_what_did_not_meet_the_need_is_counted_apart(outcome: str) -> None:
    state = case(REGISTERED, (5, resolved(outcome=outcome)), (6, ANSWERED), (7, CaseClosed(outcome=outcome)))
    [row] = table("cases", state)
    never = ("resolved_at", "first_resolved_at", "resolution_us", "net_resolution_us", "final_at")
    assert (row["outcome"], row["outcome_at"], {row[name] for name in never}) == (outcome, at(5), {None})
    assert table("case_rules", state) == judged(state) == []
    assert not any(row["resolved"] for row in table("workload", state))
    [asked] = table("satisfaction", state)
    assert [asked[name] for name in ("answers", "satisfied", "score_sum", "answers_apart")] == [0, 0, 0, 1]
    assert [(row["outcome"], row["cases"]) for row in table("outcomes", state)] == [(outcome, 1)]


@pytest.mark.parametrize(
    ("why", "story", "outcome", "endings"),
    [
        ("in work", [], "", {}),
        ("resolved", [(5, resolved())], "resolved", {"resolved": 1}),
        ("its closing says no more", [(5, resolved()), (6, CaseClosed(outcome="rejected"))], "resolved", {"resolved": 1}),
        (
            "closed as withdrawn, which is cancelled",
            [(5, resolved()), (6, CaseClosed(outcome="withdrawn"))],
            "withdrawn",
            {"resolved": 1, "withdrawn": 1},
        ),
        ("closed without a resolution", [(5, CaseClosed(outcome="rejected"))], "rejected", {"rejected": 1}),
        ("cancelled, and closed for that", [(5, CANCELLED), (5, CaseClosed(outcome="withdrawn"))], "withdrawn", {"withdrawn": 1}),
        ("cancelled twice", [(5, CANCELLED), (6, CANCELLED)], "withdrawn", {"withdrawn": 1}),
        ("reopened", [(5, resolved()), (6, REOPENED)], "", {"resolved": 1}),
        (
            "resolved, reopened, out of reach",
            [(5, resolved()), (6, REOPENED), (9, resolved(outcome="unreachable"))],
            "unreachable",
            {"resolved": 1, "unreachable": 1},
        ),
    ],
)
def test_how_a_case_ended(why: str, story: list[Any], outcome: str, endings: dict[str, int]) -> None:
    state = case(REGISTERED, *story)
    [row] = table("cases", state)
    assert (row["outcome"], row["outcome_at"] is not None) == (outcome, bool(outcome)), why
    assert {row["outcome"]: row["cases"] for row in table("outcomes", state)} == endings, why


@pytest.mark.parametrize("order", [(5, 5), (5, 6), (6, 5)])
def test_a_cancelled_case_is_cancelled_whether_it_is_closed_before_or_after(order: tuple[int, int]) -> None:
    state = case(REGISTERED, *sorted([(order[0], CANCELLED), (order[1], CaseClosed(outcome="withdrawn"))], key=itemgetter(0)))
    [row] = table("cases", state)
    assert (row["phase"], row["outcome"]) == ("cancelled", "withdrawn")
    assert [(row["outcome"], row["cases"]) for row in table("outcomes", state)] == [("withdrawn", 1)]


@pytest.mark.parametrize("cancelled", [False, True])
def test_a_cancellation_takes_nothing_back_that_was_said_before(cancelled: bool) -> None:
    story = [(5, resolved()), (6, ANSWERED), *([(9, CANCELLED)] if cancelled else [])]
    assert [row["satisfied"] for row in table("satisfaction", case(REGISTERED, *story))] == [1]
