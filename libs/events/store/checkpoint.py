"""Checkpoints in PostgreSQL: how far a partition was read, and until which instant all that stood on it is applied."""

import json
from collections.abc import Collection, Sequence
from typing import Any

from libs.events.log.port import PARTITIONS, Partition
from libs.events.store.port import Fenced
from libs.events.store.projection import columns, touched
from libs.events.store.values import Advance, Applied


async def advance(connection: Any, data: str, advances: Sequence[Advance]) -> None:
    """Move checkpoints, or raise Fenced when one of them is not under its lease any more."""
    status = await connection.execute(
        f"update {data}.checkpoint c set next_offset = a.next_offset, seen = a.seen::jsonb "
        "from unnest($1::text[], $2::int[], $3::bigint[], $4::bigint[], $5::bigint[], $6::text[]) "
        "as a(topic, part, lease_epoch, expected, next_offset, seen) "
        "where (c.topic, c.part, c.lease_epoch, c.next_offset) = (a.topic, a.part, a.lease_epoch, a.expected)",
        *columns([(*a.partition, a.lease_epoch, a.expected, a.next_offset, json.dumps(a.seen)) for a in advances], 6),
    )
    if touched(status) != len(advances):
        wanted = ", ".join(f"{one.partition.topic}/{one.partition.number}" for one in advances)
        raise Fenced(f"of {wanted} not all are under this lease any more")


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
