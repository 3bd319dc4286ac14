"""Look again at subjects whose timer is due, once all before that instant has been read, and at those who awaited a standard."""

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

import structlog

from libs.events.engine.meters import Meters
from libs.events.engine.portion import TIMERS_MOST, Portion
from libs.events.engine.reading import Reading
from libs.events.engine.service import Service
from libs.events.engine.standards import NotYetKnown, Standards
from libs.events.engine.unit import Deciding
from libs.events.log.port import Log, Partition
from libs.events.store.port import Conflict, Store, StoreUnavailable, Subject

GRACE = timedelta(seconds=1)  # what was written just before an instant may still be on its way to the log

log = structlog.get_logger()


class Alarms:
    """Fires one service's timers in the partitions that this instance owns."""

    def __init__(
        self,
        service: Service,
        store: Store,
        log: Log,
        standards: Standards,
        meters: Meters,
        said: asyncio.Event,
        grace: timedelta = GRACE,
    ) -> None:
        self._service, self._store, self._log, self._standards = service, store, log, standards
        self._meters, self._said, self._grace = meters, said, grace
        self._portion = Portion(TIMERS_MOST)

    async def look(self, readings: Iterable[Reading], asked_at: datetime) -> None:
        """Note for each partition up to which instant the log is known; `asked_at` is just now, by the shared clock.

        An end offset is read at an instant; when the reader has passed that offset, the log is known up to the instant.
        """
        readings = list(readings)
        ends: dict[Partition, int] = {}
        for topic in {reading.partition.topic for reading in readings}:
            ends |= await self._log.ends(topic)
        for reading in readings:
            here = (ends[reading.partition], asked_at)
            for end, at in (reading.sought or here, here):
                if reading.next_offset >= end:
                    reading.known_until, reading.sought = at, here
            reading.sought = reading.sought or here

    async def fire(self, readings: Iterable[Reading]) -> int:
        """Settle the subjects that are due, and return how many were."""
        known = {reading.partition: reading for reading in readings if reading.known_until is not None}
        until = {one.partition: one.known_until - self._grace for one in known.values() if one.known_until is not None}
        if self._service.settle is None or not until:
            return 0
        due = await self._store.due(until, self._portion.size)
        by_partition: dict[Partition, list[Subject]] = {}
        for partition, subject in due:
            by_partition.setdefault(partition, []).append(subject)
        fired = sum([await self._settle(known[at], subjects, until[at]) for at, subjects in by_partition.items()])
        self._meters.fired.labels(self._service.name).inc(fired)
        self._said.set()
        return fired

    async def take_up(self, readings: Iterable[Reading]) -> int:
        """Settle the subjects that await what was published since they were last settled; return how many were."""
        if self._service.settle is None or not self._standards.published:
            return 0
        mine = {reading.partition: reading for reading in readings}
        found: dict[Partition, list[Subject]] = {}
        for partition, subject in await self._store.awaiting(list(mine), self._standards.published, self._portion.size):
            found.setdefault(partition, []).append(subject)
        taken = sum([await self._settle(mine[partition], subjects, None) for partition, subjects in found.items()])
        if taken:
            self._said.set()
        return taken

    async def _settle(self, reading: Reading, subjects: Sequence[Subject], until: datetime | None) -> int:
        """Settle subjects in one transaction; when one of them fails, each in its own, and set the culprit aside.

        Return how many were settled: one that waits for a standard is not.
        """
        try:
            with self._portion.taken(len(subjects)):
                return await self._transact(subjects, until)
        except Exception as error:
            if isinstance(error, StoreUnavailable | Conflict):
                raise
            if len(subjects) > 1:
                return sum([await self._settle(reading, [subject], until) for subject in subjects])
            log.error("timer set aside", service=self._service.name, error=str(error))
            async with self._store.transaction() as transaction:
                await transaction.park(reading.partition, subjects[0][1], f"timer: {error}", [])
            reading.parked.add(subjects[0][1])
            return 0

    async def _transact(self, subjects: Sequence[Subject], until: datetime | None) -> int:
        settle = self._service.settle
        assert settle is not None
        async with self._store.transaction() as transaction:
            known_to = self._standards.read_to
            unit = Deciding(self._service, transaction, known_to)
            await unit.load(subjects)
            settled = []
            for subject in subjects:
                with suppress(NotYetKnown):
                    await unit.decide(subject, lambda state, key=subject[1]: settle(key, state, self._standards, until))  # type: ignore[misc]
                    settled.append(subject)
            await unit.write()
            if until is None:
                await transaction.looked(settled, known_to)
            else:
                await transaction.fired(settled, until)
            await unit.append()
        return len(settled)
