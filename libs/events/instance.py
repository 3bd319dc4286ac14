"""One running instance of a service: the partitions it owns, and the steps it takes in them. Loops are elsewhere."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import structlog
from prometheus_client import CollectorRegistry

from libs.events.alarms import GRACE, Alarms
from libs.events.envelope import open_envelope, read_fact
from libs.events.log import Batch, Log, LogUnavailable, LostTail, OffsetOutOfRange, Partition
from libs.events.measures import Meters
from libs.events.now import Now, new_id
from libs.events.reader import Reader, Reading, TooMuchPoison, read_all
from libs.events.relay import Relay, Relaying
from libs.events.sequence import Gap, Impostor
from libs.events.service import Service
from libs.events.shelf import Shelf
from libs.events.standards import NotYetKnown, Standards
from libs.events.store import Conflict, Fenced, Ghost, Store, StoreUnavailable
from libs.events.unit import PARTITIONS, Folding
from libs.events.writer import Writer

log = structlog.get_logger()

FATAL = (Gap, Impostor, TooMuchPoison)
"""What stops a partition until a person has looked: going on would make tables wrong without a sign."""


@dataclass(slots=True)
class Owned:
    """A partition under this instance's lease."""

    lease_epoch: int
    reading: Reading | None = None
    relaying: Relaying | None = None
    stopped: str = ""
    is_cut: bool = False  # the log lost what was sent; nothing more is, until a person has had it mended


