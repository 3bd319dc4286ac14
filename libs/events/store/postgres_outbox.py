"""The outbox as the relay sees it. See libs.events.store.port.Store."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

import asyncpg

from libs.events.log.port import Partition
from libs.events.store.port import Cursor, Fenced, Outgoing, Rewind
from libs.events.store.translated import translated


class PostgresOutbox:
    """What was said, in the order of its numbers, and how far it was sent."""

    pool: "asyncpg.Pool[Any]"
    core: str

    async def cursor(self, partition: Partition, lease_epoch: int) -> Cursor:
        with translated():
            row = await self.pool.fetchrow(
                f"update {self.core}.relay_cursor set lease_epoch = $3 where topic = $1 and part = $2 and lease_epoch <= $3 "
                "returning epoch, last_seq, log_offset",
                *partition,
                lease_epoch,
            )
        if row is None:
            raise Fenced(f"{partition.topic}/{partition.number} is not under this lease any more")
        return Cursor(row["epoch"], row["last_seq"], row["log_offset"])

    async def unsent(self, partitions: Sequence[Partition]) -> Mapping[Partition, int]:
        with translated():
            rows = await self.pool.fetch(
                f"""select topic, part, case when o.epoch = c.epoch then o.next_seq - c.last_seq - 1 else o.next_seq + 1 end as n
                    from {self.core}.outbox_partition o join {self.core}.relay_cursor c using (topic, part)
                    join unnest($1::text[], $2::int[]) as w(topic, part) using (topic, part)
                    where (o.epoch, o.next_seq) > (c.epoch, c.last_seq + 1)""",
                [one.topic for one in partitions],
                [one.number for one in partitions],
            )
        return {Partition(row["topic"], row["part"]): row["n"] for row in rows}

    async def outbox(self, behind: Mapping[Partition, Cursor], limit: int) -> Mapping[Partition, Sequence[tuple[int, Outgoing]]]:
        with translated():
            rows = await self.pool.fetch(
                f"""select w.topic, w.part, o.*
                    from unnest($1::text[], $2::int[], $3::bigint[], $4::bigint[]) as w(topic, part, epoch, last_seq),
                    lateral (select seq, id, key, type, body from {self.core}.outbox o
                             where (o.topic, o.part, o.epoch) = (w.topic, w.part, w.epoch) and o.seq > w.last_seq
                             order by o.seq limit $5) o
                    order by w.topic, w.part, o.seq""",
                [one.topic for one in behind],
                [one.number for one in behind],
                [one.epoch for one in behind.values()],
                [one.last_seq for one in behind.values()],
                limit,
            )
        found: dict[Partition, list[tuple[int, Outgoing]]] = {}
        for topic, part, seq, *event in rows:
            partition = Partition(topic, part)
            found.setdefault(partition, []).append((seq, Outgoing(partition, *event)))
        return found

    async def sent(self, cursors: Mapping[Partition, Cursor], leases: Mapping[Partition, int]) -> Collection[Partition]:
        with translated():
            rows = await self.pool.fetch(
                f"update {self.core}.relay_cursor c set epoch = s.epoch, last_seq = s.last_seq, log_offset = s.log_offset "
                "from unnest($1::text[], $2::int[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[]) "
                "as s(topic, part, lease_epoch, epoch, last_seq, log_offset) "
                "where (c.topic, c.part, c.lease_epoch) = (s.topic, s.part, s.lease_epoch) returning c.topic, c.part",
                [one.topic for one in cursors],
                [one.number for one in cursors],
                [leases[one] for one in cursors],
                [one.epoch for one in cursors.values()],
                [one.last_seq for one in cursors.values()],
                [one.log_offset for one in cursors.values()],
            )
        return cursors.keys() - {Partition(*row) for row in rows}

    async def counter(self, partition: Partition) -> tuple[int, int]:
        with translated():
            row = await self.pool.fetchrow(
                f"select epoch, next_seq from {self.core}.outbox_partition where topic = $1 and part = $2", *partition
            )
        return (row["epoch"], row["next_seq"]) if row else (1, 0)


async def rewind_outbox(db: Any, core: str, rewind: Rewind) -> Collection[UUID]:
    """See libs.events.store.port.Transaction.rewind."""
    at, cursor = rewind.partition, rewind.cursor
    ours = f"select from {core}.relay_cursor where topic = $1 and part = $2 and lease_epoch = $3 for update"
    if not await db.fetch(ours, *at, rewind.lease_epoch):
        raise Fenced(f"{at.topic}/{at.number} is not under this lease any more")
    await db.execute(f"select from {core}.outbox_partition where topic = $1 and part = $2 for update", *at)
    ids = [one.event.id for one in rewind.on_log]
    known = await db.fetch(f"delete from {core}.outbox where id = any($1) returning id", ids)
    moved = await db.execute(
        f"""update {core}.outbox o set epoch = $5, seq = n.seq from (
              select id, row_number() over (order by epoch, seq) - 1 as seq from {core}.outbox
              where topic = $1 and part = $2 and (epoch, seq) > ($3, $4)) n where o.id = n.id""",
        *at,
        cursor.epoch,
        cursor.last_seq,
        rewind.epoch,
    )
    await db.executemany(
        f"insert into {core}.outbox (topic, part, epoch, seq, id, key, type, body) values ($1, $2, $3, $4, $5, $6, $7, $8)",
        [(*at, one.epoch, one.seq, one.event.id, one.event.key, one.event.type, one.event.body) for one in rewind.on_log],
    )
    await db.execute(
        f"update {core}.outbox_partition set epoch = $3, next_seq = $4 where topic = $1 and part = $2",
        *at,
        rewind.epoch,
        int(moved.rsplit(" ", 1)[-1]),
    )
    return {row["id"] for row in known}
