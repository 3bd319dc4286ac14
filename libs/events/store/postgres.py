"""The store in PostgreSQL: schemas `<service>_core` (kept), `<service>_v<N>` (made again by a replay), `<service>` (views)."""

import json
import time
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import datetime
from typing import Any

import asyncpg

from libs.events.log.port import Partition
from libs.events.store.asked import Questions, translated
from libs.events.store.port import Conflict, Fenced, NoRoom
from libs.events.store.postgres_leases import PostgresLeases
from libs.events.store.postgres_outbox import PostgresOutbox
from libs.events.store.postgres_parked import PostgresParked
from libs.events.store.projection import KERNEL, Projection, columns
from libs.events.store.transaction import PostgresTransaction, kept
from libs.events.store.values import Arrears, Checkpoint, Kept, Place, Position, Subject
from libs.events.words.row import Tables

LEASE_SECONDS = 10.0
_NOW = "select clock_timestamp()"
CONNECTIONS_MIN, CONNECTIONS_MAX = 2, 10

# A mebibyte that does not compress: a disk that holds it holds the next writes.
_TRIAL = """
create table {core}.room as select string_agg(md5(n::text), '') from generate_series(1, 32768) n group by n % 32"""


def open_pool(url: str, lease_seconds: float = LEASE_SECONDS) -> "asyncpg.Pool[Any]":
    """Return the connections of one instance, to be entered.

    A process may freeze in the middle of any transaction, the one of its leases too; the database ends it within two leases,
    because until then nobody else could take its partitions.
    """
    patience = {"idle_in_transaction_session_timeout": f"{1_000 * patience_seconds(lease_seconds):.0f}"}
    return asyncpg.create_pool(url, min_size=CONNECTIONS_MIN, max_size=CONNECTIONS_MAX, reset=_as_it_is, server_settings=patience)


def patience_seconds(lease_seconds: float) -> float:
    """Return how long a transaction may rest before PostgreSQL ends it."""
    return 2 * lease_seconds


async def _as_it_is(connection: Any) -> None:
    """Leave a connection as it is given back: nothing here changes a session, and resetting costs a round trip each time."""


