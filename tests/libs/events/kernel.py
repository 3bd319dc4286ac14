"""The toy service on a log and a store in memory, and facts of others put onto that log in their numbers."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from prometheus_client import CollectorRegistry

from libs.events.catalogue.intake import CaseRegistered, ContactLogged
from libs.events.catalogue.routing import NodeEntered
from libs.events.engine.deciding import Deciding
from libs.events.engine.folding import Folding
from libs.events.engine.instance import Instance
from libs.events.engine.known import Known
from libs.events.engine.work import Work
from libs.events.log.envelope import draft, fact_of, open_envelope, record_of, stamped
from libs.events.log.port import PARTITIONS, TopicSettings, partition_for
from libs.events.testing.clocks import StoppedClock
from libs.events.testing.memory_log import MemoryLog
from libs.events.testing.memory_store import MemoryStore
from libs.events.testing.tables import rows_of
from libs.events.testing.toy import TOY, TOYS
from libs.events.words.event import Topic

AT = datetime(2025, 7, 1, 8, 0, tzinfo=UTC)
KEY = "case-1"
PARTITION = partition_for(Topic.CASES, KEY)
SAME = [f"case-{n}" for n in range(1, 400) if partition_for(Topic.CASES, f"case-{n}") == PARTITION]
"""Keys that live in one partition with KEY; the first is KEY."""
_HOMES = {partition_for(Topic.CASES, key): key for key in (f"other-{n}" for n in range(99))}
ELSEWHERE = [key for partition, key in _HOMES.items() if partition != PARTITION]
"""Keys that live in partitions of their own, none of them KEY's."""


def at(minutes):
    return AT + timedelta(minutes=minutes)


def registered(minutes=0, key=KEY, channel="phone"):
    return draft(CaseRegistered(channel=channel, customer_ref="li", process_id="p", process_version=1), key, at(minutes))


def contact(minutes, channel="web", key=KEY):
    return draft(ContactLogged(direction="inbound", channel=channel, purpose="info"), key, at(minutes))


def entered(minutes, node, key=KEY):
    return draft(NodeEntered(node=node), key, at(minutes))


@dataclass
class Kernel:
    """One log, one store, any number of instances one after the other."""

    log: MemoryLog = field(default_factory=MemoryLog)
    clock: StoppedClock = field(default_factory=lambda: StoppedClock(AT))
    service: object = TOY
    numbers: dict = field(default_factory=dict)

    def __post_init__(self):
        self.store = MemoryStore("intake", self.clock)

    async def open(self):
        for topic, count in PARTITIONS.items():
            await self.log.create(TopicSettings(topic, count))
        return await self.instance()

    async def instance(self, log=None, own_clock=None):
        instance = Instance(
            self.service,
            self.store,
            [log or self.log] * 3,
            now=own_clock or self.clock,
            ticks=self.clock.ticks,
            registry=CollectorRegistry(),
            grace=timedelta(0),
        )
        await instance.lease()
        return instance

    async def successor(self, log=None):
        """Return a new instance, the old one's leases having run out."""
        self.clock.advance(timedelta(seconds=11))
        return await self.instance(log)

    async def put(self, fact, *, epoch=1, seq=None, source=None, body=None):
        """Append a fact as its owner's relay would; with `seq` as a broken one would."""
        partition = partition_for(fact.kind.topic, fact.key)
        counted = self.numbers.get((partition, fact.source), -1) + 1 if seq is None else seq
        self.numbers[partition, fact.source] = counted
        record = record_of(fact, self.clock())
        record = stamped(record._replace(body=body or record.body), partition.number, epoch, counted)
        if source:
            said_by = f"/services/{source}".encode()
            record = record._replace(body=record.body.replace(f"/services/{fact.source}".encode(), said_by))
        await self.log.append(partition, [record])

    async def say(self, *facts):
        """Say own facts in one transaction, as a command would."""
        await Work(self.service, self.store, Known(), asyncio.Event()).say(facts)

    async def hear(self, *facts):
        async with self.store.transaction() as transaction:
            unit = Folding(self.service, transaction)
            await unit.load(self.service.subjects(facts))
            for fact in facts:
                unit.hear(fact, record_of(fact, self.clock()).body)
            await unit.write()

    def state(self, key=KEY):
        kept = self.store.memory.states.get((Topic.CASES, key))
        return TOYS.decode(kept.state) if kept else None

    def rows(self, table):
        return self.store.memory.tables.get(table, {})

    def on_log(self, partition=PARTITION):
        return [open_envelope(record.body) for record in self.log.broker.partitions[partition].records]

    def said(self):
        events = sorted(self.store.memory.outbox.values(), key=lambda one: (one[0].epoch, one[0].seq))
        return [fact_of(event.body) for _, event in events]


def deciding(transaction):
    return Deciding(TOY, transaction, Known())


def implied(facts):
    """Return all tables as the set of facts implies them."""
    return rows_of(TOY, facts)
