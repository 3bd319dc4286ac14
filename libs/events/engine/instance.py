"""One running instance of a service: the partitions it owns, and the steps it takes in them. Loops are elsewhere."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from uuid import UUID

import structlog
from prometheus_client import CollectorRegistry

from libs.events.engine.alarms import GRACE, Alarms
from libs.events.engine.known import Known, NotYetKnown
from libs.events.engine.meters import Meters
from libs.events.engine.ownership import Owned, Ownership
from libs.events.engine.parking import Parking
from libs.events.engine.portion import READ_MOST, Portion
from libs.events.engine.reader import Reader
from libs.events.engine.reading import Reading
from libs.events.engine.relay import Relay, Relaying, Sent
from libs.events.engine.service import Service
from libs.events.engine.shelf import Shelf
from libs.events.engine.turns import few_at_once
from libs.events.engine.unit import Folding
from libs.events.engine.watermark import Watermark
from libs.events.engine.work import Work
from libs.events.engine.writer import Writer
from libs.events.log.envelope import open_envelope, read_fact
from libs.events.log.port import Batch, Log, LogUnavailable, LostTail, OffsetOutOfRange, Partition
from libs.events.log.sequence import Gap, Impostor
from libs.events.store.port import Conflict, Fenced, Rewind, Store, StoreUnavailable
from libs.events.words.now import Now, SharedClock, Ticks, new_id, real_ticks

_output = structlog.get_logger()

FATAL = (Gap, Impostor)
"""What stops a partition until a person has looked: going on would make tables wrong without a sign."""

TOGETHER_PART = 5
"""If a portion of one partition is so many times what is new in all, that goes into one transaction."""

UNSENT_EVENTS_MAX = 20_000
"""While more than this waits for the log, nothing more is read: what is read makes more of it, and takes the relay's time."""


