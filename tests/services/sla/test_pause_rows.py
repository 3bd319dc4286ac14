"""What held a promise and for how long, a row for each stretch: what analysts join, and the sums that they take."""

from datetime import timedelta
from itertools import pairwise
from typing import Any

import asyncpg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from libs.events.engine.known import Known
from libs.events.store.postgres import PostgresStore
from libs.events.store.values import Changes
from libs.events.testing.spec import knowing
from libs.events.upkeep.bootstrap import bootstrap
from services.sla.pauses import PauseFilter, pause_sums
from services.sla.projections import pauses, promises, shown
from services.sla.service import SERVICE
from tests.services.sla.samples import (
    ANSWERED,
    CLOSED,
    KEY,
    REGISTERED,
    RESPONSE,
    WAITS,
    at,
    fact,
    facts,
    shelf,
    state_of,
    target,
)
from tests.services.sla.test_alarms import Log
from tests.services.sla.test_caps import DAY, PARTS, PARTS_HERE, SHELVES, capped, histories, known

SHE, THEY = "awaiting_customer", "parts_missing"
MINUTE = timedelta(minutes=1)


def told(known: Known, events: list[Any], until: float | None = None) -> Any:
    """Return the case's state after these facts and what sla says of them."""
    log = Log(known)
    log.hear(*facts(*events))
    log.settle(until)
    return state_of(log.facts)


@pytest.mark.parametrize(
    ("why", "events", "rows"),
    [
        ("nothing held it",       [], []),
        ("it lasts",              [(WAITS, 10)], [(SHE, 10, None)]),
        ("it is over",            [(WAITS, 10), (ANSWERED, 20)], [(SHE, 10, 20)]),
        ("twice",                 [(WAITS, 10), (ANSWERED, 20), (WAITS, 25), (ANSWERED, 28)], [(SHE, 10, 20), (SHE, 25, 28)]),
        ("two that overlap",      [(WAITS, 10), (PARTS, 15), (ANSWERED, 20), (PARTS_HERE, 24)], [(SHE, 10, 20), (THEY, 20, 24)]),
        ("one inside another",    [(WAITS, 10), (PARTS, 15), (PARTS_HERE, 18), (ANSWERED, 24)], [(SHE, 10, 24)]),
        ("until the cap",         [(WAITS, 10), (RESPONSE, 50)], [(SHE, 10, 40)]),
        ("done while it waits",   [(WAITS, 10), (RESPONSE, 20)], [(SHE, 10, 20)]),
        ("closed while it waits", [(WAITS, 10), (CLOSED, 20)], [(SHE, 10, 20)]),
    ],
)  # fmt: skip
def test_a_row_for_each_stretch_and_reason(why: str, events: list[Any], rows: list[tuple[str, float, float | None]]) -> None:
    found = [*pauses(KEY, told(known(capped("60m")), events))]
    shown_as = [(one.reason, one.since_at, one.until_at) for one in found]
    assert shown_as == [(reason, at(since), None if until is None else at(until)) for reason, since, until in rows], why
    assert [one.held_us for one in found] == [None if until is None else (until - since) * 60_000_000 for _, since, until in rows]
    assert {one.capped_at for one in found if one.reason == SHE} <= {at(40), at(55)}


def test_a_warning_at_the_instant_at_which_it_begins_to_wait_ends_no_stretch() -> None:
    state = told(shelf(target("100m", warn={"80%": "agent"}, pauses=(SHE,))), [(WAITS, 80)], 90)
    assert [(one.since_at, one.until_at) for one in pauses(KEY, state)] == [(at(80), None)]


def test_what_holds_a_broken_promise_is_counted_and_what_waits_for_a_calendar_is_not() -> None:
    (broken,) = pauses(KEY, told(known(capped("5m")), [(WAITS, 10)], 20))
    assert (broken.since_at, broken.until_at, broken.process_id, broken.kind) == (at(10), None, "p", "response")
    assert not [*pauses(KEY, told(knowing(capped("60m", customer="1wd").standard), [(WAITS, 10)]))]


def test_they_stand_beside_the_promises_of_the_case() -> None:
    tables = [row.table for row in shown(KEY, told(known(capped("60m")), [(WAITS, 10), (ANSWERED, 20)]))]
    assert tables == ["cases", "clocks", "pauses"]


@pytest.mark.slow
@given(histories, st.sampled_from(SHELVES), st.integers(0, 6 * DAY))
@settings(max_examples=300)
def test_the_stretches_of_a_promise_that_is_over_sum_to_its_paused_time(history: list[Any], shelf: Known, end: int) -> None:
    events = [(event, minute) for event, minute in history if minute <= end]
    log = Log(shelf)
    log.hear(fact(REGISTERED), *(fact(event, minute) for event, minute in events), fact(RESPONSE, end))
    log.settle(60 * DAY)
    state = state_of(log.facts)
    for clock in promises(KEY, state):
        mine = [one for one in pauses(KEY, state) if (one.clock, one.occurrence) == (clock.clock, clock.occurrence)]
        assert all(a.until_at and a.until_at <= b.since_at for a, b in pairwise(mine)), "none overlap"
        if clock.paused_us is not None:
            assert sum(one.held_us or 0 for one in mine) == clock.paused_us


@pytest.fixture
async def pool(database_url: str) -> Any:
    version, shelf, changes = await bootstrap(database_url, SERVICE), known(capped("60m")), Changes()
    changes.upserts += shown("c1", told(shelf, [(WAITS, 10), (PARTS, 20), (PARTS_HERE, 45)], 45))
    changes.upserts += shown("c2", told(shelf, [(WAITS, 10), (ANSWERED, 20), (WAITS, 25)], 26))
    async with asyncpg.create_pool(database_url, min_size=1, max_size=2) as pool:
        async with PostgresStore(pool, "sla", SERVICE.tables, version).transaction() as transaction:
            await transaction.change(changes)
        yield pool


async def test_the_sums_say_for_each_reason_how_many_and_how_long(pool: Any) -> None:
    she, they = await pause_sums(pool, at(50))
    assert (she.reason, she.process_id, she.kind, she.pauses, she.promises, she.cases) == (SHE, "p", "response", 3, 2, 2)
    assert (she.lasting, she.capped) == (1, 1)
    assert timedelta(microseconds=she.held_us) == (30 + 10 + 25) * MINUTE, "what lasts counts until now"
    assert she.held_hours == 1.08
    assert (they.reason, they.pauses, they.lasting, they.capped, they.held_us) == (THEY, 1, 0, 0, 5 * 60_000_000)
    assert await pause_sums(pool, at(50), PauseFilter(reason=THEY, process="p", kind="response")) == [they]
    assert not await pause_sums(pool, at(50), PauseFilter(process="q"))
