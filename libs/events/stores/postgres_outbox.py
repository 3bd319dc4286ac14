"""The outbox as the relay sees it. See libs.events.store.Store."""

from collections.abc import Collection, Mapping, Sequence
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
