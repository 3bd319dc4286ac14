"""What a service's routes use: they execute commands, and ask what is known."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

import asyncpg

from libs.events.engine.instance import Instance
from libs.events.engine.known import Known
from libs.events.engine.service import Service
from libs.events.engine.writer import Command
from libs.events.store.port import Store
from libs.events.store.values import Answer, Position, Subject
from libs.events.words.event import Topic
from libs.events.words.now import Now, real_now
from libs.events.words.refusal import Refused
from libs.service.opening import Opened, opened
from libs.service.readiness import wrong
from libs.service.settings import StoreSettings
from libs.web.context import trace_here
from libs.web.metrics import Metrics
from libs.web.position import written

OUTBOX_EVENTS_MAX = 200_000
"""Above this many events waiting for the log, writes are refused until the relay has caught up."""

POSITION_WAIT_SECONDS = 5.0
POSITION_POLL_SECONDS = 0.02


class RunningService:
    """One service as its routes see it; it can be asked while it is `running`."""

    def __init__(self, service: Service, settings: StoreSettings, own_clock: Now = real_now) -> None:
        self.service, self._settings, self._own_clock = service, settings, own_clock
        self.metrics = Metrics(service.name, lambda: self.known.words)
        self._opened: Opened | None = None

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Open everything and run the loops; close in order."""
        async with opened(self.service, self._settings, self.metrics, self._own_clock) as self._opened:
            yield

    @property
    def opened(self) -> Opened:
        if self._opened is None:
            raise Refused("starting", "The service is starting; try again in a second.", 503)
        return self._opened

    @property
    def instance(self) -> Instance:
        return self.opened.instance

    @property
    def pool(self) -> "asyncpg.Pool[Any]":
        """The connections for questions about the service's own tables."""
        return self.opened.pool

    @property
    def store(self) -> Store:
        """Where the kernel keeps subjects and their facts."""
        return self.instance.store

    @property
    def known(self) -> Known:
        return self.instance.known

    def now(self) -> datetime:
        """Return the instant by the clock that all instances share."""
        return self.instance.clock()

    def as_of(self) -> datetime | None:
        """Return until when everything on the log is in the tables; None while that is not known."""
        return self._opened.instance.watermark() if self._opened else None

    async def execute(self, command: Command) -> Answer:
        """Execute a command; refuse it while too many events wait for the log."""
        unsent = self.instance.relay.unsent or 0
        if unsent > OUTBOX_EVENTS_MAX:
            raise Refused("log-behind", f"{unsent} events wait for the log. Try again in some seconds.", 503)
        trace = trace_here()
        return await self.instance.writer.execute(replace(command, trace=trace) if trace else command)

    async def wait_for(self, position: Position | None) -> None:
        """Wait at most five seconds until this service knows what the client saw; refuse to answer from an older state."""
        if position is None:
            return
        end = time.monotonic() + POSITION_WAIT_SECONDS
        while not await self._knows(position):
            if time.monotonic() > end:
                raise _not_reached(position)
            await asyncio.sleep(POSITION_POLL_SECONDS)

    async def _knows(self, position: Position) -> bool:
        topic = position.partition.topic
        if topic == Topic.STANDARDS:  # also one's own: standards and calendars are learned from the log
            return self.instance.learner.has_read(position)
        if position.source == self.service.name or topic not in self.service.topics_heard:
            return True  # said here, or not heard here
        return await self.store.has_read(position)

    async def version(self, subject: Subject) -> int:
        """Return how often the subject was changed; its ETag."""
        kept = await self.store.state(subject)
        return kept.version if kept else 0

    async def check(self) -> str | None:
        """Return why this service cannot do its work, or nothing."""
        return "starting" if self._opened is None else await wrong(self._opened.instance, self._opened.runtime)


def _not_reached(position: Position) -> Refused:
    detail = f"{written(position)} is not known here yet. Try again, or leave Position out to go on with what is known."
    return Refused("position-not-reached", detail, 503)
