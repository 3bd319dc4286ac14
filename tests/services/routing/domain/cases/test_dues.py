"""What of a case falls due first: of all promises that run, or were broken and are not made good."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from libs.events.catalogue.sla import (
    ClockBreached,
    ClockCancelled,
    ClockEnded,
    ClockMet,
    ClockPaused,
    ClockResumed,
    ClockStarted,
    ClockWaiting,
)
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
    assert told == {"case_id": "c1", "due_at": due(first[1]), "due_kind": first[0]}, why
