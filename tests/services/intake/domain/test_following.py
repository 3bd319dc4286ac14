"""A new case goes on with an earlier one of the same customer."""

from dataclasses import replace

import pytest

from libs.events.catalogue.intake import CaseRegistered
from libs.events.testing.spec import given
from services.intake.books import CASES
from services.intake.domain.case import register
from services.intake.domain.customer import Customer
from tests.services.intake.domain.test_case import AT, KNOWN, LATER, NEED, SHELF

WANTED = replace(NEED, follows="c1")
OTHER = replace(NEED, customer=Customer(id="C-18"), follows="c1")
NOBODY = replace(NEED, customer=Customer(), follows="c1")
LAST = given(CASES, key="c2")


def asked(need, earlier, case=LAST):
    return case.when(register, need, SHELF, at=LATER, actor="crm", earlier=earlier)


@pytest.mark.parametrize("need", [WANTED, NOBODY], ids=["the same customer", "somebody unknown"])
def test_it_names_the_case_that_it_follows(need):
    (fact,) = asked(need, KNOWN.state).facts
    assert isinstance(fact.data, CaseRegistered) and fact.data.follows == "c1"
    told = given(CASES, fact, key="c2")
    assert told.state.follows == "c1"
    asked(need, KNOWN.state, told).nothing()


@pytest.mark.parametrize(
    ("why", "need", "earlier"),
    [
        ("of another customer", OTHER, KNOWN.state),
        ("that is not here", WANTED, None),
        ("that was only spoken about", WANTED, replace(KNOWN.state, registered_at=None)),
        ("that is itself", WANTED, replace(KNOWN.state, case_id="c2")),
    ],
)
def test_it_follows_no_case(why, need, earlier):
    assert asked(need, earlier).refused("followed-case-unknown").status == 422, why


def test_a_case_that_follows_none_is_registered_as_before():
    (fact,) = asked(NEED, None).facts
    assert fact.data.follows == "" and fact.time == LATER > AT
