"""Compares the log with what the services sent and read. A log that lost its end gets it again from the outboxes.

Nothing is guessed: the relays' cursors go back to what the log still has, and the relays send the rest again. Every service
reads a hurt partition from its beginning, because the facts of its new end may stand in another order. Facts that it read
before are dropped by their numbers. The services may run meanwhile: an instance that owns the partition loses it.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from itertools import product
from typing import Any

import asyncpg

from libs.events.engine.pace import READ_MOST
from libs.events.log.envelope import Undecodable, open_envelope
from libs.events.log.port import PARTITIONS, Log, Partition, ends_of
from libs.events.log.sequence import follow
from libs.events.store.values import Cursor, Seen
from libs.events.upkeep.alone import alone
from libs.events.upkeep.live import live_version

NOTHING_SENT = Cursor(1, -1, 0)


@dataclass(frozen=True, slots=True)
class Hole:
    """What a service sent to a partition, or read of it, and the log does not have."""

    service: str
    partition: Partition
    sent: int
    read: int


async def verify_log(url: str, services: Sequence[str], log: Log, *, mend: bool = False) -> Sequence[Hole]:
    """Return what the log lacks; a number missing in its middle raises Gap. With `mend` it is sent again.

    Nobody mends while a service is replayed, because a replay reads a log that only grows; that raises UnderWay.
    """
    async with AsyncExitStack() as held:
        for name in services if mend else ():
            await held.enter_async_context(alone(url, name))
        connection = await asyncpg.connect(url)
        held.push_async_callback(connection.close)
        # The databases are asked first: what is sent meanwhile makes the log longer, never shorter.
        noted = {name: await _noted(connection, name) for name in services}
        ends, sent = await _on_log(log)
        holes = [
            hole
            for name, cursors in noted.items()
            for partition, (cursor, next_offset) in cursors.items()
            if (hole := await _hole(connection, name, partition, sent[name, partition], cursor, next_offset - ends[partition]))
        ]
        if mend:
            for name, partition in product(services, dict.fromkeys(hole.partition for hole in holes)):
                await _go_back(connection, name, partition, sent[name, partition])
        return holes


async def _noted(connection: Any, name: str) -> Mapping[Partition, tuple[Cursor, int]]:
    """Return how far a service sent and read each partition, as its database says."""
    version = await live_version(connection, name)
    rows = await connection.fetch(
        "select topic, part, epoch, last_seq, log_offset, coalesce(next_offset, 0) as next_offset "
        f"from {name}_core.relay_cursor left join {name}_v{version}.checkpoint using (topic, part)"
    )
    return {
        Partition(row["topic"], row["part"]): (Cursor(row["epoch"], row["last_seq"], row["log_offset"]), row["next_offset"])
        for row in rows
    }


async def _on_log(log: Log) -> tuple[Mapping[Partition, int], Mapping[tuple[str, Partition], Cursor]]:
    """Read the whole log; return where each partition ends, and what the cursor of each source would be had it sent just this."""
    ends = await ends_of(log, [Partition(topic, 0) for topic in PARTITIONS])
    seen: dict[Partition, Seen] = {partition: {} for partition in ends}
    sent: dict[tuple[str, Partition], Cursor] = defaultdict(lambda: NOTHING_SENT)
    at = dict.fromkeys(ends, 0)
    while at := {partition: offset for partition, offset in at.items() if offset < ends[partition]}:
        for batch in await log.read(at, limit=READ_MOST, wait=5.0):
            for record in batch.records:
                with suppress(Undecodable):  # a stranger's: readers set it aside
                    if source := follow(open_envelope(record.body), seen[batch.partition]):
                        sent[source, batch.partition] = Cursor(*seen[batch.partition][source], record.offset)
            at[batch.partition] = batch.next_offset
    return ends, sent


async def _hole(connection: Any, name: str, partition: Partition, on_log: Cursor, noted: Cursor, read_beyond: int) -> Hole | None:
    sent = await connection.fetchval(
        f"select count(*) from {name}_core.outbox where topic = $1 and part = $2 "
        "and (epoch, seq) > ($3, $4) and (epoch, seq) <= ($5, $6)",
        *partition,
        on_log.epoch,
        on_log.last_seq,
        noted.epoch,
        noted.last_seq,
    )
    read = max(0, read_beyond)
    return Hole(name, partition, sent, read) if sent or read else None


async def _go_back(connection: Any, name: str, partition: Partition, cursor: Cursor) -> None:
    """Take the partition from its owner; have it sent from this cursor and read from its beginning."""
    # A transaction for each partition, so that this never holds one and waits for another, as services do in other orders.
    async with connection.transaction():
        version = await connection.fetchval(f"select version from {name}_core.live for share")
        lease: int = await connection.fetchval(
            f"update {name}_core.lease set epoch = epoch + 1, expires_at = '-infinity' "
            "where topic = $1 and part = $2 returning epoch",
            *partition,
        )
        await connection.execute(
            f"update {name}_core.relay_cursor set epoch = $3, last_seq = $4, log_offset = $5, lease_epoch = $6 "
            "where topic = $1 and part = $2 and (epoch, last_seq) > ($3, $4)",
            *partition,
            cursor.epoch,
            cursor.last_seq,
            cursor.log_offset,
            lease,
        )
        # Of the log's new end nothing is known to be applied until it has been read from the beginning.
        await connection.execute(
            f"update {name}_v{version}.checkpoint set next_offset = 0, applied_until = null, lease_epoch = $3 "
            "where topic = $1 and part = $2",
            *partition,
            lease,
        )
