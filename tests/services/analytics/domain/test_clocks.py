from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from libs.events.catalogue import sla
from libs.events.log.envelope import draft
from services.analytics.books import CASES
from services.analytics.domain.clocks import runs_of
from tests.services.analytics.story import REGISTERED, assigned, at, case, facts, table

DUE, LATER = at(60), at(80)
START = sla.ClockStarted(clock="response", kind="response", limit="1h", due_at=DUE, process_version=1)
PAUSE = sla.ClockPaused(clock="response", reason="awaiting_customer")
RESUME = sla.ClockResumed(clock="response", due_at=LATER)
MET = sla.ClockMet(clock="response", due_at=DUE, used_us=30, paused_us=2)
BREACH = sla.ClockBreached(clock="response", due_at=DUE)
ENDED = sla.ClockEnded(clock="response", due_at=DUE, used_us=90, paused_us=2)
WAITS = sla.ClockWaiting(
    clock="response",
    kind="response",
    limit="3wd",
    process_version=1,
    calendar="office",
    calendar_version=1,
    reason="too_late",
)
DONE = replace(WAITS, done=True)
LAPSE = sla.ClockCancelled(clock="response", reason="closed")


@pytest.mark.parametrize(
    ("why", "story", "status", "on_time", "sums"),
    [
        ("running", [(0, START)], "running", None, None),
        ("paused", [(0, START), (10, PAUSE)], "paused", None, None),
        ("resumed", [(0, START), (10, PAUSE), (30, RESUME)], "running", None, None),
        ("met", [(0, START), (30, MET)], "met", True, (1, 0, 0, 30)),
        ("broken and open", [(0, START), (60, BREACH)], "breached", False, (0, 1, 0, 0)),
        ("broken, ended late", [(0, START), (60, BREACH), (90, ENDED)], "breached", False, (0, 1, 1, 90)),
        ("broken, then lapsed", [(0, START), (60, BREACH), (90, LAPSE)], "breached", False, (0, 1, 0, 0)),
        ("broken, then paused", [(0, START), (60, BREACH), (90, PAUSE)], "breached", False, (0, 1, 0, 0)),
        ("broken, then resumed", [(0, START), (60, BREACH), (90, RESUME)], "breached", False, (0, 1, 0, 0)),
        ("lapsed", [(0, START), (30, LAPSE)], "cancelled", None, None),
        ("lapsed, but its work was done", [(0, START), (30, LAPSE), (40, MET)], "met", True, (1, 0, 0, 30)),
        ("ended late, the breach unheard of", [(0, START), (90, ENDED)], "breached", False, (0, 1, 1, 90)),
        ("met, the start unheard of", [(30, MET)], "met", True, (1, 0, 0, 30)),
        ("waits for its calendar from the start", [(0, WAITS)], "waiting", None, None),
        ("waits from the end of a pause", [(0, START), (10, PAUSE), (30, WAITS)], "waiting", None, None),
        ("broken; how long it took waits", [(0, START), (60, BREACH), (90, WAITS)], "breached", False, (0, 1, 0, 0)),
        ("broken, done; how long it took waits", [(0, START), (60, BREACH), (90, DONE)], "breached", False, (0, 1, 0, 0)),
        ("done; whether it was kept waits", [(0, WAITS), (90, DONE)], "waiting", None, None),
        ("lapsed; whether it was kept waits", [(0, WAITS), (90, LAPSE)], "waiting", None, None),
        (
            "started again: what became of the first run stays",
            [(0, START), (30, MET), (40, START)],
            "running",
            None,
            (1, 0, 0, 30),
        ),
        ("broken, then kept in a second run", [(0, START), (60, BREACH), (70, START), (80, MET)], "met", True, (1, 1, 0, 30)),
        ("started twice, kept once", [(0, START), (10, START), (30, MET)], "met", True, (1, 0, 0, 30)),
    ],
)
def test_result(why: str, story: list[Any], status: str, on_time: bool | None, sums: tuple[int, ...] | None) -> None:
    state = case(REGISTERED, *story)
    [row] = [row for row in table("clocks", state) if row["last"]]
    assert (row["status"], row["on_time"]) == (status, on_time), why
    rollup = [tuple(r[n] for n in ("met", "breached", "ended_late", "used_us")) for r in table("timeliness", state)]
    assert rollup == ([sums] if sums else [])


SECOND = {event: replace(event, occurrence=2) for event in (START, MET, BREACH, ENDED)}


