"""The outbox in PostgreSQL, as the relay sees it."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from libs.events.log.port import Partition, Record
from libs.events.store.asked import Questions
from libs.events.store.port import Fenced
from libs.events.store.projection import columns, touched
from libs.events.store.values import Cursor, Numbered, Rewind


class PostgresOutbox:
    """See libs.events.store.port.Outbox."""

    def __init__(self, db: Questions, core: str) -> None:
        self._db, self._core = db, core

    async def cursor(self, partition: Partition, lease_epoch: int) -> Cursor:
        row = await self._db.fetchrow(
            f"update {self._core}.relay_cursor set lease_epoch = $3 where topic = $1 and part = $2 and lease_epoch <= $3 "
            "returning epoch, last_seq, log_offset",
            *partition,
            lease_epoch,
        )
        if row is None:
            raise Fenced(f"{partition.topic}/{partition.number} is not under this lease any more")
        return Cursor(*row)

    async def unsent(self, partitions: Sequence[Partition]) -> Mapping[Partition, int]:
        rows = await self._db.fetch(
            f"""select topic, part, case when o.epoch = c.epoch then o.next_seq - c.last_seq - 1 else o.next_seq + 1 end
                from {self._core}.outbox_partition o join {self._core}.relay_cursor c using (topic, part)
                join unnest($1::text[], $2::int[]) as w(topic, part) using (topic, part)
                where (o.epoch, o.next_seq) > (c.epoch, c.last_seq + 1)""",
            *columns(partitions, 2),
        )
        return {Partition(topic, part): count for topic, part, count in rows}

    async def after(self, cursors: Mapping[Partition, Cursor], limit: int) -> Mapping[Partition, Sequence[Numbered]]:
        rows = await self._db.fetch(
            f"""select w.topic, w.part, w.epoch, o.*
                from unnest($1::text[], $2::int[], $3::bigint[], $4::bigint[]) as w(topic, part, epoch, last_seq),
                lateral (select seq, id, key, type, body from {self._core}.outbox o
                         where (o.topic, o.part, o.epoch) = (w.topic, w.part, w.epoch) and o.seq > w.last_seq
                         order by o.seq limit $5) o
                order by w.topic, w.part, o.seq""",
            *columns([(*at, one.epoch, one.last_seq) for at, one in cursors.items()], 4),
            limit,
        )
        found: dict[Partition, list[Numbered]] = {}
        for topic, part, epoch, seq, *record in rows:
            found.setdefault(Partition(topic, part), []).append(Numbered(epoch, seq, Record(*record)))
        return found

    async def sent(self, cursors: Mapping[Partition, Cursor], leases: Mapping[Partition, int]) -> Collection[Partition]:
        rows = await self._db.fetch(
            f"update {self._core}.relay_cursor c set epoch = s.epoch, last_seq = s.last_seq, log_offset = s.log_offset "
            "from unnest($1::text[], $2::int[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[]) "
            "as s(topic, part, lease_epoch, epoch, last_seq, log_offset) "
            "where (c.topic, c.part, c.lease_epoch) = (s.topic, s.part, s.lease_epoch) returning c.topic, c.part",
            *columns([(*at, leases[at], one.epoch, one.last_seq, one.log_offset) for at, one in cursors.items()], 6),
        )
        return cursors.keys() - {Partition(*row) for row in rows}

    async def counter(self, partition: Partition) -> tuple[int, int]:
        row = await self._db.fetchrow(
            f"select epoch, next_seq from {self._core}.outbox_partition where topic = $1 and part = $2", *partition
        )
        return (row["epoch"], row["next_seq"]) if row else (1, 0)


async def rewind_outbox(db: Any, core: str, rewind: Rewind) -> Collection[UUID]:
    """See libs.events.store.port.Transaction.rewind."""
    at, cursor = rewind.partition, rewind.cursor
    ours = f"select from {core}.relay_cursor where topic = $1 and part = $2 and lease_epoch = $3 for update"
    if not await db.fetch(ours, *at, rewind.lease_epoch):
        raise Fenced(f"{at.topic}/{at.number} is not under this lease any more")
    await db.execute(f"select from {core}.outbox_partition where topic = $1 and part = $2 for update", *at)
    ids = [one.record.id for one in rewind.on_log]
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
        [(*at, one.epoch, one.seq, *one.record) for one in rewind.on_log],
    )
    await db.execute(
        f"update {core}.outbox_partition set epoch = $3, next_seq = $4 where topic = $1 and part = $2",
        *at,
        rewind.epoch,
        touched(moved),
    )
    return {row["id"] for row in known}
