"""How much of its time a promise has used is a function of its facts and the instant, never a field that somebody refreshes."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.events.catalogue.routing import CaseClassified, CaseGraded
from libs.events.catalogue.standard import Label, Node
from services.sla.alarms import settle
from services.sla.domain.breach import verdict
from services.sla.domain.clock import ClockLife
from services.sla.domain.figures import Broken, Figures, allowance, broken, figures
from services.sla.domain.lives import lives
from services.sla.domain.told import Status
from tests.services.sla.samples import (
    ANSWERED,
    CLOSED,
    KEY,
    OFFICE,
    RESPONSE,
    WAITS,
    at,
    facts,
    shelf,
    standard,
    state_of,
    target,
    terms,
)
from tests.services.sla.test_waiting import SHORT

DAY = 24 * 60
STANDARD = replace(standard(), nodes=(Node(id="n1", name=Label(en="Look", zh="查看"), role="handler", approver="lead"),))
MINUTE_US = 60_000_000


def life_of(limit: str, events: list[Any], *calendars: Any) -> ClockLife:
    promised = terms(target(limit, pauses=("awaiting_customer",)), calendars=calendars or (OFFICE,))
    (life,) = lives(state_of(facts(*events)), promised)
    return life


def minutes(told: Figures) -> tuple[float | None, float | None, float | None]:
    """Return used, left and per cent, in minutes."""
    used, left = (None if us is None else us / MINUTE_US for us in (told.used_us, told.remaining_us))
    return used, left, told.used_percent


@pytest.mark.parametrize(
    ("why", "limit", "events", "now", "shown"),
    [
        ("nothing used yet",                        "60m", [], 0, (0, 60, 0.0)),
        ("a running one moves with now",            "60m", [], 15, (15, 45, 25.0)),
        ("used to its last instant",                "60m", [], 60, (60, 0, 100.0)),
        ("overrun is negative, and goes on",        "60m", [], 90, (90, -30, 150.0)),
        ("a paused one stands still",               "60m", [(WAITS, 15)], DAY, (15, 45, 25.0)),
        ("pending time is not in the percentage",   "60m", [(WAITS, 15), (ANSWERED, 45)], 60, (30, 30, 50.0)),
        ("a wait after it broke stops the overrun", "60m", [(WAITS, 90)], DAY, (90, -30, 150.0)),
        ("kept: what was left stays",               "60m", [(RESPONSE, 15)], DAY, (15, 45, 25.0)),
        ("kept from a wait: the wait is left out",  "60m", [(WAITS, 15), (RESPONSE, 3 * DAY)], 9 * DAY, (15, 45, 25.0)),
        ("late: its overrun stays",                 "60m", [(RESPONSE, 90)], DAY, (90, -30, 150.0)),
        ("lapsed: it ended there",                  "60m", [(CLOSED, 15)], DAY, (15, 45, 25.0)),
        ("working hours stand still at night",      "10wh", [], DAY, (540, 60, 90.0)),
        ("working hours go on in the morning",      "10wh", [], DAY + 30, (570, 30, 95.0)),
        ("working hours paused over the night",     "10wh", [(WAITS, 480), (ANSWERED, DAY + 60)], DAY + 90, (510, 90, 85.0)),
        ("working days count working time",         "1wd", [], 270, (270, 270, 50.0)),
        ("working days held by a wait",             "2wd", [(WAITS, 270)], 3 * DAY, (270, 810, 25.0)),
        ("asked before it began",                   "60m", [], -30, (0, 60, 0.0)),
    ],
)  # fmt: skip
def test_the_figures_are_of_the_instant_asked_for(why: str, limit: str, events: list[Any], now: float, shown: Any) -> None:
    assert minutes(figures(life_of(limit, events), at(now))) == shown, why


def test_hours_stand_beside_the_microseconds_with_two_digits() -> None:
    told = figures(life_of("10wh", [(WAITS, 20), (ANSWERED, 27)]), at(68))
    assert (told.used_us, told.used_hours) == (61 * MINUTE_US, 1.02)
    assert (told.remaining_us, told.remaining_hours) == (539 * MINUTE_US, 8.98)
    assert told.paused_us == 7 * MINUTE_US


@pytest.mark.parametrize(
    ("why", "limit", "events", "calendars", "now"),
    [
        ("no calendar reaches it",                    "3wd", [], [SHORT], 60),
        ("done, and only the verdict waits",          "3wd", [(RESPONSE, 30)], [SHORT], 60),
        ("it broke, and the calendar says no more",   "1wd", [], [SHORT], 9 * DAY),
    ],
)  # fmt: skip
def test_what_no_calendar_can_say_has_no_figures(why: str, limit: str, events: Any, calendars: Any, now: float) -> None:
    assert figures(life_of(limit, events, *calendars), at(now)) == Figures(), why


@pytest.mark.parametrize(
    ("why", "limit", "events", "now", "over"),
    [
        ("open: until now",                            "60m", [], 90, 30),
        ("a wait that began after it broke",           "60m", [(WAITS, 90)], DAY, 30),
        ("done late: until then",                      "60m", [(RESPONSE, 90)], DAY, 30),
        ("at the end of a working day, in the night",  "9wh", [], 700, 0),
        ("in working time, the next morning",          "9wh", [], DAY + 30, 30),
    ],
)  # fmt: skip
def test_the_overrun_is_in_its_own_time(why: str, limit: str, events: list[Any], now: float, over: float) -> None:
    life = life_of(limit, events)
    assert verdict(life, at(now)) in (Status.BREACHED, Status.ENDED_LATE)
    told = broken(life, STANDARD, at(now))
    assert (told.overrun_us, told.overrun_hours) == (over * MINUTE_US, round(over / 60, 2)), why


@pytest.mark.parametrize(
    ("why", "promise", "role", "when"),
    [
        ("the whole case", {}, "", ""),
        ("a node", {"node": "n1"}, "handler", ""),
        ("a node that the standard does not have", {"node": "n9"}, "", ""),
        ("some cases", {"when": {"grade": "urgent", "severity": "high"}}, "", "grade=urgent, severity=high"),
    ],
)
def test_a_breach_says_whose_work_it_was_and_which_condition_matched(why: str, promise: Any, role: str, when: str) -> None:
    told = facts((CaseGraded(grade="urgent"), 0), (CaseClassified(severity="high"), 0))
    (life,) = lives(state_of(told), terms(target("60m", **promise)))
    found = broken(life, STANDARD, at(61))
    assert (found.role, found.when) == (role, when), why


def test_an_overrun_that_no_calendar_can_say_is_null() -> None:
    assert broken(life_of("1wd", [], SHORT), STANDARD, at(9 * DAY)) == Broken()


moments = st.floats(0, 6 * DAY)
waits = st.lists(st.tuples(st.sampled_from([WAITS, ANSWERED]), moments), max_size=8)
LENGTHS = {"30m": timedelta(minutes=30), "24h": timedelta(hours=24), "8wh": timedelta(hours=8), "25wh": timedelta(hours=25)}


@pytest.mark.slow
@given(st.sampled_from([*LENGTHS]), waits, st.none() | moments)
def test_what_may_be_used_is_the_limit_however_it_was_paused(limit: str, events: Any, response: float | None) -> None:
    told = events if response is None else [*events, (RESPONSE, response)]
    assert allowance(life_of(limit, told)) == LENGTHS[limit]


@pytest.mark.slow
@given(st.sampled_from([*LENGTHS, "1wd", "3wd"]), waits, st.none() | moments, moments, moments)
def test_used_never_shrinks_and_less_than_nothing_left_is_a_breach(
    limit: str, events: Any, response: float | None, one: float, other: float
) -> None:
    life = life_of(limit, events if response is None else [*events, (RESPONSE, response)])
    before, after = (figures(life, at(now)) for now in sorted((one, other)))
    assert before.used_us is not None and after.used_us is not None and after.remaining_us is not None
    assert before.used_us <= after.used_us
    if after.remaining_us < 0:
        assert verdict(life, at(max(one, other))) in (Status.BREACHED, Status.ENDED_LATE)


@pytest.mark.slow
@given(st.sampled_from([*LENGTHS, "1wd", "3wd"]), waits, moments)
def test_an_ended_promise_has_the_figures_that_its_event_said(limit: str, events: Any, response: float) -> None:
    told, known = facts(*events, (RESPONSE, response)), shelf(target(limit, pauses=("awaiting_customer",)))
    said = settle(KEY, state_of(told), known, None)
    (end,) = [one.data for one in said if one.kind.name in ("clock.met", "clock.ended")]
    shown = figures(life_of(limit, [*events, (RESPONSE, response)]), at(9 * DAY))
    assert (shown.used_us, shown.paused_us) == (end.used_us, end.paused_us)
