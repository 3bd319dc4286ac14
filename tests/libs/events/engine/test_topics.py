"""An event class may live on two topics: what is said on one never reaches the subject of the same key on the other."""

import copy
from dataclasses import replace
from datetime import timedelta
from random import Random

import asyncpg
import pytest
from msgspec import structs

from libs.events.catalogue.intake import ContactLogged
from libs.events.catalogue.routing import CaseAssigned, NodeEntered
from libs.events.log.envelope import draft, record_of
from libs.events.log.port import partition_for
from libs.events.log.schema import check
from libs.events.store.postgres import PostgresStore
from libs.events.store.tables import tables_of
from libs.events.testing.memory_log import Broker, MemoryLog
from libs.events.testing.tables import implied, replayed, shown, unaccounted
from libs.events.testing.toy import (
    CROWDS,
    PATIENCE,
    POISON,
    TOY,
    TOYS,
    VAULT,
    ChannelRow,
    ContactRow,
    CrowdRow,
    ToyRow,
)
from libs.events.upkeep.bootstrap import bootstrap
from libs.events.upkeep.rebuild import rebuild
from libs.events.words.column import column, key
from libs.events.words.event import TYPES, Topic
from libs.events.words.row import TableRow, columns
from tests.libs.events.kernel import KEY, SAME, Kernel, at, contact, entered, registered

CASES, QUALITY = Topic.CASES, Topic.QUALITY
THERE = partition_for(QUALITY, KEY)


@columns("others")
class OtherRow(TableRow):
    """A toy of the other topic."""

    toy: str = key("The toy")
    channels: str = column("Its channels")
    nodes: str = column("Its nodes")


def other_rows(name, toy):
    yield OtherRow(toy=name, channels=" ".join(toy.channels), nodes=" ".join(toy.nodes)).row


def silence(name, toy, known, until):
    """Say once that nobody has said a word for a day."""
    if until is None or toy.last_at is None or "silence" in toy.channels or until <= toy.last_at + PATIENCE:
        return []
    return [draft(ContactLogged(direction="outbound", channel="silence", purpose="info"), name, toy.last_at + PATIENCE)]


OTHERS = replace(
    TOYS,
    name="quality",
    topic=QUALITY,
    keeps=frozenset({ContactLogged, NodeEntered}),
    feeds="",
    rows=other_rows,
    settle=silence,
)
TABLES = tables_of(ToyRow, ContactRow, ChannelRow, CrowdRow, OtherRow)


LENT = [replace(TYPES[cls], topic=QUALITY) for cls in (ContactLogged, NodeEntered)]


@pytest.fixture
def service(monkeypatch):
    """A service with a book on each topic; what is said of contacts and nodes lives on both."""
    for kind in LENT:
        monkeypatch.setitem(kind.lives, QUALITY, kind)
    return replace(TOY, books=(TOYS, CROWDS, OTHERS), tables=TABLES)


@pytest.fixture
async def kernel(service):
    kernel = Kernel(service=service)
    kernel.one = await kernel.open()
    return kernel


def there(fact):
    return fact.on(QUALITY)


async def read(instance):
    while await instance.read(wait=0):
        pass


def shows(kernel, table):
    """Return channels and nodes of the toy that both topics have."""
    channels, nodes, *_ = kernel.rows(table).get((KEY,), ("", ""))
    return channels.split(), nodes.split()


def said_on(kernel):
    return {position.partition for position, _ in kernel.store.memory.outbox.values()}


def test_a_service_hears_and_says_a_class_where_it_has_a_book_for_it(service):
    assert {topic: "node.entered.v1" in wires for topic, wires in service.hears.items()} == {CASES: True, QUALITY: True}
    assert "case.registered.v1" in service.keeps[CASES] - service.keeps[QUALITY], "it lives on one topic only"
    assert service.topics_heard == service.topics_kept == (CASES, QUALITY)
    assert set(service.topics_said) == {*TOY.topics_said, QUALITY}
    alone = replace(service, books=(TOYS, CROWDS))
    assert (alone.topics_heard, QUALITY in alone.hears, QUALITY in alone.keeps) == ((CASES,), False, False)


def test_a_fact_is_on_the_topic_on_which_it_is_said(service):
    here = entered(0, "n1")
    assert (here.kind.topic, there(here).kind.topic, there(here).on(CASES) == here) == (CASES, QUALITY, True)
    assert record_of(there(here), here.time) == record_of(here, here.time), "its bytes are the same"
    assert there(registered(0)).kind.topic is CASES, "it does not live there"
    check(there(here))


