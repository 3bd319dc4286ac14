"""The PostgreSQL log keeps the contract, with holes and without, and says so when the database is away."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from deploy.process import free_port
from libs.events.log.opening import open_log
from libs.events.log.port import LogUnavailable
from libs.events.log.postgres import PostgresLog
from libs.events.testing.log_contract import P0, TOPIC, LogContract, LogFactory, read_on, record, values


class TestPostgresLog(LogContract):
    @pytest.fixture(params=[1, 3], ids=["dense", "holes"])
    async def log_factory(self, request: pytest.FixtureRequest, database_url: str) -> AsyncIterator[LogFactory]:
        opened: list[PostgresLog] = []

        def client() -> PostgresLog:
            opened.append(PostgresLog(database_url, stride=request.param))
            return opened[-1]

        yield client
        for log in opened:
            await log.close()


async def test_a_lent_pool_is_used_and_left_open(database_url: str) -> None:
    async with asyncpg.create_pool(database_url, min_size=1, max_size=2) as pool:
        log = PostgresLog(pool)
        await log.create(TOPIC)
        await log.append(P0, [record("a")])
        await log.close()
        assert await pool.fetchval("select count(*) from log.record") == 1


async def test_a_batch_is_invisible_until_its_transaction_ends_and_later_ones_wait_for_it(database_url: str) -> None:
    log = open_log(database_url)
    await log.create(TOPIC)
    blocker = await asyncpg.connect(database_url)
    transaction = blocker.transaction()
    await transaction.start()
    # Another writer has its offset but has not committed; a serial number would let the next one overtake it.
    await blocker.execute("update log.partition set next_offset = next_offset + 1 where number = 0")
    overtaking = asyncio.create_task(log.append(P0, [record("second")]))
    await asyncio.sleep(0.2)
    assert not overtaking.done()
    assert (await log.ends("cases"))[P0] == 0
    await transaction.rollback()
    assert await overtaking == 0
    assert values((await read_on(log, P0))[0]) == ["second"]
    await blocker.close()
    await log.close()


async def test_an_append_that_cannot_finish_in_time_says_so_and_the_client_goes_on(database_url: str) -> None:
    log = open_log(database_url)
    await log.create(TOPIC)
    blocker = await asyncpg.connect(database_url)
    async with blocker.transaction():
        await blocker.execute("update log.partition set next_offset = next_offset where number = 0")
        with pytest.raises(LogUnavailable, match="Timeout"):
            await log.append(P0, [record("late")], timeout=0.3)
    await blocker.close()
    await log.append(P0, [record("next")])
    assert values((await read_on(log, P0))[0]) == ["next"]
    await log.close()


async def test_a_database_that_is_away_is_unavailable_not_empty() -> None:
    log = open_log(f"postgresql://nobody:x@127.0.0.1:{free_port()}/none")
    for ask in (log.ends("cases"), log.read({P0: 0}), log.append(P0, [record("a")]), log.create(TOPIC)):
        with pytest.raises(LogUnavailable, match="PostgreSQL"):
            await ask
    await log.close()


async def test_a_broken_connection_is_unavailable_once_and_then_replaced(database_url: str) -> None:
    log = open_log(database_url)
    await log.create(TOPIC)
    admin = await asyncpg.connect(database_url)
    await admin.execute(
        "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname = current_database()"
    )
    await admin.close()
    for _ in range(5):
        try:
            await log.append(P0, [record("a")])
            break
        except LogUnavailable:
            continue
    assert values((await read_on(log, P0))[0])[-1] == "a"
    await log.close()
