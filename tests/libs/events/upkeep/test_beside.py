"""A rebuild beside the live tables: what differs is named, the service goes on, and nobody else rebuilds meanwhile."""

import asyncio

import pytest

from libs.events.store.port import Conflict
from libs.events.testing.toy import POISON, TOY
from libs.events.upkeep import rebuild as rebuilding
from libs.events.upkeep.alone import UnderWay, alone
from libs.events.upkeep.comparing import SHOWN_MOST
from libs.events.upkeep.former import drop_former
from libs.events.upkeep.rebuild import rebuild
from tests.libs.events.kernel import KEY, PARTITION, SAME, contact, entered

SPOILED = f"update intake_v1.toys set nodes = 'nx' where case_id = '{KEY}'"
NODES = f"select nodes from intake.toys where case_id = '{KEY}'"
VERSION = "select version from intake_core.live"
SCHEMAS = "select array_agg(nspname::text order by nspname) from pg_namespace where nspname ~ '^intake'"


def compared_then(monkeypatch, step):
    """Do a step between the instant of the comparison and the comparison."""
    compare = rebuilding.compare_tables

    async def compare_later(*arguments):
        await asyncio.wait_for(step(), 10)
        return await compare(*arguments)

    monkeypatch.setattr(rebuilding, "compare_tables", compare_later)


@pytest.mark.parametrize(
    ("damage", "many", "named"),
    [
        (SPOILED, 1, [f'case_id {KEY}: nodes is "nx", rebuilt "n1"']),
        (f"update intake_v1.toys set nodes = repeat('n', 99) where case_id = '{KEY}'", 1, [f'"{"n" * (SHOWN_MOST - 1)}…, reb']),
        (f"delete from intake_v1.toys where case_id = '{KEY}'", 1, [f"case_id {KEY}: only in the rebuilt table"]),
        ("insert into intake_v1.toys values ('more', '', '', now())", 1, ["case_id more: only in the live table"]),
        ("update intake_v1.contacts set channel = 'x'", 4, ["channel mail: only in the rebuilt", "channel x: only in the live"]),
        ("update intake_v1.channels set cases = 8, contacts = 9 where channel = 'mail'", 1, ["is 8, rebuilt 1; contacts is 9"]),
        ("insert into intake_v1.toys select n, '', '', now() from generate_series(1, 99) n", 99, ["1: ", "10: "]),
    ],
)  # fmt: skip
async def test_the_rows_that_differ_are_counted_and_the_first_are_named(stored, damage, many, named):
    await stored.pool.execute(damage)
    [wrong] = [one for one in await rebuild(stored.url, TOY, stored.log) if not one.is_equal]
    said = [str(one) for one in wrong.first]
    assert (wrong.differing, len(said)) == (many, min(many, 5))
    assert all(any(part in line for line in said) for part in named), said


async def test_an_additive_table_s_row_of_nothing_is_no_difference(stored):
    await stored.pool.execute("insert into intake_v1.channels values ('nobody', 0, 0)")
    assert all(one.is_equal for one in await rebuild(stored.url, TOY, stored.log))
    await stored.pool.execute("update intake_v1.channels set cases = 7 where channel = 'mail'")
    [wrong] = [one for one in await rebuild(stored.url, TOY, stored.log) if not one.is_equal]
    assert [str(one) for one in wrong.first] == ["channel mail: cases is 7, rebuilt 1"]


@pytest.mark.parametrize(
    ("why", "spoil", "if_equal", "switched"),
    [
        ("nothing differs", "", True, True),
        ("a row differs, so somebody has to look first", SPOILED, True, False),
        ("a row differs, and that was known", SPOILED, False, True),
    ],
)
async def test_rebuilt_tables_are_put_in_place_if_they_are_equal_or_that_was_asked_for(stored, why, spoil, if_equal, switched):
    if spoil:
        await stored.pool.execute(spoil)
    await rebuild(stored.url, TOY, stored.log, switch=True, if_equal=if_equal)
    assert await stored.pool.fetchval(VERSION) == (2 if switched else 1), why
    assert await stored.pool.fetchval(NODES) == ("n1" if switched or not spoil else "nx")
    assert ("intake_v2" in await stored.pool.fetchval(SCHEMAS)) is switched


