"""Settles subjects whose timer is due, once all before that instant has been read, and those that awaited a standard."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from libs.events.engine.deciding import Deciding
from libs.events.engine.known import NotYetKnown
from libs.events.engine.leases import Standing
from libs.events.engine.meters import Meters
from libs.events.engine.pace import TIMERS_MOST, Portion
from libs.events.engine.work import Work
from libs.events.log.port import Log, Partition, ends_of
from libs.events.store.port import Conflict, StoreUnavailable
from libs.events.store.values import Appended, Place, Subject

GRACE = timedelta(seconds=1)  # what was written just before an instant may still be on its way to the log

_output = structlog.get_logger()


class Alarms:
    """Fires one service's timers in the partitions that this instance owns."""

    def __init__(
        self,
        work: Work,
        log: Log,
        meters: Meters,
        watermark: Callable[[], datetime | None],
        grace: timedelta = GRACE,
    ) -> None:
        self._work, self._service, self._store, self._log = work, work.service, work.store, log
        self._meters, self._watermark, self._grace = meters, watermark, grace
        self._portion = Portion(TIMERS_MOST)

    async def look(self, readings: Sequence[Standing], asked_at: datetime) -> None:
        """Note for each partition up to which instant the log is known; `asked_at` is just now, by the shared clock.

        An end offset is read at an instant; when the reader has passed that offset, the log is known up to the instant.
        """
        ends = await ends_of(self._log, [one.partition for one in readings])
        for one in readings:
            here = (ends[one.partition], asked_at)
            for end, at in (one.sought or here, here):
                if one.read.next_offset >= end:
                    one.known_until, one.sought = at, here
            one.sought = one.sought or here

    async def fire(self, readings: Sequence[Standing]) -> int:
        """Settle the subjects that are due, and return how many were."""
        known = {one.partition: one for one in readings}
        until = self._until({one.partition: one.known_until - self._grace for one in readings if one.known_until is not None})
        if not self._service.settles or not until:
            return 0
        due: dict[Place, list[Subject]] = {}
        for partition, subject in await self._store.due(until, self._portion.size):
            due.setdefault(Place(subject[0], partition), []).append(subject)
        fired = sum([await self._settle(known[at.partition], subjects, until[at]) for at, subjects in due.items()])
        self._meters.fired.labels(self._service.name).inc(fired)
        return fired

    def _until(self, known: Mapping[Partition, datetime]) -> Mapping[Place, datetime]:
        """Return until when time has passed in each place: a book that several partitions feed waits for all of them."""
        all_known, fed, places = self._watermark(), self._service.fed, self._service.places(known)
        until = {place: known[place.partition] for place in places if place.book not in fed}
        if all_known is not None:
            until |= {place: all_known - self._grace for place in places if place.book in fed}
        return until

    async def take_up(self, readings: Sequence[Standing]) -> int:
        """Settle the subjects that await what was published since they were last settled; return how many were."""
        if not self._service.settles or not self._work.known.published:
            return 0
        mine = {one.partition: one for one in readings}
        found: dict[Partition, list[Subject]] = {}
        places, published = self._service.places(mine), self._work.known.published
        for partition, subject in await self._store.awaiting(places, published, self._portion.size):
            found.setdefault(partition, []).append(subject)
        return sum([await self._settle(mine[partition], subjects, None) for partition, subjects in found.items()])

    async def _settle(self, one: Standing, subjects: Sequence[Subject], until: datetime | None) -> int:
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
                return sum([await self._settle(one, [subject], until) for subject in subjects])
            _output.error("timer set aside", service=self._service.name, error=str(error))
            (_, key) = subjects[0]
            async with self._store.transaction() as transaction:
                await transaction.park(one.partition, key, f"timer: {error}", [])
            one.read = replace(one.read, parked=one.read.parked | {key})
            return 0

    async def _transact(self, subjects: Sequence[Subject], until: datetime | None) -> int:
        settled: list[Subject] = []
        known_to = self._work.known.read_to

        async def settle(deciding: Deciding) -> None:
            for subject in subjects:
                with suppress(NotYetKnown):
                    await deciding.settle(subject, until=until)
                    settled.append(subject)

        async def note(deciding: Deciding, appended: Appended) -> None:
            if until is None:
                await deciding.transaction.looked(settled, known_to)
            else:
                await deciding.transaction.fired(settled, until)

        await self._work.do(subjects, settle, note)
        return len(settled)
