"""What is promised about corrections (N05) and risks (N15), by the rules of every promise."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from libs.events.catalogue.analytics import LEVELS
from libs.events.catalogue.sla import TermsRestated
from libs.events.engine.work import Work
from libs.events.log.envelope import record_of
from libs.events.testing.memory_store import MemoryStore
from libs.events.testing.spec import knowing
from services.sla.alarms import settle
from services.sla.domain.calendar_checks import BadCalendar
from services.sla.domain.past import Recorded, hearing, told_by
from services.sla.domain.policies import policy_of
from services.sla.domain.terms_apart import OF_CORRECTIONS, OF_RISKS
from services.sla.projections import promises
from services.sla.service import SERVICE
from tests.services.sla.samples import OFFICE
from tests.services.sla.watched import (
    CHECKED,
    CLOSED,
    DONE,
    HOURS,
    KEY,
    KNOWN,
    OPENED,
    RISK_CLOSED,
    STARTED,
    WORKS,
    WORKS_NOT,
    Watched,
    assessed,
    registered,
    told,
)

SECOND = 1 / 3600
at = HOURS.at


@pytest.mark.parametrize(
    ("number", "begins", "clock", "stops", "hours"),
    [
        ("N05 a correction is started", OPENED, "start", STARTED, 24),
        ("N15 a high risk is looked at hourly", registered("high"), "check_high", CHECKED, 1),
        ("N15 a medium one daily", registered("medium"), "check_medium", CHECKED, 24),
        ("N15 a low one weekly", registered("low"), "check_low", CHECKED, 168),
    ],
)
def test_at_its_limit_and_a_second_to_either_side(number: str, begins: Any, clock: str, stops: Any, hours: int) -> None:
    def status(*events: Any, until: float | None = None) -> tuple[str, Any]:
        row = Watched(*told((begins, 0), *events)).settle(until).rows[clock, 1]
        return row.status, row.due_at

    sides = [hours + off * SECOND for off in (-1, 0, 1)]
    assert [status((stops, hour))[0] for hour in sides] == ["met", "met", "ended_late"], number
    assert [status(until=hour)[0] for hour in sides] == ["running", "running", "breached"], number
    assert status()[1] == at(hours)


def test_a_correction_not_started_within_a_day_warns_its_owner_and_breaks() -> None:
    """S-08: it is escalated, and each is said once."""
    one = Watched(*told((OPENED, 0)))
    assert one.alarms == {"start": at(19.2)}, "at 80 % of its time"
    one.settle(19.2).settle(20)
    assert (one.rows["start", 1].warns, one.rows["start", 1].warned_at) == (["owner"], at(19.2))
    row = one.settle(30).settle(31).rows["start", 1]
    assert (row.status, row.breached_at, row.agent, row.process_id) == ("breached", at(24), "li", "correction")
    assert [fact.kind.name for fact in one.facts[1:]] == ["clock.started", "clock.warned", "clock.breached"]
    assert one.alarms == {}


def test_started_in_time_it_warns_nobody() -> None:
    row = Watched(*told((OPENED, 0), (STARTED, 19))).settle(48).rows["start", 1]
    assert (row.status, row.warns, row.used_us) == ("met", [], 19 * 3_600_000_000)


@pytest.mark.parametrize(
    ("why", "events", "stands"),
    [
        ("it works: nothing begins again",        [(STARTED, 5), (DONE, 50), (WORKS, 60), (CLOSED, 61)], {1: "met"}),
        ("it does not work",                      [(STARTED, 5), (DONE, 50), (WORKS_NOT, 60)], {1: "met", 2: "running"}),
        ("and is started again",                  [(STARTED, 5), (WORKS_NOT, 60), (STARTED, 80)], {1: "met", 2: "met"}),
        ("too late",                              [(STARTED, 5), (WORKS_NOT, 60), (STARTED, 85)], {1: "met", 2: "ended_late"}),
        ("a third time",                          [(STARTED, 5), (WORKS_NOT, 60), (STARTED, 80), (WORKS_NOT, 90)],
            {1: "met", 2: "met", 3: "running"}),
        ("what broke the first time stays so",    [(STARTED, 25), (WORKS_NOT, 60)], {1: "ended_late", 2: "running"}),
        ("nobody had started: the first goes on", [(WORKS_NOT, 5)], {1: "running"}),
        ("closed before anybody started",         [(CLOSED, 5)], {1: "cancelled"}),
        ("closed after it broke",                 [(CLOSED, 25)], {1: "breached"}),
        ("started twice: the first counts",       [(STARTED, 5), (STARTED, 30)], {1: "met"}),
        ("started before it was opened",          [(STARTED, -1)], {1: "cancelled"}),
    ],
)  # fmt: skip
def test_a_correction_found_not_to_work_is_to_be_started_again(why: str, events: Any, stands: dict[int, str]) -> None:
    one = Watched(*told((OPENED, 0), *events))
    assert one.stands == {("start", number): status for number, status in stands.items()}, why


def test_the_second_time_counts_from_the_verification() -> None:
    one = Watched(*told((OPENED, 0), (STARTED, 5), (WORKS_NOT, 60))).settle(84 + SECOND)
    assert (one.rows["start", 2].started_at, one.rows["start", 2].breached_at) == (at(60), at(84))
    assert one.rows["start", 1].status == "met"


@pytest.mark.parametrize(
    ("why", "events", "stands"),
    [
        ("each check begins the next",  [(CHECKED, 0.5), (CHECKED, 1.2)],
            {("check_high", 1): "met", ("check_high", 2): "met", ("check_high", 3): "running"}),
        ("a late one too",              [(CHECKED, 3)], {("check_high", 1): "ended_late", ("check_high", 2): "running"}),
        ("another level",               [(assessed("low"), 0.5)], {("check_high", 1): "cancelled", ("check_low", 1): "running"}),
        ("the same level again",        [(assessed("high"), 0.5)], {("check_high", 1): "running"}),
        ("what broke stays broken",     [(assessed("low"), 2)], {("check_high", 1): "breached", ("check_low", 1): "running"}),
        ("what was kept stays kept",    [(CHECKED, 0.5), (assessed("low"), 0.6)],
            {("check_high", 1): "met", ("check_high", 2): "cancelled", ("check_low", 1): "running"}),
        ("back at the first level",     [(assessed("low"), 0.5), (assessed("high"), 9)],
            {("check_high", 1): "cancelled", ("check_low", 1): "cancelled", ("check_high", 2): "running"}),
        ("closed",                      [(RISK_CLOSED, 0.5)], {("check_high", 1): "cancelled"}),
        ("closed after it broke",       [(RISK_CLOSED, 2)], {("check_high", 1): "breached"}),
        ("what is said behind the end", [(RISK_CLOSED, 0.5), (CHECKED, 3), (assessed("low"), 4)],
            {("check_high", 1): "cancelled"}),
    ],
)  # fmt: skip
def test_a_risk_is_looked_at_as_often_as_its_level_says(why: str, events: Any, stands: Any) -> None:
    assert Watched(*told((registered("high"), 0), *events)).stands == stands, why


@pytest.mark.parametrize(
    ("why", "event", "lapse"), [("another level", assessed("low"), "assessed"), ("the close", RISK_CLOSED, "closed")]
)
def test_why_a_check_is_promised_no_more(why: str, event: Any, lapse: str) -> None:
    row = Watched(*told((registered("high"), 0), (event, 0.5))).rows["check_high", 1]
    assert (row.lapse, row.ended_at) == (lapse, at(0.5)), why


RISKS = st.lists(
    st.tuples(
        st.sampled_from([CHECKED, CHECKED, *map(assessed, LEVELS), RISK_CLOSED]),
        st.integers(1, 400).map(lambda quarter: quarter / 4),
    ),
    max_size=12,
)
CORRECTIONS = st.lists(
    st.tuples(st.sampled_from([STARTED, STARTED, WORKS_NOT, WORKS, DONE, CLOSED]), st.integers(0, 400).map(lambda n: n / 4)),
    max_size=8,
)
LIVES = st.one_of(
    st.tuples(st.sampled_from(LEVELS), RISKS).map(lambda one: [(registered(one[0]), 0.0), *one[1]]),
    CORRECTIONS.map(lambda events: [(OPENED, 0.0), *events]),
)


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(st.sampled_from(LEVELS), RISKS)
def test_checks_tile_the_time_from_the_registration_to_the_close(level: str, events: Sequence[Any]) -> None:
    rows = Watched(*told((registered(level), 0), *sorted(events, key=lambda one: one[1]))).rows.values()
    spans = sorted((row.started_at, row.ended_at or at(9_999)) for row in rows)
    assert spans[0][0] == at(0)
    assert [before[1] for before in spans[:-1]] == [after[0] for after in spans[1:]], "no gap, and none at once"
    closed = [hour for event, hour in events if event == RISK_CLOSED]
    assert spans[-1][1] == (at(min(closed)) if closed else at(9_999))


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(LIVES, st.randoms(use_true_random=False))
def test_late_and_shuffled_facts_come_to_the_same(events: Any, random: Any) -> None:
    facts = told(*sorted(events, key=lambda one: one[1]))
    shuffled = [*facts, *facts[:2]]
    random.shuffle(shuffled)
    late = Watched()
    for fact in shuffled:
        late.hear([fact]).settle(random.randint(0, 150))
    assert late.settle(300).rows == Watched(*facts).settle(300).rows


def test_a_start_that_becomes_known_late_withdraws_the_breach() -> None:
    late = Watched(*told((OPENED, 0))).settle(30)
    late.hear(told((STARTED, 23)))
    assert late.stands == {("start", 1): "met"}
    gone = [fact.data.what for fact in late.facts if fact.kind.name == "clock.withdrawn"]
    assert gone == ["clock.breached"], "the warning at 19.2 hours was due"


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(LIVES, st.integers(0, 300))
def test_as_it_stood_is_what_a_desk_shows_that_stopped_then(events: Any, hour: int) -> None:
    facts = told(*sorted(events, key=lambda one: one[1]))
    stopped = Watched(*(one for one in facts if one.time <= at(hour))).settle(hour)
    then = told_by([Recorded(one, one.time) for one in facts], as_of=at(hour), known_at=at(9_999))
    rows = promises(KEY, hearing(then, settle(KEY, then, KNOWN, at(hour))))
    assert {(row.clock, row.occurrence): row for row in rows} == stopped.rows


def test_history_of_another_system_warns_nobody() -> None:
    one = Watched(*told((OPENED, 0), origin="import")).settle(30)
    assert [fact.kind.name for fact in one.facts[1:]] == ["clock.started", "clock.breached"]
    assert {fact.origin for fact in one.facts} == {"import"}


@pytest.mark.parametrize(
    ("why", "process", "rule", "clock", "due"),
    [
        ("a shorter limit", "risk", {"clock": "check_high", "limit": "30m"}, ("check_high", 1), at(0.5)),
        ("for one kind of risk", "risk", {"clock": "check_high", "limit": "20m"}, ("check_high", 1), at(1 / 3)),
        ("working time by a calendar", "correction",
            {"clock": "start", "limit": "8wh", "calendar": {"id": "office", "version": 1}}, ("start", 1), at(8)),
    ],
)  # fmt: skip
def test_a_policy_changes_limits_and_calendars(why: str, process: str, rule: Any, clock: Any, due: Any) -> None:
    when = {"when": {"kind": "supplier"}} if "kind" in why else {}
    written = {"process": process, "version": 1, "rules": [{"id": "ours", **when, "then": rule}]}
    policy = policy_of(written, knowing(OF_CORRECTIONS, OF_RISKS, OFFICE), at(-1)).policy
    known = knowing(OF_CORRECTIONS, OF_RISKS, OFFICE, policy)
    row = Watched(*told((registered("high") if process == "risk" else OPENED, 0)), known=known).rows[clock]
    assert (row.due_at, row.rule, row.policy_version) == (due, "ours", 1), why


def test_a_policy_for_a_clock_that_there_is_not_is_refused() -> None:
    written = {"process": "risk", "version": 1, "rules": [{"id": "x", "then": {"clock": "check_extreme", "limit": "5m"}}]}
    with pytest.raises(BadCalendar, match="nothing promises check_extreme"):
        policy_of(written, KNOWN, at(0))


async def test_what_is_said_of_them_stands_on_quality_and_nothing_on_cases() -> None:
    store = MemoryStore("sla", lambda: at(40))
    facts = told((OPENED, 0), (STARTED, 30))

    async def hear(unit: Any) -> None:
        for fact in facts:
            unit.hear(fact, record_of(fact, fact.time).body)
        await unit.settle(("quality", KEY), until=at(40))

    async def restate(unit: Any) -> None:
        await unit.decide(("quality", KEY), lambda state: [HOURS.fact(35, TermsRestated(policy_version=1))])

    work = Work(SERVICE, store, KNOWN, asyncio.Event())
    await work.do([("quality", KEY)], hear)
    await work.do([("quality", KEY)], restate)
    said = [(at.partition.topic, record.type) for at, record in store.memory.outbox.values()]
    assert {topic for topic, _ in said} == {"quality"}
    assert {type for _, type in said} == {f"{name}.v1" for name in (
        "clock.started", "clock.warned", "clock.breached", "clock.ended", "terms.restated"
    )}  # fmt: skip
