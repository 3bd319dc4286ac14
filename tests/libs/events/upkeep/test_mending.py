"""Events that a log has lost are sent again, even by services that are at work. The rest is in tests/faults."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from libs.events.log.port import PARTITIONS, Partition, TopicSettings
from libs.events.store.postgres import PostgresStore, open_pool
from libs.events.store.values import Applied
from libs.events.testing.memory_log import MemoryLog
from libs.events.testing.store_contract import AT
from libs.events.testing.toy import TOY
from libs.events.upkeep.alone import UnderWay, alone
from libs.events.upkeep.bootstrap import bootstrap
from libs.events.upkeep.mending import Hole, verify_log
from libs.events.words.event import Topic
from tests.libs.events.locks import until_somebody_waits

FIRST, LAST = (Partition(Topic.CASES, number) for number in (0, 11))


@pytest.fixture
async def services(database_url: str) -> AsyncIterator["asyncpg.Pool[Any]"]:
    """A service that has read ten records of two partitions."""
    version = await bootstrap(database_url, TOY)
    checkpoint = f"insert into {TOY.name}_v{version}.checkpoint (topic, part, lease_epoch, next_offset) values ($1, $2, 0, 10)"
    async with open_pool(database_url) as pool:
        await pool.executemany(checkpoint, [FIRST, LAST])
        yield pool


@pytest.fixture
async def empty_log() -> MemoryLog:
    log = MemoryLog()
    for topic, count in PARTITIONS.items():
        await log.create(TopicSettings(topic, count))
    return log


async def test_a_mend_and_a_batch_of_several_partitions_do_not_wait_for_each_other(
    services: "asyncpg.Pool[Any]", database_url: str, empty_log: MemoryLog
) -> None:
    holes = [Hole(TOY.name, partition, sent=0, read=10) for partition in (FIRST, LAST)]
    checkpoint = f"update {TOY.name}_v1.checkpoint set next_offset = 11 where (topic, part, lease_epoch) = ($1, $2, 0)"
    async with services.acquire() as reader:
        async with reader.transaction():
            await reader.execute(checkpoint, *LAST)
            mend = asyncio.create_task(verify_log(database_url, [TOY.name], empty_log, mend=True))
            await until_somebody_waits(services)
            await reader.execute(checkpoint, *FIRST)
        assert list(await mend) == holes
    assert not await verify_log(database_url, [TOY.name], empty_log)


async def test_of_a_partition_that_is_read_again_nothing_is_known_to_be_applied(
    services: "asyncpg.Pool[Any]", database_url: str, empty_log: MemoryLog
) -> None:
    store = PostgresStore(services, TOY.name, TOY.tables, 1)
    every = [Partition(Topic.CASES, number) for number in range(PARTITIONS[Topic.CASES])]
    for partition in every:
        await store.checkpoint(partition, 0)
    known = [Applied(partition, 0, 0, AT) for partition in every]
    async with store.transaction() as transaction:
        await transaction.note_applied(known)
        assert await transaction.watermark([Topic.CASES]) == AT
    assert len(await verify_log(database_url, [TOY.name], empty_log, mend=True)) == 2
    async with store.transaction() as transaction:
        assert await transaction.note_applied(known) == set(), "who owned them is fenced"
        assert await transaction.watermark([Topic.CASES]) is None
    assert [at for at in every if (await store.checkpoint(at, 1)).applied_until is None] == [FIRST, LAST]


async def test_nobody_mends_while_a_service_is_replayed_and_nobody_replays_while_somebody_mends(
    services: "asyncpg.Pool[Any]", database_url: str, empty_log: MemoryLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("libs.events.upkeep.alone.PATIENCE_SECONDS", 0.2)
    read = f"select min(next_offset) from {TOY.name}_v1.checkpoint"
    async with alone(database_url, TOY.name):
        with pytest.raises(UnderWay, match=r"is being replayed, .* or the log is being mended"):
            await verify_log(database_url, [TOY.name], empty_log, mend=True)
        assert await services.fetchval(read) == 10
        assert len(await verify_log(database_url, [TOY.name], empty_log)) == 2, "everybody may look"
    async with services.acquire() as reader, reader.transaction():
        await reader.execute(f"select from {TOY.name}_v1.checkpoint for update")
        mend = asyncio.create_task(verify_log(database_url, [TOY.name], empty_log, mend=True))
        await until_somebody_waits(services)
        with pytest.raises(UnderWay):
            async with alone(database_url, TOY.name):
                pass
    assert len(await mend) == 2 and await services.fetchval(read) == 0
