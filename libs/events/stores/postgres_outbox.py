"""The outbox as the relay sees it. See libs.events.store.Store."""

from collections.abc import Mapping, Sequence
from typing import Any

import asyncpg

from libs.events.log import Partition
from libs.events.store import (
    Cursor,
    Fenced,
    Ghost,
    Outgoing,
)
from libs.events.stores.translated import translated


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
            raise Fenced(f"{partition.topic}/{partition.number} belongs to another instance now")
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

    async def outbox(self, partition: Partition, epoch: int, after: int, limit: int) -> Sequence[tuple[int, Outgoing]]:
        with translated():
            rows = await self.pool.fetch(
                f"select seq, id, key, type, body from {self.core}.outbox "
                "where topic = $1 and part = $2 and epoch = $3 and seq > $4 order by seq limit $5",
                *partition,
                epoch,
                after,
                limit,
            )
        return [(row["seq"], Outgoing(partition, row["id"], row["key"], row["type"], row["body"])) for row in rows]

    async def sent(self, partition: Partition, cursor: Cursor, lease_epoch: int) -> None:
        with translated():
            status = await self.pool.execute(
                f"update {self.core}.relay_cursor set epoch = $4, last_seq = $5, log_offset = $6 "
                "where topic = $1 and part = $2 and lease_epoch = $3",
                *partition,
                lease_epoch,
                cursor.epoch,
                cursor.last_seq,
                cursor.log_offset,
            )
        if status != "UPDATE 1":
            raise Fenced(f"{partition.topic}/{partition.number} belongs to another instance now")

    async def counter(self, partition: Partition) -> tuple[int, int]:
        with translated():
            row = await self.pool.fetchrow(
                f"select epoch, next_seq from {self.core}.outbox_partition where topic = $1 and part = $2", *partition
            )
        return (row["epoch"], row["next_seq"]) if row else (1, 0)

    async def new_epoch(self, partition: Partition, seq: int, ghosts: Sequence[Ghost], epoch: int) -> None:
        with translated():
            async with self.pool.acquire() as db, db.transaction():
                old = await db.fetchval(
                    f"select epoch from {self.core}.outbox_partition where topic = $1 and part = $2 for update",
                    *partition,
                )
                await db.execute(f"delete from {self.core}.outbox where id = any($1)", [ghost.event.id for ghost in ghosts])
                moved = await db.execute(
                    f"""update {self.core}.outbox o set epoch = $5, seq = n.seq from (
                          select id, row_number() over (order by seq) - 1 as seq from {self.core}.outbox
                          where topic = $1 and part = $2 and epoch = $3 and seq >= $4) n where o.id = n.id""",
                    *partition,
                    old,
                    seq,
                    epoch,
                )
                await db.executemany(
                    f"insert into {self.core}.outbox (topic, part, epoch, seq, id, key, type, body) "
                    "values ($1, $2, $3, $4, $5, $6, $7, $8)",
                    [(*partition, g.epoch, g.seq, g.event.id, g.event.key, g.event.type, g.event.body) for g in ghosts],
                )
                await db.execute(
                    f"update {self.core}.outbox_partition set epoch = $3, next_seq = $4 where topic = $1 and part = $2",
                    *partition,
                    epoch,
                    int(moved.rsplit(" ", 1)[-1]),
                )
