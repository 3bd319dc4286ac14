"""Whom we ask, about what, and when."""

from dataclasses import replace
from datetime import timedelta

import pytest

from libs.events.catalogue.routing import CaseClosed
from libs.events.catalogue.standard import SurveyPolicy
from libs.events.catalogue.survey import SurveySent
from libs.events.testing.spec import given
from services.survey.books import CASES
from services.survey.domain.eligibility import may_ask, survey_id_of, to_ask
from tests.services.survey.story import REGISTERED, REOPENED, RESOLVED, day, fact

AT_ONCE = SurveyPolicy(delay_seconds=0, cool_down_hours=0)
A_DAY_LATER = SurveyPolicy(delay_seconds=86_400, cool_down_hours=0)
TWO_DAYS_QUIET = SurveyPolicy(delay_seconds=0, cool_down_hours=48)
ALL_ENDINGS = replace(AT_ONCE, outcomes=("resolved", "rejected", "unreachable", "withdrawn"))

CASE = fact(0, REGISTERED)
FIRST, AGAIN, THIRD = fact(3, RESOLVED), fact(4, RESOLVED), fact(6, RESOLVED)
BACK = fact(5, REOPENED)
OLD = fact(2, RESOLVED, origin="import")
CLOSED = CaseClosed()
UNREACHABLE = replace(RESOLVED, outcome="unreachable")


def asked_about(resolution):
    return fact(7, SurveySent(survey_id=survey_id_of(ending_of(resolution)), channel="web", expires_at=day(20)))


def ending_of(a_fact):
    ((one,),) = [cycle.endings for cycle in given(CASES, a_fact).state.cycles]
    return one


@pytest.mark.parametrize(
    ("why", "facts", "asked"),
    [
        ("not resolved yet", [CASE], []),
        ("resolved", [CASE, FIRST], [FIRST]),
        ("reopened without being resolved", [CASE, BACK], []),
        ("said twice, resolved once", [CASE, FIRST, AGAIN], [FIRST]),
        ("resolved, reopened, resolved", [CASE, FIRST, BACK, THIRD], [FIRST, THIRD]),
        ("asked already", [CASE, FIRST, asked_about(FIRST)], []),
        ("an earlier one of the same run became known late", [CASE, AGAIN, asked_about(AGAIN), FIRST], []),
        ("a late reopening makes two of one", [CASE, AGAIN, THIRD, asked_about(AGAIN), BACK], [THIRD]),
        ("imported history", [CASE, OLD], []),
        ("history, reopened, resolved by us", [CASE, OLD, fact(3, REOPENED), AGAIN], [AGAIN]),
        ("history, then resolved by us", [CASE, OLD, FIRST], [FIRST]),
        ("history, then closed by us", [CASE, OLD, fact(3, CLOSED)], []),
        ("closed after it was resolved", [CASE, FIRST, fact(4, CLOSED)], [FIRST]),
        ("nobody to ask", [fact(0, replace(REGISTERED, customer_ref="anonymous")), FIRST], []),
        ("who to ask is not known yet", [FIRST], []),
    ],
)  # fmt: skip
def test_to_ask(why, facts, asked):
    state = given(CASES, *facts).state
    assert [one.ending.fact_id for one in to_ask(state, AT_ONCE)] == [one.id for one in asked], why
    assert may_ask(state) >= bool(asked)


@pytest.mark.parametrize(
    ("why", "ends", "by_default", "if_all_are_listed"),
    [
        ("resolved", [fact(3, RESOLVED)], 1, 1),
        ("resolved, nobody to be reached", [fact(3, UNREACHABLE)], 0, 1),
        ("resolved, the need refused", [fact(3, replace(RESOLVED, outcome="rejected"))], 0, 1),
        ("resolved as withdrawn", [fact(3, replace(RESOLVED, outcome="withdrawn"))], 0, 1),
        ("resolved in words of another system", [fact(3, replace(RESOLVED, outcome="fixed"))], 0, 0),
        ("closed without being resolved", [fact(3, CaseClosed(outcome="rejected"))], 0, 1),
        ("withdrawn at the instant of the resolution", [FIRST, fact(3, CaseClosed(outcome="withdrawn"), sequence=2)], 0, 1),
        ("withdrawn after the customer was asked", [FIRST, fact(4, CaseClosed(outcome="withdrawn"))], 1, 1),
    ],
)  # fmt: skip
def test_an_ending_that_is_no_resolution_is_asked_about_only_where_the_standard_lists_it(
    why, ends, by_default, if_all_are_listed
):
    state = given(CASES, CASE, *ends).state
    found = [len(list(to_ask(state, policy))) for policy in (AT_ONCE, ALL_ENDINGS)]
    assert found == [by_default, if_all_are_listed], why


@pytest.mark.parametrize(
    ("why", "policy", "facts", "asked"),
    [
        ("at once", AT_ONCE, [FIRST], [(3, True)]),
        ("later", A_DAY_LATER, [FIRST], [(4, False)]),
        ("reopened before", A_DAY_LATER, [FIRST, fact(3, REOPENED, sequence=5)], []),
        ("reopened at that instant", A_DAY_LATER, [FIRST, fact(4, REOPENED)], []),
        ("reopened after it", A_DAY_LATER, [FIRST, BACK], [(4, True)]),
        ("reopened at once, asked at once", AT_ONCE, [FIRST, fact(3, REOPENED, sequence=5)], [(3, True)]),
        ("cool-down over", TWO_DAYS_QUIET, [FIRST, BACK, THIRD], [(3, True), (6, True)]),
        ("to its last instant", TWO_DAYS_QUIET, [FIRST, fact(4, REOPENED), fact(5, RESOLVED)], [(3, True), (5, True)]),
        ("in the cool-down", TWO_DAYS_QUIET, [fact(4, RESOLVED), BACK, fact(5, RESOLVED, sequence=9)], [(4, True), (6, False)]),
        (
            "reopened in the cool-down",
            TWO_DAYS_QUIET,
            [fact(4, RESOLVED), BACK, fact(5, RESOLVED, sequence=9), fact(5, REOPENED, sequence=10)],
            [(4, True)],
        ),
    ],
)  # fmt: skip
def test_when(why, policy, facts, asked):
    found = [(one.at, one.is_certain) for one in to_ask(given(CASES, CASE, *facts).state, policy)]
    assert found == [(day(number), certain) for number, certain in asked], why


def test_a_flap_leaves_one_invitation():
    second = timedelta(seconds=1)
    flap = [FIRST]
    for number in range(5):
        at = day(3) + (number + 1) * second / 6
        flap += [fact(3, REOPENED, at=at), fact(3, RESOLVED, at=at + second / 12)]
    (one,) = to_ask(given(CASES, CASE, *flap).state, SurveyPolicy())
    assert one.ending.fact_id == flap[-1].id and one.at == flap[-1].time + 10 * second


def test_a_survey_has_the_id_of_its_ending():
    ids = {survey_id_of(ending_of(one)) for one in (FIRST, AGAIN, FIRST)}
    assert len(ids) == 2
