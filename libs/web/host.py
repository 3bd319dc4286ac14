"""One service's process: its memory, its log, its loops and its HTTP app, opened and closed together."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import replace
from datetime import datetime
from typing import Any

import asyncpg
import structlog
from fastapi import APIRouter, FastAPI
from prometheus_client import CollectorRegistry

from libs.events.engine import tracing
from libs.events.engine.instance import Instance
from libs.events.engine.runtime import Runtime, send_rest
from libs.events.engine.service import Service
from libs.events.engine.standards import Standards
from libs.events.engine.writer import Command
from libs.events.log.opening import open_log
from libs.events.log.partition import PARTITIONS
from libs.events.log.port import Log, TopicSettings, guard
from libs.events.store.port import Answer, Position, Subject
from libs.events.store.postgres import PostgresStore, open_pool
from libs.events.upkeep.bootstrap import bootstrap, is_outdated
from libs.events.upkeep.rebuild import rebuild
from libs.events.words.event import Topic
from libs.events.words.now import Now, real_now
from libs.events.words.refusal import Refused
from libs.web.app import create_app
from libs.web.context import trace_here
from libs.web.environment import setting, settings
from libs.web.health import Check
from libs.web.metrics import Metrics
from libs.web.position import written
from libs.web.settings import WebSettings

log = structlog.get_logger()

OUTBOX_EVENTS_MAX = 200_000
"""Above this many events waiting for the log, writes are refused until the relay has caught up."""

FAILED_IN_A_ROW_MAX = 100
"""When more keys are set aside and none goes well between them, the fault must be ours: not ready, but reading goes on."""

POSITION_WAIT_SECONDS = 5.0
POSITION_POLL_SECONDS = 0.02


@settings
class StoreSettings:
    """Where a service keeps what it knows, and where the log is."""

    database_url: str = setting("LOOPDESK_DATABASE_URL", default="", meaning="PostgreSQL, version 15 or newer.")
    kafka: str = setting("LOOPDESK_KAFKA", default="", meaning="Kafka's address; the log is in PostgreSQL when it is empty.")
    lease_seconds: float = setting(
        "LOOPDESK_LEASE_SECONDS", default=10.0, meaning="How long a silent instance keeps its partitions.", unit="seconds"
    )

    @property
    def log_url(self) -> str:
        return f"kafka://{self.kafka}" if self.kafka else self.database_url


class Host:
    """What a service's routes use: execute, standards, now, and a pool for questions."""

    def __init__(self, service: Service, store: StoreSettings, own_clock: Now = real_now) -> None:
        self.service, self._own_clock = service, own_clock
        self.metrics = Metrics(service.name, lambda: self.standards.words)
        self._settings = store
        self._instance: Instance | None = None
        self._pool: asyncpg.Pool[Any] | None = None
        self._runtime: Runtime | None = None

    @property
    def instance(self) -> Instance:
        if self._instance is None:
            raise Refused("starting", "The service is starting; try again in a second.", 503)
        return self._instance

    def now(self) -> datetime:
        """Return the instant by the clock that all instances share."""
        return self.instance.clock()

    @property
    def pool(self) -> "asyncpg.Pool[Any]":
        if self._pool is None:
            raise Refused("starting", "The service is starting; try again in a second.", 503)
        return self._pool

    @property
    def data(self) -> str:
        """The schema of the live tables."""
        store = self.instance.store
        assert isinstance(store, PostgresStore)
        return store.data

    @property
    def standards(self) -> Standards:
        return self.instance.standards

    async def execute(self, command: Command) -> Answer:
        """Execute a command, unless so much waits for the log that accepting more would be a promise to nobody."""
        unsent = self.instance.unsent or 0
        if unsent > OUTBOX_EVENTS_MAX:
            raise Refused("log-behind", f"{unsent} events wait for the log. Try again in some seconds.", 503)
        trace = trace_here()
        return await self.instance.writer.execute(replace(command, trace=trace) if trace else command)

    async def wait_for(self, position: Position | None) -> None:
        """Wait until this service knows what the client saw, at most five seconds; refuse to answer from before it."""
        if position is None:
            return
        end = time.monotonic() + POSITION_WAIT_SECONDS
        while not await self._knows(position):
            if time.monotonic() > end:
                raise _not_reached(position)
            await asyncio.sleep(POSITION_POLL_SECONDS)

    async def _knows(self, position: Position) -> bool:
        topic, number = position.partition
        if topic == Topic.STANDARDS:  # also one's own: what governs cases is learned from the log
            return self.instance.shelf.has_read(position)
        if position.source == self.service.name or topic not in self.service.topics_heard:
            return True  # said here, or of no concern here
        sql = f"select seen -> $1 from {self.data}.checkpoint where topic = $2 and part = $3"
        seen = await self.pool.fetchval(sql, position.source, topic, number)
        return seen is not None and tuple(json.loads(seen)) >= (position.epoch, position.seq)

    async def version(self, subject: Subject) -> int:
        """Return how often the subject was changed; its ETag."""
        sql = f"select version from {self.data}.state where topic = $1 and key = $2"
        return await self.pool.fetchval(sql, *subject) or 0

    async def check(self) -> str | None:
        """Return what is wrong: a step that fails, a partition that is stopped; raise when the database does not answer."""
        if self._runtime is None:
            return "starting"
        if self._runtime.failures:
            return "failing: " + "; ".join(self._runtime.failures.values())
        if stopped := self.instance.stopped():
            return "stopped: " + "; ".join(stopped)
        if self.instance.reader.failed_in_a_row > FAILED_IN_A_ROW_MAX:
            return f"failing: {self.instance.reader.failed_in_a_row} keys were set aside one after the other and none went well"
        await self.instance.clock.ask(self.instance.store.now)
        if full := await self.instance.store.shortage():
            return f"no room: the last write failed. {full}"
        return self.instance.wrong_clock() or None

    @asynccontextmanager
    async def running(self, app: FastAPI) -> AsyncIterator[None]:
        """Open everything, run the loops while the app serves, and close in order."""
        async with AsyncExitStack() as stack:
            url = self._settings.database_url
            version = await bootstrap(url, self.service)
            logs = [open_log(self._settings.log_url) for _ in range(3)]
            for log in logs:
                stack.push_async_callback(log.close)
            for topic, count in PARTITIONS.items():
                wanted = TopicSettings(topic, count)
                await logs[0].create(wanted)
                await guard(logs[0], wanted)
            self._pool = await stack.enter_async_context(open_pool(url, self._settings.lease_seconds))
            stack.push_async_callback(asyncio.to_thread, tracing.flush)
            if await is_outdated(url, self.service):
                await send_rest(self._made(version, logs, CollectorRegistry()))
                await rebuild(url, self.service, logs[0], switch=True)
                version += 1
            self._instance = self._made(version, logs, self.metrics.registry)
            # What it cannot know it leaves out by itself; what it owns it knows, also while the database is away.
            self.metrics.refresh("kernel", self._instance.measure, lambda: None)
            self._runtime = Runtime(self._instance, lease_seconds=self._settings.lease_seconds)
            stack.push_async_callback(self._runtime.stop)
            await self._runtime.start()
            yield

    def _made(self, version: int, logs: Sequence[Log], registry: CollectorRegistry) -> Instance:
        service, seconds = self.service, self._settings.lease_seconds
        store = PostgresStore(self.pool, service.name, service.tables, version, vault=service.vault, lease_seconds=seconds)
        return Instance(service, store, logs, now=self._own_clock, registry=registry)


