"""The log in memory: the reference for the others, and what fast tests use."""

import asyncio
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from libs.events.log.limits import refuse_large
from libs.events.log.port import Batch, OffsetOutOfRange, Partition, Record, Stored, TopicSettings, UnfitTopic


@dataclass(slots=True)
class Line:
    """One partition's records and the offset after them."""

    records: list[Stored] = field(default_factory=list)
    end: int = 0


@dataclass(slots=True)
class Lines:
    """What several clients share. `stride` above 1 leaves holes between offsets, as a real log may."""

    stride: int = 1
    topics: dict[str, TopicSettings] = field(default_factory=dict)
    lines: dict[Partition, Line] = field(default_factory=dict)
    sleepers: set[asyncio.Event] = field(default_factory=set)

    def line(self, partition: Partition) -> Line:
        """Return a partition's line; say so when there is none."""
        try:
            return self.lines[partition]
        except KeyError:
            raise UnfitTopic(f"topic {partition.topic} has no partition {partition.number} here; create it first") from None


_stores: dict[str, Lines] = {}


def store_named(name: str) -> Lines:
    """Return this process's store of that name."""
    return _stores.setdefault(name, Lines())


class MemoryLog:
    """A client of a Lines."""

    def __init__(self, store: Lines | None = None) -> None:
        self.store = store or Lines()

    async def create(self, topic: TopicSettings) -> None:
        """Create the topic unless it exists."""
        if topic.name not in self.store.topics:
            self.store.topics[topic.name] = topic
            self.store.lines |= {Partition(topic.name, number): Line() for number in range(topic.partitions)}

    async def describe(self, topic: str) -> TopicSettings:
        """Return the settings the topic was created with."""
        try:
            return self.store.topics[topic]
        except KeyError:
            raise UnfitTopic(f"topic {topic} does not exist here; create it first") from None

    async def append(self, partition: Partition, records: Sequence[Record], *, timeout: float = 10.0) -> int:
        """Append all records in order and return the first offset."""
        refuse_large(records)
        line, stride = self.store.line(partition), self.store.stride
        first = line.end
        line.records += [Stored(first + n * stride, record.key, record.value) for n, record in enumerate(records)]
        line.end += len(records) * stride
        for sleeper in self.store.sleepers:
            sleeper.set()
        return first

    async def read(self, positions: Mapping[Partition, int], *, limit: int = 500, wait: float = 0.5) -> Sequence[Batch]:
        """Return what follows the positions, at most `limit` records of each partition; empty after `wait` seconds."""
        if (batches := self._ready(positions, limit)) or wait <= 0:
            return batches
        awake = asyncio.Event()
        self.store.sleepers.add(awake)
        try:
            async with asyncio.timeout(wait):
                while not (batches := self._ready(positions, limit)):
                    awake.clear()
                    await awake.wait()
        except TimeoutError:
            return []
        finally:
            self.store.sleepers.discard(awake)
        return batches

    async def ends(self, topic: str) -> Mapping[Partition, int]:
        """Return the offset after the last record of every partition."""
        settings = await self.describe(topic)
        return {(at := Partition(topic, number)): self.store.line(at).end for number in range(settings.partitions)}

    async def close(self) -> None:
        """Nothing to let go of."""

    def _ready(self, positions: Mapping[Partition, int], limit: int) -> list[Batch]:
        return [batch for at, position in positions.items() if (batch := self._after(at, position, limit))]

    def _after(self, partition: Partition, position: int, limit: int) -> Batch | None:
        line = self.store.line(partition)
        if position > line.end:
            raise OffsetOutOfRange(f"{partition.topic}/{partition.number} ends at {line.end}, asked for {position}")
        if position == line.end:
            return None
        start = bisect_left(line.records, position, key=lambda stored: stored.offset)
        records = line.records[start : start + limit]
        # Past the last record may stand a hole; where to read on is after it.
        at_end = start + limit >= len(line.records)
        return Batch(partition, records, line.end if at_end else records[-1].offset + 1)
