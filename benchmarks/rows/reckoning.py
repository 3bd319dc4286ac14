"""Reckonings: what other limits would have meant, asked of a running sla, beside folding the same facts in memory."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from itertools import count

import httpx
from fastapi import FastAPI

from benchmarks import ground
from benchmarks.desk import Filling, run
from benchmarks.history import BEGAN, case_of, history
from benchmarks.measure import Goal, Row, Side, compare
from libs.events.catalogue.promise import Target
from libs.events.catalogue.routing import ProcessPublished
from libs.events.catalogue.standard import Label, Standard
from libs.events.engine.runtime import collect_rarely
from libs.events.log.envelope import draft, fact_of
from libs.events.log.opening import open_log
from libs.events.store.postgres import PostgresStore, open_pool
from libs.events.upkeep.bootstrap import bootstrap
from libs.service.settings import StoreSettings
from libs.web.settings import WebSettings
from services.sla.books import CASES as BOOK
from services.sla.service import SERVICE, app

CASES, ROUNDS = 500, 3
LIMITS = {"response": "10m", "resolution": "2h"}
SETTLED_SECONDS_MAX = 600.0
LIMIT = (
    "one Python process, which counts each promise twice, by both limits, and rests for a fifth of the time; then a row of JSON "
    "for each promise"
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
_keys = count(1)


def rows(cases: int = CASES) -> list[Row]:
    """Return the row. The facts of so many cases were read from a log in PostgreSQL; sla said its own."""
    collect_rarely()
    url = ground.database("reckoning")
    bodies = run(_filled(url, cases))
    ours = Side("sla", lambda: run(_reckoned(url, cases)), "cases/s")
    fold = Side("decoding and folding the same facts, in memory", partial(_folded, bodies), "cases/s")
    work = f"a reckoning of {cases:,} cases by other limits, from POST to done"
    return compare(work, ours, [(fold, Goal(4))], limit=LIMIT, rounds=ROUNDS)


async def _filled(url: str, cases: int) -> list[Sequence[bytes]]:
    """Let sla read the history of so many cases, and return what it keeps of each."""
    await bootstrap(url, SERVICE)
    log = open_log(url)
    filling = Filling(log)
    await filling.make_topics()
    published = draft(ProcessPublished(standard=STANDARD), STANDARD.process_id, BEGAN)
    await filling.put([published, *(fact for fact in history(0, cases) if fact.source != SERVICE.name)])
    await log.close()
    async with _served(url), open_pool(url) as pool:
        async with asyncio.timeout(SETTLED_SECONDS_MAX):
            while await pool.fetchval("select count(*) from sla.clocks where status in ('met', 'ended_late')") < 2 * cases:  # noqa: ASYNC110
                await asyncio.sleep(0.2)
        version = await bootstrap(url, SERVICE)
        store = PostgresStore(pool, SERVICE.name, SERVICE.tables, version)
        return [await store.facts(("cases", case_of(n))) for n in range(cases)]


@asynccontextmanager
async def _served(url: str) -> AsyncIterator[FastAPI]:
    """Run sla."""
    made = app(StoreSettings(database_url=url), WebSettings())
    async with made.router.lifespan_context(made):
        yield made


async def _reckoned(url: str, cases: int) -> float:
    """Return how many cases a second one reckoning took, from the request to the end."""
    async with _served(url) as served:
        transport = httpx.ASGITransport(app=served)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
            begun = time.perf_counter()
            answer = await http.post("/reckonings", json={"limits": LIMITS}, headers={"Idempotency-Key": f"round {next(_keys)}"})
            where, shown = answer.headers["location"], answer.json()
            while shown["state"] in ("queued", "running"):
                await asyncio.sleep(0.02)
                shown = (await http.get(where)).json()
            taken = time.perf_counter() - begun
    assert (shown["state"], shown["cases_done"], shown["promises"]) == ("done", cases, 2 * cases), shown
    assert shown["summary"]["broken_after"] > shown["summary"]["broken_before"], "the limits were others"
    return cases / taken


def _folded(bodies: Sequence[Sequence[bytes]]) -> float:
    """Return how many cases a second are folded from their facts, and made rows of."""
    begun = time.perf_counter()
    clocks = 0
    for n, of_case in enumerate(bodies):
        key = case_of(n)
        clocks += sum(row.table == "clocks" for row in BOOK.rows(key, BOOK.of(key, [fact_of(body) for body in of_case])))
    assert clocks == 2 * len(bodies), f"{clocks} clocks of {len(bodies)} cases"
    return len(bodies) / (time.perf_counter() - begun)