@pytest.mark.parametrize("seed", range(8))
async def test_what_is_said_on_one_topic_never_reaches_the_other_in_any_order(kernel, seed):
    random, one = Random(seed), kernel.one
    every = [fact for minute in range(1, 9) for fact in (contact(minute, f"c{minute}"), entered(minute, f"n{minute}"))]
    told = [registered(0), *(fact.on(random.choice((CASES, QUALITY))) for fact in every)]
    for fact in random.sample(told, len(told)):
        await (kernel.say(fact) if fact.source == "intake" else kernel.put(fact))
        if random.random() < 0.3:
            await one.read(wait=0)
        if random.random() < 0.1:
            one = await kernel.successor()
    await read(one)
    while await one.send():
        pass
    for topic, table in ((CASES, "toys"), (QUALITY, "others")):
        channels, nodes = shows(kernel, table)
        here = [fact.data for fact in told if fact.kind.topic is topic]
        assert nodes == [said.node for said in here if isinstance(said, NodeEntered)]
        answers = {f"told-{node}" for node in nodes}
        assert {*channels} - {"phone"} == {said.channel for said in here if isinstance(said, ContactLogged)} | answers
    live = shown(kernel.service, kernel.store.memory.tables)
    assert live == implied(kernel.service, kernel.log.broker) == await replayed(kernel.service, kernel.log)
    assert await unaccounted(kernel.store, "intake", kernel.log.broker) == []


async def test_what_a_subject_decides_is_said_on_its_own_topic(kernel):
    await kernel.put(there(entered(0, "n1")))
    await read(kernel.one)
    assert (shows(kernel, "others"), shows(kernel, "toys")) == ((["told-n1"], ["n1"]), ([], []))
    assert said_on(kernel) == {THERE}


async def test_an_alarm_of_one_topic_speaks_on_it(kernel):
    await kernel.say(there(contact(0)))
    kernel.clock.at = at(24 * 60) + timedelta(microseconds=1)
    await kernel.one.tick()
    assert shows(kernel, "others")[0] == ["web", "silence"]
    assert said_on(kernel) == {THERE}


async def test_a_key_set_aside_on_one_topic_flows_on_the_other(kernel):
    await kernel.put(there(entered(0, POISON)))
    await kernel.put(there(entered(1, "n2")))
    await kernel.put(entered(1, "n1"))
    await read(kernel.one)
    (parked,) = await kernel.store.parked.all()
    assert (parked.partition, shows(kernel, "toys")[1], shows(kernel, "others")[1]) == (THERE, ["n1"], [])
    kernel.service = replace(kernel.service, books=(TOYS, CROWDS, replace(OTHERS, reactions={})))  # the repaired code
    two = await kernel.successor()
    await two.parking.retry(parked.partition, parked.key, parked.records)
    assert (shows(kernel, "toys")[1], shows(kernel, "others")[1]) == (["n1"], [POISON, "n2"])


async def test_a_database_that_went_back_in_time_takes_in_each_fact_on_its_topic(kernel):
    backup = copy.deepcopy((kernel.store.memory, kernel.store.outbox.cursors))
    await kernel.say(contact(1, "here"), there(contact(2, "there")))
    await kernel.one.send()
    kernel.store.memory, kernel.store.outbox.cursors = backup
    await kernel.say(contact(9, "new", SAME[1]), there(contact(9, "new", SAME[1])))  # they take the lost events' numbers
    two = await kernel.successor()
    for _ in range(4):
        await two.send()
    assert (shows(kernel, "toys")[0], shows(kernel, "others")[0]) == (["here"], ["there"])


async def test_what_does_not_live_on_a_topic_is_passed_over_there(kernel):
    stray = draft(CaseAssigned(team="a"), KEY, at(0))
    await kernel.put(structs.replace(stray, kind=replace(stray.kind, topic=QUALITY)))
    await kernel.put(there(entered(1, "n2")))
    await read(kernel.one)
    assert (shows(kernel, "others")[1], await kernel.store.parked.all()) == (["n2"], [])
    assert kernel.rows("toys") == (await replayed(kernel.service, kernel.log))["toys"] == {}


async def test_a_rebuild_on_postgresql_finds_both_as_they_are(service, database_url):
    version = await bootstrap(database_url, service)
    async with asyncpg.create_pool(database_url, min_size=1, max_size=6) as pool:
        kernel = Kernel(log=MemoryLog(Broker(stride=3)), service=service)
        kernel.store = PostgresStore(pool, "intake", TABLES, version, vault=VAULT)
        one = await kernel.open()
        await kernel.say(registered(0), contact(2, "here"), there(contact(3, "there")))
        await kernel.put(there(entered(1, "n1")))
        await kernel.put(entered(1, "n2"))
        while await one.read(wait=0) + await one.send():
            pass
        found = await pool.fetch(f"select channels, nodes from {kernel.store.data}.others")
        compared = await rebuild(database_url, service, kernel.log)
    assert [tuple(row) for row in found] == [("told-n1 there", "n1")], "a late fact comes where it belongs"
    assert [one for one in compared if not one.is_equal] == []
    assert {"intake.others", "intake outbox quality/" + str(THERE.number)} <= {one.name for one in compared}


def test_a_book_that_lives_elsewhere_hears_what_lives_on_one_topic_only(service):
    """Routing's teams live on `cases` and hear rosters of `standards`."""
    elsewhere = replace(OTHERS, topic=Topic.STANDARDS)
    assert elsewhere.hears(NodeEntered) is TYPES[NodeEntered]
