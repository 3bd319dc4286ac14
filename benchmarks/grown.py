"""A desk of a given size, filled through the code that runs in production: intake's writer, the log, analytics' reader."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from benchmarks import ground
from benchmarks.desk import Filling, instance_of
from benchmarks.history import BEGAN, FACTS_PER_CASE, history, life, walk
from libs.events.engine.instance import Instance
from libs.events.engine.writer import Command
from libs.events.log.envelope import Fact
from libs.events.log.opening import open_log
from libs.events.store.postgres import PostgresStore
from libs.events.store.values import Answer
from libs.events.words.event import Topic
from services.intake.service import SERVICE as INTAKE

SMALL_CASES, LARGE_CASES = 5_000, 100_000
YEAR = timedelta(days=330)
"""What a year of cases spans, so that some days are left by which one question about it can differ from the next."""
CLIENTS = 64
FILLING_SECONDS_MAX = 3_600
"""A process that reads a log for so long hangs; a slow machine takes a third of that."""
OWNERS = ("intake",)
NEAR = 2_000
"""The number of events at the log's end among which every owner has one."""


@dataclass
class Desk:
    """A database with intake's and analytics' tables, and the log they belong to."""

    url: str
    log_url: str
    cases: int
    filling: Filling
    memory: dict[str, int]

    @property
    def events(self) -> int:
        return self.cases * FACTS_PER_CASE

    async def more(self, cases: int) -> int:
        """Let the history go on by some cases, and return how many events that made."""
        count = await self.put(history(self.cases, cases))
        self.cases += cases
        return count

    async def put(self, facts: Iterable[Fact]) -> int:
        """Let the log go on by these facts, and return how many they are."""
        self.filling.log = open_log(self.log_url)  # each measurement has a loop of its own
        count = await self.filling.put(facts)
        await self.filling.log.close()
        return count


@cache
def desk(cases: int) -> Desk:
    """Return a desk of so many cases, filled when it is first asked for."""
    sys.stderr.write(f"desk of {cases:,} cases: filling the log and intake's tables, a minute for 50,000 cases\n")
    made = _empty(f"desk{cases}")
    asyncio.run(made.more(cases))
    asyncio.run(_registered(made))
    sys.stderr.write(f"desk of {cases:,} cases: projecting {made.events:,} events\n")
    made.memory = projected(made, made.events)
    return made


@cache
def year() -> Desk:
    """Return a desk with a year of LARGE_CASES cases that walked through six nodes, filled when it is first asked for."""
    sys.stderr.write(f"a year of {LARGE_CASES:,} cases: filling the log\n")
    made = _empty("year")
    count = asyncio.run(made.put(fact for n in range(LARGE_CASES) for fact in walk(n, BEGAN + n * YEAR / LARGE_CASES)))
    sys.stderr.write(f"a year of {LARGE_CASES:,} cases: projecting {count:,} events\n")
    made.memory = projected(made, count)
    return made


def _empty(name: str) -> Desk:
    async def topics() -> Filling:
        filling = Filling(open_log(log_url))
        await filling.make_topics()
        await filling.log.close()
        return filling

    log_url = ground.corner()
    return Desk(ground.database(name), log_url, 0, asyncio.run(topics()), {})


async def _registered(made: Desk) -> None:
    async with instance_of(INTAKE, made.url, made.log_url) as instance:
        await written(instance, 0, made.cases)


async def written(instance: Instance, first: int, count: int) -> None:
    """Let clients write what intake says of some cases, as fast as the writer takes it."""
    waiting = iter(range(first, first + count))
    running = asyncio.create_task(instance.writer.run())
    await asyncio.gather(*(_client(instance, waiting) for _ in range(CLIENTS)))
    running.cancel()
    await _mark_as_sent(instance)


async def _mark_as_sent(instance: Instance) -> None:
    """Mark all events as sent, because the log has been filled with them already. The last ones stand near the log's end."""
    store = instance.store
    assert isinstance(store, PostgresStore)
    for (topic, part), end in (await instance.relay._log.ends(Topic.CASES)).items():
        await store.pool.execute(
            f"update {store.core}.relay_cursor c set last_seq = o.next_seq - 1, log_offset = $3 "
            f"from {store.core}.outbox_partition o where (o.topic, o.part) = (c.topic, c.part) and c.topic = $1 and c.part = $2",
            topic,
            part,
            max(0, end - NEAR),
        )


async def _client(instance: Instance, waiting: Iterator[int]) -> None:
    for n in waiting:
        facts = [fact for fact in life(n) if fact.source in OWNERS]
        await instance.writer.execute(Command(lambda outcome: Answer(201, b"{}"), facts=facts))


def projected(made: Desk, count: int) -> dict[str, int]:
    """Let a process of its own project the whole log, and return its resident memory in bytes early and late."""
    question = json.dumps({"url": made.url, "log_url": made.log_url, "count": count})
    command = [sys.executable, "-m", "benchmarks.projecting", question]
    said = subprocess.run(command, capture_output=True, text=True, timeout=FILLING_SECONDS_MAX, check=True).stdout
    memory: dict[str, int] = json.loads(said.splitlines()[-1])
    return memory
