"""Batches shrink after a failure or a long time, and grow while it goes well; a slow machine gets on all the same."""

import asyncio
import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from libs.events.catalogue.routing import CaseAssigned
from libs.events.engine.pace import FIRST, LEAST, LONG_SECONDS, READ_MOST, RELAY_MOST, REPLAY_MOST, TIMERS_MOST, Portion
from libs.events.log.envelope import draft
from libs.events.store.postgres import PostgresStore, open_pool, patience_seconds
from libs.events.testing.toy import CROWDS, TABLES, TOY, TOYS, VAULT
from libs.events.upkeep.bootstrap import bootstrap
from libs.events.words.event import Topic
from tests.libs.events.kernel import PARTITION, SAME, Kernel, at

MOSTS = (READ_MOST, REPLAY_MOST, RELAY_MOST, TIMERS_MOST)


class Worker:
    """A portion, and batches that take or fail as they are told."""

    def __init__(self, most):
        self.seconds = 0.0
        self.portion = Portion(most, lambda: self.seconds)

    def does(self, takes, *, count=None, fails=False):
        """Do a batch of `count`, a full one by default, and return the size of the next."""
        try:
            with self.portion.taken(self.portion.size if count is None else count):
                self.seconds += takes
                if fails:
                    raise OSError
        except OSError:
            pass
        return self.portion.size


@pytest.mark.parametrize(
    ("why", "batches", "size"),
    [
        ("quick: twice as many", [(0.1, {})], 2 * FIRST),
        ("neither quick nor long: as many", [(LONG_SECONDS / 2, {})], FIRST),
        ("long: half", [(LONG_SECONDS + 0.1, {})], FIRST // 2),
        ("failed at once: a quarter", [(0.0, {"fails": True})], FIRST // 4),
        ("failed, then quick", [(9.0, {"fails": True}), (0.1, {})], FIRST // 2),
        ("a small one says nothing about large ones", [(0.0, {"count": 1})], FIRST),
        ("half of one does", [(0.0, {"count": FIRST // 2})], 2 * FIRST),
        ("a small one that takes long does, too", [(LONG_SECONDS + 0.1, {"count": 1})], FIRST // 2),
        ("never more than the most", [(0.1, {})] * 20, READ_MOST),
        ("never less than the least", [(0.1, {"fails": True})] * 20, LEAST),
    ],
)
def test_the_next_batch_is(why, batches, size):
    worker = Worker(READ_MOST)
    for takes, words in batches:
        worker.does(takes, **words)
    assert worker.portion.size == size, why


@pytest.mark.slow
@given(st.sampled_from(MOSTS), st.lists(st.tuples(st.floats(0, 30), st.booleans())))
def test_it_always_keeps_within_its_bounds_and_comes_back_to_the_most(most, batches):
    worker = Worker(most)
    assert all(LEAST <= worker.does(takes, fails=fails) <= most for takes, fails in batches)
    assert [worker.does(0.0) for _ in range(12)][-1] == most


TOO_MANY = 100
PATIENCE_SECONDS = 0.5


class Slow:
    """A service that rests for longer than PostgreSQL waits, once a batch has `TOO_MANY` facts.

    How long the others take does not matter: a small batch that a busy machine makes too long is only tried again.
    """

    rests = True

    @classmethod
    def service(cls):
        def evolve(toy, fact):
            if cls.rests and fact.data.agent == f"agent-{TOO_MANY - 1}":
                time.sleep(1.5 * PATIENCE_SECONDS)
            return TOYS.evolve(toy, fact)

        return replace(TOY, books=(replace(TOYS, evolve=evolve), CROWDS))


@pytest.fixture
async def starved(database_url):
    """An instance whose transactions PostgreSQL ends when they rest. Its own clock stands, so that success makes batches grow."""
    kernel = Kernel(service=Slow.service())
    await kernel.open()
    version, lease = await bootstrap(database_url, TOY), PATIENCE_SECONDS / 2
    assert patience_seconds(lease) == PATIENCE_SECONDS
    async with open_pool(database_url, lease_seconds=lease) as pool:
        kernel.store = PostgresStore(pool, "intake", TABLES, version, vault=VAULT, lease_seconds=lease)
        kernel.one = await kernel.instance()
        kernel.one.portion = Portion(READ_MOST, lambda: 0.0)
        yield kernel


async def test_a_batch_that_postgresql_breaks_off_is_done_in_smaller_ones_and_they_grow_again(starved, monkeypatch):
    for n in range(2_000):
        await starved.put(draft(CaseAssigned(agent=f"agent-{n}"), SAME[n % len(SAME)], at(n)))
    async with asyncio.timeout(60):
        with capture_logs() as told:
            while not (first := await starved.one.read(wait=0)):
                pass
        why = {line["why"] for line in told if line["event"] == "batch will be tried again"}
        assert why and all("idle-in-transaction timeout" in one and "cannot be reached" not in one for one in why), why
        assert LEAST <= first < TOO_MANY, "as many as the machine can do in time"
        monkeypatch.setattr(Slow, "rests", False)
        while starved.one.portion.size < FIRST:
            await starved.one.read(wait=0)
    read = starved.one.leases.owned[PARTITION].read.next_offset
    assert await starved.store.pool.fetchval("select count(*) from intake_v1.heard where topic = $1", Topic.CASES) == read
