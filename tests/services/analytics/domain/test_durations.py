from datetime import timedelta
from typing import Any

import pytest

from libs.events.catalogue.routing import CaseClosed
from services.analytics.domain.durations import customer_wait_us, first_response_at
from tests.services.analytics.story import CLEARED, MINUTE_US, RAISED, REGISTERED, REOPENED, answer, at, case, resolved, table


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
        ("resolved before the registration", [(-30, RAISED), (-10, resolved())], 0),
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
        ("the customer spoke", answer(direction="inbound"), False),
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
