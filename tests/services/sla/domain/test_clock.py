"""The life of a clock, told by the case's facts."""

from datetime import timedelta
from typing import Any

import pytest

from libs.events.catalogue.intake import ContactLogged
from services.sla.domain.clock import ClockLife, paused, used
from services.sla.domain.lives import lives
from tests.services.sla.samples import (
    ANSWERED,
    CANCELLED,
    CLASSIFIED,
    CLOSED,
    COMPLETED,
    ENTERED,
    GRADED,
    REOPENED,
    RESOLVED,
    RESPONSE,
    START,
    STARTED,
    WAITS,
    WITHDRAWN,
    at,
    fact,
    facts,
    state_of,
    target,
    terms,
    withdrawn,
)

PAUSES = {"pauses": ("awaiting_customer", "parts_missing")}
PARTS, PARTS_HERE = type(WAITS)(code="parts_missing"), type(ANSWERED)(code="parts_missing")


def life_of(promise: Any, *events: tuple[Any, float]) -> ClockLife:
    (life,) = lives(state_of(facts(*events)), terms(promise))
    return life


def contact(**changed: Any) -> ContactLogged:
    return ContactLogged(**{"direction": "outbound", "channel": "mail", "purpose": "response", **changed})


@pytest.mark.parametrize(
    ("why", "promise", "events", "start", "stop"),
    [
        ("registered to the first response",  target("1h"), [(RESPONSE, 10), (RESPONSE, 20)], 0, 10),
        ("an attempt is no response",         target("1h"), [(contact(reached=False), 10), (RESPONSE, 20)], 0, 20),
        ("an automated answer is none",       target("1h"), [(contact(automated=True), 5), (RESPONSE, 20)], 0, 20),
        ("an inbound call is none",           target("1h"), [(contact(direction="inbound"), 5)], 0, None),
        ("a progress notice is none",         target("1h"), [(contact(purpose="progress"), 5)], 0, None),
        ("a node, entered to completed",      target("1h", "completed:n4", start="entered:n4"),

            [(ENTERED(node="n4"), 5), (ENTERED(node="n5"), 7), (COMPLETED(node="n4"), 9)], 5, 9),
        ("a node, wait to start",             target("1h", "started:n4", start="entered:n4"),
                                              [(ENTERED(node="n4"), 5), (STARTED(node="n4"), 6)], 5, 6),
        ("a node visited twice: its first",   target("1h", "completed:n4", start="entered:n4"),
                                              [(ENTERED(node="n4"), 5), (COMPLETED(node="n4"), 9),
                                               (ENTERED(node="n4"), 50), (COMPLETED(node="n4"), 90)], 5, 9),
        ("the last resolution counts",        target("1h", "resolved"), [(RESOLVED, 10), (RESOLVED, 30)], 0, 30),
        ("reopened: the first stays",         target("1h", "resolved"), [(RESOLVED, 10), (REOPENED, 20)], 0, 10),
        ("and resolved again",                target("1h", "resolved"), [(RESOLVED, 10), (REOPENED, 20), (RESOLVED, 30)], 0, 10),
        ("closed, then reopened",             target("1h", "closed"), [(CLOSED, 10), (REOPENED, 20)], 0, 10),
        ("a clock from the first resolution", target("1h", "completed:n7", start="resolved"),

            [(RESOLVED, 10), (REOPENED, 20), (RESOLVED, 30), (COMPLETED(node="n7"), 40)], 10, 40),
        ("from the first closing",            target("1h", "completed:n7", start="closed"),
                                              [(CLOSED, 10), (COMPLETED(node="n7"), 40)], 10, 40),
        ("begun after a reopening: its own",  target("1h", "resolved", start="entered:n4"),
            [(RESOLVED, 10), (REOPENED, 20), (ENTERED(node="n4"), 25), (RESOLVED, 30)], 25, 30),
        ("begun after it, not resolved yet",  target("1h", "resolved", start="entered:n4"),
            [(RESOLVED, 10), (REOPENED, 20), (ENTERED(node="n4"), 25)], 25, None),
        ("begun by it, at that instant",      target("1h", "closed", start="entered:n4"),
            [(CLOSED, 10), (REOPENED, 20), (ENTERED(node="n4"), 20), (CLOSED, 30)], 20, 30),
    ],
)  # fmt: skip
def test_start_and_stop(why: str, promise: Any, events: list[Any], start: float, stop: float | None) -> None:
    life = life_of(promise, *events)
    assert life.started_at == at(start), why
    assert life.stopped_at == (None if stop is None else at(stop)), why


