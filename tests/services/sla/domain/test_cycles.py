"""Promises that are made again and again: for each message, as an update, and again when a case is reopened."""

from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.events.catalogue.intake import ContactLogged
from services.sla.domain.breach import verdict
from services.sla.domain.clock import ClockLife
from services.sla.domain.explanation import explain
from services.sla.domain.lives import lives
from tests.services.sla.samples import (
    ANSWERED,
    CLOSED,
    COMPLETED,
    ENTERED,
    REGISTERED,
    REOPENED,
    RESOLVED,
    RESPONSE,
    WAITS,
    at,
    fact,
    facts,
    state_of,
    target,
    terms,
    withdrawn,
)

NOW = 100_000


def contact(direction: str = "inbound", **changed: Any) -> ContactLogged:
    return ContactLogged(**{"direction": direction, "channel": "email", "purpose": "info", **changed})


ASKS, THANKS, ROBOT = contact(), contact(thanks=True), contact(automated=True)
TELLS, CALLS = contact("outbound", purpose="progress", agent="ann"), contact(agent="ann")
TRIES, MACHINE = contact("outbound", reached=False), contact("outbound", purpose="response", automated=True)

OF_MESSAGES = {"clock": "next_reply", "kind": "next_reply", "start": "message", "each": "message"}
REPLY = target("60m", "spoken", **OF_MESSAGES, pauses=("awaiting_customer",))
UPDATE = target("120m", "spoken", clock="update", kind="update", each="update")


def lived(promise: Any, *events: Any) -> list[ClockLife]:
    return list(lives(state_of(facts(*events)), terms(promise)))


def told(promise: Any, *events: Any) -> list[tuple[Any, ...]]:
    """Return each cycle: when it began and ended, what became of it, why it lapsed."""
    return [
        (one.occurrence, _minute(one.started_at), _minute(one.ended_at), str(verdict(one, at(NOW))), one.lapse)
        for one in lived(promise, *events)
    ]


def _minute(when: Any) -> float | None:
    return None if when is None else (when - at(0)) / timedelta(minutes=1)


