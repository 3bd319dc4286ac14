"""The sentence a decision's test is written in can fail, in each of its words."""

import pytest

from libs.events.catalogue.routing import CaseAssigned, CaseGraded
from libs.events.testing.spec import given, happened
from services.routing.books import CASES
from services.routing.domain.cases.decisions import assign, grade
from tests.services.routing.samples import COMPLAINT, LATER, NINE, new_case

ASSIGNED = CaseAssigned(team="x", role="cs_agent")


def test_then_compares_every_event_in_order() -> None:
    said = new_case().when(assign, COMPLAINT, team="x", at=LATER)
    said.then(ASSIGNED)
    with pytest.raises(AssertionError):
        said.then()
    with pytest.raises(AssertionError):
        said.then(ASSIGNED, ASSIGNED)
    with pytest.raises(AssertionError):
        said.nothing()


def test_a_refusal_is_not_silence_and_silence_is_no_refusal() -> None:
    refused = new_case().when(grade, COMPLAINT, grade="urgent", at=LATER)
    refused.refused("reason-missing")
    with pytest.raises(AssertionError, match="reason"):
        refused.nothing()
    with pytest.raises(AssertionError):
        refused.refused("something-else")
    with pytest.raises(AssertionError, match="not refused"):
        new_case().when(grade, COMPLAINT, grade="normal", at=LATER).refused("reason-missing")


def test_facts_are_folded_in_their_order_not_in_the_order_written() -> None:
    facts = happened("c1", NINE, CaseGraded(grade="normal"), CaseGraded(grade="urgent"))
    assert given(CASES, *reversed(facts)).state.grade == "urgent"
