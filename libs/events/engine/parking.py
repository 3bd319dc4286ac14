"""Looks after keys that were set aside. One is tried again when somebody asks or when its reference is known, or given up."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import structlog

from libs.events.engine.deciding import Deciding
from libs.events.engine.known import NotYetKnown
from libs.events.engine.leases import Standing
from libs.events.engine.pace import LONG_SECONDS
from libs.events.engine.reader import Reader
from libs.events.engine.work import Work
from libs.events.log.envelope import fact_of
from libs.events.log.port import Partition, Stored
from libs.events.store.port import Conflict, StoreUnavailable
from libs.events.store.values import Appended, Parked
from libs.events.words.now import Ticks

RETRIED_MAX, RETRIED_FOR = 100, timedelta(seconds=LONG_SECONDS)
"""At most so many parked keys are tried again between two reads, and no longer than this, because all other keys wait."""

_output = structlog.get_logger()


class Parking:
    """The parked keys of one service in the partitions that an instance owns."""

    def __init__(self, work: Work, reader: Reader, ticks: Ticks) -> None:
        self._work, self._service, self._store, self._known = work, work.service, work.store, work.known
        self._reader, self._ticks = reader, ticks
        self._tried_at = 0

    def has_learned(self) -> bool:
        """Test whether anything was published since keys were last tried: some may have waited for it."""
        return self._known.read_to != self._tried_at

    async def tend(self, readings: Sequence[Standing]) -> None:
        """Try keys again, or give them up. Only between two reads, because nothing else may handle these keys meanwhile."""
        known_to, mine = self._known.read_to, {one.partition: one for one in readings}
        found, begun = await self._store.parked.retriable(list(mine), self._known.knows, RETRIED_MAX), self._ticks()
        tended = 0
        while tended < len(found) and self._ticks() <= begun + RETRIED_FOR:
            one = found[tended]
            if await self._tend(one):
                here = mine[one.partition]
                here.read = replace(here.read, parked=here.read.parked - {one.key})
            tended += 1
        self._tried_at = known_to if tended == len(found) < RETRIED_MAX else -1

    async def _tend(self, one: Parked) -> bool:
        """Test whether the key flows again."""
        try:
            if one.dropped_by:
                await self._drop(one)
            else:
                await self.retry(one.partition, one.key, one.records)
            return True
        except (StoreUnavailable, Conflict):
            raise
        except NotYetKnown as error:
            await self._set_aside(one, f"waits for {error}", str(error))
        except Exception as error:
            await self._set_aside(one, f"{type(error).__name__}: {error}")
        return False

    async def retry(self, partition: Partition, key: str, records: Sequence[Stored]) -> None:
        """Handle a parked key's records in order; on success it flows again."""
        facts = [(fact_of(one.body, partition.topic), one) for one in records]
        subjects = self._service.subjects(fact for fact, _ in facts) or set(self._service.namesakes(partition.topic, key))

        async def answer(deciding: Deciding) -> None:
            await self._reader.answer(deciding, facts, subjects)

        async def unpark(deciding: Deciding, appended: Appended) -> None:
            await deciding.transaction.unpark(partition, key)

        await self._work.do(subjects, answer, unpark)

    async def _drop(self, one: Parked) -> None:
        async with self._store.transaction() as transaction:
            await transaction.drop(one.partition, one.key)
        _output.warning(
            "parked key dropped", service=self._service.name, case=one.key, by=one.dropped_by, events=len(one.records)
        )

    async def _set_aside(self, one: Parked, why: str, waits_for: str = "") -> None:
        async with self._store.transaction() as transaction:
            await transaction.park(one.partition, one.key, why, [], waits_for)
