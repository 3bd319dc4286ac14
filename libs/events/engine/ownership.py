"""The partitions an instance holds, and what it knows of each: where it reads, where it relays, why one is stopped."""

import os
import socket
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import structlog

from libs import VERSION
from libs.events.engine.meters import Meters
from libs.events.engine.reading import Reading
from libs.events.engine.relay import Relaying
from libs.events.engine.service import Service
from libs.events.engine.watermark import Watermark
from libs.events.log.partition import PARTITIONS
from libs.events.log.port import Log, Partition
from libs.events.store.port import Fenced, Store, Whereabouts
from libs.events.words.instants import FIRST
from libs.events.words.now import SharedClock, is_wrong

_output = structlog.get_logger()


@dataclass(slots=True)
class Owned:
    """A partition under this instance's lease."""

    lease_epoch: int
    reading: Reading | None = None
    relaying: Relaying | None = None
    unreached: int = 0  # times that the log could not be reached to take the relay over
    stopped: str = ""
    is_cut: bool = False  # the log lost what was sent; nothing more is, until a person has had it mended


def about_here(apart: timedelta = timedelta(0)) -> Whereabouts:
    """Return where this process runs, and which release it is."""
    return Whereabouts(socket.gethostname(), os.getpid(), VERSION, apart)


class Ownership:
    """What one owner has leased; an Instance takes its steps in it."""

    service: Service
    store: Store
    meters: Meters
    owner: UUID
    clock: SharedClock
    watermark: Watermark
    owned: dict[Partition, Owned]
    unsent: int | None = None
    """How many own events wait for the log, as far as that is known."""
    _asking_log: Log

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

    def wrong_clock(self) -> str:
        """Return what is wrong with this machine's clock, or nothing."""
        apart = self.clock.apart()
        if not is_wrong(apart):
            return ""
        where = f"{abs(apart).total_seconds():.1f} s {'ahead of' if apart > timedelta(0) else 'behind'} the database's"
        return f"this machine's clock is {where}, so this instance fires no alarms; set the clock right"

    def introduce(self) -> None:
        """Say in the output who this is: by this id it stands beside its leases, and `loopdesk instances` lists it."""
        about = about_here()
        told = {"owner": str(self.owner), "host": about.host, "pid": about.pid, "release": about.release}
        _output.info("the instance begins", service=self.service.name, **told)

    async def lease(self) -> None:
        """Renew leases, take free ones, and let go of what others took."""
        await self.clock.ask(self.store.now)
        apart = self.clock.apart()
        if wrong := self.wrong_clock():
            _output.warning(wrong, service=self.service.name)
        held = await self.store.lease(self.owner, self.wanted(), about_here(apart))
        for partition in [p for p, owned in self.owned.items() if held.get(p) != owned.lease_epoch]:
            del self.owned[partition]
        for partition, epoch in held.items():
            if partition not in self.owned:
                with suppress(Fenced):  # taken by another before we looked
                    await self._own(partition, epoch)

    async def measure(self) -> None:
        """Set the gauges, when somebody looks. What cannot be known now is not shown: a 0 would say that all is well."""
        name, topics = self.service.name, self.service.topics_heard
        self.meters.forget()
        for topic in topics:
            self.meters.partitions.labels(name, topic).set(sum(1 for partition in self.owned if partition.topic == topic))
        self.meters.stopped.labels(name).set(len(self.stopped()))
        arrears = await self.store.arrears()
        self.meters.unsent_seconds.labels(name).set(arrears.unsent_seconds)
        self.meters.parked.labels(name).set(arrears.parked)
        self.meters.show_waiting(await self.store.waiting())
        self.meters.timers_due.labels(name).set(arrears.timers_due)
        self.meters.timers_seconds.labels(name).set(arrears.timers_seconds)
        if (at := self.watermark()) is not None:
            self.meters.data_as_of.labels(name).set(at.timestamp())
        self.meters.clock.labels(name).set(self.clock.apart().total_seconds())
        if self.unsent is not None:
            self.meters.unsent.labels(name).set(self.unsent)
        for topic in topics:
            ends = await self._asking_log.ends(topic)
            behind = [ends[at] - one.reading.next_offset for at, one in self.owned.items() if at.topic == topic and one.reading]
            if behind:
                self.meters.lag.labels(name, topic).set(sum(behind))

    async def _own(self, partition: Partition, epoch: int) -> None:
        owned = Owned(epoch)
        if partition.topic in self.service.topics_heard:
            point = await self.store.checkpoint(partition, epoch)
            owned.reading = Reading(partition, epoch, point.next_offset, dict(point.seen), set(point.parked))
            owned.reading.noted_until = point.applied_until or FIRST
        self.owned[partition] = owned

    def _stop(self, owned: Owned, partition: Partition, why: str) -> None:
        """Stop what was found wanting; whoever has leased the partition again meanwhile begins without blame."""
        owned.stopped = why
        _output.error("partition stopped", service=self.service.name, partition=partition, why=why)

    def _yield(self, partition: Partition, lease_epoch: int, step: str) -> None:
        """Let go of a partition whose lease ran out, or which another has taken, unless it was leased again meanwhile."""
        told = {"service": self.service.name, "step": step, "partition": partition, "lease": lease_epoch}
        _output.info("the lease of the partition is over", owner=str(self.owner), **told)
        if partition in self.owned and self.owned[partition].lease_epoch == lease_epoch:
            del self.owned[partition]

    def forget(self) -> None:
        """Forget what is known of the database: one that was away may come back as it was yesterday."""
        self.owned.clear()
        self.watermark.forget()
        self.unsent = None

    def _is_cut(self, partition: Partition) -> bool:
        return partition in self.owned and self.owned[partition].is_cut

    def _cut(self, owned: Owned, partition: Partition, why: str) -> None:
        if not owned.is_cut:
            owned.is_cut = True
            self._stop(owned, partition, why)