class PostgresStore:
    """See libs.events.store.port.Store. `version` is that of the disposable tables it reads and writes."""

    def __init__(
        self,
        pool: "asyncpg.Pool[Any]",
        source: str,
        tables: Tables,
        version: int,
        *,
        vault: Tables | None = None,
        lease_seconds: float = LEASE_SECONDS,
        is_live: bool = True,
    ) -> None:
        self.pool, self.source, self.core = pool, source, f"{source}_core"
        self._declared, self._vault = tables, Projection(self.core, vault or {})
        self._lease_seconds, self._is_live = lease_seconds, is_live
        self._full = ""
        self._db = Questions(pool)
        self.leases, self.outbox = PostgresLeases(self._db, self.core, lease_seconds), PostgresOutbox(self._db, self.core)
        self._use(version)

    def _use(self, version: int) -> None:
        self.version, self.data = version, f"{self.source}_v{version}"
        self.tables = Projection(self.data, self._declared, KERNEL)
        self.parked = PostgresParked(self._db, self.core, self.data)

    async def now(self) -> datetime:
        at: datetime = await self._db.fetchval(_NOW)
        return at

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[PostgresTransaction]:
        with self._room_noted(), translated(), self._rested_too_long():
            async with self.pool.acquire() as connection, connection.transaction():
                at = await (self._hold_version(connection) if self._is_live else connection.fetchval(_NOW))
                transaction = PostgresTransaction(
                    connection,
                    at=at,
                    source=self.source,
                    core=self.core,
                    data=self.data,
                    tables=self.tables,
                    vault=self._vault,
                    is_live=self._is_live,
                )
                yield transaction

    @contextmanager
    def _room_noted(self) -> Iterator[None]:
        """Remember that there was no room."""
        try:
            yield
        except NoRoom as error:
            self._full = str(error)
            raise

    async def shortage(self) -> str:
        if self._full:
            with suppress(NoRoom), self._room_noted(), translated():
                async with self.pool.acquire() as connection:
                    trial = connection.transaction()
                    await trial.start()
                    try:
                        await connection.execute(_TRIAL.replace("{core}", self.core))
                    finally:
                        await trial.rollback()
                self._full = ""
        return self._full

    @contextmanager
    def _rested_too_long(self) -> Iterator[None]:
        """Say so when the server may have ended the transaction because it rested: asyncpg does not always pass that on."""
        begun = time.monotonic()
        try:
            yield
        except asyncpg.InterfaceError as error:
            took, limit = time.monotonic() - begun, patience_seconds(self._lease_seconds)
            if took < limit or isinstance(error, ValueError):
                raise
            told = f"a transaction took {took:.1f} s; one that rests for {limit:.1f} s is ended (idle-in-transaction timeout)"
            raise asyncpg.IdleInTransactionSessionTimeoutError(told) from None

    async def _hold_version(self, connection: Any) -> datetime:
        """Hold the live version for the length of the transaction; when a rebuild has replaced it, go over to the new one."""
        version, at = await connection.fetchrow(f"select version, clock_timestamp() from {self.core}.live for share")
        if version != self.version:
            self._use(version)
            raise Conflict("the tables were rebuilt")
        assert isinstance(at, datetime)
        return at

    async def checkpoint(self, partition: Partition, lease_epoch: int) -> Checkpoint:
        row = await self._db.fetchrow(
            f"insert into {self.data}.checkpoint as c (topic, part, lease_epoch) values ($1, $2, $3) "
            "on conflict (topic, part) do update set lease_epoch = excluded.lease_epoch "
            "where c.lease_epoch <= excluded.lease_epoch returning next_offset, seen, applied_until",
            *partition,
            lease_epoch,
        )
        if row is None:
            raise Fenced(f"{partition.topic}/{partition.number} is not under this lease any more")
        parked = await self._db.fetch(f"select key from {self.data}.parked where topic = $1 and part = $2", *partition)
        seen = {source: (epoch, seq) for source, (epoch, seq) in json.loads(row["seen"]).items()}
        return Checkpoint(row["next_offset"], seen, frozenset(one["key"] for one in parked), row["applied_until"])

    async def due(self, until: Mapping[Place, datetime], limit: int) -> Sequence[tuple[Partition, Subject]]:
        rows = await self._db.fetch(
            f"select distinct w.topic, t.part, t.book, t.key from {self.data}.timer t "
            "join unnest($1::text[], $2::text[], $3::int[], $4::timestamptz[]) as w(book, topic, part, until) "
            "on t.book = w.book and t.part = w.part and t.due_at < w.until "
            f"where not exists (select from {self.data}.parked p "
            "where (p.topic, p.part, p.key) = (w.topic, t.part, t.key)) "
            "limit $5",
            *_places(until),
            list(until.values()),
            limit,
        )
        return [(Partition(row["topic"], row["part"]), (row["book"], row["key"])) for row in rows]

    async def awaiting(
        self, places: Sequence[Place], published: Mapping[str, int], limit: int
    ) -> Sequence[tuple[Partition, Subject]]:
        # This is asked several times a second, and nearly always of nobody: each name and place is one look into the index.
        rows = await self._db.fetch(
            "select distinct w.topic, w.part, w.book, a.key from unnest($1::text[], $2::bigint[]) as n(name, published) "
            "cross join unnest($3::text[], $4::text[], $5::int[]) as w(book, topic, part) "
            f"cross join lateral (select a.key from {self.data}.awaiting a "
            "where (a.name, a.book, a.part) = (n.name, w.book, w.part) and a.known_to <= n.published "
            f"and not exists (select from {self.data}.parked p where (p.topic, p.part, p.key) = (w.topic, w.part, a.key)) "
            "order by a.known_to limit $6) a limit $6",
            list(published),
            list(published.values()),
            *_places(places),
            limit,
        )
        return [(Partition(row["topic"], row["part"]), (row["book"], row["key"])) for row in rows]

    async def state(self, subject: Subject) -> Kept | None:
        row = await self._db.fetchrow(f"select * from {self.data}.state where (book, key) = ($1, $2)", *subject)
        return row and kept(row)

    async def walk(self, book: str, after: str, limit: int) -> Sequence[tuple[str, Kept]]:
        # A state at version 0 is only claimed: nothing has been written to it.
        sql = f"select * from {self.data}.state where book = $1 and key > $2 and version > 0 order by key limit $3"
        return [(row["key"], kept(row)) for row in await self._db.fetch(sql, book, after, limit)]

    async def facts(self, subject: Subject) -> Sequence[bytes]:
        # Once each: what a rebuild has read of the own ones stands among the heard ones, too.
        both = " union ".join(
            f"select body from {table} where (topic, key) = ($1, $2)" for table in (f"{self.data}.heard", f"{self.core}.outbox")
        )
        return [row["body"] for row in await self._db.fetch(both, *subject)]

    async def has_read(self, position: Position) -> bool:
        sql = f"select seen -> $1 from {self.data}.checkpoint where (topic, part) = ($2, $3)"
        seen = await self._db.fetchval(sql, position.source, *position.partition)
        return seen is not None and tuple(json.loads(seen)) >= (position.epoch, position.seq)

    async def arrears(self) -> Arrears:
        row = await self._db.fetchrow(
            f"""select coalesce(extract(epoch from clock_timestamp() - (
                  select min(o.recorded_at) from {self.core}.relay_cursor c join {self.core}.outbox o
                  on (o.topic, o.part, o.epoch) = (c.topic, c.part, c.epoch)
                  and o.seq = c.last_seq + 1)), 0)::float8 as unsent,
                (select count(*) from {self.data}.parked where waits_for = '') as parked,
                count(*) as due, coalesce(extract(epoch from clock_timestamp() - min(due_at)), 0)::float8 as late
                from {self.data}.timer where due_at < statement_timestamp()"""
        )
        assert row is not None  # an aggregate without grouping always has its row
        return Arrears(row["unsent"], row["parked"], row["due"], row["late"])


def _places(places: Iterable[Place]) -> list[list[Any]]:
    """Return books, topics and numbers of partitions."""
    return columns([(place.book, *place.partition) for place in places], 3)
