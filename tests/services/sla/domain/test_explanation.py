"""The intervals of an explanation sum exactly to the figures."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.sla.domain.explanation import Explanation, explain
from services.sla.domain.lives import lives
from services.sla.domain.told import Status
from tests.services.sla.samples import ANSWERED, RESPONSE, WAITS, at, facts, state_of, target, terms

DAY = 24 * 60


def explained(limit: str, events: list[Any], until: float) -> Explanation:
    promised = terms(target(limit, pauses=("awaiting_customer",)))
    (life,) = lives(state_of(facts(*events)), promised)
    return explain(life, promised, at(until))


def summed(explanation: Explanation, what: str) -> int:
    return sum(interval.length_us for interval in explanation.intervals if interval.what == what)


waits = st.lists(st.tuples(st.sampled_from([WAITS, ANSWERED]), st.floats(-DAY, 6 * DAY)), max_size=8)


@pytest.mark.slow
@given(st.sampled_from(["30m", "24h", "8wh", "3wd"]), waits, st.none() | st.floats(0, 6 * DAY), st.floats(0, 6 * DAY))
def test_the_lengths_sum_to_the_figures(limit: str, events: list[Any], response: float | None, until: float) -> None:
    told = explained(limit, events if response is None else [*events, (RESPONSE, response)], until)
    assert summed(told, "counted") == told.used_us
    assert summed(told, "paused") == told.paused_us
    for before, after in zip(told.intervals, told.intervals[1:], strict=False):
        assert before.until <= after.since, "they are disjoint and in order"


SHE, THEY = "awaiting_customer", "parts_missing"
PARTS, HERE = type(WAITS)(code="parts_missing"), type(ANSWERED)(code="parts_missing")
BOTH = terms(target("60m", pauses=("awaiting_customer", "parts_missing")))


@pytest.mark.parametrize(
    ("why", "events", "paused", "waits"),
    [
        ("one after the other", [(WAITS, 10), (ANSWERED, 20), (PARTS, 30), (HERE, 45)],
            [(SHE, 10, 20), (THEY, 30, 45)], [(SHE, 10, 20), (THEY, 30, 45)]),
        ("they overlap",        [(WAITS, 10), (PARTS, 20), (ANSWERED, 25), (HERE, 40)],
            [(SHE, 10, 25), (THEY, 25, 40)], [(SHE, 10, 25), (THEY, 20, 40)]),
        ("one within the other", [(WAITS, 10), (PARTS, 20), (HERE, 30), (ANSWERED, 40)],
            [(SHE, 10, 40)], [(SHE, 10, 40), (THEY, 20, 30)]),
        ("both at once",        [(WAITS, 10), (PARTS, 10), (ANSWERED, 20), (HERE, 30)],
            [(SHE, 10, 20), (THEY, 20, 30)], [(SHE, 10, 20), (THEY, 10, 30)]),
        ("one lasts",           [(WAITS, 10), (PARTS, 20), (ANSWERED, 25)],
            [(SHE, 10, 25), (THEY, 25, 50)], [(SHE, 10, 25), (THEY, 20, 50)]),
    ],
)  # fmt: skip
def test_each_reason_has_its_own_time_and_their_union_is_paused_once(why: str, events: Any, paused: Any, waits: Any) -> None:
    """Others book what overlaps to the first reason alone."""
    (life,) = lives(state_of(facts(*events)), BOTH)
    told = explain(life, BOTH, at(50))
    assert [(one.reason, one.since, one.until) for one in told.intervals if one.what == "paused"] == [
        (reason, at(since), at(until)) for reason, since, until in paused
    ], why
    assert [(one.reason, one.since, one.until) for one in told.waits] == [
        (reason, at(since), at(until)) for reason, since, until in waits
    ], why
    assert summed(told, "paused") == told.paused_us


def test_an_explanation_reads_as_the_clock_ran() -> None:
    told = explained("10wh", [(WAITS, 60), (ANSWERED, 120), (RESPONSE, DAY + 120)], 0)
    assert [(one.what, one.since, one.until, one.reason) for one in told.intervals] == [
        ("counted", at(0), at(60), ""),
        ("paused", at(60), at(120), "awaiting_customer"),
        ("counted", at(120), at(540), ""),
        ("counted", at(DAY), at(DAY + 120), ""),
    ]
    assert (told.status, told.due_at, told.until) == (Status.MET, at(DAY + 120), at(DAY + 120))
    assert (told.process_id, told.process_version, told.calendar and told.calendar.id) == ("p", 1, "office")


def test_a_wait_that_begins_this_instant_is_no_interval_yet() -> None:
    told = explained("30m", [(WAITS, 10)], 10)
    assert (told.status, [(one.what, one.since, one.until) for one in told.intervals]) == (
        Status.PAUSED,
        [("counted", at(0), at(10))],
    )


def test_a_clock_that_waited_from_its_start_until_now_has_counted_nothing() -> None:
    told = explained("30m", [(WAITS, 0)], 10)
    assert [(one.what, one.since, one.until) for one in told.intervals] == [("paused", at(0), at(10))]


@pytest.mark.parametrize(("until", "status"), [(20, Status.RUNNING), (31, Status.BREACHED)])
def test_an_open_clock_is_explained_as_of_an_instant(until: float, status: Status) -> None:
    told = explained("30m", [], until)
    assert (told.status, told.used_us, told.calendar) == (status, until * 60_000_000, None)
