"""Before a service answers, it makes sure that it can send on the event, and that it has read what the client saw."""

import asyncio
from types import SimpleNamespace

import pytest

from libs.events.log.port import Partition
from libs.events.store.values import Advance, Position
from libs.events.testing.memory_store import MemoryStore
from libs.events.testing.toy import TOY
from libs.events.words.event import Topic
from libs.events.words.now import real_now
from libs.events.words.refusal import Refused
from libs.service.opening import Opened
from libs.service.running import OUTBOX_EVENTS_MAX, RunningService
from libs.service.settings import StoreSettings


def service_of(instance, failures=()):
    running = RunningService(TOY, StoreSettings())
    running._opened = Opened(pool=None, instance=instance, runtime=SimpleNamespace(failures=failures))
    return running


class Accepting:
    async def execute(self, command):
        return command


def behind_by(many):
    return service_of(SimpleNamespace(relay=SimpleNamespace(unsent=many), writer=Accepting()))


async def test_up_to_the_limit_it_accepts_while_the_log_is_away():
    assert await behind_by(OUTBOX_EVENTS_MAX).execute("a command") == "a command"


async def test_above_it_refuses_for_a_while():
    with pytest.raises(Refused) as no:
        await behind_by(OUTBOX_EVENTS_MAX + 1).execute("a command")
    assert (no.value.status, no.value.code) == (503, "log-behind")


class Learner:
    """Has read up to number 4 of the standards that routing published."""

    def has_read(self, position):
        return position.source == "routing" and position.seq <= 4


@pytest.fixture
async def read():
    """A service that has read up to number 4 of what routing said, of cases and of standards."""
    store, cases = MemoryStore(TOY.name, real_now), Partition(Topic.CASES, 3)
    await store.checkpoint(cases, 1)
    async with store.transaction() as transaction:
        await transaction.advance([Advance(cases, 1, 0, 5, {"routing": (1, 4)})])
    return service_of(SimpleNamespace(learner=Learner(), store=store))


def at(source, topic, seq):
    return Position(source, Partition(topic, 3), 1, seq)


@pytest.mark.parametrize(
    ("why", "position"),
    [
        ("no position", None),
        ("read just so far", at("routing", Topic.CASES, 4)),
        ("its own word", at(TOY.name, Topic.CASES, 99)),
        ("what it never reads", at("analytics", Topic.QUALITY, 99)),
        ("a topic there is not", at("routing", "weather", 99)),
        ("a standard it knows", at("routing", Topic.STANDARDS, 4)),
    ],
)
async def test_it_answers_when_it_knows_what_the_client_saw(read, why, position):
    await read.wait_for(position)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("why", "position"),
    [
        ("not read so far", at("routing", Topic.CASES, 5)),
        ("never heard of", at("survey", Topic.CASES, 0)),
        ("a standard it has not learned", at("routing", Topic.STANDARDS, 5)),
        ("its own standard, still on its way to the log", at(TOY.name, Topic.STANDARDS, 0)),
    ],
)
async def test_it_does_not_answer_from_before_what_the_client_saw(read, why, position, monkeypatch):
    monkeypatch.setattr("libs.service.running.POSITION_WAIT_SECONDS", 0.05)
    with pytest.raises(Refused) as no:
        await read.wait_for(position)
    assert (no.value.status, no.value.code) == (503, "position-not-reached"), why


async def test_it_waits_for_what_is_on_its_way(read, monkeypatch):
    soon = iter([False, False, True])
    monkeypatch.setattr(Learner, "has_read", lambda self, position: next(soon))
    await read.wait_for(at("routing", Topic.STANDARDS, 5))
    assert next(soon, None) is None


@pytest.mark.parametrize(
    ("why", "wrong", "says"),
    [
        ("all is well", {}, None),
        ("one writer's hundred", {"failed": 100}, None),
        ("nothing goes well any more", {"failed": 101}, "failing: 101 keys were set aside one after the other"),
        ("a step that fails", {"failures": {"read": "reading fails"}}, "failing: reading fails"),
        ("a full disk", {"full": "could not extend file"}, "no room: the last write failed. could not extend file"),
        ("a wrong clock", {"clock": "this machine's clock is an hour ahead"}, "this machine's clock is an hour ahead"),
    ],
)
async def test_readiness_says_what_is_wrong(why, wrong, says):
    async def ask(now):
        pass

    async def shortage():
        return wrong.get("full", "")

    clock, reader = SimpleNamespace(ask=ask), SimpleNamespace(failed_in_a_row=wrong.get("failed", 0))
    store = SimpleNamespace(now=None, shortage=shortage)
    leases = SimpleNamespace(stopped=list, wrong_clock=lambda: wrong.get("clock", ""))
    running = service_of(
        SimpleNamespace(leases=leases, reader=reader, clock=clock, store=store),
        wrong.get("failures", {}),
    )
    found = await running.check()
    assert found == says or (says and found.startswith(says))


async def test_until_it_runs_it_is_starting():
    assert await RunningService(TOY, StoreSettings()).check() == "starting"


async def test_while_it_runs_it_knows_until_when_its_answers_are_complete(database_url):
    running = RunningService(TOY, StoreSettings(database_url=database_url, lease_seconds=1.0))
    assert running.as_of() is None, "it has not begun"

    async def after(known):
        while running.as_of() == known:  # noqa: ASYNC110  a state, not a signal
            await asyncio.sleep(0.02)
        return running.as_of()

    async with running.open(), asyncio.timeout(60):
        first = await after(None)
        assert first < await after(first) <= await running.store.now()
