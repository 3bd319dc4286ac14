"""Whom we ask, and how often."""

from dataclasses import replace

import pytest

from libs.events.catalogue.survey import SurveySent
from libs.events.testing.spec import given
from services.survey.domain.eligibility import survey_id_of, to_ask
from services.survey.projections import FOLD
from tests.services.survey.story import REGISTERED, REOPENED, RESOLVED, day, fact

CASE = fact(0, REGISTERED)
FIRST, AGAIN, ANEW = fact(3, RESOLVED), fact(4, RESOLVED), fact(6, RESOLVED)
BACK = fact(5, REOPENED)
OLD = fact(2, RESOLVED, origin="import")


def asked_about(resolution):
    sent = SurveySent(survey_id=survey_id_of(resolution), channel="web", expires_at=day(20))
    return fact(7, sent)


def resolution_of(a_fact):
    ((one,),) = given(FOLD, a_fact).state.cycles
    return one


@pytest.mark.parametrize(
    ("why", "facts", "asked"),
    [
        ("not resolved yet", [CASE], []),
        ("resolved", [CASE, FIRST], [FIRST]),
        ("said twice, resolved once", [CASE, FIRST, AGAIN], [FIRST]),
        ("resolved, reopened, resolved", [CASE, FIRST, BACK, ANEW], [FIRST, ANEW]),
        ("asked already", [CASE, FIRST, asked_about(resolution_of(FIRST))], []),
        ("an earlier one of the same run became known late", [CASE, AGAIN, asked_about(resolution_of(AGAIN)), FIRST], []),
        ("a late reopening makes two of one", [CASE, AGAIN, ANEW, asked_about(resolution_of(AGAIN)), BACK], [ANEW]),
        ("imported history", [CASE, OLD], []),
        ("history, reopened, resolved by us", [CASE, OLD, fact(3, REOPENED), AGAIN], [AGAIN]),
        ("history, then resolved by us", [CASE, OLD, FIRST], [FIRST]),
        ("nobody to ask", [fact(0, replace(REGISTERED, customer_ref="anonymous")), FIRST], []),
        ("who to ask is not known yet", [FIRST], []),
    ],
)  # fmt: skip
def test_to_ask(why, facts, asked):
    assert [one.fact_id for one in to_ask(given(FOLD, *facts).state)] == [one.id for one in asked], why


def test_a_survey_has_the_id_of_its_resolution():
    ids = {survey_id_of(resolution_of(one)) for one in (FIRST, AGAIN, FIRST)}
    assert len(ids) == 2
