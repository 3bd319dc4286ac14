"""Replays the log into empty tables. It folds, and has no means to say anything."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial

from libs.events.engine.book import in_order
from libs.events.engine.portion import REPLAY_MOST, Portion
from libs.events.engine.reading import Heard
from libs.events.engine.service import Service
from libs.events.engine.turns import few_at_once
from libs.events.engine.unit import Folding
from libs.events.log.envelope import Fact, Undecodable, Unknown, open_envelope, read_fact
from libs.events.log.partition import PARTITIONS
from libs.events.log.port import Batch, Log, Partition
from libs.events.log.sequence import follow
from libs.events.store.port import Seen, Store

Progress = Callable[[int], None]


@dataclass(slots=True)
class Extent:
    """How much of a partition is replayed: own facts to the end, others' facts as far as the live tables have heard them.

    `parked`: the offsets of what the live tables have set aside or given up.
    """

    end: int
    heard_until: int
    parked: frozenset[int] = frozenset()


@dataclass(slots=True)
class Replay:
    """A replay under way: where it stands, and the last numbers it saw."""

    service: Service
    store: Store
    log: Log
    offsets: dict[Partition, int] = field(default_factory=dict)
    seen: dict[Partition, Seen] = field(default_factory=dict)
    portion: Portion = field(default_factory=lambda: Portion(REPLAY_MOST))

    def partitions(self) -> list[Partition]:
        """Return the partitions whose facts the tables are made of."""
        return [Partition(topic, number) for topic in self.service.topics_kept for number in range(PARTITIONS[topic])]

    async def run(self, extents: Mapping[Partition, Extent], progress: Progress = lambda count: None) -> None:
        """Fold every partition from where it stands up to its extent."""
        async for batches in self.read(extents):
            await few_at_once(partial(self._fold, batch, extents[batch.partition]) for batch in batches)
            progress(sum(len(batch.records) for batch in batches))

    async def read(self, extents: Mapping[Partition, Extent]) -> AsyncIterator[Sequence[Batch]]:
        """Yield what follows in each partition; what was yielded has been handled when the next is asked for."""
        while behind := {at: self.offsets.get(at, 0) for at, one in extents.items() if self.offsets.get(at, 0) < one.end}:
            batches = await self.log.read(behind, limit=self.portion.size, wait=5.0)
            yield batches
            for batch in batches:
                self.offsets[batch.partition] = min(batch.next_offset, extents[batch.partition].end)

    def heard(self, batch: Batch, extent: Extent) -> Heard:
        """Return what the tables are made of."""
        seen = self.seen.setdefault(batch.partition, {})
        heard: list[tuple[Fact, bytes]] = []
        for record in batch.records:
            if record.offset >= extent.end:
                break
            try:
                envelope = open_envelope(record.value)
            except Undecodable:
                if record.offset in extent.parked:
                    continue
                raise
            source = follow(envelope, seen)
            if source is None:
                continue
            is_heard = source == self.service.name or (record.offset < extent.heard_until and record.offset not in extent.parked)
            if is_heard and envelope.type in self.service.keeps:
                with suppress(Unknown):
                    heard.append((read_fact(envelope), record.value))
        return heard

    async def _fold(self, batch: Batch, extent: Extent) -> None:
        with self.portion.taken(len(batch.records)):
            await self._fold_in_one(batch, extent)

    async def _fold_in_one(self, batch: Batch, extent: Extent) -> None:
        async with self.store.transaction() as transaction:
            heard, unit = self.heard(batch, extent), Folding(self.service, transaction)
            await unit.load(self.service.subjects(fact for fact, _ in heard))
            for fact, body in in_order(heard):
                unit.hear(fact, body)
            await unit.write()
