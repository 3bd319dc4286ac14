"""How far a result of a rule really walks: the modules of ours in which a function runs until its row is written."""

import asyncio
import sys

import asyncpg

from libs.events.engine.work import Work
from libs.events.log.envelope import record_of
from libs.events.store.postgres import PostgresStore
from libs.events.upkeep.bootstrap import bootstrap
from libs.events.words.event import Topic
from services.sla.service import SERVICE
from tests.services.sla.samples import KEY, REGISTERED, at, fact, shelf, target

WALKED_MAX = 25
"""Modules in which a function runs, from the last look at the rule that decides a breach to the row. It may not grow.

test_measures.py counts what is imported on the way: more, because a module may be imported and not entered, and less,
because the rule itself is not imported by what makes a row of its result."""


async def test_a_fact_walks_through_few_modules_from_its_rule_to_its_row(database_url):
    version = await bootstrap(database_url, SERVICE)
    heard, subject, entered = fact(REGISTERED), (Topic.CASES, KEY), []

    async def hear(unit):
        unit.hear(heard, record_of(heard, at(0)).body)
        sys.setprofile(lambda frame, event, _: entered.append(frame.f_globals.get("__name__", "")) if event == "call" else None)
        await unit.settle(subject)

    async with asyncpg.create_pool(database_url, min_size=1, max_size=1) as pool:
        store = PostgresStore(pool, SERVICE.name, SERVICE.tables, version)
        try:
            await Work(SERVICE, store, shelf(target("60m")), asyncio.Event()).do([subject], hear)
        finally:
            sys.setprofile(None)
        assert await pool.fetchval(f"select count(*) from {store.data}.clocks") == 1
    rule = max(n for n, name in enumerate(entered) if name == "services.sla.domain.breach")
    row = max(n for n, name in enumerate(entered) if name == "libs.events.store.projection")
    walked = {name for name in entered[rule : row + 1] if name.startswith(("libs.", "services."))}
    assert len(walked) <= WALKED_MAX, sorted(walked)
