"""Opens what a service needs, in order: tables, log, connections, the instance and its loops; closes it in reverse."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg
import structlog
from prometheus_client import CollectorRegistry

from libs.events.engine import tracing
from libs.events.engine.instance import Instance
from libs.events.engine.runtime import Runtime, send_rest
from libs.events.engine.service import Service
from libs.events.log.opening import open_log
from libs.events.log.port import PARTITIONS, Log, TopicSettings, guard
from libs.events.store.postgres import PostgresStore, open_pool
from libs.events.upkeep.alone import UnderWay
from libs.events.upkeep.bootstrap import bootstrap
from libs.events.upkeep.live import is_outdated, live_version
from libs.events.upkeep.rebuild import rebuild
from libs.events.words.now import Now
from libs.service.settings import StoreSettings
from libs.web.metrics import Metrics

_output = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Opened:
    """What is open while a service runs."""

    pool: "asyncpg.Pool[Any]"
    instance: Instance
    runtime: Runtime


@asynccontextmanager
async def opened(service: Service, settings: StoreSettings, metrics: Metrics, own_clock: Now) -> AsyncIterator[Opened]:
    """Open everything, rebuild tables that another release made, and run the loops until the end."""
    url, seconds = settings.database_url, settings.lease_seconds

    def instance(version: int, registry: CollectorRegistry) -> Instance:
        store = PostgresStore(pool, service.name, service.tables, version, vault=service.vault, lease_seconds=seconds)
        return Instance(service, store, logs, now=own_clock, registry=registry)

    async with AsyncExitStack() as stack:
        version = await bootstrap(url, service)
        logs = await _logs(stack, settings.log_url)
        pool = await stack.enter_async_context(open_pool(url, seconds))
        stack.push_async_callback(asyncio.to_thread, tracing.flush)
        if await is_outdated(pool, service):
            await send_rest(instance(version, CollectorRegistry()))
            version = await _renewed(url, service, logs[0], pool)
        live = instance(version, metrics.registry)
        # It leaves out what it cannot know. What it owns it knows, also while the database is away.
        metrics.refresh("kernel", live.measure, lambda: None)
        runtime = Runtime(live, lease_seconds=seconds)
        stack.push_async_callback(runtime.stop)
        await runtime.start()
        yield Opened(pool, live, runtime)


async def _renewed(url: str, service: Service, log: Log, pool: "asyncpg.Pool[Any]") -> int:
    """Return the version of the tables once this release has made them, be it here or in an instance that came first."""
    while await is_outdated(pool, service):
        # Who comes second waits for the first, and begins again itself if that one dies.
        try:
            await rebuild(url, service, log, switch=True, if_outdated=True)
        except UnderWay as error:
            _output.info("the instance waits for the tables of this release", service=service.name, why=str(error))
    return await live_version(pool, service.name)


async def _logs(stack: AsyncExitStack, url: str) -> Sequence[Log]:
    """Open three clients of the log: to read, to relay, for the rest; make its topics, or refuse those of another shape."""
    logs = [open_log(url) for _ in range(3)]
    for log in logs:
        stack.push_async_callback(log.close)
    for topic, count in PARTITIONS.items():
        wanted = TopicSettings(topic, count)
        await logs[0].create(wanted)
        await guard(logs[0], wanted)
    return logs
