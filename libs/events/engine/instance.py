"""One running instance of a service: the parts it is made of, and the steps it takes. Loops are elsewhere."""

import asyncio
import os
import socket
from collections.abc import Sequence
from datetime import timedelta
from functools import partial

import structlog
from prometheus_client import CollectorRegistry

from libs import VERSION
from libs.events.engine.alarms import GRACE, Alarms
from libs.events.engine.known import Known, NotYetKnown
from libs.events.engine.learner import Learner
from libs.events.engine.leases import Leases, Standing
from libs.events.engine.meters import Meters
from libs.events.engine.pace import READ_MOST, Portion, few_at_once
from libs.events.engine.parking import Parking
from libs.events.engine.reader import Reader
from libs.events.engine.relay import Relay
from libs.events.engine.service import Service
from libs.events.engine.takeover import TakeOver
from libs.events.engine.watermark import Watermark
from libs.events.engine.work import Work
from libs.events.engine.writer import Writer
from libs.events.log.port import Batch, Log, OffsetOutOfRange, ends_of
from libs.events.log.sequence import Gap, Impostor
from libs.events.store.port import Conflict, Fenced, Store, StoreUnavailable
from libs.events.store.values import Whereabouts
from libs.events.words.now import Now, SharedClock, Ticks, new_id, real_ticks

_output = structlog.get_logger()

FATAL = (Gap, Impostor)
"""These stop a partition until a person has looked, because going on would make tables wrong without a sign."""

