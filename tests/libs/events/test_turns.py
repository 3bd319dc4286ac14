"""Long work takes turns: whoever waits for the loop meanwhile has it every few milliseconds."""

import asyncio

import pytest

from libs.events.event import Topic
from libs.events.partition import partition_for
from libs.events.turns import STEPS, give_way
from tests.libs.events.kernel import PARTITION, Kernel, entered

ROUNDS = 4
KEYS = [key for key in (f"case-{n}" for n in range(20 * ROUNDS * STEPS)) if partition_for(Topic.CASES, key) == PARTITION]


async def turns_during(work):
    """Return how often a neighbour had the loop while the work was done."""
    turns = 0

    async def neighbour():
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    task = asyncio.create_task(neighbour())
    await work
    task.cancel()
    return turns


async def steps(count):
    for n in range(count):
        await give_way(n)


@pytest.mark.parametrize(("count", "turns"), [(0, 0), (1, 0), (STEPS, 0), (STEPS + 1, 1), (2 * STEPS, 1), (2 * STEPS + 1, 2)])
async def test_one_for_so_many_steps_and_none_for_fewer(count, turns):
    assert await turns_during(steps(count)) == turns


async def turns_of_a_reader(keys):
    kernel = Kernel()
    one = await kernel.open()
    for key in keys:
        await kernel.put(entered(0, "n1", key=key))
    turns = await turns_during(one.read(wait=0))
    assert len(kernel.rows("toys")) == len(keys)
    return turns


async def test_a_reader_gives_way_while_it_opens_loads_folds_and_compares():
    little, much = [await turns_of_a_reader(KEYS[:count]) for count in (STEPS, ROUNDS * STEPS + 1)]
    assert much - little == 4 * ROUNDS
