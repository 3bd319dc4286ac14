"""What a service promises before it answers: that it can send on what it accepts, and that it knows what the client saw."""

from types import SimpleNamespace
from unittest.mock import Mock

import pytest

from libs.events.log.port import Partition
from libs.events.store.port import Position
from libs.events.store.postgres import PostgresStore
from libs.events.testing.toy import TOY
from libs.events.words.event import Topic
from libs.events.words.refusal import Refused
from libs.web.host import OUTBOX_EVENTS_MAX, Host, StoreSettings


class Accepting:
    async def execute(self, command):
        return command


def behind_by(many):
    host = Host(TOY, StoreSettings())
    host._instance = SimpleNamespace(unsent=many, writer=Accepting())
    return host


async def test_up_to_the_limit_it_accepts_while_the_log_is_away():
    assert await behind_by(OUTBOX_EVENTS_MAX).execute("a command") == "a command"


async def test_above_it_refuses_for_a_while():
    with pytest.raises(Refused) as no:
        await behind_by(OUTBOX_EVENTS_MAX + 1).execute("a command")
    assert (no.value.status, no.value.code) == (503, "log-behind")


class Read:
    """A service that has read up to number 4 of what routing said, of cases in every partition and of standards."""

    def __init__(self):
        self.host = Host(TOY, StoreSettings())
        self.host._instance = SimpleNamespace(shelf=self, store=Mock(PostgresStore, data="toy_v1"))
        self.host._pool = self

    def has_read(self, position):
        return position.source == "routing" and position.seq <= 4

    async def fetchval(self, sql, source, topic, number):
        return "[1, 4]" if (source, topic) == ("routing", "cases") else None


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
async def test_it_answers_when_it_knows_what_the_client_saw(why, position):
    await Read().host.wait_for(position)


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
async def test_it_does_not_answer_from_before_what_the_client_saw(why, position, monkeypatch):
    monkeypatch.setattr("libs.web.host.POSITION_WAIT_SECONDS", 0.05)
    with pytest.raises(Refused) as no:
        await Read().host.wait_for(position)
    assert (no.value.status, no.value.code) == (503, "position-not-reached"), why


async def test_it_waits_for_what_is_on_its_way(monkeypatch):
    read = Read()
    soon = iter([False, False, True])
    monkeypatch.setattr(read, "has_read", lambda position: next(soon))
    await read.host.wait_for(at("routing", Topic.STANDARDS, 5))
    assert next(soon, None) is None


@pytest.mark.parametrize(
    ("why", "wrong", "says"),
    [
        ("all is well", {}, None),
        ("one writer's hundred", {"failed": 100}, None),
        ("nothing goes well any more", {"failed": 101}, "failing: 101 keys were set aside one after the other"),
        ("a full disk", {"full": "could not extend file"}, "no room: the last write failed. could not extend file"),
        ("a wrong clock", {"clock": "this machine's clock is an hour ahead"}, "this machine's clock is an hour ahead"),
    ],
)
async def test_readiness_says_what_is_wrong(why, wrong, says):
    async def ask(now):
        pass

    async def shortage():
        return wrong.get("full", "")

    host = Host(TOY, StoreSettings())
    clock, reader = SimpleNamespace(ask=ask), SimpleNamespace(failed_in_a_row=wrong.get("failed", 0))
    store = SimpleNamespace(now=None, shortage=shortage)
    host._runtime = SimpleNamespace(failures={})
    host._instance = SimpleNamespace(
        stopped=list, reader=reader, clock=clock, store=store, wrong_clock=lambda: wrong.get("clock", "")
    )
    found = await host.check()
    assert found == says or (says and found.startswith(says))
