"""The log port: append, read from an offset, end offsets, describe. Kafka-shaped, and smaller.

Contract (proved for every adapter by libs.events.testing.log_contract): offsets of a partition strictly increase and
may have holes, so the next position always comes from the batch; records are appended in order, and of a batch that
fails a beginning may have landed, never a part with a hole; what was appended is read by everybody in the same order;
reading past the end is an error, never a jump.
No groups, no commits, no transactions.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple, Protocol
from uuid import UUID

from libs.events.words.event import Topic

RECORD_BYTES_MAX = 900_000  # Kafka's default limit of 1 MiB holds for a whole batch with its headers


class Partition(NamedTuple):
    """One ordered list of records."""

    topic: str
    number: int


class Record(NamedTuple):
    """An event as bytes, on its way into the outbox, among what was heard, or to the log; envelope.py makes and reads `body`."""

    id: UUID
    key: str
    type: str
    body: bytes


class Stored(NamedTuple):
    """A record as it is read from the log, or set aside: at its offset."""

    offset: int
    key: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Batch:
    """Consecutive records of one partition, and where to read on."""

    partition: Partition
    records: Sequence[Stored]
    next_offset: int

    def first(self, count: int) -> "Batch":
        """Return the batch of the first so many records."""
        if count >= len(self.records):
            return self
        return Batch(self.partition, self.records[:count], self.records[count].offset)

    def until(self, end: int) -> "Batch":
        """Return the batch of the records before an offset."""
        if self.next_offset <= end:
            return self
        return Batch(self.partition, [record for record in self.records if record.offset < end], end)

    def halves(self) -> "tuple[Batch, Batch]":
        """Return two batches that together are this one."""
        middle = len(self.records) // 2
        return self.first(middle), Batch(self.partition, self.records[middle:], self.next_offset)


@dataclass(frozen=True, slots=True)
class TopicSettings:
    """What the design needs of a topic (deploy/topics.yaml). Kept for ever, never compacted, stamped by the broker."""

    name: str
    partitions: int
    retention_ms: int = -1
    retention_bytes: int = -1
    cleanup_policy: str = "delete"
    timestamp_type: str = "LogAppendTime"


class LogUnavailable(Exception):
    """The log cannot be reached now; trying again later is right."""


class OffsetOutOfRange(Exception):
    """The log is shorter than the position asked for: it lost its tail, or this is another log. Nobody may guess on."""


class LostTail(Exception):
    """The log no longer has what was sent to it. To go on would leave a hole for ever: `loopdesk verify-log` first."""


class UnfitTopic(Exception):
    """A topic's settings would lose or reorder facts; the message says which and what to set."""


class RecordTooLarge(ValueError):
    """A record that no log of ours takes; trying again cannot help."""


def refuse_large(records: Sequence[Record]) -> None:
    """Say so when a record would not fit into every log: what one adapter takes another takes too."""
    for record in records:
        if len(record.body) > RECORD_BYTES_MAX:
            raise RecordTooLarge(f"{record.type} {record.id} has {len(record.body)} bytes, at most {RECORD_BYTES_MAX} fit")


class Log(Protocol):
    """One client of the log. Not shared between a reader and a relay."""

    async def create(self, topic: TopicSettings) -> None:
        """Create the topic unless it exists."""

    async def describe(self, topic: str) -> TopicSettings:
        """Return the topic's real settings; raise UnfitTopic when there is none."""

    async def append(self, partition: Partition, records: Sequence[Record], *, timeout: float = 10.0) -> int:
        """Append all records in order and return the first offset; LogUnavailable leaves it unknown whether they landed."""

    async def read(self, positions: Mapping[Partition, int], *, limit: int = 500, wait: float = 0.5) -> Sequence[Batch]:
        """Return what follows the positions, at most `limit` records of each partition; empty after `wait` seconds."""

    async def ends(self, topic: str) -> Mapping[Partition, int]:
        """Return the offset after the last record of every partition."""

    async def close(self) -> None:
        """Let go of connections."""


async def ends_of(log: Log, partitions: Iterable[Partition]) -> dict[Partition, int]:
    """Return the offset after the last record of each partition, and of the others of their topics."""
    ends: dict[Partition, int] = {}
    for topic in sorted({partition.topic for partition in partitions}):
        ends |= await log.ends(topic)
    return ends


async def guard(log: Log, wanted: TopicSettings) -> None:
    """Refuse a topic whose settings differ from what the design needs."""
    found = await log.describe(wanted.name)
    wrong = [
        f"{name} is {getattr(found, name)}, must be {getattr(wanted, name)}"
        for name in ("partitions", "retention_ms", "retention_bytes", "cleanup_policy", "timestamp_type")
        if getattr(found, name) != getattr(wanted, name)
    ]
    if wrong:
        raise UnfitTopic(f"topic {wanted.name}: {'; '.join(wrong)}. Set it as deploy/topics.yaml says, or use another log.")


PARTITIONS: Mapping[str, int] = {Topic.CASES: 12, Topic.STANDARDS: 1, Topic.QUALITY: 12}
"""Fixed for good (deploy/topics.yaml); the start-up guard compares."""

_MASK = 0xFFFFFFFF


def murmur2(data: bytes) -> int:
    """Return the unsigned 32-bit murmur2 of `data`, as Kafka's Java client computes it."""
    m, h = 0x5BD1E995, 0x9747B28C ^ len(data)
    whole = len(data) & ~3
    for i in range(0, whole, 4):
        k = int.from_bytes(data[i : i + 4], "little") * m & _MASK
        k = (k ^ k >> 24) * m & _MASK
        h = h * m & _MASK ^ k
    if rest := data[whole:]:
        h = (h ^ int.from_bytes(rest, "little")) * m & _MASK
    h = (h ^ h >> 13) * m & _MASK
    return h ^ h >> 15


@lru_cache(maxsize=4096)
def partition_of(key: str, count: int) -> int:
    """Return the partition of `key` among `count`."""
    return (murmur2(key.encode()) & 0x7FFFFFFF) % count


def partition_for(topic: str, key: str) -> Partition:
    """Return the partition a subject lives in."""
    return Partition(topic, partition_of(key, PARTITIONS[topic]))
