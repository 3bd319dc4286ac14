"""The loops: a step that fails is tried again and said so, and a stop ends everything in order."""

import asyncio

import pytest

from libs.events.engine.runtime import Runtime
from libs.events.log.port import LogUnavailable
from libs.events.store.port import StoreUnavailable
from libs.events.words.now import derived_id
from tests.libs.events.kernel import Kernel

pytestmark = pytest.mark.slow


@pytest.fixture
async def running():
    kernel = Kernel()
    instance = await kernel.open()
    runtime = Runtime(instance)
    await runtime.start()
    yield instance, runtime
    await runtime.stop()


async def until(holds):
    async with asyncio.timeout(5):
        while not holds():  # noqa: ASYNC110  it waits for a state, not a signal
            await asyncio.sleep(0.01)


async def test_a_step_that_fails_is_named_until_it_succeeds_again(running, monkeypatch):
    instance, runtime = running

    async def fails():
        raise RuntimeError("a fault of ours")

    with monkeypatch.context() as patched:
        patched.setattr(instance, "tick", fails)
        await until(lambda: runtime.failures)
        assert list(runtime.failures.values()) == ["RuntimeError: a fault of ours"]
    await until(lambda: not runtime.failures)


async def test_what_cannot_be_reached_is_no_fault_of_ours(running, monkeypatch):
    instance, runtime = running
    tried = []

    async def away():
        tried.append(1)
        raise LogUnavailable("the broker is away")

    monkeypatch.setattr(instance, "tick", away)
    await until(lambda: tried)
    await asyncio.sleep(0.05)
    assert runtime.failures == {}


async def test_a_database_that_was_away_is_asked_again_for_all_that_is_owned(running, monkeypatch):
    instance, _ = running
    before = dict(instance.leases.owned)

    async def away():
        raise StoreUnavailable("the database is away")

    with monkeypatch.context() as patched:
        patched.setattr(instance, "tick", away)
        await until(lambda: not instance.leases.owned)
    await instance.lease()
    assert instance.leases.owned.keys() == before.keys()
    assert not any(instance.leases.owned[partition] is owned for partition, owned in before.items())


async def test_a_stop_gives_the_leases_back(running):
    instance, runtime = running
    assert instance.leases.owned
    await runtime.stop()
    another = await instance.store.leases.take(derived_id("another"), instance.leases.wanted())
    assert set(another) == set(instance.leases.wanted()), "free for the next instance"


async def test_a_timer_that_fires_costs_no_lease(running, monkeypatch):
    instance, _ = running
    due = [3, 1, 0]

    async def tick():
        return due.pop(0) if due else 0

    monkeypatch.setattr(instance, "tick", tick)
    await until(lambda: not due)
    another = await instance.store.leases.take(derived_id("another"), instance.leases.wanted())
    assert not another, "what is owned stays owned while its timers fire"
