"""Who reads what a service has said, place by place, gets each event once and misses none, however writers overlap."""

import asyncio
import random
from itertools import count

import pytest

from libs.events.log.port import PARTITIONS, Partition
from libs.events.store.postgres import PostgresStore, open_pool
from libs.events.store.recorded import NOWHERE, last_written, written_behind
from libs.events.testing.store_contract import P0, P1, event
from libs.events.testing.toy import TABLES, TOY, VAULT
from libs.events.upkeep.bootstrap import bootstrap
from tests.libs.events.locks import until_somebody_waits

WANTED, OTHER = "contact.logged.v1", "case.registered.v1"
CASES = [Partition("cases", number) for number in range(PARTITIONS["cases"])]
START = [NOWHERE] * len(CASES)


@pytest.fixture
async def store(database_url):
    version = await bootstrap(database_url, TOY)
    async with open_pool(database_url) as pool:
        yield PostgresStore(pool, "intake", TABLES, version, vault=VAULT)


async def write(store, *events, written=None, until=None):
    """Write events; say when they are written, and commit only then."""
    async with store.transaction() as transaction:
        await transaction.append(events)
        if written is not None:
            written.set()
            await until.wait()


async def read(store, reached, window=1_000):
    """Return the bodies behind a place, the new place, and whether that is all."""
    found = await written_behind(store.pool, "intake", CASES, reached, [WANTED], window=window)
    at = list(reached)
    for one in found.events:
        assert one.reached > at[one.place]
        at[one.place] = one.reached
    return [one.body.decode() for one in found.events if one.body is not None], at, found.is_whole


def bodies(*names):
    return [f"body {name}" for name in names]


async def test_events_come_in_the_order_in_which_they_were_written_and_only_those_that_were_asked_for(store):
    await write(store, event(1, P1), event(2, P0, type=OTHER))
    await write(store, event(3, P0), event(4, P0))
    found, at, is_whole = await read(store, START)
    assert (found, is_whole) == (bodies(1, 3, 4), True)
    assert at[:3] == [(1, 2), (1, 0), NOWHERE], "also what was passed over is behind the reader"
    assert at[:2] == (await last_written(store.pool, "intake", CASES))[:2]
    await write(store, event(5, P1))
    assert (await read(store, at))[0] == bodies(5)


async def test_what_is_committed_later_under_a_smaller_number_is_not_passed_over(store):
    written, go = asyncio.Event(), asyncio.Event()
    slow = asyncio.create_task(write(store, event("slow", P0), written=written, until=go))
    await written.wait()
    await write(store, event("quick", P1))
    found, at, _ = await read(store, START)
    assert found == bodies("quick")
    go.set()
    await slow
    assert await store.pool.fetchval("select min(recorded_at) = max(recorded_at) from intake_core.outbox") is False
    assert (await read(store, at))[0] == bodies("slow"), "it was written first, and committed last"


async def test_of_one_partition_the_second_writer_waits_for_the_first(store):
    written, go = asyncio.Event(), asyncio.Event()
    slow = asyncio.create_task(write(store, event("slow", P0), written=written, until=go))
    await written.wait()
    second = asyncio.create_task(write(store, event("second", P0)))
    await until_somebody_waits(store.pool)
    assert (await read(store, START))[0] == []
    go.set()
    await asyncio.gather(slow, second)
    assert (await read(store, START))[0] == bodies("slow", "second")


async def test_what_was_rolled_back_leaves_no_gap(store):
    with pytest.raises(ZeroDivisionError):
        async with store.transaction() as transaction:
            await transaction.append([event("never")])
            raise ZeroDivisionError
    await write(store, event("then"))
    assert (await read(store, START))[:2] == (bodies("then"), [(1, 0), *START[1:]])


@pytest.mark.parametrize("window", [1, 2, 3, 7])
async def test_stretches_meet_however_short_they_are(store, window):
    for number in range(20):
        of = [WANTED, OTHER][number % 3 == 2]
        await write(store, event(number, Partition("cases", number * number % 5), type=of))
    found, at, is_whole = [], START, False
    while not is_whole:
        more, at, is_whole = await read(store, at, window)
        found += more
    assert found == bodies(*(number for number in range(20) if number % 3 != 2)), "in order, though partitions end at other times"


async def test_many_writers_and_a_reader_at_once(store):
    dice, names, over = random.Random(7), count(), asyncio.Event()

    async def writer():
        for _ in range(15):
            events = [event(next(names), Partition("cases", dice.randrange(4))) for _ in range(dice.randint(1, 4))]
            async with store.transaction() as transaction:
                await transaction.append(events)
                await asyncio.sleep(dice.random() / 200)

    async def reader():
        found, at = [], START
        while True:
            last = over.is_set()
            more, at, is_whole = await read(store, at, 5)
            found += more
            if last and is_whole:
                return found

    reading = asyncio.create_task(reader())
    await asyncio.gather(*(writer() for _ in range(4)))
    over.set()
    found = await reading
    assert len(found) == len(set(found)) and set(found) == set(bodies(*range(next(names))))
