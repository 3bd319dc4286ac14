"""A desk of a given size, filled through the code that runs in production: intake's writer, the log, analytics' reader."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from benchmarks import ground
from benchmarks.desk import Filling, instance_of
from benchmarks.history import FACTS_PER_CASE, history, life
from libs.events.engine.instance import Instance
from libs.events.engine.writer import Command
from libs.events.log.opening import open_log
from libs.events.store.postgres import PostgresStore
from libs.events.store.values import Answer
from libs.events.words.event import Topic
from services.intake.service import SERVICE as INTAKE

SMALL_CASES, LARGE_CASES = 5_000, 100_000
CLIENTS = 64
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
        self.filling.log = open_log(self.log_url)  # each measurement has a loop of its own
        count = await self.filling.put(history(self.cases, cases))
        await self.filling.log.close()
        self.cases += cases
        return count


@cache
def desk(cases: int) -> Desk:
    """Return a desk of so many cases, filled when it is first asked for."""
    sys.stderr.write(f"desk of {cases:,} cases: filling the log and intake's tables, a minute for 50,000 cases\n")
    url, log_url = ground.database(f"desk{cases}"), ground.corner()
    filling = Filling(open_log(log_url))
    made = Desk(url, log_url, 0, filling, {})
    with asyncio.Runner() as runner:
        runner.run(filling.make_topics())
        runner.run(filling.log.close())
        runner.run(made.more(cases))
        runner.run(_registered(made))
    sys.stderr.write(f"desk of {cases:,} cases: projecting {made.events:,} events\n")
    made.memory = projected(made)
    return made


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


def projected(made: Desk) -> dict[str, int]:
    """Let a process of its own project the whole log, and return its resident memory in bytes early and late."""
    question = json.dumps({"url": made.url, "log_url": made.log_url, "count": made.events})
    command = [sys.executable, "-m", "benchmarks.projecting", question]
    said = subprocess.run(command, capture_output=True, text=True, timeout=1_200, check=True).stdout
    memory: dict[str, int] = json.loads(said.splitlines()[-1])
    return memory