@pytest.mark.parametrize(
    ("why", "limit", "events", "due", "used_min", "paused_min"),
    [
        ("no wait",                          "60m", [], 60, 50, 0),
        ("one wait",                         "60m", [(WAITS, 10), (ANSWERED, 30)], 80, 30, 20),
        ("two that overlap count once",      "60m", [(WAITS, 10), (PARTS, 20), (ANSWERED, 25), (PARTS_HERE, 30)], 80, 30, 20),
        ("two that touch",                   "60m", [(WAITS, 10), (ANSWERED, 20), (PARTS, 20), (PARTS_HERE, 30)], 80, 30, 20),
        ("two apart",                        "60m", [(WAITS, 10), (ANSWERED, 20), (WAITS, 30), (ANSWERED, 40)], 80, 30, 20),
        ("raised twice, cleared once",       "60m", [(WAITS, 10), (WAITS, 15), (ANSWERED, 30)], 80, 30, 20),
        ("cleared without being raised",     "60m", [(ANSWERED, 30)], 60, 50, 0),
        ("a wait older than the clock",      "60m", [(WAITS, -20), (ANSWERED, 20)], 80, 30, 20),
        ("a wait that ends before it",       "60m", [(WAITS, -20), (ANSWERED, 0)], 60, 50, 0),
        ("a second wait reached by the first's push", "20m",
            [(WAITS, 10), (ANSWERED, 15), (PARTS, 22), (PARTS_HERE, 30)], 33, 37, 13),
        ("a wait after the due instant is too late for it", "20m", [(WAITS, 25), (ANSWERED, 40)], 20, 35, 15),
        ("a wait of no length",              "60m", [(WAITS, 10), (ANSWERED, 10)], 60, 50, 0),
        ("closing ends a wait for good",     "60m", [(WAITS, 10), (CLOSED, 30), (REOPENED, 40)], 80, 30, 20),
        ("resolving does not",               "60m", [(WAITS, 10), (RESOLVED, 30), (REOPENED, 40), (ANSWERED, 45)], 95, 15, 35),
    ],
)  # fmt: skip
def test_waits(why: str, limit: str, events: list[Any], due: float, used_min: float, paused_min: float) -> None:
    life = life_of(target(limit, **PAUSES), *events, (RESPONSE, 50))
    assert life.due_at == at(due), why
    assert used(life, at(50)) == timedelta(minutes=used_min), why
    assert paused(life, at(50)) == timedelta(minutes=paused_min), why


@pytest.mark.parametrize(
    ("why", "limit", "events", "due"),
    [
        ("working hours: the night's wait is free",  "10wh", [(WAITS, 9 * 60), (ANSWERED, 24 * 60)], 25 * 60),
        ("only what was worked of it moves them",    "10wh", [(WAITS, 8 * 60), (ANSWERED, 24 * 60)], 26 * 60),
        ("working days keep their wall time",        "1wd", [], 24 * 60),
        ("and move by the working time of a wait",   "1wd", [(WAITS, 60), (ANSWERED, 120)], 25 * 60),
        ("a whole day's wait: by that day's closing", "1wd", [(WAITS, 60), (ANSWERED, 24 * 60 + 60)], 33 * 60),
    ],
)  # fmt: skip
def test_waits_in_working_time(why: str, limit: str, events: list[Any], due: float) -> None:
    assert life_of(target(limit, **PAUSES), *events).due_at == at(due), why


def test_waits_that_touch_are_one_under_the_first_code() -> None:
    life = life_of(target("60m", **PAUSES), (WAITS, 10), (ANSWERED, 20), (PARTS, 20), (PARTS_HERE, 30))
    assert [(pause.reason, pause.since, pause.until) for pause in life.pauses] == [("awaiting_customer", at(10), at(30))]


