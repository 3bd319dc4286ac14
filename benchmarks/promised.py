"""Stores of an sla whose promises are measured: filled from a made-up month, multiplied, served in this process."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from itertools import chain
from typing import Any

import httpx

from benchmarks.desk import Filling
from benchmarks.history import BEGAN, case_of, history, newcomer
from libs.events.catalogue.promise import Target
from libs.events.catalogue.routing import ProcessPublished
from libs.events.catalogue.standard import Label, Standard
from libs.events.log.envelope import draft
from libs.events.log.opening import open_log
from libs.events.store.postgres import PostgresStore, open_pool
from libs.events.upkeep.bootstrap import bootstrap
from libs.service.settings import StoreSettings
from libs.web.settings import WebSettings
from services.sla.service import SERVICE, app

SETTLED_SECONDS_MAX = 1_200.0
COLUMNS = (
    "select string_agg(quote_ident(column_name), ', ') from information_schema.columns "
    "where table_schema = $1 and table_name = $2 and column_name <> $3"
)
STANDARD = Standard(
    process_id="inbound-call",
    version=1,
    name=Label(en="Calls", zh="来电"),
    calendar=None,
    nodes=(),
    targets=(
        Target(clock="response", kind="response", limit="4h", start="registered", stop="first_response"),
        Target(
            clock="resolution", kind="resolution", limit="48h", start="registered", stop="resolved", pauses=("awaiting_customer",)
        ),
    ),
)


async def filled(url: str, cases: int, newcomers: int = 0) -> list[Sequence[bytes]]:
    """Let sla read the history of so many cases, and return what it keeps of each; on so many more nobody works yet."""
    await bootstrap(url, SERVICE)
    log = open_log(url)
    filling = Filling(log)
    await filling.make_topics()
    published = draft(ProcessPublished(standard=STANDARD), STANDARD.process_id, BEGAN)
    open_ones = (fact for n in range(cases, cases + newcomers) for fact in newcomer(n))
    of_others = (fact for fact in chain(history(0, cases), open_ones) if fact.source != SERVICE.name)
    await filling.put(chain([published], of_others))
    await log.close()
    async with served(url), open_pool(url) as pool:
        await _read(pool, "status in ('met', 'ended_late')", len(STANDARD.targets) * cases)
        await _read(pool, "true", len(STANDARD.targets) * (cases + newcomers))
        await pool.execute("vacuum analyze")
        version = await bootstrap(url, SERVICE)
        store = PostgresStore(pool, SERVICE.name, SERVICE.tables, version)
        return [await store.facts(("cases", case_of(n))) for n in range(cases)]


async def _read(pool: Any, which: str, promises: int) -> None:
    async with asyncio.timeout(SETTLED_SECONDS_MAX):
        while await pool.fetchval(f"select count(*) from sla.clocks where {which}") < promises:  # noqa: ASYNC110
            await asyncio.sleep(0.2)


async def multiplied(url: str, times: int, rows: Sequence[str] = ()) -> None:
    """Give the store so many times as many cases: each of them again, under other ids; also their rows in these tables."""
    version = await bootstrap(url, SERVICE)
    async with open_pool(url) as pool:
        for table, id, which in [("state", "key", "book = 'cases'"), *((table, "case_id", "true") for table in rows)]:
            columns = await pool.fetchval(COLUMNS, f"sla_v{version}", table, id)
            await pool.execute(
                f"insert into sla_v{version}.{table} ({id}, {columns}) "
                f"select {id} || '-' || n, {columns} from sla_v{version}.{table}, generate_series(2, $1::int) n where {which}",
                times,
            )
        await pool.execute("vacuum analyze")


@asynccontextmanager
async def served(url: str) -> AsyncIterator[httpx.AsyncClient]:
    """Run sla, and yield a client of it."""
    made = app(StoreSettings(database_url=url), WebSettings())
    async with made.router.lifespan_context(made):
        transport = httpx.ASGITransport(app=made)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", timeout=60.0) as http:
            yield http
