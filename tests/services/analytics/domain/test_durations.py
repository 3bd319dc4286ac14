from datetime import timedelta
from typing import Any

import pytest

from libs.events.catalogue.routing import CaseClosed, NodeCompleted, NodeEntered, NodeStarted
from services.analytics.domain.durations import customer_wait_us, first_response_at, is_odd_visit
from services.analytics.domain.happened import Visit
from tests.services.analytics.story import (
    CLEARED,
    MINUTE_US,
    RAISED,
    REGISTERED,
    REOPENED,
    answer,
    at,
    case,
    judged,
    resolved,
    table,
)


@pytest.mark.parametrize(
    ("why", "story", "minutes"),
    [
        ("no wait", [(60, resolved())], 0),
        ("one wait", [(10, RAISED), (30, CLEARED), (60, resolved())], 20),
        ("two waits", [(10, RAISED), (30, CLEARED), (40, RAISED), (45, CLEARED), (60, resolved())], 25),
        ("raised again while it lasts", [(10, RAISED), (20, RAISED), (30, CLEARED), (60, resolved())], 20),
        ("cleared twice", [(10, RAISED), (30, CLEARED), (40, CLEARED), (60, resolved())], 20),
        ("cleared without a beginning", [(30, CLEARED), (60, resolved())], 0),
        ("still waiting when resolved", [(50, RAISED), (60, resolved())], 10),
        ("ends after the resolution", [(50, RAISED), (60, resolved()), (90, CLEARED)], 10),
        ("begins at the resolution", [(60, resolved()), (60, RAISED), (90, CLEARED)], 0),
        ("begins before the registration", [(-30, RAISED), (10, CLEARED), (60, resolved())], 10),
        ("over before the registration", [(-30, RAISED), (-10, CLEARED), (60, resolved())], 0),
        ("resolved again: up to the last", [(60, resolved()), (70, RAISED), (90, CLEARED), (99, resolved())], 20),
        ("closing ends it for good", [(10, RAISED), (30, CaseClosed()), (40, REOPENED), (60, resolved())], 20),
        ("a wait of no length", [(10, RAISED), (10, CLEARED), (60, resolved())], 0),
    ],
)
def test_customer_wait(why: str, story: list[Any], minutes: int) -> None:
    state = case(REGISTERED, *story)
    assert customer_wait_us(state) == minutes * MINUTE_US, why
    [row] = table("cases", state)
    assert row["net_resolution_us"] == row["resolution_us"] - minutes * MINUTE_US


def test_an_unresolved_case_has_no_wait_to_subtract() -> None:
    [row] = table("cases", case(REGISTERED, (10, RAISED), (20, CLEARED), (30, CaseClosed())))
    assert (row["customer_wait_us"], row["net_resolution_us"], row["resolution_us"]) == (None, None, None)
    assert row["close_us"] == 30 * MINUTE_US


@pytest.mark.parametrize(
    ("why", "said", "counts"),
    [
        ("a response", answer(), True),
        ("nobody spoke", answer(automated=True), False),
        ("a progress report", answer(purpose="progress"), False),
        ("the customer spoke, and a named agent took the call", answer(direction="inbound"), True),
        ("the customer spoke, and nobody is named", answer(direction="inbound", agent=""), False),
        ("the customer's machine spoke", answer(direction="inbound", automated=True), False),
    ],
)
def test_first_response(why: str, said: Any, counts: bool) -> None:
    state = case(REGISTERED, (7, said), (9, answer()))
    assert first_response_at(state) == at(7 if counts else 9), why
    [row] = table("cases", case(REGISTERED, (7, said), (9, answer()), (30, CaseClosed())))
    assert row["first_response_us"] == (7 if counts else 9) * MINUTE_US


def test_durations_are_exact() -> None:
    [row] = table("cases", case(REGISTERED, (1 / 60_000_000, resolved())))
    assert row["resolution_us"] == 1
    assert row["resolved_at"] - row["received_at"] == timedelta(microseconds=1)


ODD = "resolution_us first_response_us close_us customer_wait_us net_resolution_us"


@pytest.mark.parametrize(
    ("why", "story", "unknown"),
    [
        ("in order", [(5, answer()), (9, resolved()), (9, CaseClosed())], ""),
        ("all at once", [(0, answer()), (0, resolved()), (0, CaseClosed())], ""),
        ("answered before it came", [(-1, answer()), (9, resolved()), (9, CaseClosed())], "first_response_us"),
        ("resolved before it came", [(-1, resolved()), (5, answer()), (9, CaseClosed())], "resolution_us net_resolution_us"),
        ("closed before it came", [(-1, CaseClosed()), (5, answer()), (9, resolved())], "close_us"),
        ("a microsecond too early", [(-1 / 60_000_000, answer()), (9, resolved()), (9, CaseClosed())], "first_response_us"),
    ],
)
def test_what_ends_before_it_starts_took_nobody_knows_how_long(why: str, story: list[Any], unknown: str) -> None:
    state = case(REGISTERED, *story)
    [row] = table("cases", state)
    assert {name for name in ODD.split() if row[name] is None} == set(unknown.split()), why
    assert row["odd"] is bool(unknown), why
    assert all(row[name] is None or row[name] >= 0 for name in ODD.split())


def test_a_visit_begun_before_it_was_entered_is_odd_and_in_no_sum() -> None:
    node = {"node": "n"}
    story = [(1, NodeStarted(**node)), (5, NodeEntered(**node)), (9, NodeCompleted(**node))]
    back_to_front = [Visit("n", at(5), at(1), at(9)), Visit("n", at(1), at(9), at(5)), Visit("n", at(1), at(5), at(9))]
    assert [is_odd_visit(visit) for visit in back_to_front] == [True, True, False]
    assert [row["odd"] for row in table("node_visits", case(REGISTERED, *story))] == [False, False]


def test_a_case_resolved_before_it_came_is_in_no_rule() -> None:
    state = case(REGISTERED, (-1, resolved()))
    assert table("case_rules", state) == judged(state) == []