async def test_the_service_goes_on_while_the_tables_are_compared_as_they_were(stored, monkeypatch):
    async def step():
        await stored.put(entered(6_000, "n3"), seq=2)
        await stored.one.read(wait=0)
        await stored.say(contact(6_001, "phone", SAME[1]))
        await stored.put_all(stored.one)
        assert await stored.pool.fetchval(NODES) == "n1 n3", "nothing waits"

    compared_then(monkeypatch, step)
    assert [one for one in await rebuild(stored.url, TOY, stored.log, switch=True) if not one.is_equal] == []
    assert await stored.pool.fetchval(NODES) == "n1 n3", "in the new tables too"
    monkeypatch.undo()
    assert [one for one in await rebuild(stored.url, TOY, stored.log) if not one.is_equal] == []


async def test_a_key_that_is_taken_up_meanwhile_is_not_lost(stored, monkeypatch):
    """The replay passed over its facts, because the live tables had set them aside."""
    await stored.put(entered(6_000, POISON), seq=2)
    await stored.one.read(wait=0)

    async def step():
        async with stored.store.transaction() as transaction:
            await transaction.unpark(PARTITION, KEY)

    compared_then(monkeypatch, step)
    with pytest.raises(Conflict, match="taken up"):
        await rebuild(stored.url, TOY, stored.log, switch=True)
    assert await stored.pool.fetchval(VERSION) == 1


async def test_what_is_read_again_after_a_mend_of_the_log_is_in_the_rebuilt_tables(stored):
    """Its facts are dropped by their numbers then, so tables without them would never get them."""
    await stored.pool.execute("update intake_v1.checkpoint set next_offset = 0, applied_until = null")
    assert all(one.is_equal for one in await rebuild(stored.url, TOY, stored.log, switch=True))
    assert await stored.pool.fetchval(VERSION) == 2 and await stored.pool.fetchval(NODES) == "n1"
    assert await stored.pool.fetchval("select max(next_offset) from intake_v2.checkpoint") == 0, "it goes on reading again"


async def test_two_at_once_are_refused(stored, monkeypatch):
    monkeypatch.setattr("libs.events.upkeep.alone.PATIENCE_SECONDS", 0.2)
    async with alone(stored.url, "intake"):
        for second in (rebuild(stored.url, TOY, stored.log), drop_former(stored.url, "intake")):
            with pytest.raises(UnderWay, match="intake is being replayed"):
                await second
        async with alone(stored.url, "sla"):
            pass
    assert all(one.is_equal for one in await rebuild(stored.url, TOY, stored.log))


async def test_a_replay_that_is_ended_leaves_nothing(stored):
    rebuilt = asyncio.create_task(rebuild(stored.url, TOY, stored.log, switch=True, progress=lambda reached: rebuilt.cancel()))
    with pytest.raises(asyncio.CancelledError):
        await rebuilt
    assert await stored.pool.fetchval(SCHEMAS) == ["intake", "intake_core", "intake_v1"]
    assert all(one.is_equal for one in await rebuild(stored.url, TOY, stored.log, switch=True))


async def test_former_tables_are_dropped_when_nobody_reads_them(stored, monkeypatch):
    monkeypatch.setattr("libs.events.upkeep.former.LOCK_SECONDS", 0.2)
    await rebuild(stored.url, TOY, stored.log, switch=True)
    await stored.pool.execute("create schema intake_v7; create schema intake_very_own")
    async with stored.pool.acquire() as asking, asking.transaction():
        await asking.execute("select from intake_v1.toys")
        assert await drop_former(stored.url, "intake") == ["intake_v1"]
    assert await drop_former(stored.url, "intake") == []
    assert await stored.pool.fetchval(SCHEMAS) == ["intake", "intake_core", "intake_v2", "intake_very_own"]
    assert await stored.pool.fetchval(NODES) == "n1"