@pytest.mark.parametrize(
    ("why", "events", "cycles"),
    [
        ("nobody asks",                        [(RESPONSE, 10)], []),
        ("before the first answer it is that", [(ASKS, 5), (RESPONSE, 10)], []),
        ("answered in time",                   [(RESPONSE, 10), (ASKS, 20), (RESPONSE, 80)], [(1, 20, 80, "met", "")]),
        ("answered late",                      [(RESPONSE, 10), (ASKS, 20), (RESPONSE, 81)], [(1, 20, 81, "ended_late", "")]),
        ("not answered",                       [(RESPONSE, 10), (ASKS, 20)], [(1, 20, None, "breached", "")]),
        ("any talk is an answer",              [(RESPONSE, 10), (ASKS, 20), (TELLS, 30)], [(1, 20, 30, "met", "")]),
        ("a call that she gets through with",  [(RESPONSE, 10), (ASKS, 20), (CALLS, 30)], [(1, 20, 30, "met", "")]),
        ("a call that somebody takes asks nothing", [(RESPONSE, 10), (CALLS, 20)], []),
        ("a machine is none",                  [(RESPONSE, 10), (ASKS, 20), (MACHINE, 30)], [(1, 20, None, "breached", "")]),
        ("an attempt is none",                 [(RESPONSE, 10), (ASKS, 20), (TRIES, 30)], [(1, 20, None, "breached", "")]),
        ("her machine asks nothing",           [(RESPONSE, 10), (ROBOT, 20)], []),
        ("thanks ask nothing",                 [(RESPONSE, 10), (THANKS, 20)], []),
        ("what she adds waits for the same",   [(RESPONSE, 10), (ASKS, 20), (ASKS, 70), (RESPONSE, 80)],
            [(1, 20, 80, "met", "")]),
        ("each question has its own",          [(RESPONSE, 10), (ASKS, 20), (RESPONSE, 30), (ASKS, 40), (RESPONSE, 400)],
            [(1, 20, 30, "met", ""), (2, 40, 400, "ended_late", "")]),
        ("at one instant the order decides",   [(RESPONSE, 10), (ASKS, 20), (RESPONSE, 20)], [(1, 20, 20, "met", "")]),
        ("the answer first, then the question", [(RESPONSE, 10), (RESPONSE, 20), (ASKS, 20)], [(1, 20, None, "breached", "")]),
        ("a resolution ends it",               [(RESPONSE, 10), (ASKS, 20), (RESOLVED, 30)],
            [(1, 20, 30, "cancelled", "resolved")]),
        ("one that comes too late does not mend it", [(RESPONSE, 10), (ASKS, 20), (RESOLVED, 81)],
            [(1, 20, 81, "breached", "resolved")]),
        ("at the due instant it is in time",   [(RESPONSE, 10), (ASKS, 20), (RESOLVED, 80)],
            [(1, 20, 80, "cancelled", "resolved")]),
        ("the end of the case does",           [(RESPONSE, 10), (ASKS, 20), (CLOSED, 30)], [(1, 20, 30, "cancelled", "closed")]),
        ("her wish to withdraw it does",       [(RESPONSE, 10), (ASKS, 20), *withdrawn(30)],
            [(1, 20, 30, "cancelled", "cancelled")]),
        ("after it nothing is asked",          [(RESPONSE, 10), (RESOLVED, 30), (ASKS, 40)], []),
        ("until the case is taken up again",   [(RESPONSE, 10), (RESOLVED, 30), (ASKS, 40), (REOPENED, 50), (RESPONSE, 70)],
            [(1, 50, 70, "met", "")]),
        ("taken up again, nothing was asked",  [(RESPONSE, 10), (RESOLVED, 30), (THANKS, 40), (REOPENED, 50)], []),
        ("answered before that",               [(RESPONSE, 10), (RESOLVED, 30), (ASKS, 40), (RESPONSE, 45), (REOPENED, 50)], []),
        ("asked after that",                   [(RESPONSE, 10), (RESOLVED, 30), (REOPENED, 50), (ASKS, 60), (RESPONSE, 70)],
            [(1, 60, 70, "met", "")]),
        ("resolved, closed: once",             [(RESPONSE, 10), (ASKS, 20), (RESOLVED, 30), (CLOSED, 40)],
            [(1, 20, 30, "cancelled", "resolved")]),
    ],
)  # fmt: skip
def test_each_message_waits_for_a_reply(why: str, events: Any, cycles: Any) -> None:
    assert told(REPLY, *events) == cycles, why


@pytest.mark.parametrize(
    ("why", "events", "cycles"),
    [
        ("never in touch",        [], [(1, 0, None, "breached", "")]),
        ("in touch in time",      [(RESPONSE, 100), (TELLS, 220), (CALLS, 300), (RESOLVED, 310)],
            [(1, 0, 100, "met", ""), (2, 100, 220, "met", ""), (3, 220, 300, "met", ""), (4, 300, 310, "cancelled", "resolved")]),
        ("once too late",         [(RESPONSE, 100), (TELLS, 221), (RESOLVED, 222)],
            [(1, 0, 100, "met", ""), (2, 100, 221, "ended_late", ""), (3, 221, 222, "cancelled", "resolved")]),
        ("her question is none",  [(ASKS, 100), (RESPONSE, 110), (CLOSED, 120)],
            [(1, 0, 110, "met", ""), (2, 110, 120, "cancelled", "closed")]),
        ("talks after the end",   [(RESOLVED, 50), (RESPONSE, 60), (CLOSED, 70)], [(1, 0, 50, "cancelled", "resolved")]),
        ("taken up again",        [(RESOLVED, 50), (REOPENED, 500), (TELLS, 600), (RESOLVED, 610)],
            [(1, 0, 50, "cancelled", "resolved"), (2, 500, 600, "met", ""), (3, 600, 610, "cancelled", "resolved")]),
        ("two talks at once",     [(RESPONSE, 100), (TELLS, 100), (RESOLVED, 110)],
            [(1, 0, 100, "met", ""), (2, 100, 110, "cancelled", "resolved")]),
    ],
)  # fmt: skip
def test_an_update_is_due_again_and_again(why: str, events: Any, cycles: Any) -> None:
    assert told(UPDATE, *events) == cycles, why


