"""A service knows until when all that it reads is applied: it never claims too much, and never goes back."""

from dataclasses import replace
from datetime import timedelta

import pytest

from libs.events.log.opening import open_log
from libs.events.store.port import StoreUnavailable
from libs.events.testing.memory_log import MemoryLog
from libs.events.testing.toy import CROWDS, POISON, TOY, TOYS
from libs.events.words.event import TYPES
from tests.libs.events.kernel import AT, KEY, PARTITION, SAME, Kernel, at, contact, entered, registered

SECOND = timedelta(seconds=1)


@pytest.fixture
async def kernel():
    kernel = Kernel()
    kernel.one = await kernel.open()
    return kernel


async def looked(instance, *, read=False):
    """Return the watermark after a look at the log."""
    while read and not await instance.read(wait=1.0):
        pass
    await instance.tick()
    return instance.watermark()


async def lived(log):
    """Live through a late partition, a dead instance, one that takes over and one that comes back as if nothing had been."""
    kernel = Kernel(log=log)
    one = await kernel.open()
    assert one.watermark() is None, "nobody has looked yet"
    assert await looked(one) == at(0)
    await kernel.put(entered(0, "n1"))
    kernel.clock.at = at(2)
    assert await looked(one) == at(0), "eleven partitions are applied until now, and one is not"
    kernel.clock.at = at(3)
    assert await looked(one, read=True) == at(3)
    await kernel.put(entered(3, "n2"))
    two = await kernel.successor()
    assert await looked(two) == at(3), "it has read less than its predecessor knew, and takes nothing back"
    kernel.clock.at = at(4)
    assert await looked(one) == at(3), "an instance without leases moves nothing"
    assert await looked(two, read=True) == at(4)
    kernel.clock.at = at(5)
    assert await looked(one) == at(4), "and learns what the others know"
    return kernel


async def test_late_partitions_and_dead_instances_on_the_log_in_memory():
    await lived(MemoryLog())


async def test_late_partitions_and_dead_instances_on_postgres(database_url):
    log = open_log(database_url)
    await lived(log)
    await log.close()


async def test_late_partitions_and_dead_instances_on_kafka(kafka_url):
    log = open_log(kafka_url)
    await lived(log)
    await log.close()


async def test_two_instances_know_together_what_each_knows_of_its_own(kernel):
    two = await kernel.instance()
    await kernel.one.lease()
    await two.lease()
    assert len(kernel.one.leases.owned) == len(two.leases.owned) == 6
    assert await looked(kernel.one) is None, "of the other six nobody knows anything yet"
    assert await looked(two) == AT
    kernel.clock.at = at(1)
    assert (await looked(kernel.one), await looked(two)) == (AT, at(1))


async def test_a_busy_log_does_not_hold_it_up(kernel):
    """Nobody ever comes to the end of it, but to where it ended a minute ago."""
    for minute in range(1, 4):
        await kernel.one.read(wait=0)
        await kernel.put(entered(minute, "n1"))
        kernel.clock.at = at(minute)
        assert await looked(kernel.one) == (at(minute - 1) if minute > 1 else None)


async def test_it_stands_still_while_a_partition_is_stopped(kernel):
    assert await looked(kernel.one) == AT
    await kernel.put(entered(0, "n1"), seq=7)
    await kernel.one.read(wait=0)
    assert kernel.one.leases.stopped()
    kernel.clock.at = at(60)
    assert await looked(kernel.one) == AT


async def test_a_key_that_is_set_aside_holds_only_itself(kernel):
    await kernel.put(entered(0, POISON))
    await kernel.put(entered(0, "n1", SAME[1]))
    kernel.clock.at = at(1)
    assert await looked(kernel.one, read=True) == at(1)
    assert [one.key for one in await kernel.store.parked.all()] == [KEY]


async def test_a_mended_log_is_looked_at_from_its_beginning_by_the_next_owner(kernel):
    """A place found on the old log means nothing on the new one."""
    await kernel.put(entered(0, "n1"))
    await kernel.one.tick()
    sought = kernel.one.leases.owned[PARTITION].sought
    assert sought == (1, AT)
    kernel.clock.advance(timedelta(seconds=11))
    await kernel.one.lease()
    assert kernel.one.leases.owned[PARTITION].sought is None


async def test_it_is_written_about_once_a_second_and_only_where_it_moved(kernel, monkeypatch):
    written, whole = [], kernel.store.transaction

    def counted():
        written.append(kernel.clock.at)
        return whole()

    monkeypatch.setattr(kernel.store, "transaction", counted)
    for _ in range(12):
        await kernel.one.tick()
        kernel.clock.advance(SECOND / 4)
    assert written == [AT, AT + SECOND, AT + 2 * SECOND]
    assert kernel.one.watermark() == AT + 2 * SECOND


async def test_an_instance_that_lost_its_database_knows_nothing(kernel, monkeypatch):
    assert await looked(kernel.one) == AT
    kernel.one.forget()
    assert kernel.one.watermark() is None
    assert await looked(kernel.one) == AT, "it owns nothing, and reads what is known"

    async def away():
        raise StoreUnavailable("the database is away")

    await kernel.one.lease()
    monkeypatch.setattr(kernel.store, "now", away)
    with pytest.raises(StoreUnavailable):
        await kernel.one.tick()
    assert kernel.one.watermark() == AT


async def test_an_instance_with_a_wrong_clock_moves_it_by_the_shared_one(kernel):
    wrong = await kernel.instance(own_clock=lambda: kernel.clock() + timedelta(hours=1))
    kernel.clock.advance(timedelta(seconds=11))
    await wrong.lease()
    assert wrong.leases.wrong_clock()
    assert await looked(wrong) == kernel.clock.at


async def test_for_a_service_that_hears_nothing_it_is_now():
    own = frozenset(cls for cls in TOYS.keeps if TYPES[cls].owner == TOY.name)
    deaf = Kernel(service=replace(TOY, books=(replace(TOYS, keeps=own, reactions={}), CROWDS)))
    one = await deaf.open()
    assert await looked(one) == AT
    await deaf.say(registered(0), contact(1))
    deaf.clock.at = at(1)
    assert await looked(one) == at(1)
