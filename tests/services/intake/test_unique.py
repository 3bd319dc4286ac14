"""A reference that is said to be unique names one case, whichever instance is asked, by whomever, at the same time."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime
from types import SimpleNamespace

import asyncpg
import httpx
import pytest
from prometheus_client import CollectorRegistry

from libs.events.engine.instance import Instance
from libs.events.log.port import PARTITIONS, TopicSettings
from libs.events.store.postgres import PostgresStore
from libs.events.testing.memory_log import MemoryLog
from libs.events.testing.sample_standard import STANDARD
from libs.events.testing.spec import knowing
from libs.events.upkeep.bootstrap import bootstrap
from libs.service.app import app_of
from libs.service.running import RunningService
from libs.service.settings import StoreSettings
from libs.web.settings import WebSettings
from services.intake.api import routes
from services.intake.domain.link import Links
from services.intake.service import SERVICE
from services.intake.storage import Files
from services.intake.tables import TABLES, VAULT

NOW = datetime(2026, 12, 1, tzinfo=UTC)
BODY = {"channel": "web", "process_id": STANDARD.process_id, "external_ref": "T-1", "unique": True}


@pytest.fixture
async def desks(database_url):
    """Two instances of intake on one database, and the database."""
    version = await bootstrap(database_url, SERVICE)
    async with asyncpg.create_pool(database_url, min_size=1, max_size=8) as pool:
        apps, writers = [], []
        for _ in range(2):
            store = PostgresStore(pool, "intake", TABLES, version, vault=VAULT)
            lines = MemoryLog()
            for topic, count in PARTITIONS.items():
                await lines.create(TopicSettings(topic, count))
            instance = Instance(SERVICE, store, [lines] * 3, now=lambda: NOW, registry=CollectorRegistry())
            await instance.lease()  # learns the database's time
            instance.known = knowing(STANDARD)
            running = RunningService(SERVICE, StoreSettings())
            running._opened = SimpleNamespace(pool=pool, instance=instance)
            writers += [asyncio.create_task(instance.writer.run()) for _ in range(2)]
            apps.append(app_of(running, "intake", [routes(running, "pepper", Links(), Files())], WebSettings()))
        clients = [httpx.AsyncClient(transport=httpx.ASGITransport(app=one), base_url="http://127.0.0.1") for one in apps]
        yield clients, pool
        for task in writers:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


async def test_of_many_registrations_at_once_one_is_the_case_and_the_others_are_told_which(desks):
    clients, pool = desks

    async def register(number, **words):
        body = BODY | {"subject": f"told by {number}"} | words
        return await clients[number % 2].post("/cases", json=body, headers={"Idempotency-Key": f"k{number}"})

    answers = await asyncio.gather(*(register(number) for number in range(24)))
    first = [one for one in answers if one.status_code == 201]
    assert len(first) == 1 and first[0].headers["Position"]
    case_id = first[0].json()["case_id"]
    others = [one for one in answers if one is not first[0]]
    assert {(one.status_code, one.json()["type"]) for one in others} == {(409, "/problems/external-ref-taken")}
    assert {one.headers["Location"] for one in others} == {first[0].headers["Location"]} == {f"/cases/{case_id}"}
    assert all(case_id in one.json()["detail"] for one in others)
    # The others' requests left nothing, and the first gets the same answer when it asks again.
    subject = await pool.fetchval("select subject from intake_core.vault where case_id = $1", case_id)
    winner = int(subject.removeprefix("told by "))
    assert answers[winner] is first[0]
    assert (await register(winner)).content == first[0].content
    assert await pool.fetchval("select count(*) from intake.cases") == 1
    # Another source has a T-1 of its own, and a request that does not call it unique may use it again.
    assert (await register(30, source="erp")).status_code == 201
    assert [(await register(number, unique=False)).status_code for number in (31, 32)] == [201, 201]
