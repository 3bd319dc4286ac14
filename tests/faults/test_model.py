"""The model of the promises: a table of diaries and what becomes of each promise."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.faults.model import Happened, fates
from tests.faults.standard import WAITING

pytestmark = pytest.mark.fast

T = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
RESPONSE = {"direction": "outbound", "purpose": "response"}
HANDLED = ("node.completed", {"node": "handle"})
WAITS, GOES_ON = ("case.exception_raised", {"code": WAITING}), ("case.exception_cleared", {"code": WAITING})


def diary(*lines):
    registered = Happened(T, "case.registered", {})
    return [registered, *(Happened(T + timedelta(seconds=seconds), what, words) for seconds, what, words in lines)]


def at(seconds):
    return T + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("clock", "lines", "now", "status", "broken"),
    [
        ("response", [], 60, "running", None),
        ("response", [], 60.000001, "broken", 60),
        ("response", [(60, "contact.logged", RESPONSE)], 999, "kept", None),
        ("response", [(61, "contact.logged", RESPONSE)], 999, "late", 60),
        ("response", [(10, "contact.logged", {**RESPONSE, "purpose": "info"})], 999, "broken", 60),
        ("response", [(10, "contact.logged", {**RESPONSE, "direction": "inbound"})], 999, "broken", 60),
        ("response", [(-5, "contact.logged", RESPONSE)], 999, "kept", None),
        ("response", [(10, "case.cancelled", {})], 999, "lapsed", None),
        ("response", [(61, "case.cancelled", {})], 999, "broken", 60),
        ("response", [(10, "case.cancelled", {}), (20, "contact.logged", RESPONSE)], 999, "kept", None),
        ("response", [(10, *WAITS)], 999, "broken", 60),
        ("resolution", [(119, *HANDLED)], 999, "kept", None),
        ("resolution", [(100, *WAITS)], 999, "paused", None),
        ("resolution", [(121, *WAITS)], 999, "broken", 120),
        ("resolution", [(100, *WAITS), (150, *GOES_ON)], 999, "broken", 170),
        ("resolution", [(100, *WAITS), (150, *GOES_ON), (170, *HANDLED)], 999, "kept", None),
        ("resolution", [(100, *WAITS), (150, *GOES_ON), (160, *WAITS), (300, *GOES_ON), (311, *HANDLED)], 999, "late", 310),
        ("resolution", [(100, *WAITS), (500, "case.closed", {})], 999, "lapsed", None),
        ("node:handle", [(10, "node.entered", {"node": "handle"}), (69, *HANDLED)], 999, "kept", None),
        ("node:handle", [(10, "node.entered", {"node": "handle"})], 71, "broken", 70),
    ],
)
def test_a_promise_comes_to_this(clock, lines, now, status, broken):
    fate = fates(diary(*lines), at(now))[clock]
    assert (fate.status, fate.broken_at) == (status, None if broken is None else at(broken))


def test_the_order_of_telling_does_not_matter():
    lines = [(100, *WAITS), (150, *GOES_ON), (160, *HANDLED), (30, "contact.logged", RESPONSE)]
    assert fates(diary(*lines), at(999)) == fates(diary(*reversed(lines)), at(999))


def test_a_promise_that_never_began_has_no_fate():
    assert "node:follow" not in fates(diary(), at(999))