def test_an_update_may_begin_with_a_step() -> None:
    later = target("120m", "spoken", clock="update", kind="update", each="update", start="entered:n4")
    assert told(later, (RESPONSE, 10), (ENTERED(node="n4"), 20), (TELLS, 40), (CLOSED, 50)) == [
        (1, 20, 40, "met", ""),
        (2, 40, 50, "cancelled", "closed"),
    ]
    assert told(later, (RESPONSE, 10)) == []


def test_a_wait_for_the_customer_stops_the_promise_to_reply_to_her_if_the_standard_says_so() -> None:
    [life] = lived(REPLY, (RESPONSE, 10), (ASKS, 20), (WAITS, 30), (ANSWERED, 90), (RESPONSE, 140))
    assert (life.due_at, str(verdict(life, at(NOW)))) == (at(140), "met")


FIRST = target("60m", "resolved", clock="first_resolution")
AGAIN = target("60m", "resolved", reopened="new")
ON = target("60m", "resolved", reopened="continue")


@pytest.mark.parametrize(
    ("why", "promise", "events", "cycles"),
    [
        ("ignored",                 FIRST, [(RESOLVED, 20), (REOPENED, 100), (RESOLVED, 300)], [(1, 0, 60, 20, "met")]),
        ("again, in time",           AGAIN, [(RESOLVED, 20), (REOPENED, 100), (RESOLVED, 160)],
            [(1, 0, 60, 20, "met"), (2, 100, 160, 160, "met")]),
        ("again, late",              AGAIN, [(RESOLVED, 20), (REOPENED, 100), (RESOLVED, 161)],
            [(1, 0, 60, 20, "met"), (2, 100, 160, 161, "ended_late")]),
        ("again, though late before", AGAIN, [(RESOLVED, 70), (REOPENED, 100), (RESOLVED, 160)],
            [(1, 0, 60, 70, "ended_late"), (2, 100, 160, 160, "met")]),
        ("on, in time",             ON, [(RESOLVED, 20), (REOPENED, 100), (RESOLVED, 140)],
            [(1, 0, 60, 20, "met"), (2, 100, 140, 140, "met")]),
        ("on, late",                ON, [(RESOLVED, 20), (REOPENED, 100), (RESOLVED, 141)],
            [(1, 0, 60, 20, "met"), (2, 100, 140, 141, "ended_late")]),
        ("on and on",               ON, [(RESOLVED, 20), (REOPENED, 100), (RESOLVED, 110), (REOPENED, 500), (RESOLVED, 530)],
            [(1, 0, 60, 20, "met"), (2, 100, 140, 110, "met"), (3, 500, 530, 530, "met")]),
        ("on, nothing left",        ON, [(RESOLVED, 60), (REOPENED, 100), (RESOLVED, 100.5)],
            [(1, 0, 60, 60, "met"), (2, 100, 100, 100.5, "ended_late")]),
        ("on, broken stays broken", ON, [(RESOLVED, 61), (REOPENED, 100), (RESOLVED, 110)], [(1, 0, 60, 61, "ended_late")]),
        ("closed unresolved",       AGAIN, [(CLOSED, 20), (REOPENED, 100)],
            [(1, 0, 60, 20, "cancelled"), (2, 100, 160, None, "breached")]),
        ("closed unresolved, on",   ON, [(CLOSED, 20), (REOPENED, 100)],
            [(1, 0, 60, 20, "cancelled"), (2, 100, 140, None, "breached")]),
        ("not reopened",            AGAIN, [(RESOLVED, 20)], [(1, 0, 60, 20, "met")]),
        ("reopened at once",        AGAIN, [(RESOLVED, 20), (REOPENED, 20)],
            [(1, 0, 60, 20, "met"), (2, 20, 80, None, "breached")]),
        ("said twice, the last",    AGAIN, [(RESOLVED, 20), (REOPENED, 100), (RESOLVED, 110), (RESOLVED, 120)],
            [(1, 0, 60, 20, "met"), (2, 100, 160, 120, "met")]),
    ],
)  # fmt: skip
def test_a_reopening_is_ignored_begins_anew_or_goes_on(why: str, promise: Any, events: Any, cycles: Any) -> None:
    found = [
        (one.occurrence, _minute(one.started_at), _minute(one.due_at), _minute(one.ended_at), str(verdict(one, at(NOW))))
        for one in lived(promise, *events)
    ]
    assert found == cycles, why


