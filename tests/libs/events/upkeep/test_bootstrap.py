"""A start while others read the views: they notice nothing, and the views end up as they should."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from libs.events.engine.service import Service
from libs.events.store.postgres import PostgresStore
from libs.events.store.values import Idempotency
from libs.events.testing.toy import TOY
from libs.events.upkeep.bootstrap import bootstrap, create_data, create_views, patiently
from tests.libs.events.locks import until_somebody_waits

ROLES = (Path(__file__).parents[4] / "deploy" / "roles.sql").read_text("utf-8")
LONGER = "create or replace view {name}.toys as select case_id, channels, nodes, last_at, 1 as more from {data}.toys"
OTHER = "create or replace view {name}.toys as select case_id, 1 as more from {data}.toys"


def with_views(sql: str, service: Service = TOY) -> Service:
    return replace(service, views=sql.replace("{name}", service.name))


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator["asyncpg.Pool[Any]"]:
    """A database in which the service has been started."""
    await bootstrap(database_url, TOY)
    async with asyncpg.create_pool(database_url, min_size=1, max_size=3) as pool:
        yield pool


@pytest.fixture
async def question(pool: "asyncpg.Pool[Any]") -> AsyncIterator[Any]:
    """Somebody who has asked a view and stays in the transaction."""
    async with pool.acquire() as connection:
        asking = connection.transaction()
        await asking.start()
        await connection.execute("select from intake.toys")
        yield connection
        if connection.is_in_transaction():
            await asking.rollback()


async def test_a_start_with_nothing_to_change_waits_for_no_question(question: Any, database_url: str) -> None:
    await asyncio.wait_for(bootstrap(database_url, TOY), 5)


@pytest.mark.parametrize(
    ("why", "done"),
    [
        ("somebody dropped one", "drop view intake.toys"),
        ("its tables were dropped, and the views with them", "drop schema intake_v1 cascade"),
        ("somebody wrote it again", "create or replace view intake.toys as select *, 1 as more from intake_v1.toys"),
        ("a release made it that remembers nothing", f"{LONGER}; comment on table intake_core.live is null"),
    ],
)
async def test_a_start_mends_views_that_are_not_as_they_should_be(
    pool: "asyncpg.Pool[Any]", database_url: str, why: str, done: str
) -> None:
    await pool.execute(done.replace("{name}", "intake").replace("{data}", "intake_v1"))
    await bootstrap(database_url, TOY)
    columns = "select attname from pg_attribute where attrelid = 'intake.toys'::regclass and attnum > 0"
    assert [name for (name,) in await pool.fetch(columns)] == ["case_id", "channels", "nodes", "last_at"], why


@pytest.mark.parametrize("views", [LONGER, OTHER])
async def test_a_question_goes_on_among_the_views_while_a_start_wants_to_replace_them(
    pool: "asyncpg.Pool[Any]", question: Any, database_url: str, views: str
) -> None:
    start = asyncio.create_task(bootstrap(database_url, with_views(views)))
    await until_somebody_waits(pool)
    # The start holds this one and waits for the other: a deadlock, if neither gave way.
    await question.execute("set local lock_timeout = '900ms'; select from intake.channels")
    assert not start.done()
    await question.execute("rollback")
    await asyncio.wait_for(start, 30)
    await pool.execute("select more from intake.toys")


async def test_a_start_gives_up_on_a_question_without_end_and_has_changed_nothing(
    pool: "asyncpg.Pool[Any]", question: Any, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("libs.events.upkeep.bootstrap.START_TRIES", 2)
    with pytest.raises(asyncpg.LockNotAvailableError):
        await asyncio.wait_for(bootstrap(database_url, with_views(LONGER)), 5)
    await asyncio.wait_for(bootstrap(database_url, TOY), 5)


async def test_a_start_does_not_point_the_views_back_while_a_rebuild_moves_them_on(
    pool: "asyncpg.Pool[Any]", database_url: str
) -> None:
    async with pool.acquire() as connection:
        await create_data(connection, TOY, 2)
        await connection.execute("insert into intake_v2.toys values ('new', '', '', now())")
        async with connection.transaction():
            await connection.execute("select from intake_core.live for update")
            start = asyncio.create_task(bootstrap(database_url, with_views(LONGER)))
            await until_somebody_waits(pool)
            await create_views(connection, TOY, 2)
            await connection.execute("update intake_core.live set version = 2")
    await start
    assert await pool.fetchval("select count(*) from intake.toys") == 1


@pytest.mark.parametrize("views", [LONGER, OTHER])
async def test_an_analyst_may_read_views_that_were_made_again(database_url: str, views: str) -> None:
    service = replace(TOY, name="analytics")
    await bootstrap(database_url, service)
    connection = await asyncpg.connect(database_url)
    await connection.execute(ROLES)
    await bootstrap(database_url, with_views(views, service))
    await connection.execute("set role analyst; select more from analytics.toys")
    await connection.close()


@pytest.mark.parametrize(
    ("why", "error", "times", "tries"),
    [
        ("nothing is in the way", asyncpg.LockNotAvailableError, 0, 1),
        ("the lock was held once", asyncpg.LockNotAvailableError, 1, 2),
        ("a deadlock, once", asyncpg.DeadlockDetectedError, 1, 2),
        ("it is held for ever", asyncpg.LockNotAvailableError, 9, 3),
        ("another error is no reason to wait", asyncpg.UndefinedTableError, 9, 1),
    ],
)
async def test_a_step_is_tried_again_while_others_hold_its_locks(
    why: str, error: type[asyncpg.PostgresError], times: int, tries: int
) -> None:
    tried = 0

    async def step() -> str:
        nonlocal tried
        tried += 1
        if tried <= times:
            raise error(why)
        return why

    if times < 9:
        assert await patiently(step, tries=3, pause=0) == why
    else:
        with pytest.raises(error):
            await patiently(step, tries=3, pause=0)
    assert tried == tries


OLD = """
alter table intake_v1.parked drop waits_for, drop dropped_by; drop table intake_v1.awaiting; drop table intake_core.dropped;
alter table intake_v1.checkpoint drop applied_until;
insert into intake_v1.parked (topic, part, key, error) values ('cases', 1, 'one', 'bad');
update intake_core.live set code = 0"""


async def test_keys_that_an_older_release_set_aside_are_read_tried_again_and_given_up(
    pool: "asyncpg.Pool[Any]", database_url: str
) -> None:
    await pool.execute(OLD)
    store = PostgresStore(pool, "intake", TOY.tables, await bootstrap(database_url, TOY))
    await bootstrap(database_url, TOY)
    (one,) = await store.parked.all()
    assert (one.key, one.waits_for, one.dropped_by, await store.parked.waiting()) == ("one", "", "", [])
    assert (await store.checkpoint(one.partition, 1)).applied_until is None
    assert await store.parked.ask_drop("one", "anna") == 1
    async with store.transaction() as transaction:
        await transaction.drop(one.partition, "one")
    assert [found.by for found in await store.parked.dropped()] == ["anna"]


async def test_keys_of_clients_that_an_older_release_kept_become_digests_and_are_known_again(
    pool: "asyncpg.Pool[Any]", database_url: str
) -> None:
    key, core = "Li Wei +49 30 5550199", f"{TOY.name}_core"
    insert = f"insert into {core}.idempotency (client, key, fingerprint, status, headers, body) values "
    for _ in range(2):  # the second time after one went back to the older release, which did not know the digest
        await pool.execute(insert + f"('anna', '{key}', '\\x01', 201, '[]', '\\x7b7d')")
        await bootstrap(database_url, TOY)
        assert await pool.fetchval(f"select array_agg(key) from {core}.idempotency") == [
            f"sha256:{sha256(key.encode()).hexdigest()}"
        ]
    asked = Idempotency("anna", key, b"\x01")
    store = PostgresStore(pool, TOY.name, TOY.tables, 1)
    async with store.transaction() as transaction:
        assert [*await transaction.answers([asked])] == [("anna", asked.key)]
