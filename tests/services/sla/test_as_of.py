"""A case as it stood is what a desk shows that stopped then: told only what had happened, as far as it was known."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.sla.alarms import settle
from services.sla.domain.past import Recorded, hearing, told_by
from services.sla.projections import promises
from services.sla.tables import ClockRow
from tests.services.sla.samples import ANSWERED, KEY, OFFICE, RESPONSE, WAITS, at, fact, facts, shelf
from tests.services.sla.test_past import DAY, PROMISES, histories
from tests.services.sla.test_waiting import SHORT, Desk

NEVER = at(99 * DAY)


def stood(recorded: list[Recorded], calendar: Any, as_of: float, known_at: float | None = None) -> list[ClockRow]:
    """Return the case's promises as they stood at that minute."""
    case = told_by(recorded, as_of=at(as_of), known_at=NEVER if known_at is None else at(known_at))
    said = settle(KEY, case, shelf(*PROMISES, calendars=[calendar]), at(as_of))
    return list(promises(KEY, hearing(case, said)))


def at_once(told: list[Any]) -> list[Recorded]:
    return [Recorded(one, one.time) for one in told]


def shown(desk: Desk) -> list[ClockRow]:
    return list(promises(KEY, desk.state))


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(histories(), st.integers(0, 5 * DAY), st.sampled_from([OFFICE, SHORT]))
def test_as_it_stood_is_what_a_desk_shows_that_stopped_then(happened: list[Any], minute: int, calendar: Any) -> None:
    stopped = Desk(calendar, promises=PROMISES)
    for one in facts(*(event for event in happened if event[1] <= minute)):
        stopped.hear(one)
    assert stood(at_once(facts(*happened)), calendar, minute) == shown(stopped.settle(minute))


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(histories(), st.randoms(use_true_random=False), st.sampled_from([OFFICE, SHORT]))
def test_as_of_now_is_what_the_running_desk_shows(happened: list[Any], random: Any, calendar: Any) -> None:
    """The running desk has also withdrawn what it had said too early, because facts came in any order."""
    told, live = facts(*happened), Desk(calendar, promises=PROMISES)
    random.shuffle(told)
    for one in told:
        live.hear(one).settle(random.randint(0, 5 * DAY))
    live.settle(6 * DAY)
    assert stood(at_once(live.facts), calendar, 6 * DAY) == shown(live), "what sla said itself does not matter"


LATE_WORD = [*(Recorded(one, one.time) for one in facts((WAITS, 60), (ANSWERED, 90))), Recorded(fact(RESPONSE, 30), at(200))]
"""The customer was answered after half an hour, and somebody wrote that down three hours later."""


@pytest.mark.parametrize(
    ("why", "as_of", "known_at", "status", "ended"),
    [
        ("before it happened",                            20, None, "running", None),
        ("what had happened, by all that is known today", 40, None, "met", at(30)),
        ("what was known at that time",                   40, 40, "running", None),
        ("at the instant itself it had happened",         30, None, "met", at(30)),
        ("just before it was written down",               300, 199.9, "running", None),
        ("at the instant itself it was known",            300, 200, "met", at(30)),
        ("the wait that was known then",                  70, 70, "paused", None),
        ("the wait that had not begun",                   59, 300, "met", at(30)),
    ],
)  # fmt: skip
def test_what_had_happened_and_what_was_known_are_two_questions(
    why: str, as_of: float, known_at: float | None, status: str, ended: Any
) -> None:
    first = next(row for row in stood(LATE_WORD, OFFICE, as_of, known_at) if row.clock == "response")
    assert (first.status, first.ended_at) == (status, ended), why


def test_a_case_that_nobody_knew_yet_has_no_promises() -> None:
    told = [Recorded(one, one.time + timedelta(hours=1)) for one in facts()]
    assert told_by(told, as_of=at(59), known_at=at(59)).registered_at is None
    assert told_by(told, as_of=at(-1), known_at=NEVER).registered_at is None
    assert told_by(told, as_of=at(59), known_at=at(60)).registered_at == at(0)
