"""The store in PostgreSQL keeps the contract."""

import asyncio
import json

import pytest

from libs.events.store.port import NoRoom, StoreUnavailable
from libs.events.store.postgres import PostgresStore, open_pool
from libs.events.store.values import Advance, Applied
from libs.events.testing.store_contract import AT, C0, C1, P0, P1, Bench, StoreContract, event
from libs.events.testing.store_numbers_contract import StoreNumbersContract
from libs.events.testing.store_parking_contract import StoreParkingContract
from libs.events.testing.store_watermark_contract import StoreWatermarkContract
from libs.events.testing.toy import TABLES, TOY, VAULT
from libs.events.upkeep.bootstrap import bootstrap

LEASE_SECONDS = 1.5


@pytest.fixture
async def bench(database_url):
    version = await bootstrap(database_url, TOY)
    async with open_pool(database_url, LEASE_SECONDS) as pool:
        store = PostgresStore(pool, "intake", TABLES, version, vault=VAULT, lease_seconds=LEASE_SECONDS)

        async def rows(name):
            schema, table = (store.core, VAULT[name]) if name in VAULT else (store.data, TABLES[name])
            keys = table.key_width
            found = await pool.fetch(f"select * from {schema}.{name}")
            return {tuple(row)[:keys]: tuple(row)[keys:] for row in found}

        async def lapse():
            await asyncio.sleep(LEASE_SECONDS + 0.1)

        yield Bench(store, rows, lapse)


class TestPostgresStore(StoreContract):
    """Tables, states, rows, timers, answers."""


class TestPostgresStoreNumbers(StoreNumbersContract):
    """Numbers, leases, checkpoints."""


class TestPostgresStoreWatermark(StoreWatermarkContract):
    """Until when partitions are applied."""


class TestPostgresStoreParking(StoreParkingContract):
    """Keys that are set aside."""


async def test_a_transaction_whose_process_froze_ends_within_two_leases(bench):
    assert await bench.store.pool.fetchval("show idle_in_transaction_session_timeout") == "3s"


async def test_what_became_of_a_frozen_transaction_is_an_outage_not_a_fault(bench):
    with pytest.raises(StoreUnavailable):
        async with bench.store.transaction() as transaction:
            await transaction._db.execute("set local idle_in_transaction_session_timeout = '50ms'")
            await asyncio.sleep(1.0)
            await transaction.states([("cases", "c")])


async def test_a_batch_that_is_being_written_neither_waits_for_the_watermark_nor_keeps_it_waiting(bench):
    store = bench.store
    for partition in (P0, P1):
        await store.checkpoint(partition, 1)
    applied = [Applied(partition, 1, 0, AT) for partition in (P1, P0)]
    async with store.transaction() as batch:
        await batch.advance([Advance(P0, 1, 0, 5, {})])
        async with store.transaction() as transaction:
            assert await transaction.note_applied(applied) == {P1}
            await batch.advance([Advance(P0, 1, 5, 9, {})])
    async with store.transaction() as transaction:
        assert await transaction.note_applied(applied) == {P0}


AWAIT, BLOCKS_MAX = 20_000, 100


async def test_while_nothing_new_is_published_nobody_who_awaits_something_is_read(bench, monkeypatch):
    store = bench.store
    awaits = f"insert into {store.data}.awaiting select 'cases', n::text, 'calendar a', n % 2, 9 from generate_series(1, $1) n"
    await store.pool.execute(awaits, AWAIT)
    await store.pool.execute(f"analyze {store.data}.awaiting")

    class Explaining:
        async def fetch(self, sql, *values):
            [plan] = json.loads(await store.pool.fetchval(f"explain (analyze, buffers, format json) {sql}", *values))
            read.append(plan["Plan"]["Shared Hit Blocks"] + plan["Plan"]["Shared Read Blocks"])
            return await store.pool.fetch(sql, *values)

    read: list[int] = []
    monkeypatch.setattr(store, "_db", Explaining())
    assert await store.awaiting([C0, C1], {"calendar a": 8}, 50) == [] and read[-1] < BLOCKS_MAX
    assert len(await store.awaiting([C0, C1], {"calendar a": 9}, 50)) == 50


FULL = """
create function public.full() returns event_trigger language plpgsql as $$
begin raise exception using errcode = '53100', message = 'could not extend file: No space left on device'; end $$;
create event trigger full_disk on ddl_command_start when tag in ('CREATE TABLE AS') execute function public.full();
create function public.full_row() returns trigger language plpgsql as $$
begin raise exception using errcode = '53100', message = 'could not extend file: No space left on device'; end $$;
create trigger full_disk before insert on intake_core.outbox for each statement execute function public.full_row();
"""


async def test_a_full_disk_is_known_from_the_first_write_that_fails_until_a_trial_goes_well(bench):
    store = bench.store
    assert await store.shortage() == ""
    await store.pool.execute(FULL)
    assert await store.shortage() == "", "nobody has written since, so nobody knows"
    with pytest.raises(NoRoom, match="No space left on device"):
        async with store.transaction() as transaction:
            await transaction.append([event("a")])
    assert "No space left on device" in await store.shortage()
    assert "No space left on device" in await store.shortage(), "asked again it has tried again"
    await store.pool.execute("drop event trigger full_disk; drop trigger full_disk on intake_core.outbox")
    assert await store.shortage() == ""
    assert await store.pool.fetchval("select to_regclass('intake_core.room')") is None, "the trial left nothing behind"
    async with store.transaction() as transaction:
        await transaction.append([event("a")])
