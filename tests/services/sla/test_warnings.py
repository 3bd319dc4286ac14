"""A warning is said once, at its mark: of the promise's own time, while it is open, and never of history."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from libs.events.catalogue.sla import ClockWarned
from libs.events.log.envelope import Fact
from services.sla.projections import promises
from tests.services.sla.samples import (
    ANSWERED,
    CLOSED,
    COMPLETED,
    ENTERED,
    GRADED,
    KEY,
    REGISTERED,
    REOPENED,
    RESOLVED,
    RESPONSE,
    WAITS,
    at,
    fact,
    facts,
    shelf,
    state_of,
    target,
    withdrawn,
)
from tests.services.sla.test_alarms import Log

SECOND = 1 / 60
WARN = {"80%": "agent", "10m": "supervisor"}
WARNS = shelf(target("100m", warn=WARN, pauses=("awaiting_customer",)))
"""It is due at 100, and warns at 80 and at 90."""

MONTH = 30 * 24 * 60


def warned(log: Log) -> list[tuple[str, float]]:
    """Return the marks that were said and not withdrawn, with their minutes."""
    gone = {one.data.withdrawn_id for one in log.facts if one.kind.name == "clock.withdrawn"}
    mine = [one for one in log.facts if isinstance(one.data, ClockWarned) and one.id not in gone]
    return sorted((one.data.mark, (one.time - at(0)) / timedelta(minutes=1)) for one in mine)


@pytest.mark.parametrize(
    ("why", "events", "until", "said"),
    [
        ("a second before the mark",          [], 80 - SECOND, []),
        ("at the mark",                       [], 80, [("80%", 80)]),
        ("a second after it",                 [], 80 + SECOND, [("80%", 80)]),
        ("so much is left",                   [], 90, [("10m", 90), ("80%", 80)]),
        ("nobody looked for a month",         [], MONTH, [("10m", 90), ("80%", 80)]),
        ("kept a second before the mark",     [(RESPONSE, 80 - SECOND)], MONTH, []),
        ("kept at the mark",                  [(RESPONSE, 80)], MONTH, []),
        ("kept a second after it",            [(RESPONSE, 80 + SECOND)], MONTH, [("80%", 80)]),
        ("done late: it had warned",          [(RESPONSE, 500)], None, [("10m", 90), ("80%", 80)]),
        ("withdrawn before",                  [*withdrawn(79)], MONTH, []),
        ("closed between the marks",          [(CLOSED, 85)], MONTH, [("80%", 80)]),
        ("it waits from before the mark on",  [(WAITS, 70)], MONTH, []),
        ("it waits from the mark on",         [(WAITS, 80)], MONTH, [("80%", 80)]),
        ("the wait is no time of its own",    [(WAITS, 70), (ANSWERED, 170)], 180 - SECOND, []),
        ("so both marks move on",             [(WAITS, 70), (ANSWERED, 170)], MONTH, [("10m", 190), ("80%", 180)]),
        ("a wait after a mark moves the next", [(WAITS, 85), (ANSWERED, 185)], MONTH, [("10m", 190), ("80%", 80)]),
        ("two waits",
            [(WAITS, 10), (ANSWERED, 20), (WAITS, 30), (ANSWERED, 40)], MONTH, [("10m", 110), ("80%", 100)]),
        ("a wait that begins too late",       [(WAITS, 150)], MONTH, [("10m", 90), ("80%", 80)]),
        ("answered before it began",          [(RESPONSE, -5)], MONTH, []),
    ],
)  # fmt: skip
def test_warned(why: str, events: list[Any], until: float | None, said: list[tuple[str, float]]) -> None:
    log = Log(WARNS)
    log.hear(*facts(*events))
    log.settle(until)
    assert warned(log) == said, why
    assert not log.settle(until), "asked twice, it warns once"


@pytest.mark.parametrize(
    ("why", "limit", "warn", "events", "said"),
    [
        # 09:00 in the office, which closes at 18:00: 8 of 10 hours are used on the same day.
        ("a share of working time",          "10wh", "80%", [], 8 * 60),
        ("so much working time is left",     "10wh", "2h", [], 8 * 60),
        ("it is left since yesterday",       "10wh", "30m", [], (24 + 0.5) * 60),
        ("a day of the office has 9 hours",  "1wd", "50%", [], 4.5 * 60),
        ("the office waits at night, too",   "10wh", "80%", [(WAITS, 7 * 60), (ANSWERED, 24 * 60)], (24 + 1) * 60),
        ("the wait gave a whole day back",   "2wd", "1h", [(WAITS, 60), (ANSWERED, 24 * 60 + 60)], (3 * 24 - 15 - 1) * 60),
        ("more than was promised never is left", "60m", "2h", [], None),
    ],
)  # fmt: skip
def test_a_mark_counts_the_promises_own_time(why: str, limit: str, warn: str, events: list[Any], said: float | None) -> None:
    log = Log(shelf(target(limit, warn={warn: "owner"}, pauses=("awaiting_customer",))))
    log.hear(*facts(*events))
    log.settle(MONTH)
    assert warned(log) == ([] if said is None else [(warn, said)]), why


def test_what_a_warning_says() -> None:
    log = Log(WARNS)
    log.hear(*facts((WAITS, 10), (ANSWERED, 20)))
    log.settle(100)
    [said] = [one for one in log.facts if isinstance(one.data, ClockWarned) and one.data.mark == "10m"]
    assert said.data == ClockWarned(clock="response", mark="10m", to="supervisor", due_at=at(110))
    assert (said.time, said.origin) == (at(100), "live")
    [row] = promises(KEY, state_of(log.facts))
    assert (row.status, row.warned_at, row.warns) == ("running", at(100), ["agent", "supervisor"])


@pytest.mark.parametrize(
    ("why", "before", "late", "said"),
    [
        ("it was kept before the mark",        [], [(RESPONSE, 79)], []),
        ("it was kept between the marks",      [], [(RESPONSE, 85)], [("80%", 80)]),
        ("it had waited since before",         [], [(WAITS, 50)], []),
        ("it had waited for a while: said again", [], [(WAITS, 50), (ANSWERED, 60)], [("10m", 100), ("80%", 90)]),
        ("it had waited after all marks",      [], [(WAITS, 95), (ANSWERED, 99)], [("10m", 90), ("80%", 80)]),
        ("it had not waited so long",          [(WAITS, 50), (ANSWERED, 90)], [(ANSWERED, 70)], [("10m", 110), ("80%", 100)]),
    ],
)  # fmt: skip
def test_a_late_fact_withdraws_what_it_unmakes(
    why: str, before: list[Any], late: list[Any], said: list[tuple[str, float]]
) -> None:
    log = Log(WARNS)
    log.hear(*facts(*before))
    log.settle(500)
    log.hear(*(fact(data, minutes, sequence=9) for data, minutes in late))
    log.settle(500)
    assert warned(log) == said, why


def test_a_stricter_promise_warns_by_its_own_marks() -> None:
    log = Log(shelf(target("50m", when={"grade": "urgent"}, warn={"80%": "owner"}), target("100m", warn={"80%": "agent"})))
    log.hear(fact(REGISTERED))
    log.settle(85)
    assert warned(log) == [("80%", 80)]
    log.hear(fact(GRADED(grade="urgent"), 20))
    log.settle(85)
    assert warned(log) == [("80%", 40)]


@pytest.mark.parametrize(
    ("mode", "said"),
    [
        ("ignore",   [("80%", 80)]),
        ("new",      [("80%", 80), ("80%", 680)]),
        # 15 of its minutes were left at the resolution.
        ("continue", [("80%", 80), ("80%", 612)]),
    ],
)  # fmt: skip
def test_each_cycle_has_its_own_marks(mode: str, said: list[tuple[str, float]]) -> None:
    log = Log(shelf(target("100m", "resolved", warn={"80%": "agent"}, reopened=mode)))
    log.hear(*facts((RESOLVED, 85), (REOPENED, 600)))
    log.settle(MONTH)
    assert warned(log) == said, mode


@pytest.mark.parametrize(
    ("why", "live", "said"),
    [
        ("nobody has worked on it here",  None, []),
        ("after all marks",               95, []),
        ("between the marks",             85, [("10m", 90)]),
        ("at the mark",                   80, [("10m", 90), ("80%", 80)]),
    ],
)  # fmt: skip
def test_history_warns_nobody(why: str, live: float | None, said: list[tuple[str, float]]) -> None:
    log = Log(WARNS)
    log.hear(fact(REGISTERED, 0, origin="import"), *([] if live is None else [fact(ENTERED(node="n"), live)]))
    alarms = log.timers()
    log.settle(MONTH)
    assert warned(log) == said, why
    assert {one.origin for one in log.facts if isinstance(one.data, ClockWarned)} <= {"live"}
    if not said:
        assert alarms == {"response": at(100) + timedelta(microseconds=1)}, "and no alarm is set to warn"


@pytest.mark.parametrize(
    ("why", "events", "until", "armed"),
    [
        ("before the first mark",                    [], None, 80),
        ("before the second",                        [], 80, 90),
        ("it waits, and says nothing",               [(WAITS, 50)], None, None),
        ("it waits; what came before is to be said", [(WAITS, 85)], None, 80),
        ("that was said",                            [(WAITS, 85)], 86, None),
        ("it goes on",                               [(WAITS, 50), (ANSWERED, 60)], None, 90),
        ("it is over",                               [(RESPONSE, 50)], None, None),
        ("it is broken",                             [], 101, None),
    ],
)  # fmt: skip
def test_the_next_alarm(why: str, events: list[Any], until: float | None, armed: float | None) -> None:
    log = Log(WARNS)
    log.hear(*facts(*events))
    log.settle(until)
    assert log.timers() == ({} if armed is None else {"response": at(armed)}), why


EVENTS = [RESPONSE, GRADED(grade="urgent"), ENTERED(node="n4"), COMPLETED(node="n4"), WAITS, ANSWERED, RESOLVED, REOPENED, CLOSED]
MANY = shelf(
    target("30m", when={"grade": "urgent"}, pauses=("awaiting_customer",), warn={"50%": "agent", "1m": "owner"}),
    target("60m", pauses=("awaiting_customer",), warn={"80%": "agent"}),
    target(
        "2wd", "resolved", clock="resolution", kind="resolution", pauses=("awaiting_customer",), warn=WARN, reopened="continue"
    ),
    target(
        "2wh", "completed:n4", clock="node:n4", kind="node", start="entered:n4", node="n4", per_visit=True, warn={"99%": "agent"}
    ),
)
histories = st.lists(st.tuples(st.sampled_from(EVENTS), st.integers(-20, 8 * 24 * 60)), max_size=9)


def said_of(history: list[Any]) -> list[Fact]:
    return [fact(REGISTERED), *(fact(event, minute, sequence=n) for n, (event, minute) in enumerate(history))]


@pytest.mark.slow
@given(histories)
@settings(max_examples=200)
def test_each_mark_is_said_at_most_once_before_its_promise_breaks_or_ends(history: list[Any]) -> None:
    log = Log(MANY)
    log.hear(*said_of(history))
    log.settle(MONTH)
    assert not [one for one in log.facts if one.kind.name == "clock.withdrawn"]
    said = [one for one in log.facts if isinstance(one.data, ClockWarned)]
    assert len({(one.data.clock, one.data.occurrence, one.data.mark) for one in said}) == len(said)
    over = {
        (one.data.clock, one.data.occurrence): one.time
        for one in sorted(log.facts, key=lambda one: one.order, reverse=True)
        if one.kind.name in ("clock.breached", "clock.met", "clock.cancelled")
    }
    for one in said:
        assert one.time <= one.data.due_at
        assert one.time < over.get((one.data.clock, one.data.occurrence), at(2 * MONTH))


@pytest.mark.slow
@given(histories, st.data())
@settings(max_examples=150)
def test_any_order_of_arrival_warns_alike(history: list[Any], data: st.DataObject) -> None:
    told = said_of(history)
    at_once, bit_by_bit = Log(MANY), Log(MANY)
    at_once.hear(*told)
    at_once.settle(MONTH)
    for one in data.draw(st.permutations(told)):
        bit_by_bit.hear(one)
        if data.draw(st.booleans()):
            bit_by_bit.hear(one)
            bit_by_bit.settle(data.draw(st.integers(0, 10 * 24 * 60)))
    bit_by_bit.settle(MONTH)
    assert bit_by_bit.standing() == at_once.standing()
    assert warned(bit_by_bit) == warned(at_once)
    assert not bit_by_bit.settle(MONTH)


@pytest.mark.slow
@given(histories)
@settings(max_examples=200)
def test_alarms_alone_say_all_that_is_to_be_said(history: list[Any]) -> None:
    """Each alarm that fires has something to say, and when none is left, nothing is left to say."""
    by_alarms, at_once = Log(MANY), Log(MANY)
    for log in (by_alarms, at_once):
        log.hear(*said_of(history))
    by_alarms.fire()
    at_once.settle(MONTH)
    assert by_alarms.standing() == at_once.standing()
