"""A replay makes the live tables again, says nothing, and tells when the live ones were tampered with."""

import asyncio
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import UUID

import pytest
from structlog.testing import capture_logs

from libs.events.engine.deciding import Deciding
from libs.events.engine.folding import Folding
from libs.events.log.port import PARTITIONS, Partition, Record
from libs.events.store.port import Conflict
from libs.events.store.postgres import PostgresStore
from libs.events.testing.memory_store import MemoryStore
from libs.events.testing.toy import POISON, TABLES, TOY, VAULT
from libs.events.upkeep.rebuild import NotDrained, rebuild
from libs.events.upkeep.replay import TRIES, Extent, Replay
from libs.events.words.event import Topic
from tests.libs.events.kernel import KEY, PARTITION, SAME, Kernel, contact, entered, registered
from tests.libs.events.locks import until_somebody_waits
from tests.libs.events.upkeep.living import Lived, lived


def whole(kernel):
    return {
        Partition(Topic.CASES, n): Extent(end := kernel.log.broker.partitions[Partition(Topic.CASES, n)].end, end)
        for n in range(PARTITIONS[Topic.CASES])
    }


def test_a_unit_that_only_folds_has_no_way_to_speak():
    assert {"say", "decide", "append"} <= set(dir(Deciding)) - set(dir(Folding))


async def test_a_replay_makes_the_same_tables_and_says_nothing():
    kernel = Lived()
    await lived(kernel)
    ends, replay = whole(kernel), Replay(TOY, MemoryStore("intake", kernel.clock), kernel.log)
    told = []
    await replay.run(ends, told.append)
    live = {name: {key: row for key, row in rows.items() if any(row)} for name, rows in kernel.store.memory.tables.items()}
    assert live == {name: {k: r for k, r in rows.items() if any(r)} for name, rows in replay.store.memory.tables.items()}
    assert len(live["toys"]) == 2
    assert (replay.store.memory.outbox, whole(kernel)) == ({}, ends)
    end = sum(one.end for one in ends.values())
    assert told[-1] == (len(kernel.said()) + 2, end, end), "all own facts and two of others"


class Contested(MemoryStore):
    """A store in which another transaction was first, so many times."""

    def __init__(self, clock, times):
        super().__init__("intake", clock)
        self.times = times

    @asynccontextmanager
    async def transaction(self):
        async with super().transaction() as transaction:
            yield transaction
            self.times -= 1
            if self.times >= 0:
                raise Conflict("another was first")


async def test_what_was_fed_by_another_partition_meanwhile_is_folded_again():
    kernel = Lived()
    await lived(kernel)
    contested = Replay(TOY, Contested(kernel.clock, TRIES - 1), kernel.log)
    await contested.run(whole(kernel))
    assert contested.store.memory.tables["toys"] == kernel.store.memory.tables["toys"] and contested.store.times < 0
    with pytest.raises(Conflict):
        await Replay(TOY, Contested(kernel.clock, 99 * TRIES), kernel.log).run(whole(kernel))


async def test_others_facts_are_replayed_only_as_far_as_the_live_tables_heard_them_and_not_what_is_parked():
    kernel = Lived()
    await lived(kernel)
    end = kernel.log.broker.partitions[PARTITION].end
    at_n1 = next(n for n, one in enumerate(kernel.on_log()) if one.type == "node.entered.v1")
    for extent, nodes in [
        (Extent(end, end), (["n1"], ["n2"])),
        (Extent(end, at_n1 + 1), (["n1"], [])),
        (Extent(end, 0, seen={"routing": (1, 0)}), (["n1"], [])),
        (Extent(end, 0, seen={"routing": (0, 9)}), ([], [])),
        (Extent(end, end, frozenset({at_n1})), ([], ["n2"])),
    ]:
        replay = Replay(TOY, MemoryStore("intake", kernel.clock), kernel.log)
        await replay.run({PARTITION: extent})
        rows = replay.store.memory.tables["toys"]
        assert tuple(rows[key,][1].split() for key in (KEY, SAME[1])) == nodes


