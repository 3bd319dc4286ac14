"""Fills logs with history as the relays would, and runs one instance of a service step by step."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Coroutine, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

import uvloop
from prometheus_client import CollectorRegistry

from benchmarks.history import history
from libs.events.engine.instance import Instance
from libs.events.engine.service import Service
from libs.events.log.envelope import Fact, record_of, stamped
from libs.events.log.opening import open_log
from libs.events.log.port import PARTITIONS, Log, Partition, Record, TopicSettings, partition_for
from libs.events.store.postgres import PostgresStore, open_pool
from libs.events.upkeep.bootstrap import bootstrap
from libs.events.words.now import real_now

APPENDED_AT_ONCE = 1_000
T = TypeVar("T")


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run asynchronous work on the loop that services run on."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)


@dataclass
class Filling:
    """A log being filled, with the last number of each service in each partition, as its relay would count."""

    log: Log
    numbers: dict[tuple[Partition, str], int] = field(default_factory=lambda: defaultdict(int))
    waiting: dict[Partition, list[Record]] = field(default_factory=lambda: defaultdict(list))
    partitions: dict[str, Partition] = field(default_factory=dict)

    async def make_topics(self) -> None:
        """Make the topics."""
        for topic, count in PARTITIONS.items():
            await self.log.create(TopicSettings(topic, count))

    async def put(self, facts: Iterable[Fact]) -> int:
        """Append facts, each to its partition, and return how many."""
        count = 0
        for count, fact in enumerate(facts, 1):  # noqa: B007  the count is the answer
            partition = self._partition(fact)
            said = self.numbers[partition, fact.source]
            self.numbers[partition, fact.source] = said + 1
            self.waiting[partition].append(stamped(record_of(fact, fact.time), partition.number, 1, said))
            if len(self.waiting[partition]) == APPENDED_AT_ONCE:
                await self.log.append(partition, self.waiting.pop(partition), timeout=60)
        for partition in list(self.waiting):
            await self.log.append(partition, self.waiting.pop(partition), timeout=60)
        return count

    def _partition(self, fact: Fact) -> Partition:
        if fact.key not in self.partitions:
            self.partitions[fact.key] = partition_for(fact.kind.topic, fact.key)
        return self.partitions[fact.key]


async def filled(log_url: str, cases: int) -> None:
    """Fill a fresh log with the history of so many cases."""
    log = open_log(log_url)
    filling = Filling(log)
    await filling.make_topics()
    await filling.put(history(0, cases))
    await log.close()


@asynccontextmanager
async def instance_of(service: Service, database_url: str, log_url: str) -> AsyncIterator[Instance]:
    """Run one instance of a service without its loops: it takes a step when it is told to."""
    version = await bootstrap(database_url, service)
    logs = [open_log(log_url) for _ in range(3)]
    async with open_pool(database_url) as pool:
        store = PostgresStore(pool, service.name, service.tables, version, vault=service.vault)
        instance = Instance(service, store, logs, now=real_now, registry=CollectorRegistry())
        await instance.lease()
        yield instance
        await store.leases.release(instance.owner)
        for log in logs:
            await log.close()