@pytest.mark.parametrize(
    ("why", "promise", "events", "lapsed", "lapse"),
    [
        ("closed without it",                 target("1h"), [(CLOSED, 10)], 10, "closed"),
        ("cancelled without it",              target("1h"), [*withdrawn(10)], 10, "cancelled"),
        ("a wish, not answered yet",          target("1h"), [(CANCELLED, 10)], None, ""),
        ("a wish that was granted later",     target("1h"), [(CANCELLED, 10), (WITHDRAWN, 12)], 10, "cancelled"),
        ("a wish that came to nothing",       target("1h"), [(CANCELLED, 10), (CLOSED, 12)], 12, "closed"),
        ("also at one instant",               target("1h"), [(CANCELLED, 10), (CLOSED, 10)], 10, "closed"),
        ("as older logs have it",             target("1h"), [(WITHDRAWN, 10), (CANCELLED, 10)], 10, "cancelled"),
        ("a wish after the end",              target("1h"), [(WITHDRAWN, 10), (CANCELLED, 12)], 10, "closed"),
        ("a wish of the time before",         target("1h", start="entered:n4"),
            [(CANCELLED, 10), (CLOSED, 11), (REOPENED, 20), (ENTERED(node="n4"), 25), (WITHDRAWN, 30)], 30, "closed"),
        ("resolving is no end",               target("1h"), [(RESOLVED, 10)], None, ""),
        ("answered after the end",            target("1h"), [(CLOSED, 10), (RESPONSE, 15)], None, ""),
        ("answered after a reopening",        target("1h"), [(CLOSED, 10), (REOPENED, 20), (RESPONSE, 25)], 10, "closed"),
        ("answered at the reopening",         target("1h"), [(CLOSED, 10), (REOPENED, 20), (RESPONSE, 20)], 10, "closed"),
        ("answered before it",                target("1h"), [(CLOSED, 10), (RESPONSE, 15), (REOPENED, 20)], None, ""),
        ("reopened and ended again",          target("1h"), [(CLOSED, 10), (REOPENED, 20), *withdrawn(30)], 10, "closed"),
        ("begun after a reopening, runs",     target("1h", start="entered:n4"),
            [(CLOSED, 10), (REOPENED, 20), (ENTERED(node="n4"), 25)], None, ""),
        ("begun after a reopening, ends too", target("1h", start="entered:n4"),
            [(CLOSED, 10), (REOPENED, 20), (ENTERED(node="n4"), 25), *withdrawn(30)], 30, "cancelled"),
        ("begun after the end",               target("1h", start="entered:n4"),
            [(CLOSED, 10), (ENTERED(node="n4"), 25)], 25, "closed"),
        ("done before it began: unknown",     target("1h"), [(RESPONSE, -5)], 0, "before_start"),
        ("an instant before",                 target("1h"), [(RESPONSE, -1e-6)], 0, "before_start"),
        ("at the instant it began: kept",     target("1h"), [(RESPONSE, 0)], None, ""),
        ("and again after: still unknown",    target("1h"), [(RESPONSE, -5), (RESPONSE, 5)], 0, "before_start"),
    ],
)  # fmt: skip
def test_a_promise_that_ended_without_being_kept_says_when_and_why(
    why: str, promise: Any, events: list[Any], lapsed: float | None, lapse: str
) -> None:
    life = life_of(promise, *events)
    assert (life.lapsed_at, life.lapse) == (None if lapsed is None else at(lapsed), lapse), why
    assert life.stopped_at is None or life.lapsed_at is None


def test_a_clock_that_stopped_did_not_lapse() -> None:
    life = life_of(target("60m"), (RESPONSE, 10), (CLOSED, 20))
    assert (life.ended_at, life.lapsed_at, life.lapse) == (at(10), None, "")


def test_an_open_wait_leaves_no_due_instant() -> None:
    life = life_of(target("60m", **PAUSES), (WAITS, 10))
    assert (life.due_at, life.first_due_at) == (None, at(60))


@pytest.mark.parametrize(
    ("why", "events", "limits"),
    [
        ("not graded: only what holds for all", [], {"cycle": "9d"}),
        ("the first that fits", [(GRADED(grade="urgent"), 5)], {"response": "2h", "cycle": "9d"}),
        ("regraded: the later grade, from the start", [(GRADED(grade="urgent"), 5), (GRADED(grade="normal"), 50)],
         {"response": "24h", "cycle": "9d"}),
        ("class and severity narrow too", [(CLASSIFIED(service_class="urgent", severity="major"), 5)],
         {"handling": "1h", "cycle": "9d"}),
        ("what a later classification leaves out stays",
            [(CLASSIFIED(service_class="urgent"), 5), (CLASSIFIED(severity="major"), 6), (CLASSIFIED(category="late"), 7)],
         {"handling": "1h", "cycle": "9d"}),
    ],
)  # fmt: skip
def test_which_promises(why: str, events: list[Any], limits: dict[str, str]) -> None:
    page = terms(
        target("2h", when={"grade": "urgent"}),
        target("24h", when={"grade": "normal"}),
        target("1h", clock="handling", when={"service_class": "urgent", "severity": "major"}),
        target("9d", "closed", clock="cycle"),
        target("8d", "closed", clock="cycle"),
    )
    found = {life.target.clock: life for life in lives(state_of(facts(*events)), page)}
    assert {name: life.target.limit for name, life in found.items()} == limits, why
    assert all(life.started_at == START for life in found.values())


def test_a_case_not_registered_has_no_clocks() -> None:
    promises = terms(target("1h"), target("2h", "completed:n4", clock="node:n4", start="entered:n4"))
    assert not list(lives(state_of([fact(RESPONSE, 3), fact(ENTERED(node="n4"), 5)]), promises))
