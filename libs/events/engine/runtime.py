"""Keeps an instance's steps running until it is told to stop, and ends them in order."""

import asyncio
import gc
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

import structlog

from libs.events.engine.instance import Instance
from libs.events.log.port import LogUnavailable
from libs.events.store.port import Conflict, StoreUnavailable

IDLE_SECONDS_MAX = 0.5
RETRY_EVERY_SECONDS = 3.0
LEARN_EVERY_SECONDS = TICK_EVERY_SECONDS = 0.25
REST_PAUSE_SECONDS = 0.1

GATHER_SECONDS, FEW_EVENTS = 0.05, 500
"""After a small batch a loop waits this long for more, because a batch of one costs as much as one of a hundred."""
WRITERS = 2
"""While PostgreSQL commits one group of commands, Python takes in the next. A third would only make the groups smaller."""
NEW_OBJECTS_MAX = 100_000

_output = structlog.get_logger()


def collect_rarely() -> None:
    """Look for cycles seldom: a batch is many objects and no cycle, and looking costs a third of a reader's time."""
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS_MAX, 20, 50)


async def send_rest(instance: Instance) -> None:
    """Send what an earlier process said and could not send, however long that takes, and give the leases back."""
    speaking = [partition for partition in instance.leases.wanted() if partition.topic in instance.service.topics_said]
    while await instance.store.outbox.unsent(speaking):
        await instance.lease()
        await instance.send()
        await asyncio.sleep(REST_PAUSE_SECONDS)
    await instance.store.leases.release(instance.owner)


class Runtime:
    """The loops of one instance. A step that fails is tried again for ever; `failures` says which steps fail, and why."""

    def __init__(self, instance: Instance, lease_seconds: float = 10.0) -> None:
        self._instance, self._renew_seconds = instance, lease_seconds / 3
        self._stopping = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self.failures: dict[str, str] = {}

    async def start(self) -> None:
        """Learn the standards, take partitions and begin."""
        self._instance.leases.introduce()
        await self._instance.learner.learn()
        await self._instance.lease()
        loops = [
            self._repeat(self._instance.lease, pause=self._renew_seconds),
            self._repeat(self._instance.learner.learn, pause=LEARN_EVERY_SECONDS),
            self._repeat(self._tick, pause=TICK_EVERY_SECONDS),
            self._read(),
            self._send(),
        ]
        self._tasks = [asyncio.create_task(loop) for loop in loops]
        self._tasks += [asyncio.create_task(self._instance.writer.run()) for _ in range(WRITERS)]

    async def stop(self) -> None:
        """Finish the steps under way, send what was said, and give the leases back."""
        self._stopping.set()
        self._instance.said.set()
        loops, writers = self._tasks[:-WRITERS], self._tasks[-WRITERS:]
        if loops:
            await asyncio.wait(loops, timeout=10.0)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*loops, *writers, return_exceptions=True)
        with suppress(LogUnavailable, StoreUnavailable, TimeoutError):
            async with asyncio.timeout(5.0):
                while await self._instance.send():
                    pass
                await self._instance.store.leases.release(self._instance.owner)

    async def _tick(self) -> None:
        while await self._instance.tick():
            pass

    async def _read(self) -> None:
        idle = 0.0

        retried_at = 0.0

        async def step() -> None:
            nonlocal idle, retried_at
            if self._instance.parking.has_learned() or time.monotonic() > retried_at + RETRY_EVERY_SECONDS:
                retried_at = time.monotonic()
                await self._instance.retry()
            handled = await self._instance.read(wait=IDLE_SECONDS_MAX)
            idle = min(idle + 0.02, 0.1) if not handled else GATHER_SECONDS if handled < FEW_EVENTS else 0.0
            await asyncio.sleep(idle)

        await self._repeat(step, pause=0.0)

    async def _send(self) -> None:
        idle = GATHER_SECONDS

        async def step() -> None:
            nonlocal idle
            if await self._instance.send():
                idle = GATHER_SECONDS
                await asyncio.sleep(GATHER_SECONDS)
                return
            idle = min(idle * 1.5, IDLE_SECONDS_MAX)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._instance.said.wait(), idle)

        await self._repeat(step, pause=0.0)

    async def _repeat(self, step: Callable[[], Awaitable[None]], *, pause: float) -> None:
        while not self._stopping.is_set():
            try:
                await step()
                self.failures.pop(step.__qualname__, None)
            except (StoreUnavailable, LogUnavailable, Conflict) as error:
                _output.warning("cannot go on now, will try again", service=self._instance.service.name, why=str(error))
                if isinstance(error, StoreUnavailable):
                    self._instance.forget()
                await asyncio.sleep(1.0)
            except Exception as error:
                # A fault of ours: not ready until it is gone, and never silently dead.
                self.failures[step.__qualname__] = f"{type(error).__name__}: {error}"
                _output.exception("a step failed, will try again", service=self._instance.service.name)
                await asyncio.sleep(1.0)
            if pause:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._stopping.wait(), pause)
