"""Replays the log into empty tables. It folds, and has no means to say anything."""

import copy
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

from libs.events.engine.book import in_order
from libs.events.engine.folding import Folding
from libs.events.engine.leases import Standing
from libs.events.engine.opened import Opened, opened
from libs.events.engine.pace import REPLAY_MOST, Portion, few_at_once
from libs.events.engine.service import Service
from libs.events.log.envelope import Envelope
from libs.events.log.port import PARTITIONS, Batch, Log, Partition, Stored
from libs.events.log.sequence import NOTHING, numbers_of
from libs.events.store.port import Conflict, Store
from libs.events.store.values import Seen


class Reached(NamedTuple):
    """How far a replay is: facts read, and how many places on the log are behind it, of all that it is to come to."""

    facts: int
    done: int
    total: int


Progress = Callable[[Reached], None]


def nobody(reached: Reached) -> None:
    """Look at no progress."""


TRIES = 50
"""Of all that are folded at the same time, one is always first."""


@dataclass(slots=True)
class Extent:
    """How much of a partition is replayed: own facts to the end, others' facts as far as the live tables have heard them.

    `parked`: the offsets of what the live tables have set aside or given up. `seen`: the last number of each source that they
    have heard; a service that reads a partition again, because the log was mended, has heard more than it has read.
    """

    end: int
    heard_until: int
    parked: frozenset[int] = frozenset()
    seen: Seen = field(default_factory=dict)

    def has_heard(self, offset: int, source: str = "", numbers: tuple[int, int] = NOTHING) -> bool:
        """Test whether a fact of others at this offset, with these numbers of its source, is in the live tables."""
        is_heard = offset < self.heard_until or NOTHING < numbers <= self.seen.get(source, NOTHING)
        return is_heard and offset not in self.parked


@dataclass(slots=True)
class Replay:
    """A replay under way, and where it stands. A key of which a record cannot be read is set aside, as a reader does."""

    service: Service
    store: Store
    log: Log
    standings: dict[Partition, Standing] = field(default_factory=dict)
    portion: Portion = field(default_factory=lambda: Portion(REPLAY_MOST))
    facts: int = 0

    def partitions(self) -> list[Partition]:
        """Return the partitions whose facts the tables are made of."""
        return [Partition(topic, number) for topic in self.service.topics_kept for number in range(PARTITIONS[topic])]

    def standing(self, partition: Partition) -> Standing:
        """Return where it stands in a partition. There is no lease, because nobody else writes to its tables."""
        return self.standings.setdefault(partition, Standing(partition, 0))

    def onward(self) -> "Replay":
        """Return a replay that goes on from here, while this one stays where it is."""
        standings = {partition: copy.copy(one) for partition, one in self.standings.items()}
        return Replay(self.service, self.store, self.log, standings, self.portion, self.facts)

    async def run(self, extents: Mapping[Partition, Extent], progress: Progress = nobody) -> None:
        """Fold every partition from where it stands up to its extent."""
        async for batches in self.read(extents):
            await few_at_once(partial(self._fold, batch, extents[batch.partition]) for batch in batches)
            self.facts += sum(len(batch.until(extents[batch.partition].end).records) for batch in batches)
            total = sum(one.end for one in extents.values())
            progress(Reached(self.facts, total - self.left(extents), total))

    def left(self, extents: Mapping[Partition, Extent]) -> int:
        """Return how many places of the log are still to come."""
        return sum(max(0, one.end - self._next(partition)) for partition, one in extents.items())

    async def read(self, extents: Mapping[Partition, Extent]) -> AsyncIterator[Sequence[Batch]]:
        """Yield what follows in each partition, until it stands at the end of its extent everywhere."""
        while at := {partition: here for partition, one in extents.items() if (here := self._next(partition)) < one.end}:
            yield await self.log.read(at, limit=self.portion.size, wait=5.0)

    def _next(self, partition: Partition) -> int:
        return self.standing(partition).read.next_offset

    async def _fold(self, batch: Batch, extent: Extent) -> None:
        with self.portion.taken(len(batch.records)):
            part = await self.opened(batch, extent)
            for tries_left in reversed(range(TRIES)):
                try:
                    await self._write(part)
                    break
                except Conflict:  # another partition fed the same subject at the same time, and was first
                    if not tries_left:
                        raise
            part.move_on()

    async def _write(self, part: Opened) -> None:
        async with self.store.transaction() as transaction:
            heard, folding = in_order(one for facts in part.healthy() for one in facts), Folding(self.service, transaction)
            await folding.load(self.service.subjects(fact for fact, _ in heard))
            for fact, record in heard:
                folding.hear(fact, record.body)
            await folding.write()
            await part.park(transaction)

    async def opened(self, batch: Batch, extent: Extent) -> Opened:
        """Return a batch with what the tables are made of."""
        kept = self.service.keeps.get(batch.partition.topic, frozenset())

        def takes(record: Stored, source: str, envelope: Envelope | None) -> bool:
            if envelope is None:
                return extent.has_heard(record.offset)
            if envelope.type not in kept:
                return False
            return source == self.service.name or extent.has_heard(record.offset, source, numbers_of(envelope))

        return await opened(self.service.name, self.standing(batch.partition), batch.until(extent.end), takes)
