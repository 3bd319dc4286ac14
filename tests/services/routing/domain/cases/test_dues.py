"""What of a case falls due first: of all promises that run, or were broken and are not made good."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec import Raw

from libs.events.catalogue.sla import (
    ClockBreached,
    ClockCancelled,
    ClockEnded,
    ClockMet,
    ClockPaused,
    ClockReminded,
    ClockResumed,
    ClockStarted,
    ClockWaiting,
    ClockWarned,
    ClockWithdrawn,
)
from libs.events.log.envelope import draft
from libs.events.testing.spec import given, happened
from services.routing.books import DUES
from services.routing.tables import TABLES

NINE = datetime(2025, 4, 1, 9, tzinfo=UTC)


def due(hour: float) -> datetime:
    return NINE + timedelta(hours=hour)


def starts(clock: str, hour: float, occurrence: int = 1) -> ClockStarted:
    kind = clock.partition(":")[0]
    return ClockStarted(clock=clock, kind=kind, limit="1h", due_at=due(hour), process_version=1, occurrence=occurrence)


N1, CYCLE = starts("node:n1", 1), starts("cycle", 9)
PAUSED = ClockPaused(clock="node:n1", reason="awaiting_customer")
BROKEN = ClockBreached(clock="node:n1", due_at=due(1))
RESUMED = ClockResumed(clock="node:n1", due_at=due(12))
MET = ClockMet(clock="node:n1", due_at=due(1), used_us=1, paused_us=0)
LATE = ClockEnded(clock="node:n1", due_at=due(1), used_us=1, paused_us=0)
LAPSED = ClockCancelled(clock="node:n1", reason="case cancelled")
WAITS = ClockWaiting(
    clock="node:n1", kind="node", limit="1h", process_version=1, calendar="cn", calendar_version=1, reason="too_late"
)


@pytest.mark.parametrize(
    ("why", "said", "first"),
    [
        ("nothing is promised",         [],                             None),
        ("one step has a limit",        [N1],                           ("node", 1)),
        ("the earlier of two",          [CYCLE, N1],                    ("node", 1)),
        ("time stands still for it",    [CYCLE, N1, PAUSED],            ("cycle", 9)),
        ("it goes on with a later due", [CYCLE, N1, PAUSED, RESUMED],   ("cycle", 9)),
        ("it is kept",                  [CYCLE, N1, MET],               ("cycle", 9)),
        ("it is broken and not done",   [CYCLE, N1, BROKEN],            ("node", 1)),
        ("it is broken and done late",  [N1, BROKEN, LATE],             None),
        ("it lapsed",                   [N1, LAPSED],                   None),
        ("it waits for a calendar",     [WAITS],                        None),
        ("the second visit of a step",  [N1, MET, starts("node:n1", 5, 2)], ("node", 5)),
    ],
)  # fmt: skip
def test_what_falls_due_first(why: str, said: list[Any], first: tuple[str, float] | None) -> None:
    rows = [*DUES.rows("c1", given(DUES, *happened("c1", NINE, *said)).state)]
    if first is None:
        assert rows == [], why
        return
    (row,) = rows
    names = [one.name for one in TABLES["dues"].stored]
    told = dict(zip(names, [*row.key, *row.values], strict=True))
    assert told == {"case_id": "c1", "due_at": due(first[1]), "due_kind": first[0], "warns": Raw(b"[]"), "reminders": 0}, why


def warned(to: str, clock: str = "node:n1") -> ClockWarned:
    return ClockWarned(clock=clock, mark="80%", to=to, due_at=due(1))


@pytest.mark.parametrize(
    ("why", "said", "whom"),
    [
        ("nothing has warned",             [N1],                                                   ""),
        ("one has",                        [N1, warned("agent")],                                  "agent"),
        ("twice, and two people",          [N1, warned("owner"), warned("agent"), warned("owner")], "agent owner"),
        ("another promise has, too",       [N1, CYCLE, warned("owner", "cycle"), warned("agent")], "agent owner"),
        ("it is broken: no longer soon",   [N1, warned("agent"), BROKEN],                          ""),
        ("it is kept",                     [CYCLE, N1, warned("agent"), MET],                      ""),
        ("it lapsed",                      [CYCLE, N1, warned("agent"), LAPSED],                   ""),
        ("it waits: not so soon",          [CYCLE, N1, warned("agent"), PAUSED],                   ""),
        ("it goes on",                     [N1, warned("agent"), PAUSED, RESUMED],                 "agent"),
        ("the second visit has not",       [N1, warned("agent"), MET, starts("node:n1", 5, 2)],    ""),
    ],
)  # fmt: skip
def test_whom_a_case_warns(why: str, said: list[Any], whom: str) -> None:
    assert given(DUES, *happened("c1", NINE, *said)).state.warned == whom.split(), why


def test_a_warning_that_is_withdrawn_warns_nobody() -> None:
    told = happened("c1", NINE, N1, warned("agent"))
    gone = ClockWithdrawn(clock="node:n1", withdrawn_id=told[-1].id, what="clock.warned")
    assert given(DUES, *told).state.warned == ["agent"]
    last = draft(gone, "c1", told[-1].time, sequence=told[-1].sequence + 1)
    assert given(DUES, *told, last).state.warned == []


def reminded(number: int, clock: str = "node:n1") -> ClockReminded:
    return ClockReminded(clock=clock, reason="awaiting_customer", number=number)


@pytest.mark.parametrize(
    ("why", "said", "number"),
    [
        ("it was not time yet",          [N1, PAUSED],                                             0),
        ("it was, once",                 [N1, PAUSED, reminded(1)],                                1),
        ("it was, twice",                [N1, PAUSED, reminded(1), reminded(2)],                   2),
        ("one of two promises says it",  [N1, CYCLE, PAUSED, reminded(1)],                         1),
        ("she has answered",             [N1, PAUSED, reminded(1), RESUMED],                          0),
        ("she is asked again",           [N1, PAUSED, reminded(1), RESUMED, PAUSED],                  0),
        ("and reminded again",           [N1, PAUSED, reminded(1), reminded(2), RESUMED, PAUSED, reminded(1)], 1),
        ("it broke, and waits",          [N1, BROKEN, PAUSED, reminded(1)],                        1),
        ("it was kept meanwhile",        [N1, PAUSED, reminded(1), MET],                           0),
        ("something else holds it now",  [N1, PAUSED, reminded(1), ClockPaused(clock="node:n1", reason="parts")], 0),
    ],
)  # fmt: skip
def test_which_reminder_of_the_customer_was_due_last(why: str, said: list[Any], number: int) -> None:
    state = given(DUES, *happened("c1", NINE, *said)).state
    assert state.reminders == number, why
    rows = [*DUES.rows("c1", state)]
    assert bool(rows) is (number > 0 or state.first is not None), "a case of which all promises wait is shown, too"
