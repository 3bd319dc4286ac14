"""The past stays: no fact that happens later changes an event of sla about an earlier instant."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.services.sla.samples import (
    ANSWERED,
    CANCELLED,
    CLOSED,
    OFFICE,
    REOPENED,
    RESOLVED,
    RESPONSE,
    WAITS,
    at,
    facts,
    target,
    withdrawn,
)
from tests.services.sla.test_waiting import DAY, SHORT, Desk

PAUSES = ("awaiting_customer",)
PROMISES = (
    target("1wd", "first_response", pauses=PAUSES),
    target("3wd", "first_response", clock="answer", kind="answer", pauses=PAUSES),
    target("90m", "resolved", clock="resolution", kind="resolution", pauses=PAUSES),
)
CLOCKS = [promise.clock for promise in PROMISES]
HAPPENS = st.sampled_from([WAITS, ANSWERED, RESPONSE, RESOLVED, REOPENED, CLOSED, CANCELLED])
TIMES = st.lists(st.integers(0, 4 * DAY), max_size=8, unique=True).map(sorted)
ENDS = (RESOLVED, CLOSED, CANCELLED)


@st.composite
def histories(draw: st.DrawFn) -> list[Any]:
    """Return the facts of a case that is worked on while it is open, and resolved once until it is reopened.

    Two things change the past, by intent: a second resolution (the history of another system: the last one counts), and
    work after the end (a promise that had lapsed is judged by it after all).
    """
    happened: list[Any] = []
    ended: set[Any] = set()
    for time in draw(TIMES):
        data = draw(HAPPENS)
        if data in ended or (data is not REOPENED and ended & {CLOSED, CANCELLED}):
            continue
        ended = set() if data is REOPENED else ended | ({data} & {*ENDS})
        happened += withdrawn(time) if data is CANCELLED else [(data, time)]
    return happened


def until(happened: list[Any], minute: int, calendar: Any) -> list[Any]:
    """Return the events about the time up to that minute that follow from these facts."""
    desk = Desk(calendar, promises=PROMISES).hear(*facts(*happened)).settle(5 * DAY)
    return [said for clock in CLOCKS for said in desk.stands(clock) if said[1] <= minute]


@pytest.mark.slow
@settings(max_examples=400, deadline=None)
@given(histories(), st.integers(0, 4 * DAY), st.sampled_from([OFFICE, SHORT]))
def test_what_is_said_of_the_past_no_later_fact_changes(happened: list[Any], minute: int, calendar: Any) -> None:
    known = [one for one in happened if one[1] <= minute]
    desk = Desk(calendar, promises=PROMISES).hear(*facts(*known)).settle(minute)
    then = [said for clock in CLOCKS for said in desk.stands(clock)]
    assert until(happened, minute, calendar) == then, at(minute)
