"""What an event costs at 2 million events beside 100 thousand: written, projected, replayed, read; memory and disk."""

import time
from collections.abc import Callable, Coroutine
from typing import Any

import asyncpg

from benchmarks import ground
from benchmarks.desk import instance_of, run
from benchmarks.grown import LARGE_CASES, SMALL_CASES, Desk, desk, written
from benchmarks.history import FACTS_PER_CASE, case_of
from benchmarks.measure import Goal, Row, Side, Spread, compare, spread
from benchmarks.rows.replay import into_tables
from libs.events.engine.runtime import collect_rarely
from services.analytics.service import SERVICE as ANALYTICS
from services.intake.service import SERVICE as INTAKE

MORE_CASES, READS = 500, 500
NEW_FROM = 10_000_000
"""The measurement numbers its cases from here, because the history has none of these."""

Cost = Callable[[Desk], Coroutine[Any, Any, float]]

LIMIT = "trees that are one level deeper and caches that hold less of them"


def rows() -> list[Row]:
    """Return the rows about growth, memory and disk."""
    collect_rarely()
    small, large = desk(SMALL_CASES), desk(LARGE_CASES)
    found = [row for what, cost, rounds in COSTS for row in _grown(what, cost, rounds, small, large)]
    return [*found, _memory(small, large), *run(_disk(large))]


def _grown(what: str, cost: Cost, rounds: int, small: Desk, large: Desk) -> list[Row]:
    ours = Side("large", lambda: run(cost(large)), "µs/event")
    peer = Side(f"itself at {SMALL_CASES * FACTS_PER_CASE:,} events", lambda: run(cost(small)), "µs/event")
    work = f"growth: {what} at {LARGE_CASES * FACTS_PER_CASE:,} events"
    return compare(work, ours, [(peer, Goal(1.15, at_most=True))], limit=LIMIT, rounds=rounds, warm=min(1, rounds - 1))


_written = {"next": NEW_FROM}


async def _write(of: Desk) -> float:
    """Write cases that are new, as clients do."""
    first = _written["next"]
    _written["next"] += MORE_CASES
    async with instance_of(INTAKE, of.url, of.log_url) as instance:
        begun = time.perf_counter()
        await written(instance, first, MORE_CASES)
        return _micros(begun, 2 * MORE_CASES)


async def _project(of: Desk) -> float:
    """Read what the history adds."""
    async with instance_of(ANALYTICS, of.url, of.log_url) as instance:
        count, handled = await of.more(MORE_CASES), 0
        begun = time.perf_counter()
        while handled < count:
            handled += await instance.read(wait=0.5)
        return _micros(begun, count)


async def _replay(of: Desk) -> float:
    """Rebuild sla's tables from the first event."""
    return await into_tables(of.log_url) / of.events * 1e6


async def _read(of: Desk) -> float:
    """Ask for whole cases, one after the other, spread over all of them."""
    connection = await asyncpg.connect(of.url)
    sql = "select * from analytics.cases where case_id = $1"
    asked = [case_of(n * of.cases // READS) for n in range(READS)]
    begun = time.perf_counter()
    for case_id in asked:
        assert await connection.fetchrow(sql, case_id), f"{case_id} is not in the view"
    taken = _micros(begun, READS)
    await connection.close()
    return taken


COSTS: tuple[tuple[str, Cost, int], ...] = (
    ("write", _write, 5),
    ("projection", _project, 3),
    ("replay", _replay, 1),
    ("read of one case", _read, 5),
)


def _micros(begun: float, count: int) -> float:
    return (time.perf_counter() - begun) / count * 1e6


def _memory(small: Desk, large: Desk) -> Row:
    """Return the resident memory of the process that projected the whole log, beside itself after 100 thousand events."""
    early, late = (large.memory[when] / 2**20 for when in ("early", "late"))
    one = spread([late])
    work = f"memory of analytics' process after {LARGE_CASES * FACTS_PER_CASE:,} events, all of it a backlog"
    limit = f"the batches under way; nothing is kept between them (at {SMALL_CASES * FACTS_PER_CASE:,} in all: "
    limit += f"{small.memory['late'] / 2**20:.0f} MiB)"
    return Row(work, "MiB", one, "itself after 100,000", spread([early]), Spread(*[late / early] * 3), None, limit)


async def _disk(of: Desk) -> list[Row]:
    """Return the bytes that an event takes on disk: in the log, in the tables of analytics, in those of intake."""
    kafka = sum(file.stat().st_size for file in (ground.kafka().folder / "data").glob(f"*{_prefix(of)}cases-*/*.log"))
    own = await _bytes(of, "intake", "outbox")
    found = {
        "Kafka's log, compressed": kafka / of.events,
        "analytics' facts, states, rows and their indexes": await _bytes(of, "analytics") / of.events,
        "intake's outbox and its indexes, for each of its own": own / (2 * of.cases),
    }
    return [
        Row(f"bytes on disk per event: {what}", "B", spread([size]), "", None, None, None, "") for what, size in found.items()
    ]


def _prefix(of: Desk) -> str:
    return of.log_url.rpartition("/")[2]


async def _bytes(of: Desk, service: str, table: str = "%") -> int:
    connection = await asyncpg.connect(of.url)
    size = await connection.fetchval(
        "select sum(pg_total_relation_size(c.oid))::bigint from pg_class c join pg_namespace n on n.oid = c.relnamespace "
        "where c.relkind = 'r' and n.nspname like $1 and c.relname like $2",
        f"{service}\\_%",
        table,
    )
    await connection.close()
    return int(size)