def _not_reached(position: Position) -> Refused:
    detail = f"{written(position)} is not known here yet. Try again, or leave Position out to go on with what is known."
    return Refused("position-not-reached", detail, 503)


@asynccontextmanager
async def running_beside(work: Callable[[], Coroutine[Any, Any, None]] | None) -> AsyncIterator[None]:
    """Run something beside what is done within, as often as it fails; end it afterwards."""
    task = None if work is None else asyncio.create_task(_until_done(work))
    try:
        yield
    finally:
        if task is not None:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


async def _until_done(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    while True:
        try:
            return await work()
        except Exception as error:
            log.warning("cannot be done now, will try again", why=f"{type(error).__name__}: {error}")
            await asyncio.sleep(1.0)


def hosted(
    host: Host,
    title: str,
    routers: Iterable[APIRouter],
    web: WebSettings,
    *,
    card: str | None = None,
    started: Callable[[], Any] | None = None,
    meanwhile: Callable[[], Coroutine[Any, Any, None]] | None = None,
    checks: Mapping[str, Check] | None = None,
    **options: Any,
) -> FastAPI:
    """Return the host's app.

    `started` is awaited once everything runs, before the first request; `meanwhile` runs beside the requests to its end.
    `card` is the service's own; its first line describes it.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with host.running(app):
            if started is not None:
                await started()
            async with running_beside(meanwhile):
                yield

    return create_app(
        host.service.name,
        title,
        routers,
        settings=web,
        metrics=host.metrics,
        lifespan=lifespan,
        description=(card or "").partition("\n")[0],
        checks={"service": host.check} | dict(checks or {}),
        **options,
    )
