"""The log in PostgreSQL: a counter row for each partition gives offsets in commit order, one index range reads them."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from itertools import groupby
from typing import Any

import asyncpg

from libs.events.log.outages import is_outage, reason
from libs.events.log.port import (
    Batch,
    LogUnavailable,
    OffsetOutOfRange,
    Partition,
    Record,
    Stored,
    TopicSettings,
    UnfitTopic,
    refuse_large,
)

POLL_SECONDS_MIN = 0.02
POLL_SECONDS_MAX = 0.2
CONNECTIONS_MAX = 4

SCHEMA = """
select pg_advisory_xact_lock(hashtext('loopdesk log'));
create schema if not exists log;
create table if not exists log.topic (
    id int primary key generated always as identity, name text not null unique);
create table if not exists log.partition (
    topic int not null references log.topic, number int not null, next_offset bigint not null default 0,
    primary key (topic, number)) with (fillfactor = 10, autovacuum_vacuum_threshold = 1000);
create table if not exists log.record (
    topic int not null, partition int not null, "offset" bigint not null,
    key text not null, value bytea not null, type text not null, id text not null,
    appended_at timestamptz not null default clock_timestamp(),
    primary key (topic, partition, "offset"));
"""

CREATE = """
with topic as (insert into log.topic (name) values ($1) on conflict (name) do nothing returning id)
insert into log.partition (topic, number) select id, number from topic, generate_series(0, $2 - 1) as number
"""

# The counter's row stays locked until the commit, so a reader never sees an offset whose predecessors may still come.
APPEND = """
with counter as (
    update log.partition set next_offset = next_offset + cardinality($3::text[]) * $7::int
    where topic = (select id from log.topic where name = $1) and number = $2
    returning topic, number, next_offset - cardinality($3::text[]) * $7::int as first),
written as (
    insert into log.record (topic, partition, "offset", key, value, type, id)
    select topic, number, first + (n - 1) * $7::int, key, value, type, id
    from counter, unnest($3::text[], $4::bytea[], $5::text[], $6::text[]) with ordinality as r(key, value, type, id, n))
select first from counter
"""

# One statement, one snapshot: the end belongs to the records. Partitions at their end cost no look into the records.
READ = """
select n, next_offset, "offset", key, value
from unnest($1::text[], $2::int[], $3::bigint[]) with ordinality as asked(name, number, position, n)
join log.topic on topic.name = asked.name
join log.partition on partition.topic = topic.id and partition.number = asked.number
left join lateral (
    select "offset", key, value from log.record
    where record.topic = topic.id and record.partition = asked.number
      and "offset" >= position and position < next_offset
    order by "offset" limit $4) as following on true
order by n, "offset"
"""

ENDS = """
select number, next_offset from log.topic join log.partition on partition.topic = topic.id where name = $1
"""

_MISSING = (asyncpg.UndefinedTableError, asyncpg.InvalidSchemaNameError)


class PostgresLog:
    """See libs.events.log.port.Log. `stride` above 1 leaves holes between offsets, for tests."""

    def __init__(self, where: "str | asyncpg.Pool[asyncpg.Record]", *, stride: int = 1) -> None:
        self._where, self._stride = where, stride
        self._own: asyncpg.Pool[asyncpg.Record] | None = None
        self._opening = asyncio.Lock()

    async def create(self, topic: TopicSettings) -> None:
        async with self._connection() as connection, connection.transaction():
            # To make what is there already takes the right to make it, which a service need not have.
            if await connection.fetchval("select to_regclass('log.record')") is None:
                await connection.execute(SCHEMA)
            await connection.execute(CREATE, topic.name, topic.partitions)

    async def describe(self, topic: str) -> TopicSettings:
        """Return the topic's partition count; that nothing is ever deleted or rewritten is how the tables are."""
        return TopicSettings(topic, len(await self.ends(topic)))

    async def append(self, partition: Partition, records: Sequence[Record], *, timeout: float = 10.0) -> int:
        refuse_large(records)
        columns = [[one.key for one in records], [one.body for one in records]]
        columns += [[one.type for one in records], [str(one.id) for one in records]]
        async with self._connection(timeout) as connection:
            first = await connection.fetchval(APPEND, *partition, *columns, self._stride, timeout=timeout)
        if first is None:
            raise _missing(partition)
        return int(first)

    async def read(self, positions: Mapping[Partition, int], *, limit: int = 500, wait: float = 0.5) -> Sequence[Batch]:
        loop = asyncio.get_running_loop()
        deadline, pause = loop.time() + wait, POLL_SECONDS_MIN
        while not (batches := await self._after(positions, limit)) and (left := deadline - loop.time()) > 0:
            await asyncio.sleep(min(pause, left))
            pause = min(pause * 1.5, POLL_SECONDS_MAX)
        return batches

    async def ends(self, topic: str) -> Mapping[Partition, int]:
        async with self._connection() as connection:
            rows = await connection.fetch(ENDS, topic)
        if not rows:
            raise UnfitTopic(f"topic {topic} does not exist here; create it first")
        return {Partition(topic, number): end for number, end in rows}

    async def close(self) -> None:
        """Let go of the connections, unless they were lent."""
        if self._own is not None:
            self._own.terminate()
            self._own = None

    async def _after(self, positions: Mapping[Partition, int], limit: int) -> list[Batch]:
        if not positions:
            return []
        asked = [(at.topic, at.number, position) for at, position in positions.items()]
        async with self._connection() as connection:
            rows = await connection.fetch(READ, *map(list, zip(*asked, strict=True)), limit)
        found = {n: list(group) for n, group in groupby(rows, key=lambda row: row["n"])}
        batches = [_batch(at, position, found.get(n, []), limit) for n, (at, position) in enumerate(positions.items(), 1)]
        return [batch for batch in batches if batch]

    @asynccontextmanager
    async def _connection(self, timeout: float = 10.0) -> AsyncIterator[Any]:
        try:
            async with (await self._pool()).acquire(timeout=timeout) as connection:
                yield connection
        except _MISSING as error:
            raise UnfitTopic(f"this database has no log yet ({error}); create the topics first") from error
        except Exception as error:
            if not is_outage(error):
                raise
            raise LogUnavailable(reason(error)) from error

    async def _pool(self) -> "asyncpg.Pool[asyncpg.Record]":
        if not isinstance(self._where, str):
            return self._where
        async with self._opening:
            if self._own is None:
                self._own = await asyncpg.create_pool(
                    self._where, min_size=0, max_size=CONNECTIONS_MAX, timeout=10, command_timeout=30
                )
            return self._own


def _batch(partition: Partition, position: int, rows: Sequence[Any], limit: int) -> Batch | None:
    if not rows:
        raise _missing(partition)
    end = int(rows[0]["next_offset"])
    if position > end:
        raise OffsetOutOfRange(f"{partition.topic}/{partition.number} ends at {end}, asked for {position}")
    if position == end:
        return None
    records = [Stored(offset, key, value) for _, _, offset, key, value in rows if offset is not None]
    # Past the last record may stand a hole; where to read on is after it.
    return Batch(partition, records, records[-1].offset + 1 if len(records) == limit else end)


def _missing(partition: Partition) -> UnfitTopic:
    return UnfitTopic(f"topic {partition.topic} has no partition {partition.number} here; create it first")
