"""Compares what the services sent and read with what the log has; a log that lost its end gets it again from the outboxes.

Nothing is guessed: the relays' cursors go back to what the log still has, and the relays send the rest again. Everybody
reads a hurt partition from its beginning, because the facts of its new end may stand in another order; what was read
before is dropped by its numbers. The services may run meanwhile: whoever owns a partition loses it.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import asyncpg

from libs.events.engine.portion import READ_MOST
from libs.events.log.envelope import Undecodable, open_envelope
from libs.events.log.partition import PARTITIONS
from libs.events.log.port import Log, Partition
from libs.events.log.sequence import is_new, numbers_of, source_of
from libs.events.store.port import Cursor, Seen
from libs.events.upkeep.live import live_version

NOTHING_SENT = Cursor(1, -1, 0)


@dataclass(slots=True)
class Standing:
    """A partition as the log has it: where it ends, and each source's last number and the offset that it stands at."""

    end: int
    seen: Seen = field(default_factory=dict)
    offsets: dict[str, int] = field(default_factory=dict)

    def cursor(self, service: str) -> Cursor:
        """Return what a relay's cursor would be had it sent just what is here."""
        return Cursor(*self.seen[service], self.offsets[service]) if service in self.seen else NOTHING_SENT


@dataclass(frozen=True, slots=True)
class Hole:
    """What a service sent to a partition, or read of it, and the log does not have."""

    service: str
    partition: Partition
    sent: int
    read: int


@dataclass(frozen=True, slots=True)
class Belief:
    """How far a service sent and read a partition, as its database says."""

    sent: Cursor
    next_offset: int


async def verify_log(url: str, services: Sequence[str], log: Log, *, mend: bool = False) -> Sequence[Hole]:
    """Return what the log lacks; a number missing in its middle raises Gap. With `mend` it is sent again."""
    connection = await asyncpg.connect(url)
    try:
        # What is believed is asked first: what is sent meanwhile makes the log longer, never shorter.
        believed = {name: await _beliefs(connection, name) for name in services}
        lines = await _lines(log)
        holes = [
            hole
            for name, beliefs in believed.items()
            for partition, belief in beliefs.items()
            if (hole := await _hole(connection, name, partition, belief, lines[partition]))
        ]
        if mend:
            for name, partition in product(services, dict.fromkeys(hole.partition for hole in holes)):
                await _go_back(connection, name, partition, lines[partition].cursor(name))
        return holes
    finally:
        await connection.close()


async def _beliefs(connection: Any, name: str) -> Mapping[Partition, Belief]:
    version = await live_version(connection, name)
    rows = await connection.fetch(
        "select topic, part, epoch, last_seq, log_offset, coalesce(next_offset, 0) as next_offset "
        f"from {name}_core.relay_cursor left join {name}_v{version}.checkpoint using (topic, part)"
    )
    return {
        Partition(row["topic"], row["part"]): Belief(Cursor(row["epoch"], row["last_seq"], row["log_offset"]), row["next_offset"])
        for row in rows
    }


async def _lines(log: Log) -> Mapping[Partition, Standing]:
    """Read the whole log."""
    lines: dict[Partition, Standing] = {}
    for topic in PARTITIONS:
        lines |= {partition: Standing(end) for partition, end in (await log.ends(topic)).items()}
        at = {partition: 0 for partition in lines if partition.topic == topic}
        while at := {partition: offset for partition, offset in at.items() if offset < lines[partition].end}:
            for batch in await log.read(at, limit=READ_MOST, wait=5.0):
                for record in batch.records:
                    with suppress(Undecodable):  # a stranger's: readers set it aside
                        envelope, line = open_envelope(record.value), lines[batch.partition]
                        if is_new(envelope, line.seen):
                            line.seen[source_of(envelope)] = numbers_of(envelope)
                            line.offsets[source_of(envelope)] = record.offset
                at[batch.partition] = batch.next_offset
    return lines


async def _hole(connection: Any, name: str, partition: Partition, belief: Belief, line: Standing) -> Hole | None:
    here = line.cursor(name)
    sent = await connection.fetchval(
        f"select count(*) from {name}_core.outbox where topic = $1 and part = $2 "
        "and (epoch, seq) > ($3, $4) and (epoch, seq) <= ($5, $6)",
        *partition,
        here.epoch,
        here.last_seq,
        belief.sent.epoch,
        belief.sent.last_seq,
    )
    read = max(0, belief.next_offset - line.end)
    return Hole(name, partition, sent, read) if sent or read else None


async def _go_back(connection: Any, name: str, partition: Partition, cursor: Cursor) -> None:
    """Take the partition from its owner; have it sent from this cursor and read from its beginning."""
    # A transaction for each: who holds one and waits for another meets services that do so in another order.
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