def test_what_still_runs_is_not_begun_anew() -> None:
    until_closed = target("60m", "closed", reopened="new")
    assert told(until_closed, (RESOLVED, 20), (REOPENED, 30)) == [(1, 0, None, "breached", "")]


def test_what_starts_at_a_step_waits_for_that_step_again() -> None:
    step = target("60m", "completed:n6", start="entered:n4", reopened="new")
    events = [(ENTERED(node="n4"), 10), (COMPLETED(node="n6"), 20), (REOPENED, 100)]
    assert told(step, *events) == [(1, 10, 20, "met", "")], "it was not entered again"
    assert told(step, *events, (ENTERED(node="n4"), 120), (COMPLETED(node="n6"), 200)) == [
        (1, 10, 20, "met", ""),
        (2, 120, 200, "ended_late", ""),
    ]
    assert told(step, *events, (REOPENED, 110), (ENTERED(node="n4"), 120))[1:] == [(2, 120, None, "breached", "")], "once"


def test_the_first_resolution_and_the_full_one_are_two_promises() -> None:
    full = target("60m", "resolved", clock="full_resolution", reopened="continue")
    state = state_of(facts((RESOLVED, 20), (REOPENED, 100), (RESOLVED, 200)))
    found = [(str(one.name), str(verdict(one, at(NOW)))) for one in lives(state, terms(FIRST, full))]
    assert found == [("first_resolution", "met"), ("full_resolution", "met"), ("full_resolution/2", "ended_late")]


def test_the_wait_of_the_customer_and_the_work_of_agents_are_promises_that_differ_by_what_pauses_them() -> None:
    requester = target("90m", "resolved", clock="requester_wait", pauses=("awaiting_customer",))
    work = target("60m", "resolved", clock="agent_work", pauses=("awaiting_customer", "parts_missing"))
    parts, here = type(WAITS)(code="parts_missing"), type(ANSWERED)(code="parts_missing")
    state = state_of(facts((WAITS, 10), (ANSWERED, 40), (parts, 50), (here, 80), (RESOLVED, 120)))
    found = {str(one.name): (_minutes(one.used), str(verdict(one, at(NOW)))) for one in lives(state, terms(requester, work))}
    assert found == {"requester_wait": (90, "met"), "agent_work": (60, "met")}


def _minutes(length: timedelta | None) -> float:
    assert length is not None
    return length / timedelta(minutes=1)


EVENTS = [RESPONSE, ASKS, THANKS, TELLS, CALLS, RESOLVED, REOPENED, CLOSED, WAITS, ANSWERED, ENTERED(node="n4")]
stories = st.lists(st.tuples(st.sampled_from(EVENTS), st.integers(0, 600)), max_size=14)
PROMISES = [REPLY, UPDATE, AGAIN, ON, target("2wh", "spoken", clock="update", each="update", pauses=("awaiting_customer",))]


@pytest.mark.slow
@pytest.mark.parametrize("promise", PROMISES, ids=lambda one: f"{one.each or one.reopened} {one.limit}")
@given(story=stories)
def test_cycles_follow_each_other_without_overlap_and_their_stretches_sum_to_their_figures(promise: Any, story: Any) -> None:
    """All but the last of a promise are over, none begins before the one before it ended."""
    by = terms(promise)
    found = list(lives(state_after(story), by))
    assert [one.occurrence for one in found] == sorted({one.occurrence for one in found})
    for one, following in pairwise(found):
        assert one.ended_at is not None and one.started_at <= one.ended_at <= following.started_at
    for one in found:
        explained = explain(one, by, at(5_000))
        counted = [stretch for stretch in explained.intervals if stretch.what == "counted"]
        length = sum((stretch.until - stretch.since for stretch in counted), timedelta())
        assert length // timedelta(microseconds=1) == explained.used_us


def state_after(story: Any) -> Any:
    return state_of([fact(data, minutes, sequence=n) for n, (data, minutes) in enumerate([(REGISTERED, 0), *story])])


@pytest.mark.slow
@given(story=stories)
def test_updates_tile_the_time_in_which_a_case_is_open(story: Any) -> None:
    """Wherever a talk ends one cycle, the next begins at that very instant."""
    found = list(lives(state_after(story), terms(UPDATE)))
    for one, following in pairwise(found):
        if one.stopped_at is not None:
            assert following.started_at == one.stopped_at