@pytest.mark.parametrize(
    ("why", "story", "stand"),
    [
        ("one", [(0, START), (30, MET)], [(1, "met", True)]),
        ("a second start, as it was said before there were numbers", [(0, START), (30, MET), (40, START)],
            [(1, "met", False), (2, "running", True)]),
        ("and what follows belongs to it", [(0, START), (60, BREACH), (70, START), (80, MET)],
            [(1, "breached", False), (2, "met", True)]),
        ("a second start with its number", [(0, START), (30, MET), (40, SECOND[START])],
            [(1, "met", False), (2, "running", True)]),
        ("the first ends while the second runs", [(0, START), (60, BREACH), (70, SECOND[START]), (90, ENDED)],
            [(1, "breached", False), (2, "running", True)]),
        ("the second ends before the first", [(0, START), (10, SECOND[START]), (30, SECOND[MET]), (60, BREACH)],
            [(1, "breached", False), (2, "met", True)]),
        ("only the second is known", [(0, SECOND[START])], [(2, "running", True)]),
        ("only the end of the second is known", [(0, START), (30, SECOND[MET])], [(1, "running", False), (2, "met", True)]),
    ],
)  # fmt: skip
def test_every_occurrence_has_its_row_and_the_last_is_marked(why: str, story: list[Any], stand: list[Any]) -> None:
    rows = table("clocks", case(REGISTERED, *story))
    assert [(row["occurrence"], row["status"], row["last"]) for row in rows] == stand, why


def test_a_breach_counts_for_who_held_the_case_when_it_fell_due() -> None:
    state = case(REGISTERED, (1, assigned("a", "ann")), (2, START), (60, BREACH), (61, assigned("b")), (90, ENDED))
    [row] = table("timeliness", state)
    assert (row["day"], row["team"], row["agent"]) == (DUE.date(), "a", "ann")


@pytest.mark.parametrize(
    ("why", "story", "ended", "lapse"),
    [
        ("broken, then lapsed", [(0, START), (60, BREACH), (90, LAPSE)], 90, "closed"),
        ("lapsed", [(0, START), (30, LAPSE)], 30, "closed"),
        ("lapsed, but its work was done", [(0, START), (30, LAPSE), (40, MET)], 40, ""),
        ("broken, finished late", [(0, START), (60, BREACH), (90, ENDED)], 90, ""),
        ("broken and open", [(0, START), (60, BREACH)], None, ""),
        ("waits for its calendar", [(0, WAITS)], None, ""),
        ("waits, and its case is closed", [(0, WAITS), (90, LAPSE)], 90, "closed"),
        ("waits, and its work is done", [(0, WAITS), (90, DONE)], 90, ""),
        ("broken, its work done beyond the calendar", [(0, START), (60, BREACH), (90, WAITS), (90, DONE)], 90, ""),
        ("done before it began", [(0, START), (0, replace(LAPSE, reason="before_start"))], 0, "before_start"),
    ],
)
def test_a_clock_that_lapsed_says_when_and_why(why: str, story: list[Any], ended: int | None, lapse: str) -> None:
    [row] = table("clocks", case(REGISTERED, *story))
    assert (row["ended_at"], row["lapse"]) == (None if ended is None else at(ended), lapse), why


@pytest.mark.parametrize("minute", [59, 60, 70])
def test_a_withdrawn_event_was_never_said_wherever_its_withdrawal_sorts(minute: int) -> None:
    told = facts([REGISTERED, (0, START), (60, BREACH), (90, MET)])
    gone = sla.ClockWithdrawn(clock="response", withdrawn_id=told[2].id, what="clock.breached")
    state = CASES.of("case-1", [*told, draft(gone, "case-1", at(minute))])
    [clock] = runs_of(state.clock_facts)
    assert (clock.status, clock.breached_at, clock.ended_at) == ("met", None, at(90))


def test_a_clock_of_which_everything_is_withdrawn_is_gone() -> None:
    told = facts([REGISTERED, (0, START)])
    gone = sla.ClockWithdrawn(clock="response", withdrawn_id=told[1].id, what="clock.started")
    assert table("clocks", CASES.of("case-1", [*told, draft(gone, "case-1", datetime(2026, 1, 1, tzinfo=UTC))])) == []


@pytest.mark.parametrize(
    ("story", "started", "due", "waits", "counted"),
    [
        ([(0, WAITS)], 0, None, ("office", 1, "too_late"), 0),
        ([(0, START), (30, WAITS)], 0, None, ("office", 1, "too_late"), 0),
        ([(0, START), (60, BREACH), (90, WAITS)], 0, 60, ("office", 1, "too_late"), 0),
        ([(0, replace(START, calendar="office", calendar_version=3))], 0, 60, ("", 0, ""), 3),
    ],
)
def test_what_a_promise_waits_for_and_which_version_counted_is_shown(
    story: list[Any], started: int, due: int | None, waits: tuple[Any, ...], counted: int
) -> None:
    [row] = table("clocks", case(REGISTERED, *story))
    assert (row["started_at"], row["due_at"]) == (at(started), None if due is None else at(due))
    assert tuple(row[name] for name in ("waits_for", "waits_version", "waits_because")) == waits
    assert (row["counted_by"], row["allowance"]) == (counted, "1h" if story[0][1] is not WAITS else "3wd")
