"""What sla says follows from the set of a case's facts alone: said once, withdrawn when disproved, said again."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from libs.events.catalogue.intake import CaseRegistered
from libs.events.catalogue.sla import ClockBreached
from libs.events.engine.known import Known, NotYetKnown
from libs.events.log.envelope import Fact, draft
from services.sla.alarms import settle, timers
from services.sla.domain.case import SAID
from tests.services.sla.samples import (
    ANSWERED,
    CANCELLED,
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
    story,
    target,
    withdrawn,
)

SHELF = shelf(
    target("30m", when={"grade": "urgent"}, pauses=("awaiting_customer",)),
    target("60m", pauses=("awaiting_customer",)),
    target("3wd", "resolved", clock="resolution", kind="resolution", pauses=("awaiting_customer",)),
    target("2wh", "completed:n4", clock="node:n4", kind="node", start="entered:n4", node="n4"),
)
RESPONSE_ONLY = shelf(target("60m", pauses=("awaiting_customer",)))
LATE = 60 * 24 * 60


class Log:
    """One case's log: its facts and sla's answers, folded from the start each time."""

    def __init__(self, known: Known = RESPONSE_ONLY) -> None:
        self.known, self.facts = known, list[Fact]()

    def hear(self, *told: Fact) -> Sequence[Fact]:
        self.facts += told
        return self.settle(None)

    def settle(self, until: float | None) -> Sequence[Fact]:
        said = settle(KEY, state_of(self.facts), self.known, None if until is None else at(until))  # type: ignore[arg-type]
        assert len({one.id for one in said}) == len(said)
        assert not {one.id for one in said} & {one.id for one in self.facts}, "an id is said once"
        self.facts += said
        return said

    def timers(self) -> dict[str, Any]:
        return {timer.name: timer.due_at for timer in timers(KEY, state_of(self.facts))}

    def fire(self) -> None:
        """Let each alarm go off at its instant, the next one first, until none is left; each has something to say."""
        for _ in range(200):
            if not (alarms := self.timers()):
                return
            said = settle(KEY, state_of(self.facts), self.known, min(alarms.values()))
            assert said, "an alarm that says nothing would fire for ever"
            self.facts += said
        raise AssertionError(f"alarms are left: {self.timers()}")

    def standing(self) -> list[tuple[str, float]]:
        """Return the events that were not withdrawn."""
        gone = {one.data.withdrawn_id for one in self.facts if one.kind.name == "clock.withdrawn"}
        mine = [one for one in self.facts if type(one.data) in SAID and one.kind.name != "clock.withdrawn"]
        return story([one for one in mine if one.id not in gone])


@pytest.mark.parametrize(
    ("why", "events", "until", "said"),
    [
        ("registered: the promise runs",      [], None, [("started", 0)]),
        ("answered in time",                  [(RESPONSE, 20)], None, [("started", 0), ("met", 20)]),
        ("answered at the limit",             [(RESPONSE, 60)], None, [("started", 0), ("met", 60)]),
        ("answered late: broken when due",    [(RESPONSE, 90)], None, [("started", 0), ("breached", 60), ("ended", 90)]),
        ("not due yet",                       [], 60, [("started", 0)]),
        ("time passed",                       [], 60.001, [("started", 0), ("breached", 60)]),
        ("noticed a week late, same instant", [], LATE, [("started", 0), ("breached", 60)]),
        ("it waits",                          [(WAITS, 10)], LATE, [("started", 0), ("paused", 10)]),
        ("it goes on",
            [(WAITS, 10), (ANSWERED, 40)], 90, [("started", 0), ("paused", 10), ("resumed", 40)]),
        ("and breaks later",                  [(WAITS, 10), (ANSWERED, 40)], 91,
                                              [("started", 0), ("paused", 10), ("resumed", 40), ("breached", 90)]),
        ("answered while it waits",
            [(WAITS, 10), (RESPONSE, 500)], None, [("started", 0), ("paused", 10), ("met", 500)]),
        ("cancelled",                         [*withdrawn(30)], LATE, [("started", 0), ("cancelled", 30)]),
        ("closed unanswered",                 [(CLOSED, 30)], LATE, [("started", 0), ("cancelled", 30)]),
        ("closed too late",                   [(CLOSED, 61)], None, [("started", 0), ("breached", 60), ("cancelled", 61)]),
        ("answered before it was registered", [(RESPONSE, -10)], None, [("started", 0), ("cancelled", 0)]),
    ],
)  # fmt: skip
def test_said(why: str, events: list[Any], until: float | None, said: list[tuple[str, float]]) -> None:
    log = Log()
    log.hear(*facts(*events))
    log.settle(until)
    assert log.standing() == said, why
    assert not log.settle(until), "asked twice, it answers once"


def test_what_the_events_say() -> None:
    log = Log(SHELF)
    log.hear(*facts((ENTERED(node="n4"), 10), (WAITS, 20), (ANSWERED, 30), (COMPLETED(node="n4"), 40), (RESPONSE, 70.5)))
    said = {one.kind.name + " " + one.data.clock: one.data for one in log.facts if type(one.data) in SAID}
    started = said["clock.started node:n4"]
    assert (started.kind, started.limit, started.node, started.process_version) == ("node", "2wh", "n4", 1)
    assert started.due_at == at(130)
    assert said["clock.resumed response"].due_at == at(70)
    assert said["clock.paused response"].reason == "awaiting_customer"
    assert said["clock.started response"].due_at == at(60), "as promised, before anything paused it"
    ended = said["clock.ended response"]
    assert (ended.due_at, ended.used_us, ended.paused_us) == (at(70), 60_500_000 * 60, 600_000_000)


def test_a_late_answer_that_was_given_in_time_withdraws_the_breach() -> None:
    log = Log()
    log.hear(fact(REGISTERED))
    (breach,) = log.settle(100)
    said = log.hear(fact(RESPONSE, 59))
    assert story(said) == [("met", 59), ("withdrawn", 60)]
    (withdrawal,) = [one for one in said if one.kind.name == "clock.withdrawn"]
    assert (withdrawal.data.withdrawn_id, withdrawal.data.what) == (breach.id, "clock.breached")
    assert withdrawal.order > breach.order, "who reads in order of time meets the event first"
    assert log.standing() == [("started", 0), ("met", 59)]


@pytest.mark.parametrize(
    ("why", "promise", "before", "after"),
    [
        ("kept by resolving",          target("60m", "resolved"), [(RESOLVED, 20)], [(RESOLVED, 900)]),
        ("kept by closing",            target("60m", "closed"), [(RESOLVED, 10), (CLOSED, 20)], [(RESOLVED, 800), (CLOSED, 900)]),
        ("kept by answering",          target("60m"), [(RESPONSE, 20), (CLOSED, 30)], [(RESPONSE, 900)]),
        ("kept at a node",             target("60m", "completed:n4", start="entered:n4"),
            [(ENTERED(node="n4"), 5), (COMPLETED(node="n4"), 9), (CLOSED, 30)],
            [(ENTERED(node="n4"), 700), (COMPLETED(node="n4"), 900)]),
        ("finished late",              target("60m", "resolved"), [(RESOLVED, 90)], [(RESOLVED, 900)]),
        ("lapsed by closing",          target("60m"), [(CLOSED, 30)], [(RESPONSE, 900), (CLOSED, 901)]),
        ("lapsed by cancelling",       target("60m", "resolved"), [*withdrawn(30)], [(RESOLVED, 900), *withdrawn(901)]),
        ("broken, then lapsed",        target("60m"), [(CLOSED, 90)], [(RESPONSE, 900)]),
        ("kept while it waited",       target("60m", "resolved", pauses=("awaiting_customer",)),
            [(WAITS, 10), (RESOLVED, 20)], [(ANSWERED, 600), (RESOLVED, 900)]),
    ],
)  # fmt: skip
def test_what_was_decided_before_a_reopening_stays_decided(why: str, promise: Any, before: list[Any], after: list[Any]) -> None:
    log = Log(shelf(promise))
    log.hear(*facts(*before))
    log.settle(500)
    decided = log.standing()
    for data, minutes in [(REOPENED, 600), *after]:
        assert not log.hear(fact(data, minutes, sequence=9)), why
        assert not log.settle(minutes + 10_000), why
    assert log.standing() == decided and not log.timers()


@pytest.mark.parametrize("end", [RESOLVED, CLOSED])
def test_a_promise_still_open_when_its_case_is_reopened_goes_on_as_it_did(end: Any) -> None:
    log = Log(shelf(target("60m", "completed:n9")))
    log.hear(*facts((RESOLVED, 10), (REOPENED, 20)))
    assert log.standing() == [("started", 0)] and set(log.timers().values()) == {at(60) + timedelta(microseconds=1)}
    log.settle(61)
    log.hear(fact(COMPLETED(node="n9"), 90))
    assert log.standing() == [("started", 0), ("breached", 60), ("ended", 90)]


def test_a_late_fact_from_before_the_reopening_still_changes_what_was_decided() -> None:
    log = Log(shelf(target("60m", "resolved", pauses=("awaiting_customer",))))
    log.hear(*facts((RESOLVED, 90), (REOPENED, 600), (RESOLVED, 900)))
    assert log.standing() == [("started", 0), ("breached", 60), ("ended", 90)]
    log.hear(fact(WAITS, 10), fact(ANSWERED, 50))
    assert log.standing() == [("started", 0), ("paused", 10), ("resumed", 50), ("met", 90)], "it had waited for the customer"
    log.hear(fact(RESOLVED, 30))
    assert log.standing() == [("started", 0), ("paused", 10), ("resumed", 50), ("met", 90)]


def test_a_breach_that_was_never_due_is_withdrawn() -> None:
    """As an instance whose clock is wrong may have said it: before the due instant, or though it was kept in time."""
    log = Log()
    log.hear(fact(REGISTERED))
    for wrong in (draft(ClockBreached(clock="response", due_at=at(7)), KEY, at(7), sequence=3_000), *log.settle(61)):
        log.facts = [*log.facts, wrong] if wrong not in log.facts else log.facts
    assert log.standing() == [("started", 0), ("breached", 7), ("breached", 60)]
    assert story(log.hear(fact(RESPONSE, 59))) == [("withdrawn", 7), ("met", 59), ("withdrawn", 60)]
    assert log.standing() == [("started", 0), ("met", 59)]


def test_a_breach_stands_though_nobody_asks_the_time() -> None:
    log = Log()
    log.hear(fact(REGISTERED))
    log.settle(100)
    assert not log.hear(fact(GRADED(grade="normal"), 5))
    assert not log.hear(fact(ENTERED(node="n4"), 200))


def test_a_wait_that_begins_after_the_promise_broke_does_not_hide_the_breach() -> None:
    # Found by `python -m tests.faults --seed 7 --run 0`: the wait came between the due instant and the alarm.
    log = Log()
    log.hear(fact(REGISTERED))
    log.hear(fact(WAITS, 61))
    (due,) = log.timers().values()
    assert story(settle(KEY, state_of(log.facts), log.known, due)) == [("breached", 60)]  # type: ignore[arg-type]
    log.settle(62)
    assert not log.hear(fact(ENTERED(node="n4"), 70)), "and what is heard later does not take it back"
    assert not log.timers()


def test_what_becomes_true_again_is_said_again() -> None:
    log = Log(shelf(target("60m", "resolved", pauses=("awaiting_customer",))))
    log.hear(fact(REGISTERED))
    (first,) = log.settle(100)
    log.hear(fact(WAITS, 50))
    assert log.standing() == [("started", 0), ("paused", 50)]
    log.hear(fact(ANSWERED, 50, sequence=1))
    assert log.standing() == [("started", 0)], "it had not waited at all"
    assert log.timers() == {"response": at(60) + timedelta(microseconds=1)}, "due long ago: it fires at once"
    (second,) = log.settle(100)
    assert (second.data, second.time) == (first.data, first.time)
    assert second.id != first.id
    (gone,) = [one for one in log.facts if one.kind.name == "clock.withdrawn" and one.data.withdrawn_id == first.id]
    assert first.order < gone.order < second.order, "the story reads in order of time"
    assert log.standing() == [("started", 0), ("breached", 60)]
    log.hear(fact(RESOLVED, 58))
    assert log.standing() == [("started", 0), ("met", 58)]


def test_regrading_counts_from_the_original_start_and_keeps_the_old_due_instant_in_history() -> None:
    log = Log(SHELF)
    log.hear(fact(REGISTERED))
    said = log.hear(fact(GRADED(grade="urgent"), 20))
    assert story(said) == [("withdrawn", 0), ("started", 0)] or story(said) == [("started", 0), ("withdrawn", 0)]
    assert log.timers()["response"] == at(30) + timedelta(microseconds=1)
    assert [one.data.due_at for one in log.facts if one.kind.name == "clock.started" and one.data.clock == "response"] == [
        at(60),
        at(30),
    ]


def test_a_breach_of_the_old_grade_is_withdrawn_at_once() -> None:
    log = Log(SHELF)
    log.hear(*facts((GRADED(grade="urgent"), 5)))
    log.settle(40)
    assert ("breached", 30) in log.standing()
    log.hear(fact(GRADED(grade="normal"), 20))
    assert log.timers()["response"] == at(60) + timedelta(microseconds=1), "under the new grade it runs until asked"
    assert "breached" not in [what for what, _ in log.standing()]


@pytest.mark.parametrize(
    ("why", "events", "until", "armed"),
    [
        ("running",                     [], None, 60),
        ("paused: nothing to wait for", [(WAITS, 10)], None, None),
        ("paused as it falls due: held", [(WAITS, 60)], None, None),
        ("paused too late: still due",  [(WAITS, 61)], None, 60),
        ("resumed",                     [(WAITS, 10), (ANSWERED, 40)], None, 90),
        ("met",                         [(RESPONSE, 10)], None, None),
        ("broken: said already",        [], 100, None),
        ("cancelled",                   [*withdrawn(10)], None, None),
    ],
)  # fmt: skip
def test_timers(why: str, events: list[Any], until: float | None, armed: float | None) -> None:
    log = Log()
    log.hear(*facts(*events))
    log.settle(until)
    # A microsecond past due is the first instant at which the promise is broken.
    assert log.timers() == ({} if armed is None else {"response": at(armed) + timedelta(microseconds=1)}), why


def test_a_fired_timer_always_has_something_to_say() -> None:
    log = Log()
    log.hear(fact(REGISTERED))
    (due,) = log.timers().values()
    assert story(settle(KEY, state_of(log.facts), log.known, due)) == [("breached", 60)]  # type: ignore[arg-type]


def test_a_case_not_registered_says_nothing() -> None:
    assert not Log().hear(fact(RESPONSE, 5))


def test_a_standard_not_read_yet_makes_the_reader_wait() -> None:
    other = CaseRegistered(channel="phone", customer_ref="c", process_id="p", process_version=2)
    with pytest.raises(NotYetKnown, match="version 2"):
        Log().hear(fact(other))


@pytest.mark.parametrize(
    ("why", "live", "origins"),
    [
        ("history speaks to nobody",              None, {"started": "import", "breached": "import"}),
        ("worked on here before it broke",        50, {"started": "import", "breached": "live"}),
        ("worked on here when it broke",          60, {"started": "import", "breached": "live"}),
        ("worked on here after it broke",         70, {"started": "import", "breached": "import"}),
    ],
)  # fmt: skip
def test_what_imported_cases_say_is_marked(why: str, live: float | None, origins: dict[str, str]) -> None:
    log = Log()
    log.hear(fact(REGISTERED, 0, origin="import"), *([] if live is None else [fact(ENTERED(node="n"), live)]))
    log.settle(LATE)
    assert {one.kind.name.removeprefix("clock."): one.origin for one in log.facts if type(one.data) in SAID} == origins, why


EVENTS = [
    RESPONSE,
    GRADED(grade="urgent"),
    GRADED(grade="normal"),
    ENTERED(node="n4"),
    COMPLETED(node="n4"),
    WAITS,
    ANSWERED,
    RESOLVED,
    REOPENED,
    CLOSED,
    CANCELLED,
]
histories = st.lists(st.tuples(st.sampled_from(EVENTS), st.integers(-20, 8 * 24 * 60)), max_size=9)


@pytest.mark.slow
@given(histories, st.data())
@settings(max_examples=150)
def test_any_order_of_arrival_leaves_the_same_events_standing(history: list[Any], data: st.DataObject) -> None:
    told = [fact(REGISTERED), *(fact(event, minute, sequence=n) for n, (event, minute) in enumerate(history))]
    at_once, bit_by_bit = Log(SHELF), Log(SHELF)
    at_once.hear(*told)
    at_once.settle(LATE)
    for one in data.draw(st.permutations(told)):
        bit_by_bit.hear(one)
        if data.draw(st.booleans()):
            bit_by_bit.hear(one)
            bit_by_bit.settle(data.draw(st.integers(0, 10 * 24 * 60)))
    bit_by_bit.settle(LATE)
    assert bit_by_bit.standing() == at_once.standing()
    assert not bit_by_bit.settle(LATE)


@pytest.mark.slow
@given(histories)
def test_a_fresh_case_never_withdraws(history: list[Any]) -> None:
    log = Log(SHELF)
    said = log.hear(fact(REGISTERED), *(fact(event, minute, sequence=n) for n, (event, minute) in enumerate(history)))
    assert not [one for one in said if one.kind.name == "clock.withdrawn"]
    assert not log.settle(None)