async def test_a_rebuild_finds_sound_tables_equal_and_leaves_nothing_behind(stored):
    compared = await rebuild(stored.url, TOY, stored.log)
    assert [one for one in compared if not one.is_equal] == []
    assert {"intake.toys", "intake.contacts", "intake.channels"} <= {one.name for one in compared}
    assert next(one for one in compared if one.name == "intake.toys").live[0] == 2
    assert await stored.pool.fetchval("select to_regnamespace('intake_v2')") is None


@pytest.mark.parametrize(
    ("damage", "found"),
    [
        ("update intake_v1.toys set nodes = 'nx' where case_id = 'case-1'", "intake.toys"),
        ("delete from intake_v1.contacts", "intake.contacts"),
        ("update intake_v1.channels set contacts = contacts + 1", "intake.channels"),
        ("insert into intake_v1.toys values ('more', '', '', now())", "intake.toys"),
        ("update intake_core.outbox_partition set next_seq = next_seq + 1 where topic = 'cases' and next_seq > 0", "outbox"),
    ],
)
async def test_a_rebuild_names_what_was_tampered_with(stored, damage, found):
    await stored.pool.execute(damage)
    if found == "outbox":
        await stored.pool.execute("update intake_core.relay_cursor set last_seq = last_seq + 1 where last_seq >= 0")
    wrong = [one.name for one in await rebuild(stored.url, TOY, stored.log) if not one.is_equal]
    assert len(wrong) == 1
    assert found in wrong[0]


async def test_a_rebuild_does_not_compare_while_events_wait_for_the_log(stored):
    await stored.say(contact(5_000, "unsent"))
    with pytest.raises(NotDrained):
        await asyncio.wait_for(rebuild(stored.url, TOY, stored.log), 30)


async def test_a_store_in_use_goes_over_to_the_new_tables_and_loses_nothing(stored):
    await stored.pool.execute("update intake_v1.toys set nodes = 'nx'")
    await rebuild(stored.url, TOY, stored.log, switch=True)
    # It still believes in the old tables; its next write meets a Conflict and goes to the new ones.
    await stored.put(entered(6_000, "n3"), seq=2)
    for _ in range(3):
        await stored.one.read(wait=0)
    assert stored.store.version == 2
    assert await stored.pool.fetchval("select nodes from intake.toys where case_id = $1", KEY) == "n1 n3"
    while await stored.one.send():
        pass
    assert [one for one in await rebuild(stored.url, TOY, stored.log) if not one.is_equal] == []


async def test_rebuilt_tables_are_applied_until_the_instant_that_the_old_ones_were_and_go_on_from_there(stored):
    until = "select max(applied_until) from intake_v{}.checkpoint"
    before = await stored.pool.fetchval(until.format(1))
    assert before == stored.one.watermark() and before is not None
    await rebuild(stored.url, TOY, stored.log, switch=True)
    assert await stored.pool.fetchval(until.format(2)) == before
    stored.clock.advance(timedelta(seconds=1))
    with pytest.raises(Conflict):
        await stored.one.tick()
    await stored.one.tick()
    assert await stored.pool.fetchval(until.format(2)) == stored.one.watermark() > before
    assert await stored.pool.fetchval(until.format(1)) == before


async def test_a_switch_that_finds_a_view_in_use_tries_again_and_loses_nothing_of_what_was_heard_meanwhile(stored, monkeypatch):
    for name, value in {"SWITCH_TRIES": 1, "FINISH_PAUSE_SECONDS": 0.2}.items():
        monkeypatch.setattr(f"libs.events.upkeep.rebuild.{name}", value)
    await stored.put(entered(6_000, "n3"), seq=2)
    async with stored.pool.acquire() as asking:
        async with asking.transaction():
            await asking.execute("select from intake.toys")
            switch = asyncio.create_task(rebuild(stored.url, TOY, stored.log, switch=True))
            await until_somebody_waits(stored.pool)
            # Its first try has passed over facts that nobody here had heard; once it has failed, they are heard after all.
            await stored.one.read(wait=0)
            await stored.put_all(stored.one)
        assert [one for one in await asyncio.wait_for(switch, 30) if not one.is_equal] == []
    assert await stored.pool.fetchval("select nodes from intake.toys where case_id = $1", KEY) == "n1 n3"
    assert await stored.pool.fetchval("select version from intake_core.live") == 2