TOGETHER_PART = 5
"""Small batches go into one transaction if all of them together are at most this part of a portion."""


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
        ticks: Ticks = real_ticks,
        grace: timedelta = GRACE,
    ) -> None:
        """`logs` are three clients of one log: to read, to relay, for the rest. `now` is only compared with the shared clock."""
        self.service, self.store, self.clock = service, store, SharedClock(now, ticks)
        self.owner, self.known, self.said = new_id(now()), Known(service.constants), asyncio.Event()
        self.meters = Meters(registry, service.name)
        self.meters.begin(service.topics_heard)
        self.portion = Portion(READ_MOST)
        self._reading_log, self._asking_log = logs[0], logs[2]
        about = Whereabouts(socket.gethostname(), os.getpid(), VERSION)
        self.leases = Leases(service, store, self.clock, self.owner, about)
        self.learner, self.work = Learner(logs[2], self.known), Work(service, store, self.known, self.said)
        self.writer = Writer(self.work, self.clock)
        self.reader = Reader(self.work, self.learner.learn, self.meters)
        self.parking = Parking(self.work, self.reader, ticks)
        self.relay = Relay(TakeOver(service, store, logs[1]), service.name, store, logs[1], self.leases, self.meters)
        self.watermark = Watermark(service, store, ticks)
        self.alarms = Alarms(self.work, logs[2], self.meters, self.watermark, grace)

    async def lease(self) -> None:
        """Renew leases, take free ones, and let go of what others took."""
        await self.leases.renew()

    def forget(self) -> None:
        """Forget what is known of the database: one that was away may come back as it was yesterday."""
        self.leases.owned.clear()
        self.watermark.forget()
        self.relay.unsent = None

    async def retry(self) -> None:
        """Try parked keys again, or give them up, when somebody asked for it or their wait is over. Only between two reads."""
        await self.parking.tend(self.leases.readable())

    async def send(self) -> int:
        """Relay one batch of every owned partition that has something to send; return how many events went out."""
        self.said.clear()
        return await self.relay.send()

    async def tick(self) -> int:
        """Learn until when all is applied, settle subjects whose references were published, and those whose timers are due.

        Return how many subjects were settled.
        """
        readings = self.leases.readable()
        if readings:
            await self.alarms.look(readings, await self.clock.ask(self.store.now))
        await self.watermark.move(readings)
        if not self.service.settles or not readings or self.leases.wrong_clock():
            return 0
        return await self.alarms.take_up(readings) + await self.alarms.fire(readings)

    async def read(self, *, wait: float) -> int:
        """Read and handle one batch of every owned partition; return how many records were handled."""
        readings = {one.partition: one for one in self.leases.readable()}
        if self.relay.is_behind or not readings:
            return 0
        try:
            at = {partition: one.read.next_offset for partition, one in readings.items()}
            batches = await self._reading_log.read(at, limit=self.portion.size, wait=wait)
        except OffsetOutOfRange as error:
            await self._stop_beyond_end(list(readings.values()), str(error))
            return 0
        work = [(readings[batch.partition], batch) for batch in batches]
        count = sum(len(batch.records) for batch in batches)
        if len(work) > 1 and count * TOGETHER_PART <= self.portion.size and await self._handle_together(work):
            return count
        return sum(await few_at_once(partial(self._handle, *one) for one in work))

    async def _stop_beyond_end(self, readings: Sequence[Standing], why: str) -> None:
        """Stop the partitions in which the log is shorter than what was read of it. The others go on."""
        ends = await ends_of(self._asking_log, [one.partition for one in readings])
        for one in readings:
            if self.leases.holds(one) and one.read.next_offset > ends.get(one.partition, one.read.next_offset):
                self.leases.stop(one, f"the log is shorter than what was read of it: {why}")

    async def _handle_together(self, work: Sequence[tuple[Standing, Batch]]) -> bool:
        """Handle small batches in one transaction, which costs hardly more than one of them; say whether that went well."""
        try:
            with self.portion.taken(sum(len(batch.records) for _, batch in work) * TOGETHER_PART):
                await self.reader.handle(work)
        except Exception as error:
            _output.info("batches will be handled one by one", service=self.service.name, why=str(error))
            return False
        return True

    async def _handle(self, one: Standing, batch: Batch) -> int:
        if not self.leases.holds(one):
            return 0
        batch = batch.first(self.portion.size)  # it may have shrunk since this was read, and the rest can be read again
        try:
            with self.portion.taken(len(batch.records)):
                await self.reader.handle([(one, batch)])
            return len(batch.records)
        except (NotYetKnown, Conflict, StoreUnavailable) as error:
            self.meters.retries.labels(self.service.name).inc()
            _output.info("batch will be tried again", service=self.service.name, partition=batch.partition, why=str(error))
        except Fenced:
            self.leases.give_up(one, "read")
        except FATAL as error:
            if isinstance(error, Gap):
                self.meters.gaps.labels(self.service.name, batch.partition.topic).inc()
            self.leases.stop(one, str(error))
        return 0

    async def measure(self) -> None:
        """Set the gauges, when somebody looks. A figure that is not known now is not shown: a 0 would say that all is well."""
        meters, name, owned = self.meters, self.service.name, self.leases.owned
        meters.forget()
        for topic in self.service.topics_heard:
            meters.partitions.labels(name, topic).set(sum(1 for partition in owned if partition.topic == topic))
        meters.stopped.labels(name).set(len(self.leases.stopped()))
        arrears = await self.store.arrears()
        meters.unsent_seconds.labels(name).set(arrears.unsent_seconds)
        meters.parked.labels(name).set(arrears.parked)
        meters.show_waiting(await self.store.parked.waiting())
        meters.timers_due.labels(name).set(arrears.timers_due)
        meters.timers_seconds.labels(name).set(arrears.timers_seconds)
        if (at := self.watermark()) is not None:
            meters.data_as_of.labels(name).set(at.timestamp())
        meters.clock.labels(name).set(self.clock.apart().total_seconds())
        if self.relay.unsent is not None:
            meters.unsent.labels(name).set(self.relay.unsent)
        for topic in self.service.topics_heard:
            ends = await self._asking_log.ends(topic)
            behind = [ends[one.partition] - one.read.next_offset for one in owned.values() if one.partition.topic == topic]
            if behind:
                meters.lag.labels(name, topic).set(sum(behind))
