"""Replays: sla's clocks computed again from the whole log, in memory and into tables, beside reading and doing nothing."""

import time
from collections import defaultdict
from collections.abc import Callable, Coroutine
from functools import partial
from itertools import chain
from typing import Any

import asyncpg
import msgspec
from aiokafka import AIOKafkaConsumer
from aiokafka.structs import TopicPartition

from benchmarks import environment, ground
from benchmarks.desk import filled, run
from benchmarks.history import FACTS_PER_CASE
from benchmarks.measure import Goal, Row, Side, compare
from benchmarks.rows.projection import their_cases
from libs.events.engine.runtime import collect_rarely
from libs.events.log.envelope import Fact
from libs.events.log.opening import open_log
from libs.events.log.port import Log, Partition
from libs.events.store.port import Store
from libs.events.store.postgres import PostgresStore
from libs.events.testing.memory_store import MemoryStore
from libs.events.upkeep.bootstrap import bootstrap
from libs.events.upkeep.replay import Extent, Replay
from libs.events.words.event import Topic
from libs.events.words.now import real_now
from services.sla.books import CASES as BOOK
from services.sla.service import SERVICE

CASES, THEIR_CASES, ROUNDS = 6_000, 1_000, 3
EVENTS = CASES * FACTS_PER_CASE

IN_MEMORY = (
    "decoding twice, envelope and data, and making the fact and its clock's row: each event costs some ten microseconds of "
    "Python where the bare reader makes one dictionary in C"
)
INTO_TABLES = "PostgreSQL and the driver: every fact, state and row is written, with its indexes, as a rebuild needs them"


def rows() -> list[Row]:
    """Return the rows; all our sides and the bare reader read the same topic."""
    collect_rarely()
    log_url = ground.corner()
    run(filled(log_url, CASES))
    bare = Side("bare aiokafka, untyped msgspec", partial(_timed, partial(_read_only, log_url)), "events/s")
    library = Side(f"eventsourcing {environment.version('eventsourcing')}, in memory", _their_replay, "events/s")
    found: list[Row] = []
    for what, replay, limit in (("in memory", _in_memory, IN_MEMORY), ("into PostgreSQL tables", into_tables, INTO_TABLES)):
        ours = Side("sla", partial(_timed, partial(replay, log_url)), "events/s")
        peers = [(bare, Goal(0.4)), (library, Goal(1.5))]
        found += compare(f"SLA replay from Kafka {what}, one process", ours, peers, limit=limit, rounds=ROUNDS)
    return found


def _timed(work: Callable[[], Coroutine[Any, Any, float]]) -> float:
    """Return events per second of a piece of work that tells its seconds."""
    return EVENTS / run(work())


async def _in_memory(log_url: str) -> float:
    """Compute every row of every case from its facts."""
    log = open_log(log_url)
    replay = Replay(SERVICE, MemoryStore(SERVICE.name, real_now), log)
    extents = await _extents(log)
    begun = time.perf_counter()
    facts: dict[str, list[Fact]] = defaultdict(list)
    async for batches in replay.read(extents):
        for batch in batches:
            part = await replay.opened(batch, extents[batch.partition])
            for fact, _ in chain.from_iterable(part.healthy()):
                facts[fact.key].append(fact)
            part.move_on()
    tables = [row.table for key, of_case in facts.items() for row in BOOK.rows(key, BOOK.of(key, of_case))]
    taken, clocks = time.perf_counter() - begun, tables.count("clocks")
    assert clocks == 2 * CASES, f"{clocks} clocks of {CASES} cases"
    await log.close()
    return taken


async def into_tables(log_url: str) -> float:
    """Do what a rebuild does: all facts, states, timers and rows, in transactions."""
    log, url = open_log(log_url), ground.database("replay")
    version = await bootstrap(url, SERVICE)
    async with asyncpg.create_pool(url, min_size=2, max_size=4) as pool:
        store: Store = PostgresStore(pool, SERVICE.name, SERVICE.tables, version, is_live=False)
        replay = Replay(SERVICE, store, log)
        extents = await _extents(log)
        begun = time.perf_counter()
        await replay.run(extents)
        taken = time.perf_counter() - begun
    await log.close()
    return taken


async def _extents(log: Log) -> dict[Partition, Extent]:
    return {partition: Extent(end, end) for partition, end in (await log.ends(Topic.CASES)).items()}


async def _read_only(log_url: str) -> float:
    bootstrap_servers, prefix = log_url.removeprefix("kafka://").split("/")
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap_servers, enable_auto_commit=False, auto_offset_reset="earliest")
    await consumer.start()
    partitions = [TopicPartition(f"{prefix}{Topic.CASES}", number) for number in range(12)]
    consumer.assign(partitions)
    await consumer.seek_to_beginning(*partitions)
    decode, read, begun = msgspec.json.Decoder().decode, 0, time.perf_counter()
    while read < EVENTS:
        for records in (await consumer.getmany(timeout_ms=500)).values():
            for record in records:
                decode(record.value)
            read += len(records)
    taken = time.perf_counter() - begun
    await consumer.stop()
    return taken


def _their_replay() -> float:
    answer: float = environment.ask("eventsourcing_replay", cases=their_cases(THEIR_CASES))
    return answer
