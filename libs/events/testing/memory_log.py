"""The log in memory: the reference that the other adapters are compared with, and what fast tests and the simulated world use."""

import asyncio
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from libs.events.log.port import Batch, OffsetOutOfRange, Partition, Record, Stored, TopicSettings, UnfitTopic, refuse_large


@dataclass(slots=True)
class PartitionLog:
    """One partition's records and the offset after them."""

    records: list[Stored] = field(default_factory=list)
    end: int = 0


@dataclass(slots=True)
class Broker:
    """What several clients share. `stride` above 1 leaves holes between offsets, as a real log may."""

    stride: int = 1
    topics: dict[str, TopicSettings] = field(default_factory=dict)
    partitions: dict[Partition, PartitionLog] = field(default_factory=dict)
    sleepers: set[asyncio.Event] = field(default_factory=set)

    def of(self, partition: Partition) -> PartitionLog:
        """Return what a partition holds; say so when there is none."""
        try:
            return self.partitions[partition]
        except KeyError:
            raise UnfitTopic(f"topic {partition.topic} has no partition {partition.number} here; create it first") from None


class MemoryLog:
    """See libs.events.log.port.Log. A client of a broker."""

    def __init__(self, broker: Broker | None = None) -> None:
        self.broker = broker or Broker()

    async def create(self, topic: TopicSettings) -> None:
        if topic.name not in self.broker.topics:
            self.broker.topics[topic.name] = topic
            self.broker.partitions |= {Partition(topic.name, number): PartitionLog() for number in range(topic.partitions)}

    async def describe(self, topic: str) -> TopicSettings:
        """Return the settings the topic was created with."""
        try:
            return self.broker.topics[topic]
        except KeyError:
            raise UnfitTopic(f"topic {topic} does not exist here; create it first") from None

    async def append(self, partition: Partition, records: Sequence[Record], *, timeout: float = 10.0) -> int:
        refuse_large(records)
        held, stride = self.broker.of(partition), self.broker.stride
        first = held.end
        held.records += [Stored(first + n * stride, record.key, record.body) for n, record in enumerate(records)]
        held.end += len(records) * stride
        for sleeper in self.broker.sleepers:
            sleeper.set()
        return first

    async def read(self, positions: Mapping[Partition, int], *, limit: int = 500, wait: float = 0.5) -> Sequence[Batch]:
        if (batches := self._ready(positions, limit)) or wait <= 0:
            return batches
        awake = asyncio.Event()
        self.broker.sleepers.add(awake)
        try:
            async with asyncio.timeout(wait):
                while not (batches := self._ready(positions, limit)):
                    awake.clear()
                    await awake.wait()
        except TimeoutError:
            return []
        finally:
            self.broker.sleepers.discard(awake)
        return batches

    async def ends(self, topic: str) -> Mapping[Partition, int]:
        settings = await self.describe(topic)
        return {(at := Partition(topic, number)): self.broker.of(at).end for number in range(settings.partitions)}

    async def close(self) -> None:
        """Nothing to let go of."""

    def _ready(self, positions: Mapping[Partition, int], limit: int) -> list[Batch]:
        return [batch for at, position in positions.items() if (batch := self._after(at, position, limit))]

    def _after(self, partition: Partition, position: int, limit: int) -> Batch | None:
        held = self.broker.of(partition)
        if position > held.end:
            raise OffsetOutOfRange(f"{partition.topic}/{partition.number} ends at {held.end}, asked for {position}")
        if position == held.end:
            return None
        start = bisect_left(held.records, position, key=lambda stored: stored.offset)
        records = held.records[start : start + limit]
        # Past the last record may stand a hole; where to read on is after it.
        at_end = start + limit >= len(held.records)
        return Batch(partition, records, held.end if at_end else records[-1].offset + 1)
