"""A case's events follow each other, whatever the clocks of different machines say."""

from datetime import datetime, timedelta

import pytest

from libs.events.catalogue.intake import ContactLogged
from libs.events.catalogue.routing import NodeCompleted, NodeEntered
from libs.events.log.envelope import draft
from services.routing.domain.cases.case import RoutingCase
from services.routing.domain.cases.hearing import HEARD
from services.routing.domain.cases.saying import say
from tests.services.routing.samples import NINE

SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("why", "at", "orders"),
    [
        ("later", NINE + SECOND, [(NINE + SECOND, 1), (NINE + SECOND, 2)]),
        ("in the same instant", NINE, [(NINE, 8), (NINE, 9)]),
        ("on a machine whose clock lags", NINE - SECOND, [(NINE, 8), (NINE, 9)]),
    ],
)
def test_what_is_said_comes_after_what_it_was_decided_on(why: str, at: datetime, orders: list[object]) -> None:
    case = RoutingCase("c1", last_at=NINE, last_sequence=7)
    facts = say(case, [NodeCompleted(node="n1"), NodeEntered(node="n2")], at=at, actor="ann")
    assert [(fact.time, fact.sequence) for fact in facts] == orders
    assert {fact.actor for fact in facts} == {"ann"}


@pytest.mark.parametrize(
    ("why", "node", "purpose", "goes_by"),
    [("the result", "n4", "result", True), ("news", "n4", "progress", False), ("after the end", "", "result", False)],
)
def test_only_what_a_decision_goes_by_comes_before_it(why: str, node: str, purpose: str, goes_by: bool) -> None:
    case, said = RoutingCase("c1", node=node, last_at=NINE), ContactLogged(direction="outbound", channel="phone", purpose=purpose)
    HEARD[ContactLogged](case, said, draft(said, "c1", NINE + SECOND))
    assert (case.last_at, case.told_result) == (NINE + goes_by * SECOND, goes_by), why
