"""The partitions that an instance has leased, and where it stands in each."""

from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from libs.events.engine.service import Service
from libs.events.log.port import PARTITIONS, Partition
from libs.events.store.port import Fenced, Store
from libs.events.store.values import Checkpoint, Cursor, Whereabouts
from libs.events.words.now import SharedClock, is_wrong

_output = structlog.get_logger()


@dataclass(slots=True, eq=False)
class Standing:
    """One partition under one lease. A partition that is leased again begins with a new one.

    `hears`: the service reads this partition; otherwise it only speaks in it. `read` is the checkpoint, and in it
    `applied_until` is what the database says; `known_until` is what this instance knows and will write there.
    `sought`: an end of the log that is being read up to, and the instant just before it was seen.
    `sent` is the relay's cursor, nothing until the relay has been taken over; the log reached at least to `log_end` then.
    """

    partition: Partition
    lease_epoch: int
    hears: bool = True
    read: Checkpoint = field(default_factory=Checkpoint)
    known_until: datetime | None = None
    sought: tuple[int, datetime] | None = None
    sent: Cursor | None = None
    log_end: int = 0
    unreached: int = 0  # times that the log could not be reached to take the relay over
    stopped: str = ""
    is_cut: bool = False  # the log lost what was sent; nothing more is, until a person has had it mended


class Leases:
    """Takes partitions for one instance of a service, and gives them up. `about`: where the instance runs."""

    def __init__(self, service: Service, store: Store, clock: SharedClock, owner: UUID, about: Whereabouts) -> None:
        self._service, self._store, self._clock, self._owner, self._about = service, store, clock, owner, about
        self.owned: dict[Partition, Standing] = {}

    def wanted(self) -> list[Partition]:
        """Return every partition this service reads or speaks in."""
        topics = sorted({*self._service.topics_heard, *self._service.topics_said})
        return [Partition(topic, number) for topic in topics for number in range(PARTITIONS[topic])]

    def readable(self) -> list[Standing]:
        """Return the partitions that the instance can read on in."""
        return [one for one in self.owned.values() if one.hears and not one.stopped]

    def speakable(self) -> list[Standing]:
        """Return the partitions that the service speaks in."""
        return [one for one in self.owned.values() if one.partition.topic in self._service.topics_said]

    def stopped(self) -> list[str]:
        """Return why partitions of this instance are stopped."""
        return [one.stopped for one in self.owned.values() if one.stopped]

    def holds(self, standing: Standing) -> bool:
        """Test whether this is still how the instance stands: the partition may have been lost and leased again meanwhile."""
        return self.owned.get(standing.partition) is standing

    def wrong_clock(self) -> str:
        """Return what is wrong with this machine's clock, or nothing."""
        apart = self._clock.apart()
        if not is_wrong(apart):
            return ""
        where = f"{abs(apart).total_seconds():.1f} s {'ahead of' if apart > timedelta(0) else 'behind'} the database's"
        return f"this machine's clock is {where}, so this instance fires no alarms; set the clock right"

    def introduce(self) -> None:
        """Say in the output which instance this is. Its leases and `loopdesk instances` show the same id."""
        told = {"owner": str(self._owner), "host": self._about.host, "pid": self._about.pid, "release": self._about.release}
        _output.info("the instance begins", service=self._service.name, **told)

    async def renew(self) -> None:
        """Renew leases, take free ones, and let go of what others took."""
        await self._clock.ask(self._store.now)
        if wrong := self.wrong_clock():
            _output.warning(wrong, service=self._service.name)
        about = replace(self._about, apart=self._clock.apart())
        held = await self._store.leases.take(self._owner, self.wanted(), about)
        for one in list(self.owned.values()):
            if held.get(one.partition) != one.lease_epoch:
                del self.owned[one.partition]
        for partition, epoch in held.items():
            if partition not in self.owned:
                with suppress(Fenced):  # taken by another before we looked
                    self.owned[partition] = await self._begin(partition, epoch)

    async def _begin(self, partition: Partition, epoch: int) -> Standing:
        if partition.topic not in self._service.topics_heard:
            return Standing(partition, epoch, hears=False)
        return Standing(partition, epoch, read=await self._store.checkpoint(partition, epoch))

    def stop(self, standing: Standing, why: str) -> None:
        """Stop a partition in which something is wrong. If it was leased again meanwhile, its new standing goes on."""
        standing.stopped = why
        _output.error("partition stopped", service=self._service.name, partition=standing.partition, why=why)

    def cut(self, standing: Standing, why: str) -> None:
        """Stop a partition whose log has lost what was sent to it."""
        if not standing.is_cut:
            standing.is_cut = True
            self.stop(standing, why)

    def give_up(self, standing: Standing, step: str) -> None:
        """Let go of a partition whose lease ran out, or which another has taken, unless it was leased again meanwhile."""
        told = {"step": step, "partition": standing.partition, "lease": standing.lease_epoch}
        _output.info("the lease of the partition is over", service=self._service.name, owner=str(self._owner), **told)
        if self.holds(standing):
            del self.owned[standing.partition]
