"""While a promise waits for the customer it is time to remind her: at each interval, once, and never of history."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from libs.events.catalogue.references import CALENDAR
from libs.events.catalogue.sla import Calendar, ClockReminded
from libs.events.catalogue.standard import ExceptionRule, Label
from libs.events.engine.known import Known
from libs.events.testing.spec import knowing
from libs.events.words.event import Occurrence
from services.sla.alarms import awaits
from services.sla.domain.history import history
from tests.services.sla.samples import (
    ANSWERED,
    CLOSED,
    ENTERED,
    KEY,
    OFFICE,
    REGISTERED,
    RESOLVED,
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
from tests.services.sla.test_caps import PARTS, PARTS_HERE
from tests.services.sla.test_waiting import SHORT

SHE, THEY = "awaiting_customer", "parts_missing"
DAY = 24 * 60
MONTH = 30 * DAY
RESPONDS = target("60m", pauses=(SHE, THEY))
RESOLVES = target("3d", "resolved", clock="resolution", kind="resolution", pauses=(SHE,))


def reminding(every: str, most: int = 3, *targets: Any, cap: str = "", calendars: Sequence[Calendar] = (OFFICE,)) -> Known:
    """Return a standard that reminds the customer so often; what it waits for beside her reminds nobody."""
    label = Label(en="waits", zh="等待")
    she = ExceptionRule(code=SHE, name=label, action="", remind_every=every, reminders_at_most=most, pauses_at_most=cap)
    rules = (she, ExceptionRule(code=THEY, name=label, action=""))
    return knowing(replace(standard(*(targets or (RESPONDS,))), exceptions=rules), *calendars)


def reminded(log: Log) -> list[tuple[str, int, float]]:
    """Return the reminders that were said and not withdrawn: of which clock, which one, and its minute."""
    gone = {one.data.withdrawn_id for one in log.facts if one.kind.name == "clock.withdrawn"}
    mine = [one for one in log.facts if isinstance(one.data, ClockReminded) and one.id not in gone]
    return sorted((one.data.clock, one.data.number, (one.time - at(0)) / timedelta(minutes=1)) for one in mine)


def minutes(log: Log) -> list[float]:
    return [minute for _, _, minute in reminded(log)]


@pytest.mark.parametrize(
    ("why", "events", "until", "said"),
    [
        ("nobody waits",                    [], MONTH, []),
        ("before the first interval",       [(WAITS, 10)], 39, []),
        ("at its end",                      [(WAITS, 10)], 40, [40]),
        ("after the second",                [(WAITS, 10)], 70, [40, 70]),
        ("no more than so many",            [(WAITS, 10)], MONTH, [40, 70, 100]),
        ("answered before it",              [(WAITS, 10), (ANSWERED, 39)], MONTH, []),
        ("answered just then",              [(WAITS, 10), (ANSWERED, 40)], MONTH, []),
        ("answered after it",               [(WAITS, 10), (ANSWERED, 41)], None, [40]),
        ("asked again: from then on",       [(WAITS, 10), (ANSWERED, 41), (WAITS, 50)], 81, [40, 80]),
        ("done while it waits",             [(WAITS, 10), (RESPONSE, 60)], MONTH, [40]),
        ("closed while it waits",           [(WAITS, 10), (CLOSED, 60)], MONTH, [40]),
        ("asked before the promise began",  [(WAITS, -20)], 11, [10]),
        ("what is not hers reminds nobody", [(PARTS, 10)], MONTH, []),
        ("held by something else first",    [(PARTS, 5), (WAITS, 10), (PARTS_HERE, 50)], MONTH, [70, 100]),
        ("broken, and it waits",            [(WAITS, 61)], 92, [91]),
        ("the promise was kept before",     [(RESPONSE, 5), (WAITS, 10)], MONTH, []),
    ],
)  # fmt: skip
def test_when_it_is_time(why: str, events: list[Any], until: float | None, said: list[float]) -> None:
    log = Log(reminding("30m"))
    log.hear(*facts(*events))
    log.settle(until)
    assert minutes(log) == said, why
    assert not log.settle(until) and not log.settle(None), "asked twice, it is said once"


@pytest.mark.parametrize(
    ("why", "every", "cap", "said"),
    [
        # It waits since Monday 10:00. The office is open from 09:00 to 18:00.
        ("working days",                "2wd", "",    [2 * DAY + 60, 4 * DAY + 60, 8 * DAY + 60]),
        ("working hours go over night", "6wh", "",    [7 * 60, DAY + 4 * 60, 2 * DAY + 60]),
        ("elapsed days",                "2d",  "",    [2 * DAY + 60, 4 * DAY + 60, 6 * DAY + 60]),
        ("until the cap of the pause",  "2wd", "5wd", [2 * DAY + 60, 4 * DAY + 60]),
        ("at the cap no more",          "2wd", "4wd", [2 * DAY + 60]),
    ],
)  # fmt: skip
def test_intervals_go_by_the_calendar_of_the_standard(why: str, every: str, cap: str, said: list[float]) -> None:
    log = Log(reminding(every, cap=cap))
    log.hear(*facts((WAITS, 60)))
    log.settle(MONTH)
    assert minutes(log) == said, why


@pytest.mark.parametrize(
    ("why", "cap", "planned"),
    [
        ("nothing caps the pause",    "",      [40, 70, 100]),
        ("a second before the cap",   "3601s", [40, 70]),
        ("exactly at the cap: none",  "3600s", [40]),
        ("a second after the cap",    "3599s", [40]),
        ("the first one at the cap",  "1800s", []),
    ],
)  # fmt: skip
def test_a_pause_plans_no_reminder_for_its_cap_and_after_it(why: str, cap: str, planned: list[float]) -> None:
    log = Log(reminding("30m", cap=cap))
    log.hear(*facts((WAITS, 10)))
    (paused,) = [one.data for one in log.facts if one.kind.name == "clock.paused"]
    assert [(one - at(0)) / timedelta(minutes=1) for one in paused.reminds_at] == planned, why


def test_of_several_promises_that_wait_one_says_it() -> None:
    log = Log(reminding("30m", 3, RESPONDS, RESOLVES))
    log.hear(*facts((WAITS, 10)))
    log.settle(45)
    assert reminded(log) == [("response", 1, 40)]
    log.hear(fact(RESPONSE, 50))
    log.settle(MONTH)
    assert reminded(log) == [("resolution", 2, 70), ("resolution", 3, 100), ("response", 1, 40)], "the next one goes on"


def test_what_a_reminder_says() -> None:
    log = Log(reminding("30m"))
    log.hear(*facts((WAITS, 10)))
    log.settle(MONTH)
    (_, second, _) = [one for one in log.facts if isinstance(one.data, ClockReminded)]
    assert second.data == ClockReminded(clock="response", reason=SHE, number=2)
    assert (second.time, second.origin) == (at(70), "live")
    told = history(state_of(log.facts), Occurrence("response"))
    assert [(one.what, one.reason) for one in told][-3:] == [("reminded", SHE)] * 3


@pytest.mark.parametrize(
    ("why", "late", "said"),
    [
        ("she had answered before it",      [(ANSWERED, 35)], []),
        ("she had answered in between",     [(ANSWERED, 60)], [40]),
        ("it was done before",              [(RESPONSE, 30)], []),
        ("she had answered, and was asked", [(ANSWERED, 20), (WAITS, 45)], [75, 105, 135]),
        ("she was asked earlier",           [(WAITS, 0)], [30, 60, 90]),
    ],
)  # fmt: skip
def test_a_late_fact_withdraws_what_it_unmakes(why: str, late: list[Any], said: list[float]) -> None:
    log = Log(reminding("30m"))
    log.hear(*facts((WAITS, 10)))
    log.settle(500)
    assert minutes(log) == [40, 70, 100]
    log.hear(*(fact(data, minute, sequence=9) for data, minute in late))
    log.settle(500)
    assert minutes(log) == said, why


@pytest.mark.parametrize(
    ("why", "live", "said"),
    [
        ("nobody has worked on it here", None, []),
        ("after all of them",            105, []),
        ("between them",                 60, [70, 100]),
    ],
)  # fmt: skip
def test_history_reminds_nobody(why: str, live: float | None, said: list[float]) -> None:
    log = Log(reminding("30m"))
    log.hear(fact(REGISTERED, 0, origin="import"), fact(WAITS, 10, origin="import"))
    log.hear(*([] if live is None else [fact(ENTERED(node="n"), live)]))
    alarms = log.timers()
    log.settle(MONTH)
    assert minutes(log) == said, why
    assert said or not alarms, "and no alarm is set for it"


@pytest.mark.parametrize(
    ("why", "events", "until", "armed"),
    [
        ("before the first",    [(WAITS, 10)], None, 40),
        ("before the second",   [(WAITS, 10)], 40, 70),
        ("all were said",       [(WAITS, 10)], 100, None),
        ("something else holds", [(PARTS, 5), (WAITS, 10)], None, None),
        ("it is answered",      [(WAITS, 10), (ANSWERED, 20)], None, 70 + 1 / 60_000_000),
    ],
)  # fmt: skip
def test_the_next_alarm(why: str, events: list[Any], until: float | None, armed: float | None) -> None:
    log = Log(reminding("30m"))
    log.hear(*facts(*events))
    log.settle(until)
    assert log.timers() == ({} if armed is None else {"response": at(armed)}), why


def test_a_pause_is_said_alike_whenever_it_ends() -> None:
    log = Log(reminding("2wd"))
    log.hear(*facts((WAITS, 60)))
    (paused,) = [one for one in log.facts if one.kind.name == "clock.paused"]
    assert paused.data.reminds_at == (at(2 * DAY + 60), at(4 * DAY + 60), at(8 * DAY + 60))
    said = log.hear(fact(ANSWERED, 3 * DAY))
    assert story(said) == [("reminded", 2 * DAY + 60), ("resumed", 3 * DAY)], "and the pause is not said again"


def test_what_no_calendar_can_say_is_said_when_one_can() -> None:
    # SHORT ends on the third day.
    log = Log(reminding("2wd", 2, calendars=(SHORT,)))
    log.hear(*facts((WAITS, 60)))
    log.settle(5 * DAY)
    assert minutes(log) == [2 * DAY + 60]
    assert CALENDAR.any_version("office") in awaits(KEY, state_of(log.facts)) and not log.timers()
    log.known = reminding("2wd", 2, calendars=(SHORT, replace(OFFICE, version=3)))
    log.settle(None)
    assert log.timers() == {"response": at(4 * DAY + 60)}
    log.settle(5 * DAY)
    assert minutes(log) == [2 * DAY + 60, 4 * DAY + 60]
    assert CALENDAR.any_version("office") not in awaits(KEY, state_of(log.facts))


EVENTS = [RESPONSE, WAITS, ANSWERED, PARTS, PARTS_HERE, RESOLVED, CLOSED]
histories = st.lists(st.tuples(st.sampled_from(EVENTS), st.integers(-20, 8 * DAY)), max_size=9, unique_by=lambda one: one[1])
SHELVES = [
    reminding("30m", 3, RESPONDS, RESOLVES),
    reminding("2wh", 5, RESPONDS, RESOLVES, cap="1wd"),
    reminding("1wd", 4, RESOLVES, RESPONDS),
]


def told(history: list[Any]) -> list[Any]:
    return [fact(REGISTERED, -30), *(fact(event, minute, sequence=n) for n, (event, minute) in enumerate(history))]


@pytest.mark.slow
@given(histories, st.sampled_from(SHELVES))
@settings(max_examples=200)
def test_each_is_said_once_while_something_waits_for_her(history: list[Any], shelf: Known) -> None:
    log = Log(shelf)
    log.hear(*told(history))
    log.settle(MONTH)
    said = [one for one in log.facts if isinstance(one.data, ClockReminded)]
    assert len({one.time for one in said}) == len(said), "whatever waits for her, she is reminded once"
    assert not [one for one in log.facts if one.kind.name == "clock.withdrawn"]
    for one in said:
        mine = (each for each in log.facts if getattr(each.data, "clock", "") == one.data.clock and each.order < one.order)
        changed = [each for each in mine if each.kind.name not in ("clock.reminded", "clock.breached")]
        last = max(changed, key=lambda each: each.order)
        assert (last.kind.name, last.data.reason) == ("clock.paused", SHE)


@pytest.mark.slow
@given(histories, st.sampled_from(SHELVES), st.data())
@settings(max_examples=200)
def test_any_order_of_arrival_reminds_alike(history: list[Any], shelf: Known, data: st.DataObject) -> None:
    at_once, bit_by_bit = Log(shelf), Log(shelf)
    at_once.hear(*told(history))
    at_once.settle(MONTH)
    for one in data.draw(st.permutations(told(history))):
        bit_by_bit.hear(one)
        if data.draw(st.booleans()):
            bit_by_bit.settle(data.draw(st.integers(0, 10 * DAY)))
    bit_by_bit.settle(MONTH)
    assert bit_by_bit.standing() == at_once.standing()
    assert reminded(bit_by_bit) == reminded(at_once)
    assert not bit_by_bit.settle(MONTH) and not bit_by_bit.settle(None)


@pytest.mark.slow
@given(histories, st.sampled_from(SHELVES))
@settings(max_examples=200)
def test_alarms_alone_say_all_that_is_to_be_said(history: list[Any], shelf: Known) -> None:
    by_alarms, at_once = Log(shelf), Log(shelf)
    for log in (by_alarms, at_once):
        log.hear(*told(history))
    by_alarms.fire()
    at_once.settle(MONTH)
    assert by_alarms.standing() == at_once.standing()