class Instance(Ownership):
    """Steps of one instance; each may be called at any time, in any order, and may fail at any await."""

    def __init__(
        self,
        service: Service,
        store: Store,
        logs: Sequence[Log],
        *,
        now: Now,
        registry: CollectorRegistry,
        ticks: Ticks = real_ticks,
        grace: timedelta = GRACE,
    ) -> None:
        """`logs` are three clients of one log: to read, to relay, for the rest. `now` is only compared with the shared clock."""
        self.service, self.store, self.clock = service, store, SharedClock(now, ticks)
        self.owner: UUID = new_id(now())
        self.known, self.said = Known(), asyncio.Event()
        self.meters = Meters(registry, service.name)
        self.meters.begin(service.topics_heard)
        self.owned: dict[Partition, Owned] = {}
        self._is_behind, self.portion = False, Portion(READ_MOST)
        self._reading_log, self._asking_log = logs[0], logs[2]
        self.shelf, self.work = Shelf(logs[2], self.known), Work(service, store, self.known, self.said)
        self.writer = Writer(self.work, self.clock)
        self.reader = Reader(self.work, self.shelf.fill, self.meters)
        self.parking = Parking(self.work, self.reader, ticks)
        self.relay = Relay(service.name, store, logs[1], self._adopt)
        self.watermark = Watermark(service, store, ticks)
        self.alarms = Alarms(self.work, logs[2], self.meters, self.watermark, grace)

    def has_learned(self) -> bool:
        """Test whether a parked key may have waited for what was published since."""
        return self.parking.has_learned()

    async def retry(self) -> None:
        """Try again, or give up, the parked keys somebody asked about, and those whose wait is over; only between reads."""
        await self.parking.tend(self.readings())

    async def read(self, *, wait: float) -> int:
        """Read and handle one batch of every owned partition; return how many records were handled."""
        readings = {reading.partition: reading for reading in self.readings()}
        if self._is_behind or not readings:
            return 0
        try:
            at = {partition: reading.next_offset for partition, reading in readings.items()}
            batches = await self._reading_log.read(at, limit=self.portion.size, wait=wait)
        except OffsetOutOfRange as error:
            await self._stop_beyond_end(list(readings.values()), str(error))
            return 0
        work = [(readings[batch.partition], batch) for batch in batches]
        count = sum(len(batch.records) for batch in batches)
        if len(work) > 1 and count * TOGETHER_PART <= self.portion.size and await self._handle_together(work):
            return count
        return sum(await few_at_once(partial(self._handle, *one) for one in work))

    async def _handle_together(self, work: Sequence[tuple[Reading, Batch]]) -> bool:
        """Handle small batches in one transaction, which costs hardly more than one of them; say whether that went well."""
        try:
            with self.portion.taken(sum(len(batch.records) for _, batch in work) * TOGETHER_PART):
                await self.reader.handle(work)
        except Exception as error:
            _output.info("batches will be handled one by one", service=self.service.name, why=str(error))
            return False
        return True

    async def _stop_beyond_end(self, readings: Sequence[Reading], why: str) -> None:
        """Stop reading where the log is shorter than what was read; everywhere else it goes on."""
        for topic in {reading.partition.topic for reading in readings}:
            ends = await self._asking_log.ends(topic)
            for reading in readings:
                owned = self.owned.get(reading.partition)
                if owned and owned.reading is reading and reading.next_offset > ends.get(reading.partition, reading.next_offset):
                    self._stop(owned, reading.partition, f"the log is shorter than what was read of it: {why}")

    async def _handle(self, reading: Reading, batch: Batch) -> int:
        owned = self.owned.get(batch.partition)
        if owned is None or owned.reading is not reading:
            return 0
        batch = batch.first(self.portion.size)  # it may have shrunk since this was read, and the rest can be read again
        try:
            with self.portion.taken(len(batch.records)):
                await self.reader.handle([(reading, batch)])
            return len(batch.records)
        except (NotYetKnown, Conflict, StoreUnavailable) as error:
            self.meters.retries.labels(self.service.name).inc()
            _output.info("batch will be tried again", service=self.service.name, partition=batch.partition, why=str(error))
        except Fenced:
            self._yield(batch.partition, owned.lease_epoch, "read")
        except FATAL as error:
            if isinstance(error, Gap):
                self.meters.gaps.labels(self.service.name, batch.partition.topic).inc()
            self._stop(owned, batch.partition, str(error))
        return 0

    async def send(self) -> int:
        """Relay one batch of every owned partition that has something to send; return how many events went out."""
        self.said.clear()
        mine = [p for p in self.owned if p.topic in self.service.topics_said]
        unsent = await self.store.unsent(mine) if mine else {}
        self.unsent = sum(unsent.values())
        self._is_behind = sum(count for p, count in unsent.items() if not self._is_cut(p)) > UNSENT_EVENTS_MAX
        # What is new here is read back even with nothing to send: the log may remember what a restored database forgot.
        due = [p for p in mine if p in unsent or (p in self.owned and self.owned[p].relaying is None)]
        for one in await self.relay.shortened(owned.relaying for p in due if (owned := self.owned.get(p)) and owned.relaying):
            if (owned := self.owned.get(one.partition)) and owned.relaying is one:
                self._cut(owned, one.partition, "the log ends before what was sent to it")
        relayings, faults = await self._relayings(due)
        count = await self._send(relayings) if relayings else 0
        if faults:
            raise faults[0]  # ours to mend, and no reason for the others to wait
        return count

    async def _relayings(self, partitions: Sequence[Partition]) -> tuple[list[Relaying], list[Exception]]:
        """Return where the relay stands in each, as far as it can send there, and faults that are ours."""
        relayings: list[Relaying] = []
        faults: list[Exception] = []
        # One after the other: a client that is asked for another partition throws away what it has fetched of the last.
        for partition in sorted(partitions, key=self._misgivings):
            try:
                if relaying := await self._relaying(partition):
                    relayings.append(relaying)
            except LogUnavailable as error:
                _output.warning("the log cannot be reached", service=self.service.name, why=str(error))
                break  # it would keep the others waiting as long; if it alone is away, it is the last to be asked next time
            except Exception as error:
                faults.append(error)
        return relayings, faults

    def _misgivings(self, partition: Partition) -> tuple[bool, int]:
        """Return how little is to be expected of a partition's relay: what needs not be taken over comes first."""
        owned = self.owned.get(partition)
        return (owned is None or owned.relaying is None, owned.unreached if owned else 0)

    async def _relaying(self, partition: Partition) -> Relaying | None:
        """Return where the relay stands, taken over if it is new here; nothing where it must not send."""
        owned = self.owned.get(partition)
        if owned is None or owned.is_cut:
            return None
        try:
            if owned.relaying is None:
                owned.relaying = await self.relay.take_over(partition, owned.lease_epoch)
            return owned.relaying
        except Fenced:
            self._yield(partition, owned.lease_epoch, "send")
        except LostTail as error:
            self._cut(owned, partition, str(error))
        except LogUnavailable:
            owned.unreached += 1
            raise
        except (StoreUnavailable, Conflict) as error:
            _output.warning("a partition will be taken over later", service=self.service.name, why=str(error))
        return None

    async def _send(self, relayings: Sequence[Relaying]) -> int:
        try:
            sent = await self.relay.send(relayings)
        except (StoreUnavailable, Conflict) as error:
            sent = Sent({}, {one.partition: error for one in relayings}, ())
        for one in relayings:
            if one.partition in sent.unsure and (owned := self.owned.get(one.partition)) and owned.relaying is one:
                owned.relaying = None  # whether the batch landed is unknown: read back before sending again
            if one.partition in sent.fenced:
                self._yield(one.partition, one.lease_epoch, "send")
        for partition, count in sent.counts.items():
            self.meters.said.labels(self.service.name, partition.topic).inc(count)
        for unsure in sent.unsure.values():
            if not isinstance(unsure, LogUnavailable | StoreUnavailable | Conflict):
                raise unsure
            _output.warning("the log cannot be reached", service=self.service.name, why=str(unsure))
        return sum(sent.counts.values())

    async def tick(self) -> int:
        """Learn until when all is applied, take up who awaited what is published now, and fire what is due.

        Return how many subjects were settled.
        """
        readings = self.readings()
        if readings:
            await self.alarms.look(readings, await self.clock.ask(self.store.now))
        await self.watermark.move(readings)
        if not self.service.settles or not readings or self.wrong_clock():
            return 0
        return await self.alarms.take_up(readings) + await self.alarms.fire(readings)

    async def _adopt(self, rewind: Rewind) -> None:
        """Take in own events that only the log remembered: into the outbox and into what is known, both or neither."""
        facts = {one.event.id: (read_fact(open_envelope(one.event.body)), one.event.body) for one in rewind.on_log}
        async with self.store.transaction() as transaction:
            unit = Folding(self.service, transaction)
            await unit.load(self.service.subjects(fact for fact, _ in facts.values()))
            known = await transaction.rewind(rewind)
            for id, (fact, body) in facts.items():
                if id not in known:
                    unit.hear(fact, body)
            await unit.write()
