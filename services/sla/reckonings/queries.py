"""What is kept of reckonings: read and written in SQL. A step of one holds its row, so that at no time two work on it."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from libs.events.store.asked import Database, asked, names_of, read, translated
from libs.events.store.projection import touched
from services.sla.reckonings.tables import SCHEMA, ReckonedRow, ReckoningRow
from services.sla.reckonings.values import Tally

After = tuple[datetime, UUID]
"""The sort key of the list of reckonings: when it was asked for, and its id."""

RowAfter = tuple[str, str, int]
"""The sort key of a reckoning's rows: case, clock, occurrence."""

_JOBS, _ROWS = f"{SCHEMA}.reckonings", f"{SCHEMA}.reckoned"
_BY_ASKED, _BY_CASE = "asked_at, reckoning_id", "case_id, clock, occurrence"


class State(StrEnum):
    """What has become of a reckoning."""

    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    CANCELLED = "cancelled"
    DONE = "done"
    FAILED = "failed"


UNFINISHED = (State.QUEUED, State.RUNNING, State.PAUSED)


async def reckonings(db: Database, *, after: After | None = None, fetch: int = 51) -> list[ReckoningRow]:
    """Return reckonings, the newest first, at most `fetch` of them, behind `after`."""
    where, values = asked({}, order=_BY_ASKED, after=after, descending=True)
    sql = (
        f"select {names_of(ReckoningRow)} from {_JOBS} where {where} order by asked_at desc, reckoning_id desc limit {int(fetch)}"
    )
    return [read(ReckoningRow, row) for row in await db.fetch(sql, *values)]


async def reckoning(db: Database, id: UUID) -> ReckoningRow | None:
    """Return one of them."""
    row = await db.fetchrow(f"select {names_of(ReckoningRow)} from {_JOBS} where reckoning_id = $1", id)
    return row and read(ReckoningRow, row)


async def unfinished(db: Database) -> int:
    """Count those that are not over."""
    found: int = await db.fetchval(f"select count(*) from {_JOBS} where state = any($1)", list(UNFINISHED))
    return found


async def rows(
    db: Database, id: UUID, chosen: Mapping[str, Any], *, after: RowAfter | None = None, fetch: int = 51
) -> list[ReckonedRow]:
    """Return what a reckoning found, case by case, at most `fetch` rows, behind `after`."""
    where, values = asked({"reckoning_id =": id, **chosen}, order=_BY_CASE, after=after)
    sql = f"select {names_of(ReckonedRow)} from {_ROWS} where {where} order by {_BY_CASE} limit {int(fetch)}"
    return [read(ReckonedRow, row) for row in await db.fetch(sql, *values)]


async def promises_of(db: Database, case_ids: Sequence[str]) -> int:
    """Count the promises of these cases as they stand now."""
    found: int = await db.fetchval("select count(*) from sla.clocks where case_id = any($1)", list(case_ids))
    return found


async def next_to_do(db: Database) -> ReckoningRow | None:
    """Return the oldest reckoning on which there is something to do."""
    row = await db.fetchrow(
        f"select {names_of(ReckoningRow)} from {_JOBS} where state in ('queued', 'running') order by {_BY_ASKED} limit 1"
    )
    return row and read(ReckoningRow, row)


async def begin(db: Database, id: UUID, cases: int, at: datetime) -> None:
    """Note that the work begins, and how many cases it is about."""
    await _execute(
        db,
        f"update {_JOBS} set state = 'running', cases = $2, begun_at = $3 "
        "where reckoning_id = $1 and cases is null and state in ('queued', 'running')",
        id,
        cases,
        at,
    )


@asynccontextmanager
async def asking_alone(pool: Any) -> AsyncIterator[None]:
    """Let nobody else ask for a reckoning meanwhile, at this instance or another one."""
    with translated():
        async with pool.acquire() as db, db.transaction():
            await db.execute("select pg_advisory_xact_lock(hashtext('loopdesk reckonings'))")
            yield


@asynccontextmanager
async def held(pool: Any, id: UUID) -> AsyncIterator[tuple[Any, ReckoningRow] | None]:
    """Hold a running reckoning for one step, in one transaction. Yield nothing when another has it, or when it does not run."""
    sql = f"select {names_of(ReckoningRow)} from {_JOBS} where reckoning_id = $1 and state = 'running' for update skip locked"
    with translated():
        async with pool.acquire() as db, db.transaction():
            row = await db.fetchrow(sql, id)
            yield None if row is None else (db, read(ReckoningRow, row))


async def write_rows(db: Any, found: Tally) -> None:
    """Write the rows of some cases."""
    if found.promises:
        await db.execute(*found.written)


async def write_step(db: Any, id: UUID, found: Sequence[Tally], cases: int, reached: str, took: timedelta) -> None:
    """Write what a step came to and how far it came."""
    await db.execute(
        f"update {_JOBS} set cases_done = cases_done + $2, left_out = left_out + $3, promises = promises + $4, "
        "flips = flips + $5, reached = $6, busy_us = busy_us + $7 where reckoning_id = $1",
        id,
        cases,
        sum(one.left_out for one in found),
        sum(one.promises for one in found),
        sum(one.flips for one in found),
        reached,
        took // timedelta(microseconds=1),
    )


async def end(db: Any, id: UUID, state: State, at: datetime, why: str = "") -> None:
    """Note that it is over."""
    # A case may have come or gone since they were counted.
    await _execute(
        db,
        f"update {_JOBS} set state = $2, ended_at = $3, why = $4, cases = case when $2 = 'done' then cases_done else cases end "
        "where reckoning_id = $1 and state in ('queued', 'running', 'paused')",
        id,
        state.value,
        at,
        why[:1_000],
    )


async def turn(db: Database, id: UUID, before: Sequence[State], after: State, at: datetime) -> bool:
    """Let one of these states become another; return whether it did. It waits for the step that is being worked on."""
    ended_at = at if after is State.CANCELLED else None
    sql = f"update {_JOBS} set state = $3, ended_at = $4 where reckoning_id = $1 and state = any($2)"
    return bool(await _execute(db, sql, id, list(before), after.value, ended_at))


async def ended_before(db: Database, at: datetime) -> list[UUID]:
    """Return the reckonings that were over before an instant."""
    return [row["reckoning_id"] for row in await db.fetch(f"select reckoning_id from {_JOBS} where ended_at < $1", at)]


async def delete_some(db: Database, id: UUID, limit: int) -> int:
    """Delete some rows of a reckoning, and in the end itself; return how many rows they were."""
    some = f"select ctid from {_ROWS} where reckoning_id = $1 limit {int(limit)}"
    found = await _execute(db, f"delete from {_ROWS} where ctid = any(array({some}))", id)
    if not found:
        await _execute(db, f"delete from {_JOBS} where reckoning_id = $1", id)
    return found


async def _execute(db: Any, sql: str, *values: Any) -> int:
    with translated():
        return touched(await db.execute(sql, *values))