async def test_a_rebuild_leaves_out_what_is_set_aside_and_what_was_given_up_of_it(stored):
    await stored.put(entered(6_000, POISON), seq=2)
    await stored.log.append(PARTITION, [Record(UUID(int=0), SAME[1], "", b'{"specversion": ')])
    await stored.one.read(wait=0)
    assert [one for one in await rebuild(stored.url, TOY, stored.log) if not one.is_equal] == []
    assert len(await stored.store.parked.all()) == 2
    for key in (KEY, SAME[1]):
        assert await stored.store.parked.ask_drop(key, "anna") == 1
    await stored.one.retry()
    await stored.put(entered(6_100, "n3"), seq=3)
    await stored.one.read(wait=0)
    await stored.put_all(stored.one)
    assert (await stored.store.parked.all(), [one.by for one in await stored.store.parked.dropped()]) == ([], ["anna", "anna"])
    assert await stored.pool.fetchval("select nodes from intake.toys where case_id = $1", KEY) == "n1 n3"
    assert [one for one in await rebuild(stored.url, TOY, stored.log, switch=True) if not one.is_equal] == []
    assert [one for one in await rebuild(stored.url, TOY, stored.log) if not one.is_equal] == [], "and after a switch"


async def test_an_own_record_that_this_release_cannot_read_sets_its_key_aside_and_everything_else_is_rebuilt(stored):
    """As if another release had written it: the rebuild says which record it is, and does not end there."""
    await stored.say(contact(7_000, "odd"))
    odd = """replace(convert_from(body, 'UTF8'), '"channel":"odd"', '"channel":7')"""
    await stored.pool.execute(f"update intake_core.outbox set body = convert_to({odd}, 'UTF8')")
    await stored.put_all(stored.one)
    await stored.say(contact(7_001, "web"), contact(7_001, "web", SAME[1]))
    await stored.put_all(stored.one)
    records = stored.log.broker.partitions[PARTITION].records
    [offset] = [record.offset for record in records if b'"channel":7' in record.body]
    with capture_logs() as told:
        await rebuild(stored.url, TOY, stored.log, switch=True)
    line, *again = [line for line in told if line["event"] == "event set aside"]
    assert all(one == line for one in again), "it is read again to come to the position at which the tables change places"
    assert (line["topic"], line["partition"], line["offset"]) == (*PARTITION, offset)
    assert (line["case"], line["type"]) == (KEY, "contact.logged.v1")
    rebuilt = PostgresStore(stored.pool, "intake", TABLES, 2, vault=VAULT)
    [parked] = await rebuilt.parked.all()
    assert (parked.key, "channel" in parked.error) == (KEY, True)
    assert parked.records[0].offset == offset and len(parked.records) == 2, "what was said later waits behind"
    shown = dict(await stored.pool.fetch("select case_id, channels from intake.toys"))
    assert shown[SAME[1]].endswith("web") and "7" not in shown[KEY]
    assert (await rebuilt.checkpoint(PARTITION, 99)).parked == {KEY}


@pytest.mark.parametrize(
    ("why", "extent", "parked"),
    [
        ("the live tables have not come to it", Extent(9, 0), []),
        ("they set it aside themselves", Extent(9, 9, frozenset({0})), []),
        ("they could read it", Extent(9, 9), [KEY]),
    ],
)
async def test_what_is_no_event_stops_no_replay(why, extent, parked):
    kernel = Kernel()
    await kernel.open()
    await kernel.log.append(PARTITION, [Record(UUID(int=0), KEY, "", b'{"specversion": ')])
    await kernel.put(registered(0, SAME[1]))
    replay = Replay(TOY, MemoryStore("intake", kernel.clock), kernel.log)
    extent.end = 2
    await replay.run({PARTITION: extent})
    assert list(replay.store.memory.tables["toys"]) == [(SAME[1],)]
    assert [one.key for one in await replay.store.parked.all()] == parked, why
