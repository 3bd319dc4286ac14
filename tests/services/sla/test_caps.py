"""A pause has a cap: from then on a promise runs, although what it waited for lasts. sla says so at its time, and once."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from libs.events.catalogue.references import CALENDAR
from libs.events.catalogue.routing import ExceptionCleared, ExceptionRaised
from libs.events.catalogue.sla import Calendar
from libs.events.catalogue.standard import ExceptionRule, Label
from libs.events.engine.known import Known
from libs.events.testing.spec import knowing
from services.sla.alarms import awaits
from services.sla.domain.clock import ClockLife, paused, used
from services.sla.domain.explanation import explain
from services.sla.domain.history import history
from services.sla.domain.lives import lives
from services.sla.domain.sentences import Voice
from services.sla.domain.terms import Terms
from services.sla.domain.told import Status
from services.sla.domain.working_time import working_time
from tests.services.sla.domain.test_sentences import WORDS
from tests.services.sla.samples import (
    ANSWERED,
    KEY,
    OFFICE,
    REGISTERED,
    RESPONSE,
    WAITS,
    at,
    fact,
    facts,
    standard,
    state_of,
    story,
    target,
)
from tests.services.sla.test_alarms import Log
from tests.services.sla.test_waiting import SHORT

PARTS, PARTS_HERE = ExceptionRaised(code="parts_missing"), ExceptionCleared(code="parts_missing")
BOTH = {"pauses": ("awaiting_customer", "parts_missing")}
DAY = 24 * 60


def rule(code: str, at_most: str) -> ExceptionRule:
    return ExceptionRule(code=code, name=Label(en="waits for the customer", zh="等待客户"), action="", pauses_at_most=at_most)


def capped(limit: str, *, customer: str = "30m", parts: str = "", calendar: Calendar = OFFICE, **others: Any) -> Terms:
    rules = (rule("awaiting_customer", customer), rule("parts_missing", parts))
    promised = replace(standard(target(limit, **{**BOTH, **others})), exceptions=rules)
    return Terms(promised, (working_time(calendar),))


def known(terms: Terms, *calendars: Calendar) -> Known:
    return knowing(terms.standard, *(calendars or (OFFICE,)))


def life(terms: Terms, events: Sequence[tuple[Any, float]], now: float) -> ClockLife:
    (found,) = lives(state_of(facts(*events)), terms, at(now))
    return found


@pytest.mark.parametrize(
    ("why", "terms", "events", "now", "due", "paused_min"),
    [
        ("not reached yet",            capped("60m"), [(WAITS, 10)], 39, None, 29),
        ("reached: it runs on",        capped("60m"), [(WAITS, 10)], 40, 90, 30),
        ("and the wait lasts",         capped("60m"), [(WAITS, 10)], 85, 90, 30),
        ("answered before it",         capped("60m"), [(WAITS, 10), (ANSWERED, 20)], 85, 70, 10),
        ("answered at it",             capped("60m"), [(WAITS, 10), (ANSWERED, 40)], 85, 90, 30),
        ("answered after it",          capped("60m"), [(WAITS, 10), (ANSWERED, 80)], 85, 90, 30),
        ("raised again: again",        capped("60m"), [(WAITS, 10), (ANSWERED, 50), (WAITS, 60)], 95, 120, 60),
        ("older than the promise",     capped("60m"), [(WAITS, -20)], 50, 70, 10),
        ("capped before it began",     capped("60m"), [(WAITS, -40)], 50, 60, 0),
        ("no cap: for as long",        capped("60m", customer=""), [(WAITS, 10)], 10 * DAY, None, 10 * DAY - 10),
        ("another holds on",           capped("60m"), [(WAITS, 10), (PARTS, 20)], 85, None, 75),
        ("until it is over",           capped("60m"), [(WAITS, 10), (PARTS, 20), (PARTS_HERE, 70)], 85, 120, 60),
        ("or is capped, too",          capped("60m", parts="40m"), [(WAITS, 10), (PARTS, 20)], 85, 110, 50),
        ("capped inside another",      capped("60m", customer="5m"), [(PARTS, 10), (WAITS, 20), (PARTS_HERE, 50)], 85, 100, 40),
        ("working hours of it",        capped("10wh", customer="2wh"), [(WAITS, 8 * 60)], DAY + 90, DAY + 180, 17 * 60),
        ("working days of it",         capped("3wd", customer="1wd"), [(WAITS, 60)], 2 * DAY, 3 * DAY + 540, DAY),
        ("of an elapsed promise, too", capped("72h", customer="1wd"), [(WAITS, 60)], 2 * DAY, 4 * DAY, DAY),
        ("over a weekend",             capped("72h", customer="1wd"), [(WAITS, 4 * DAY + 60)], 9 * DAY, 3 * DAY, 3 * DAY),
        ("too late for the promise",   capped("5m"), [(WAITS, 10)], 85, 5, 30),
        ("done while it waits",        capped("60m"), [(WAITS, 10), (RESPONSE, 20)], 85, 70, 10),
        ("done at the cap",            capped("60m"), [(WAITS, 10), (RESPONSE, 40)], 85, 90, 30),
        ("done after it",              capped("60m"), [(WAITS, 10), (RESPONSE, 60)], 85, 90, 30),
    ],
)  # fmt: skip
def test_a_promise_runs_on_once_its_pause_has_lasted_long_enough(
    why: str, terms: Terms, events: Any, now: float, due: float | None, paused_min: float
) -> None:
    found = life(terms, events, now)
    until = min(found.ended_at or at(now), at(now))
    assert found.due_at == (None if due is None else at(due)), why
    assert paused(found, until) == timedelta(minutes=paused_min), why
    assert found.lack is None


def log(terms: Terms, *events: tuple[Any, float]) -> Log:
    found = Log(known(terms))
    found.hear(*facts(*events))
    return found


def test_the_cap_is_said_at_its_instant_however_late_and_once() -> None:
    for now in (40, 41, 10 * DAY):
        found = log(capped("60m"), (WAITS, 10))
        assert found.standing() == [("started", 0), ("paused", 10)]
        assert found.timers() == {"response": at(40)}, "nothing is said of what has not come to pass"
        assert not found.settle(39)
        said = [("resumed", 40), ("breached", 90)] if now > 90 else [("resumed", 40)]
        assert story(found.settle(now)) == said
        assert not found.settle(now) and not found.settle(None), "once"


def test_what_was_said_at_the_cap_stands_whatever_is_heard_later() -> None:
    found = log(capped("60m"), (WAITS, 10))
    found.settle(40)
    assert set(found.timers().values()) == {at(90) + timedelta(microseconds=1)}
    assert not found.hear(fact(PARTS_HERE, 45)), "nobody had missed parts"
    assert not found.hear(fact(ANSWERED, 60)), "the answer comes too late to pause it longer"
    assert story(found.hear(fact(RESPONSE, 80))) == [("met", 80)]
    (met,) = [one.data for one in found.facts if one.kind.name == "clock.met"]
    assert (met.used_us, met.paused_us) == (50 * 60_000_000, 30 * 60_000_000)


def test_a_late_answer_takes_back_what_was_said_at_the_cap() -> None:
    found = log(capped("60m"), (WAITS, 10))
    found.settle(91)
    assert found.standing() == [("started", 0), ("paused", 10), ("resumed", 40), ("breached", 90)]
    found.hear(fact(ANSWERED, 20))
    assert found.standing() == [("started", 0), ("paused", 10), ("resumed", 20)]
    found.settle(91)
    assert found.standing()[-1] == ("breached", 70)


def test_where_reasons_overlap_the_next_one_holds_it_from_the_cap_on() -> None:
    found = log(capped("60m", parts="1h"), (WAITS, 10), (PARTS, 20))
    assert found.timers() == {"response": at(40)}
    found.settle(40)
    held = [(one.data.reason, one.data.capped_at) for one in found.facts if one.kind.name == "clock.paused"]
    assert held == [("awaiting_customer", at(40)), ("parts_missing", at(80))]
    assert found.timers() == {"response": at(80)}
    assert story(found.settle(81)) == [("resumed", 80)]
    assert not found.hear(fact(PARTS_HERE, 85)) and not found.hear(fact(ANSWERED, 86))


def test_a_cap_that_passed_while_another_reason_held_it_is_known_without_a_look_at_the_time() -> None:
    found = log(capped("60m"), (PARTS, 10), (WAITS, 20))
    assert not found.timers(), "what holds it has no cap"
    assert story(found.hear(fact(PARTS_HERE, 60))) == [("resumed", 60)], "the customer's wait was capped at 50"


def test_a_broken_promise_that_waits_resumes_at_the_cap_too() -> None:
    found = log(capped("5m"), (WAITS, 10))
    assert set(found.timers().values()) == {at(5) + timedelta(microseconds=1)}
    found.settle(6)
    assert found.timers() == {"response": at(40)}
    assert story(found.settle(40)) == [("resumed", 40)] and not found.timers()


def test_a_cap_that_cannot_be_computed_keeps_the_promise_waiting_while_it_is_wanted() -> None:
    # SHORT ends on the third day.
    terms = capped("72h", customer="100wd", calendar=SHORT)
    found = Log(known(terms, SHORT))
    found.hear(*facts((WAITS, 10)))
    assert found.standing() == [("started", 0), ("paused", 10), ("waiting", 10)]
    assert CALENDAR.any_version("office") in awaits(KEY, state_of(found.facts)) and not found.timers()
    later = Log(known(terms, SHORT, replace(OFFICE, version=3)))
    later.hear(*found.facts)
    assert later.standing() == [("started", 0), ("paused", 10)], "another version reaches it"
    assert CALENDAR.any_version("office") in awaits(KEY, state_of(later.facts)), "a lower one would count"
    found.hear(fact(ANSWERED, 60))
    assert found.standing() == [("started", 0), ("paused", 10), ("resumed", 60)], "it was never reached"


def test_before_any_calendar_is_published_a_cap_in_working_time_waits() -> None:
    found = Log(knowing(capped("72h", customer="1wd").standard))
    found.hear(*facts((WAITS, 10), (ANSWERED, 20)))
    assert found.standing() == [("started", 0), ("paused", 10), ("waiting", 10)]
    found.hear(fact(RESPONSE, 5))
    assert found.standing() == [("started", 0), ("met", 5)], "and is counted as soon as it does not matter"


EN, ZH = Voice("en", WORDS["en"], ZoneInfo("Asia/Shanghai")), Voice("zh", WORDS["zh"], ZoneInfo("Asia/Shanghai"))


def test_the_explanation_and_the_history_show_the_cap() -> None:
    terms = capped("3wd", customer="1wd")
    open_one = explain(life(terms, [(WAITS, 60)], 120), terms, at(120), EN)
    assert open_one.sentences[2:5] == (
        "Since Mon 2 Jun 2025, 10:00 it has been paused: waits for the customer.",
        "It pauses no longer than until Tue 3 Jun 2025, 10:00, because the standard allows 1 working day.",
        "It is paused, and while it is, it does not fall due.",
    )
    over = life(terms, [(WAITS, 60)], 2 * DAY)
    (wait,) = explain(over, terms, at(2 * DAY)).waits
    assert (wait.until, wait.capped_at) == (at(DAY + 60), at(DAY + 60))
    assert explain(over, terms, at(2 * DAY), EN).sentences[3] == (
        "The standard lets it pause for 1 working day at most, so it ran on from Tue 3 Jun 2025, 10:00."
    )
    zh = explain(over, terms, at(2 * DAY), ZH).sentences
    assert zh[3] == "标准规定最长暂停 1 个工作日，故自 2025年6月3日（周二）10:00 起继续计时。"
    answered = life(terms, [(WAITS, 60), (ANSWERED, 90)], 2 * DAY)
    assert not [one for one in explain(answered, terms, at(2 * DAY), EN).sentences if "at most" in one or "no longer" in one]
    found = log(terms, (WAITS, 60))
    assert [one.capped_at for one in history(state_of(found.facts), over.name)] == [None, at(DAY + 60)]


def test_an_elapsed_promise_counts_every_hour_though_a_calendar_counts_its_cap() -> None:
    terms = capped("72h", customer="1wd")
    told = explain(life(terms, [(WAITS, 60)], 2 * DAY), terms, at(2 * DAY), EN)
    assert told.sentences[1] == "Every hour counts, day and night."
    assert (told.status, told.used_us) == (Status.RUNNING, DAY * 60_000_000)


EVENTS = [RESPONSE, WAITS, ANSWERED, PARTS, PARTS_HERE]
histories = st.lists(st.tuples(st.sampled_from(EVENTS), st.integers(-20, 4 * DAY)), max_size=9, unique_by=lambda one: one[1])
SHELVES = [
    known(capped("60m", customer="30m", parts="1h")),
    known(capped("12wh", customer="3wh", parts="1wd")),
    known(capped("3d", customer="1wd", parts="")),
]


@pytest.mark.slow
@given(histories, st.sampled_from(SHELVES), st.data())
@settings(max_examples=300)
def test_any_order_of_arrival_leaves_the_same_events_standing(history: list[Any], shelf: Known, data: st.DataObject) -> None:
    told = [fact(REGISTERED), *(fact(event, minute, sequence=n) for n, (event, minute) in enumerate(history))]
    at_once, bit_by_bit, late = Log(shelf), Log(shelf), 60 * DAY
    at_once.hear(*told)
    at_once.settle(late)
    for one in data.draw(st.permutations(told)):
        bit_by_bit.hear(one)
        if data.draw(st.booleans()):
            bit_by_bit.settle(data.draw(st.integers(0, 10 * DAY)))
    bit_by_bit.settle(late)
    assert bit_by_bit.standing() == at_once.standing()
    assert not bit_by_bit.settle(late) and not bit_by_bit.settle(None)


@pytest.mark.slow
@given(histories, st.sampled_from(SHELVES))
@settings(max_examples=300)
def test_in_order_of_time_nothing_is_ever_taken_back_and_every_timer_has_something_to_say(
    history: list[Any], shelf: Known
) -> None:
    found = Log(shelf)
    found.hear(fact(REGISTERED, -30))
    for event, minute in [*sorted(history, key=lambda one: one[1]), (None, 60 * DAY)]:
        while due := [one for one in found.timers().values() if one < at(minute)]:
            said = found.settle((min(due) - at(0)) / timedelta(minutes=1))
            assert said and not [one for one in said if one.kind.name == "clock.withdrawn"]
        if event is not None:
            said = found.hear(fact(event, minute))
            assert not [one for one in said if one.kind.name == "clock.withdrawn"]


@pytest.mark.slow
@given(histories, st.sampled_from(["60m", "12wh", "3d"]), st.integers(0, 6 * DAY))
@settings(max_examples=300)
def test_used_and_paused_time_are_the_life_of_an_elapsed_promise_and_each_reason_keeps_to_its_cap(
    history: list[Any], limit: str, now: int
) -> None:
    terms = capped(limit, customer="30m", parts="1h")
    told = [(event, minute) for event, minute in sorted(history, key=lambda one: one[1]) if minute <= now]
    found = life(terms, told, now)
    until = found.ended_at or at(now)
    if not found.limit.works:
        assert used(found, until) + paused(found, until) == until - found.started_at
    for pause in found.pauses:
        for one in pause.reasons:
            most = timedelta(minutes=30 if one.code == "awaiting_customer" else 60)
            assert (one.until or at(now)) - one.since <= most
