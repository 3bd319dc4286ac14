"""Which partition a key lives in: Kafka's murmur2, computed by us so that every adapter and every client agrees."""

from collections.abc import Mapping
from functools import lru_cache

from libs.events.log.port import Partition
from libs.events.words.event import Topic

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
