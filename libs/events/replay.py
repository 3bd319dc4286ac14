"""Replays the log into empty tables. It folds, and has no means to say anything."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from libs.events.envelope import Unknown, open_envelope, read_fact
from libs.events.log import Batch, Log, Partition
from libs.events.sequence import is_new, numbers_of, source_of
from libs.events.service import Service
from libs.events.store import Seen, Store
from libs.events.unit import PARTITIONS, Folding

REPLAY_EVENTS_MAX = 5_000

Progress = Callable[[int], None]


@dataclass(slots=True)
class Extent:
    """How much of a partition is replayed: own facts to the end, others' facts as far as the live tables have heard them."""

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

    def partitions(self) -> list[Partition]:
        """Return the partitions whose facts the tables are made of."""
        return [Partition(topic, number) for topic in self.service.topics_kept for number in range(PARTITIONS[topic])]

    async def run(self, extents: Mapping[Partition, Extent], progress: Progress = lambda count: None) -> None:
        """Fold every partition from where it stands up to its extent."""
        for partition, extent in extents.items():
            while self.offsets.get(partition, 0) < extent.end:
                position = {partition: self.offsets.get(partition, 0)}
                for batch in await self.log.read(position, limit=REPLAY_EVENTS_MAX, wait=5.0):
                    await self._fold(batch, extent)
                    progress(len(batch.records))

    async def _fold(self, batch: Batch, extent: Extent) -> None:
        seen = self.seen.setdefault(batch.partition, {})
        facts = []
        for record in batch.records:
            if record.offset >= extent.end:
                break
            envelope = open_envelope(record.value)
            if not is_new(envelope, seen):
                continue
            source = source_of(envelope)
            seen[source] = numbers_of(envelope)
            is_heard = source == self.service.name or (record.offset < extent.heard_until and record.offset not in extent.parked)
            if is_heard and envelope.type in self.service.keeps:
                try:
                    facts.append((read_fact(envelope), record.value))
                except Unknown:
                    continue
        async with self.store.transaction() as transaction:
            unit = Folding(self.service, transaction)
            await unit.load((fact.kind.topic, fact.key) for fact, _ in facts)
            for fact, body in facts:
                await unit.hear(fact, body)
            await unit.write()
        self.offsets[batch.partition] = min(batch.next_offset, extent.end)
