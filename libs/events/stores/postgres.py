"""The store in PostgreSQL: schemas `<service>_core` (kept), `<service>_v<N>` (made again by a replay), `<service>` (views)."""

import json
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import MetaData

from libs.events.log import Partition
from libs.events.store import (
    Arrears,
    Checkpoint,
    Conflict,
    Cursor,
    Fenced,
    Ghost,
    Outgoing,
    Parked,
    StoreUnavailable,
    Subject,
    Unstorable,
)
from libs.events.stores.projection import Projection
from libs.events.stores.transaction import PostgresTransaction

LEASE_SECONDS = 10.0


class PostgresStore:
    """See libs.events.store.Store. `version` is that of the disposable tables it reads and writes."""

    def __init__(
        self,
        pool: "asyncpg.Pool[Any]",
        source: str,
        tables: MetaData,
        version: int,
        *,
        vault: MetaData | None = None,
        lease_seconds: float = LEASE_SECONDS,
        is_live: bool = True,
    ) -> None:
        self.pool, self.source, self.core = pool, source, f"{source}_core"
        self._metadata, self._vault = tables, Projection(vault or MetaData(), self.core)
        self._lease_seconds, self._is_live = lease_seconds, is_live
        self._use(version)

    def _use(self, version: int) -> None:
        self.version, self.data = version, f"{self.source}_v{version}"
        self.tables = Projection(self._metadata, self.data)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[PostgresTransaction]:
        with translated():
            async with self.pool.acquire() as connection, connection.transaction():
                if self._is_live:
                    await self._hold_version(connection)
                transaction = PostgresTransaction(
                    connection,
                    source=self.source,
                    core=self.core,
                    data=self.data,
                    tables=self.tables,
                    vault=self._vault,
                )
                yield transaction

    async def _hold_version(self, connection: Any) -> None:
        """Hold the live version for the length of the transaction; when a rebuild has replaced it, go over to the new one."""
        version = await connection.fetchval(f"select version from {self.core}.live for share")
        if version != self.version:
            self._use(version)
            raise Conflict("the tables were rebuilt")

    async def lease(self, owner: UUID, wanted: Sequence[Partition]) -> Mapping[Partition, int]:
        with translated():
            async with self.pool.acquire() as db, db.transaction():
                await db.execute(
                    f"delete from {self.core}.instance where seen_at < now() - make_interval(secs => $1)",
                    self._lease_seconds,
                )
                await db.execute(
                    f"insert into {self.core}.instance values ($1, now()) on conflict (owner) do update set seen_at = now()",
                    owner,
                )
                share = await db.fetchval(
                    f"select ceil($1::numeric / count(*))::int from {self.core}.instance "
                    "where seen_at > now() - make_interval(secs => $2)",
                    len(wanted),
                    self._lease_seconds,
                )
                rows = await db.fetch(
                    f"""with mine as (
                          select topic, part from {self.core}.lease
                          join unnest($3::text[], $4::int[]) as w(topic, part) using (topic, part)
                          where owner = $1 or expires_at < now()
                          order by (owner = $1 and expires_at >= now()) desc, topic, part limit $2
                          for update skip locked)
                        update {self.core}.lease l
                        set owner = $1, expires_at = now() + make_interval(secs => $5),
                            epoch = l.epoch + (l.owner is distinct from $1 or l.expires_at < now())::int
                        from mine where (l.topic, l.part) = (mine.topic, mine.part)
                        returning l.topic, l.part, l.epoch""",
                    owner,
                    share,
                    [one.topic for one in wanted],
                    [one.number for one in wanted],
                    self._lease_seconds,
                )
                held = {Partition(row["topic"], row["part"]): row["epoch"] for row in rows}
                await db.execute(
                    f"update {self.core}.lease set expires_at = '-infinity' where owner = $1 "
                    "and (topic, part) not in (select * from unnest($2::text[], $3::int[]))",
                    owner,
                    [one.topic for one in held],
                    [one.number for one in held],
                )
        return held

    async def release(self, owner: UUID) -> None:
        with translated():
            await self.pool.execute(f"update {self.core}.lease set expires_at = '-infinity' where owner = $1", owner)
            await self.pool.execute(f"delete from {self.core}.instance where owner = $1", owner)

    async def checkpoint(self, partition: Partition, lease_epoch: int) -> Checkpoint:
        with translated():
            row = await self.pool.fetchrow(
                f"insert into {self.data}.checkpoint as c (topic, part, lease_epoch) values ($1, $2, $3) "
                "on conflict (topic, part) do update set lease_epoch = excluded.lease_epoch "
                "where c.lease_epoch <= excluded.lease_epoch returning next_offset, seen",
                *partition,
                lease_epoch,
            )
            if row is None:
                raise Fenced(f"{partition.topic}/{partition.number} belongs to another instance now")
            parked = await self.pool.fetch(f"select key from {self.data}.parked where topic = $1 and part = $2", *partition)
        seen = {source: (epoch, seq) for source, (epoch, seq) in json.loads(row["seen"]).items()}
        return Checkpoint(row["next_offset"], seen, frozenset(one["key"] for one in parked))

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

    async def due(self, partitions: Mapping[Partition, datetime], limit: int) -> Sequence[tuple[Partition, Subject]]:
        with translated():
            rows = await self.pool.fetch(
                f"select distinct t.topic, t.part, t.key from {self.data}.timer t "
                "join unnest($1::text[], $2::int[], $3::timestamptz[]) as w(topic, part, until) "
                "on t.topic = w.topic and t.part = w.part and t.due_at < w.until "
                f"where not exists (select from {self.data}.parked p "
                "where (p.topic, p.part, p.key) = (t.topic, t.part, t.key)) "
                "limit $4",
                [one.topic for one in partitions],
                [one.number for one in partitions],
                list(partitions.values()),
                limit,
            )
        return [(Partition(row["topic"], row["part"]), (row["topic"], row["key"])) for row in rows]

    async def parked(self) -> Sequence[Parked]:
        with translated():
            rows = await self.pool.fetch(
                f"select p.*, array_remove(array_agg(r.position order by r.position), null) as positions, "
                f"array_remove(array_agg(r.body order by r.position), null) as bodies from {self.data}.parked p "
                f"left join {self.data}.parked_record r using (topic, part, key) group by p.topic, p.part, p.key order by p.since"
            )
        return [
            Parked(
                Partition(row["topic"], row["part"]),
                row["key"],
                row["error"],
                row["since"],
                list(zip(row["positions"], row["bodies"], strict=True)),
                row["is_asked"],
            )
            for row in rows
        ]

    async def ask_retry(self, key: str | None) -> int:
        with translated():
            status = await self.pool.execute(
                f"update {self.data}.parked set is_asked = true where $1::text is null or key = $1",
                key,
            )
        return int(status.rsplit(" ", 1)[-1])

    async def arrears(self, at: datetime) -> Arrears:
        with translated():
            row = await self.pool.fetchrow(
                f"""select coalesce(extract(epoch from clock_timestamp() - (
                      select min(o.recorded_at) from {self.core}.relay_cursor c join {self.core}.outbox o
                      on (o.topic, o.part, o.epoch) = (c.topic, c.part, c.epoch) and o.seq = c.last_seq + 1)), 0)::float8 as unsent,
                    (select count(*) from {self.data}.parked) as parked,
                    count(*) as due, coalesce(extract(epoch from $1 - min(due_at)), 0)::float8 as late
                    from {self.data}.timer where due_at < $1""",
                at,
            )
        assert row is not None  # an aggregate without grouping always has its row
        return Arrears(row["unsent"], row["parked"], row["due"], row["late"])


@contextmanager
def translated() -> Iterator[None]:
    """Say in the port's words what PostgreSQL said in its own."""
    try:
        yield
    except (
        asyncpg.SerializationError,
        asyncpg.DeadlockDetectedError,
        asyncpg.UniqueViolationError,
        asyncpg.LockNotAvailableError,
    ) as error:
        raise Conflict(str(error)) from error
    except (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError, asyncpg.ProgramLimitExceededError) as error:
        raise Unstorable(str(error)) from error
    except (
        TimeoutError,
        OSError,
        asyncpg.PostgresConnectionError,
        asyncpg.OperatorInterventionError,
        asyncpg.InsufficientResourcesError,
        asyncpg.InterfaceError,
    ) as error:
        raise StoreUnavailable(f"PostgreSQL cannot be reached: {error}") from error