class Instance:
    """Steps of one instance; each may be called at any time, in any order, and may fail at any await."""

    def __init__(
        self,
        service: Service,
        store: Store,
        logs: Sequence[Log],
        *,
        now: Now,
        registry: CollectorRegistry,
        grace: timedelta = GRACE,
    ) -> None:
        """`logs` are three clients of one log: for reading, for relaying, and for the standards and end offsets."""
        self.service, self.store, self.now = service, store, now
        self.owner: UUID = new_id(now())
        self.standards, self.said = Standards(), asyncio.Event()
        self.meters = Meters(registry, service.name)
        self.meters.begin(service.topics_heard)
        self.owned: dict[Partition, Owned] = {}
        self.unsent = 0
        self._reading_log, self._asking_log = logs[0], logs[2]
        self.shelf = Shelf(logs[2], self.standards)
        self.writer = Writer(service, store, now, self.said)
        self.reader = Reader(service, store, self.standards, now, self.meters, self.said)
        self.relay = Relay(service.name, store, logs[1], self._adopt)
        self.alarms = Alarms(service, store, logs[2], self.standards, now, self.meters, self.said, grace)

    def wanted(self) -> list[Partition]:
        """Return every partition this service reads or speaks in."""
        topics = sorted({*self.service.topics_heard, *self.service.topics_said})
        return [Partition(topic, number) for topic in topics for number in range(PARTITIONS[topic])]

    def readings(self) -> list[Reading]:
        """Return where it stands in the partitions it can read on in."""
        return [owned.reading for owned in self.owned.values() if owned.reading and not owned.stopped]

    def stopped(self) -> list[str]:
        """Return why partitions of this instance are stopped."""
        return [owned.stopped for owned in self.owned.values() if owned.stopped]

    async def lease(self) -> None:
        """Renew leases, take free ones, and let go of what others took."""
        held = await self.store.lease(self.owner, self.wanted())
        for partition in [p for p, owned in self.owned.items() if held.get(p) != owned.lease_epoch]:
            del self.owned[partition]
        for partition, epoch in held.items():
            if partition not in self.owned:
                with suppress(Fenced):  # taken by another before we looked
                    await self._own(partition, epoch)
        for topic in self.service.topics_heard:
            count = sum(1 for partition in self.owned if partition.topic == topic)
            self.meters.partitions.labels(self.service.name, topic).set(count)
        self.meters.stopped.labels(self.service.name).set(sum(1 for owned in self.owned.values() if owned.stopped))

    async def _own(self, partition: Partition, epoch: int) -> None:
        owned = Owned(epoch)
        if partition.topic in self.service.topics_heard:
            point = await self.store.checkpoint(partition, epoch)
            owned.reading = Reading(partition, epoch, point.next_offset, dict(point.seen), set(point.parked))
        self.owned[partition] = owned

    async def measure(self) -> None:
        """Set the gauges that are only asked for when somebody looks."""
        arrears, name = await self.store.arrears(self.now()), self.service.name
        self.meters.unsent_seconds.labels(name).set(arrears.unsent_seconds)
        self.meters.parked.labels(name).set(arrears.parked)
        self.meters.timers_due.labels(name).set(arrears.timers_due)
        self.meters.timers_seconds.labels(name).set(arrears.timers_seconds)
        for topic in self.service.topics_heard:
            ends = await self._asking_log.ends(topic)
            mine = [reading for reading in self.readings() if reading.partition.topic == topic]
            self.meters.lag.labels(name, topic).set(sum(ends[one.partition] - one.next_offset for one in mine))

    async def retry(self) -> None:
        """Try again the parked keys somebody asked for. Only between reads: nothing else may handle them meanwhile."""
        for one in await self.store.parked():
            reading = self.owned[one.partition].reading if one.partition in self.owned else None
            if not one.is_asked or reading is None:
                continue
            try:
                await self.reader.retry(one.partition, one.key, one.records)
                reading.parked.discard(one.key)
            except (StoreUnavailable, Conflict):
                raise
            except Exception as error:
                async with self.store.transaction() as transaction:
                    await transaction.park(one.partition, one.key, f"{type(error).__name__}: {error}", [])

    async def read(self, *, wait: float) -> int:
        """Read and handle one batch of every owned partition; return how many records were handled."""
        readings = self.readings()
        if not readings:
            return 0
        try:
            batches = await read_all(self._reading_log, readings, wait=wait)
        except OffsetOutOfRange as error:
            await self._stop_beyond_end(readings, str(error))
            return 0
        return sum(await asyncio.gather(*(self._handle(batch) for batch in batches)))

    async def _stop_beyond_end(self, readings: Sequence[Reading], why: str) -> None:
        """Stop reading where the log is shorter than what was read; everywhere else it goes on."""
        for topic in {reading.partition.topic for reading in readings}:
            ends = await self._asking_log.ends(topic)
            for reading in readings:
                owned = self.owned.get(reading.partition)
                if owned and owned.reading is reading and reading.next_offset > ends.get(reading.partition, reading.next_offset):
                    self._stop(owned, reading.partition, f"the log is shorter than what was read of it: {why}")

    def _stop(self, owned: Owned, partition: Partition, why: str) -> None:
        """Stop what was found wanting; who has leased the partition anew meanwhile begins without blame."""
        owned.stopped = why
        log.error("partition stopped", service=self.service.name, partition=partition, why=why)

    async def _handle(self, batch: Batch) -> int:
        owned = self.owned.get(batch.partition)
        if owned is None or owned.reading is None:
            return 0
        try:
            await self.reader.handle(owned.reading, batch)
            return len(batch.records)
        except (NotYetKnown, Conflict, StoreUnavailable) as error:
            self.meters.retries.labels(self.service.name).inc()
            log.info("batch will be tried again", service=self.service.name, partition=batch.partition, why=str(error))
        except Fenced:
            self._yield(batch.partition, "read")
        except FATAL as error:
            self._stop(owned, batch.partition, str(error))
        return 0

    def _yield(self, partition: Partition, step: str) -> None:
        """Let go of a partition that another instance has taken."""
        log.info("the partition is another instance's now", service=self.service.name, step=step, partition=partition)
        self.owned.pop(partition, None)

    def forget(self) -> None:
        """Forget what is known of the database: one that was away may come back as it was yesterday."""
        self.owned.clear()

    async def send(self) -> int:
        """Relay one batch of every owned partition that has something to send; return how many events went out."""
        self.said.clear()
        mine = [p for p in self.owned if p.topic in self.service.topics_said]
        if not mine:
            return 0
        unsent = await self.store.unsent(mine)
        self.unsent = sum(unsent.values())
        self.meters.unsent.labels(self.service.name).set(self.unsent)
        # What is new here is read back even with nothing to send: the log may remember what a restored database forgot.
        due = [p for p in mine if p in unsent or (p in self.owned and self.owned[p].relaying is None)]
        for one in await self.relay.shortened(owned.relaying for p in due if (owned := self.owned.get(p)) and owned.relaying):
            if (owned := self.owned.get(one.partition)) and owned.relaying is one:
                self._cut(owned, one.partition, "the log ends before what was sent to it")
        return sum(await asyncio.gather(*(self._send(partition) for partition in due)))

    async def _send(self, partition: Partition) -> int:
        owned = self.owned.get(partition)
        if owned is None or owned.is_cut:
            return 0
        try:
            if owned.relaying is None:
                owned.relaying = await self.relay.take_over(partition, owned.lease_epoch)
            count = await self.relay.send(owned.relaying)
            self.meters.said.labels(self.service.name, partition.topic).inc(count)
            return count
        except Fenced:
            self._yield(partition, "send")
        except LostTail as error:
            self._cut(owned, partition, str(error))
        except (LogUnavailable, StoreUnavailable, Conflict) as error:
            owned.relaying = None  # whether the batch landed is unknown: read back before sending again
            log.warning("the log cannot be reached", service=self.service.name, why=str(error))
        return 0

    def _cut(self, owned: Owned, partition: Partition, why: str) -> None:
        if not owned.is_cut:
            owned.is_cut = True
            self._stop(owned, partition, why)

    async def tick(self) -> int:
        """Note how far the log is known, and fire what is due; return how many subjects were looked at."""
        readings = self.readings()
        if self.service.settle is None or not readings:
            return 0
        await self.alarms.look(readings)
        return await self.alarms.fire(readings)

    async def _adopt(self, ghosts: Sequence[Ghost]) -> None:
        """Fold own events that only the log remembered."""
        async with self.store.transaction() as transaction:
            unit = Folding(self.service, transaction)
            facts = [(read_fact(open_envelope(ghost.event.body)), ghost.event.body) for ghost in ghosts]
            await unit.load((fact.kind.topic, fact.key) for fact, _ in facts)
            for fact, body in facts:
                await unit.hear(fact, body)
            await unit.write()
