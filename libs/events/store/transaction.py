"""One PostgreSQL transaction of a service; raw asyncpg, one statement for any number of rows."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from uuid import UUID

from libs.events.log.envelope import Order
from libs.events.log.port import Partition, Record, Stored
from libs.events.store.asked import translated
from libs.events.store.checkpoint import advance, note_applied, watermark_sql
from libs.events.store.port import Conflict
from libs.events.store.postgres_outbox import rewind_outbox
from libs.events.store.projection import Projection, columns, touched
from libs.events.store.values import (
    BEFORE_ALL,
    Advance,
    Answer,
    Appended,
    Applied,
    Changes,
    HeardFact,
    Idempotency,
    Kept,
    Position,
    Rewind,
    StateChange,
    Subject,
)

if TYPE_CHECKING:
    from asyncpg.pool import PoolConnectionProxy


def kept(row: Mapping[str, Any]) -> Kept:
    """Return the state that a row of the table holds."""
    return Kept(row["version"], row["body"], Order(row["last_time"], row["last_sequence"], row["last_id"]))


class PostgresTransaction:
    """See libs.events.store.port.Transaction."""

    def __init__(
        self,
        connection: "PoolConnectionProxy[Any]",
        *,
        at: datetime,
        source: str,
        core: str,
        data: str,
        tables: Projection,
        vault: Projection,
        is_live: bool = True,
    ) -> None:
        self.at, self._is_live = at, is_live
        self._db, self._source, self._core, self._data = connection, source, core, data
        self._tables, self._vault = tables, vault

    async def answers(self, asked: Iterable[Idempotency]) -> Mapping[tuple[str, str], tuple[bytes, Answer]]:
        known = {(one.client, _digest(one.key)): one.key for one in asked}
        rows = await self._db.fetch(
            f"select i.* from {self._core}.idempotency i "
            "join unnest($1::text[], $2::text[]) as a(client, key) using (client, key)",
            *columns(list(known), 2),
        )
        return {
            (row["client"], known[row["client"], row["key"]]): (
                row["fingerprint"],
                Answer(row["status"], row["body"], tuple((name, value) for name, value in json.loads(row["headers"]))),
            )
            for row in rows
        }

    async def states(self, subjects: Sequence[Subject], claimed: Collection[Subject] = ()) -> Mapping[Subject, Kept]:
        if claimed:
            await self._claim(claimed)
        rows = await self._db.fetch(
            f"select s.* from {self._data}.state s join unnest($1::text[], $2::text[]) as w(book, key) using (book, key) "
            "order by book, key for update of s",
            *columns(subjects, 2),
        )
        return {(row["book"], row["key"]): kept(row) for row in rows}

    async def _claim(self, subjects: Collection[Subject]) -> None:
        """Make empty states where there are none, so that there is something to lock."""
        await self._db.execute(
            f"insert into {self._data}.state (book, key, version, body, last_time, last_sequence, last_id) "
            "select book, key, 0, '', $3, $4, $5 from unnest($1::text[], $2::text[]) as w(book, key) order by book, key "
            "on conflict do nothing",
            *columns(sorted(subjects), 2),
            *BEFORE_ALL,
        )

    async def facts(self, kept: Sequence[tuple[str, str]], types: Sequence[str]) -> Mapping[tuple[str, str], Sequence[bytes]]:
        wanted = "unnest($1::text[], $2::text[]) as w(topic, key)"
        with translated():  # asked for in the middle of a decision, where an error would look like the decision's
            rows = await self._db.fetch(
                f"select topic, key, body from {self._data}.heard join {wanted} using (topic, key) where type = any($3) "
                # A replay keeps own facts among the heard ones; the outbox knows more of them than it has come to.
                f"union all select topic, key, body from {self._core}.outbox join {wanted} using (topic, key) "
                f"where type = any($3) and {self._is_live}",
                *columns(kept, 2),
                list(types),
            )
        found: dict[tuple[str, str], list[bytes]] = {at: [] for at in kept}
        for row in rows:
            found[row["topic"], row["key"]].append(row["body"])
        return found

    async def change(self, changes: Changes) -> None:
        if changes.states:
            await self._write_states(changes.states)
        if changes.heard:
            await self._write_heard(changes.heard)
        for sql, rows in self._tables.statements(changes.upserts, changes.deletes, changes.additions):
            await self._db.execute(sql, rows)
        for sql, rows in self._vault.statements(changes.private, (), {}):
            await self._db.execute(sql, rows)

    async def _write_states(self, states: list[StateChange]) -> None:
        status = await self._db.execute(
            f"insert into {self._data}.state as s select * from "
            "unnest($1::text[], $2::text[], $3::bigint[], $4::bytea[], $5::timestamptz[], $6::bigint[], $7::uuid[]) "
            "as n(book, key, version, body, last_time, last_sequence, last_id) order by book, key "
            "on conflict (book, key) do update set version = excluded.version, body = excluded.body, "
            "last_time = excluded.last_time, last_sequence = excluded.last_sequence, last_id = excluded.last_id "
            "where s.version = excluded.version - 1",
            *columns([(*one.subject, one.expected + 1, one.state, *one.last) for one in states], 7),
        )
        if touched(status) != len(states):
            raise Conflict("a subject was changed meanwhile")

    async def _write_heard(self, heard: list[HeardFact]) -> None:
        await self._db.execute(
            f"insert into {self._data}.heard select * from unnest($1::text[], $2::text[], $3::uuid[], "
            "$4::timestamptz[], $5::bigint[], $6::text[], $7::bytea[]) on conflict do nothing",
            *columns([(at, one.key, one.id, time, place, one.type, one.body) for at, time, place, one in heard], 7),
        )

    async def append(self, events: Sequence[tuple[Partition, Record]]) -> Appended:
        topics = {record.id: partition.topic for partition, record in events}
        rows = await self._db.fetch(
            f"select * from {self._core}.append($1, $2, $3, $4, $5, $6)",
            *columns([(*partition, *record) for partition, record in events], 6),
        )
        positions: dict[UUID, Position] = {}
        said_before: dict[UUID, bytes] = {}
        for row in rows:
            partition = Partition(topics[row["id"]], row["part"])
            positions[row["id"]] = Position(self._source, partition, row["epoch"], row["seq"])
            if row["said_before"] is not None:
                said_before[row["id"]] = row["said_before"]
        return Appended(positions, said_before)

    async def rewind(self, rewind: Rewind) -> Collection[UUID]:
        return await rewind_outbox(self._db, self._core, rewind)

    async def remember(self, answers: Iterable[tuple[Idempotency, Answer]]) -> None:
        rows = [
            (asked.client, _digest(asked.key), asked.fingerprint, answer.status, json.dumps(answer.headers), answer.body)
            for asked, answer in answers
        ]
        await self._db.execute(
            f"insert into {self._core}.idempotency (client, key, fingerprint, status, headers, body) "
            "select a, b, c, d, e::jsonb, f from unnest($1::text[], $2::text[], $3::bytea[], $4::int[], $5::text[], $6::bytea[]) "
            "as n(a, b, c, d, e, f) order by a, b",
            *columns(rows, 6),
        )

    async def advance(self, advances: Sequence[Advance]) -> None:
        await advance(self._db, self._data, advances)

    async def note_applied(self, applied: Sequence[Applied]) -> Collection[Partition]:
        return await note_applied(self._db, self._data, applied)

    async def watermark(self, topics: Collection[str]) -> datetime | None:
        at: datetime | None = await self._db.fetchval(watermark_sql(self._data, topics)) if topics else self.at
        return at

    async def park(self, partition: Partition, key: str, error: str, records: Sequence[Stored], waits_for: str = "") -> None:
        await self._db.execute(
            f"insert into {self._data}.parked as p (topic, part, key, error, waits_for) values ($1, $2, $3, $4, $5) "
            "on conflict (topic, part, key) do update set error = excluded.error, waits_for = excluded.waits_for, "
            "is_asked = false, dropped_by = '' where excluded.error <> ''",
            *partition,
            key,
            error,
            waits_for,
        )
        await self._db.execute(
            f"insert into {self._data}.parked_record select $1, $2, $3, * from unnest($4::bigint[], $5::bytea[]) "
            "on conflict do nothing",
            *partition,
            key,
            *columns([(one.offset, one.body) for one in records], 2),
        )

    async def fired(self, subjects: Sequence[Subject], until: datetime) -> None:
        await self._db.execute(
            f"delete from {self._data}.timer t using unnest($1::text[], $2::text[]) as d(book, key) "
            "where (t.book, t.key) = (d.book, d.key) and t.due_at < $3",
            *columns(subjects, 2),
            until,
        )

    async def looked(self, subjects: Sequence[Subject], known_to: int) -> None:
        await self._db.execute(
            f"update {self._data}.awaiting a set known_to = $3 from unnest($1::text[], $2::text[]) as d(book, key) "
            "where (a.book, a.key) = (d.book, d.key)",
            *columns(subjects, 2),
            known_to,
        )

    async def drop(self, partition: Partition, key: str) -> None:
        await self._db.execute(
            f"insert into {self._core}.dropped (topic, part, key, position, body, error, dropped_by) "
            f"select topic, part, key, coalesce(position, -1), coalesce(body, ''), error, dropped_by from {self._data}.parked "
            f"left join {self._data}.parked_record using (topic, part, key) where (topic, part, key) = ($1, $2, $3)",
            *partition,
            key,
        )
        await self.unpark(partition, key)

    async def unpark(self, partition: Partition, key: str) -> None:
        for table in ("parked_record", "parked"):
            await self._db.execute(
                f"delete from {self._data}.{table} where topic = $1 and part = $2 and key = $3", *partition, key
            )


def _digest(key: str) -> str:
    return f"sha256:{sha256(key.encode()).hexdigest()}"
