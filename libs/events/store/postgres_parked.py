"""Keys set aside, in PostgreSQL."""

from collections.abc import Callable, Sequence
from typing import Any

from libs.events.log.port import Partition, Stored
from libs.events.store.asked import Questions
from libs.events.store.projection import columns
from libs.events.store.values import Dropped, Parked, Waiting


class PostgresParked:
    """See libs.events.store.port.ParkedKeys."""

    def __init__(self, db: Questions, core: str, data: str) -> None:
        self._db, self._core, self._data = db, core, data

    async def all(self) -> Sequence[Parked]:
        return await self._found("true order by p.since")

    async def retriable(self, partitions: Sequence[Partition], is_known: Callable[[str], bool], limit: int) -> Sequence[Parked]:
        names = [one.name for one in await self.waiting() if is_known(one.name)]
        return await self._found(
            "(p.topic, p.part) in (select * from unnest($1::text[], $2::int[])) "
            "and (p.is_asked or p.dropped_by <> '' or p.waits_for = any($3)) order by p.since limit $4",
            *columns(partitions, 2),
            names,
            limit,
        )

    async def _found(self, which: str, *values: Any) -> Sequence[Parked]:
        record = f"from {self._data}.parked_record r where (r.topic, r.part, r.key) = (p.topic, p.part, p.key) order by position"
        rows = await self._db.fetch(
            f"select p.*, array(select position {record}) as positions, array(select body {record}) as bodies "
            f"from {self._data}.parked p where {which}",
            *values,
        )
        return [
            Parked(
                Partition(row["topic"], row["part"]),
                row["key"],
                row["error"],
                row["since"],
                _records(row),
                row["is_asked"],
                row["waits_for"],
                row["dropped_by"],
            )
            for row in rows
        ]

    async def ask_retry(self, key: str | None) -> int:
        return await self._db.execute(f"update {self._data}.parked set is_asked = true where $1::text is null or key = $1", key)

    async def ask_drop(self, key: str, by: str) -> int:
        return await self._db.execute(f"update {self._data}.parked set dropped_by = $2 where key = $1", key, by)

    async def dropped(self) -> Sequence[Dropped]:
        rows = await self._db.fetch(
            "select topic, part, key, error, dropped_at, dropped_by, array_agg(position order by position) as positions, "
            f"array_agg(body order by position) as bodies from {self._core}.dropped "
            "group by topic, part, key, error, dropped_at, dropped_by order by dropped_at, key"
        )
        return [
            Dropped(
                Partition(row["topic"], row["part"]),
                row["key"],
                row["error"],
                row["dropped_at"],
                row["dropped_by"],
                [one for one in _records(row) if one.offset >= 0],
            )
            for row in rows
        ]

    async def waiting(self) -> Sequence[Waiting]:
        rows = await self._db.fetch(
            "select waits_for, count(*) as keys, extract(epoch from clock_timestamp() - min(since))::float8 as seconds "
            f"from {self._data}.parked where waits_for <> '' group by 1 order by 1"
        )
        return [Waiting(*row) for row in rows]


def _records(row: Any) -> list[Stored]:
    return [Stored(position, row["key"], body) for position, body in zip(row["positions"], row["bodies"], strict=True)]
