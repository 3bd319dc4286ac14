"""The rows of the table `clocks` follow from the facts that stand, not from the way there."""

from dataclasses import replace
from typing import Any

import pytest

from libs.events.engine.known import Known
from libs.events.log.envelope import Fact
from services.sla.alarms import settle
from services.sla.projections import promises
from services.sla.tables import ClockRow
from tests.services.sla.samples import (
    ANSWERED,
    CLOSED,
    GRADED,
    KEY,
    OFFICE,
    RESPONSE,
    WAITS,
    at,
    facts,
    shelf,
    state_of,
    target,
)

SHELF = shelf(target("60m", pauses=("awaiting_customer",)))
MINUTE = 60_000_000


def row_of(events: list[Any], until: float | None = None, known: Known = SHELF) -> dict[str, Any]:
    told: list[Fact] = facts(*events)
    told += settle(KEY, state_of(told), known, None if until is None else at(until))  # type: ignore[arg-type]
    (row,) = (one.row for one in promises(KEY, state_of(told)))
    assert row.table == "clocks"
    return dict(zip(ClockRow.__struct_fields__, (*row.key, *row.values), strict=True))


@pytest.mark.parametrize(
    ("why", "events", "until", "shows"),
    [
        ("running",      [], None, {"status": "running", "due_at": at(60), "ended_at": None, "used_us": None}),
        ("paused",       [(WAITS, 10)], None, {"status": "paused", "paused_by": "awaiting_customer"}),
        ("resumed",      [(WAITS, 10), (ANSWERED, 30)], None, {"status": "running", "due_at": at(80), "paused_by": ""}),
        ("met",          [(RESPONSE, 50)], None, {"status": "met", "ended_at": at(50), "used_us": 50 * MINUTE, "paused_us": 0}),
        ("breached",     [], 70, {"status": "breached", "breached_at": at(60), "ended_at": None}),
        ("ended late",   [(RESPONSE, 70)], None, {"status": "ended_late", "breached_at": at(60), "ended_at": at(70)}),
        ("cancelled",    [(CLOSED, 40)], None, {"status": "cancelled", "ended_at": at(40), "breached_at": None, "used_us": None}),
        ("broken, then closed", [(CLOSED, 90)], None,
            {"status": "breached", "breached_at": at(60), "ended_at": at(90), "lapse": "closed", "used_us": None}),
        ("why it lapsed", [(CLOSED, 40)], None, {"lapse": "closed"}),
        ("answered before it began", [(RESPONSE, -5)], None,
            {"status": "cancelled", "ended_at": at(0), "lapse": "before_start", "used_us": None}),
        ("met while it waits", [(WAITS, 10), (RESPONSE, 50)], None, {"status": "met", "paused_by": "", "paused_us": 40 * MINUTE}),
        ("broken, then waiting", [(WAITS, 70)], 80, {"status": "breached", "paused_by": "awaiting_customer"}),
        ("the case's scales", [(GRADED(grade="urgent"), 5)], None, {"grade": "urgent", "process_id": "p", "process_version": 1}),
    ],
)  # fmt: skip
def test_row(why: str, events: list[Any], until: float | None, shows: dict[str, Any]) -> None:
    row = row_of(events, until)
    assert (row["case_id"], row["clock"], row["time_limit"], row["started_at"]) == (KEY, "response", "60m", at(0))
    assert {name: row[name] for name in shows} == shows, why


def test_a_promise_that_waits_shows_for_what_and_no_due_instant() -> None:
    row = row_of([], known=shelf(target("3wd"), calendars=()))
    assert (row["status"], row["started_at"], row["due_at"], row["counted_by"]) == ("waiting", at(0), None, 0)
    assert (row["waits_for"], row["waits_version"], row["waits_because"]) == ("office", 1, "not_published")


def test_a_promise_counted_by_another_version_than_the_named_one_shows_it() -> None:
    row = row_of([], known=shelf(target("3wd"), calendars=(replace(OFFICE, version=4),)))
    assert (row["status"], row["waits_for"], row["counted_by"]) == ("running", "", 4)


def test_what_was_withdrawn_is_not_shown() -> None:
    told = facts()
    told += settle(KEY, state_of(told), SHELF, at(100))  # type: ignore[arg-type]
    told += facts((RESPONSE, 50))[1:]
    told += settle(KEY, state_of(told), SHELF, None)  # type: ignore[arg-type]
    (row,) = (one.row for one in promises(KEY, state_of(told)))
    assert "met" in row.values and at(60) not in [row.values[13]]
