"""How far a partition was read, and until which instant all that stood on it is applied."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from libs.events.log.partition import PARTITIONS
from libs.events.log.port import Partition
from libs.events.store.unnested import columns

Seen = dict[str, tuple[int, int]]
"""Source → the epoch and the number of its last event read from a partition."""


@dataclass(frozen=True, slots=True)
class Advance:
    """A checkpoint's compare-and-set: only the lease's owner, only from where it read."""

    partition: Partition
    lease_epoch: int
    expected: int
    next_offset: int
    seen: Seen


@dataclass(frozen=True, slots=True)
class Applied:
    """All that stood on a partition at the instant `until` is applied; its owner knows, who had read to `next_offset`."""

    partition: Partition
    lease_epoch: int
    next_offset: int
    until: datetime

    def moves(self, lease_epoch: int, next_offset: int, until: datetime | None) -> bool:
        """Test whether a checkpoint moves on: it is under this lease and came this far, and less was known so far."""
        is_owner = lease_epoch == self.lease_epoch and next_offset >= self.next_offset
        return is_owner and (until is None or until < self.until)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How far a partition was read, what of it is set aside, and until which instant all else is applied, if that is known."""

    next_offset: int = 0
    seen: Seen = field(default_factory=dict)
    parked: frozenset[str] = frozenset()
    applied_until: datetime | None = None


async def note_applied(connection: Any, data: str, applied: Sequence[Applied]) -> Collection[Partition]:
    """Move checkpoints on by what their owner knows; return those that moved.

    A batch that is being written holds its checkpoint; it is passed over and its turn comes next time. So neither waits.
    """
    rows = await connection.fetch(
        f"""with mine as (
              select topic, part, a.until from {data}.checkpoint c
              join unnest($1::text[], $2::int[], $3::bigint[], $4::bigint[], $5::timestamptz[])
                as a(topic, part, lease_epoch, next_offset, until) using (topic, part)
              where c.lease_epoch = a.lease_epoch and c.next_offset >= a.next_offset
                and (c.applied_until is null or c.applied_until < a.until)
              for update of c skip locked)
            update {data}.checkpoint c set applied_until = mine.until from mine
            where (c.topic, c.part) = (mine.topic, mine.part) returning c.topic, c.part""",
        *columns([(*one.partition, one.lease_epoch, one.next_offset, one.until) for one in applied], 5),
    )
    return {Partition(*row) for row in rows}


def watermark_sql(data: str, topics: Collection[str]) -> str:
    """Return a query for the watermark of topics: one row, null as long as one of their partitions was never read to its end."""
    count, named = sum(PARTITIONS[topic] for topic in topics), ", ".join(f"'{topic}'" for topic in sorted(topics))
    return (
        f"select case when count(applied_until) = {count} then min(applied_until) end as data_as_of "
        f"from {data}.checkpoint where topic in ({named})"
    )
