"""Long work takes turns: other tasks get the loop again and again meanwhile."""

import asyncio
from functools import partial

import pytest

from libs.events.engine.pace import AT_ONCE, EVENTS, SUBJECTS, few_at_once, give_way
from libs.events.log.port import partition_for
from libs.events.words.event import Topic
from tests.libs.events.kernel import PARTITION, Kernel, entered

ROUNDS = 4
KEYS = [key for key in (f"case-{n}" for n in range(20 * ROUNDS * EVENTS)) if partition_for(Topic.CASES, key) == PARTITION]


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
        await give_way(n, EVENTS)


@pytest.mark.parametrize(("count", "turns"), [(0, 0), (1, 0), (EVENTS, 0), (EVENTS + 1, 1), (2 * EVENTS, 1), (2 * EVENTS + 1, 2)])
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
    little, much = [await turns_of_a_reader(KEYS[:count]) for count in (1, ROUNDS * EVENTS + 1)]
    opened = loaded = ROUNDS
    folded = compared = ROUNDS * EVENTS // SUBJECTS
    assert much - little == opened + loaded + folded + compared


class Work:
    """Pieces of work that note how many of them run; some fail."""

    def __init__(self, failing=()):
        self.failing, self.running, self.most, self.done = failing, 0, 0, []

    async def piece(self, n):
        self.running += 1
        self.most = max(self.most, self.running)
        await asyncio.sleep(0)
        self.running -= 1
        self.done.append(n)
        if n in self.failing:
            raise ValueError(n)
        return n

    def pieces(self, count):
        return [partial(self.piece, n) for n in range(count)]


@pytest.mark.parametrize(("count", "most"), [(0, 0), (1, 1), (AT_ONCE, AT_ONCE), (AT_ONCE + 3, AT_ONCE)])
async def test_few_run_at_once_and_all_answer_in_order(count, most):
    work = Work()
    assert (await few_at_once(work.pieces(count)), work.most) == (list(range(count)), most)


async def test_all_are_done_before_the_first_error_is_told():
    work = Work(failing={1, 3})
    with pytest.raises(ValueError, match="1"):
        await few_at_once(work.pieces(5))
    assert sorted(work.done) == [0, 1, 2, 3, 4]


async def test_those_that_wait_end_when_all_are_cancelled():
    work = Work()
    task = asyncio.create_task(few_at_once(work.pieces(5)))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert work.done == []
