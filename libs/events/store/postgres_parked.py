"""Keys set aside, as the store shows them. See libs.events.store.port.Store."""

from collections.abc import Callable, Sequence
from typing import Any

import asyncpg

from libs.events.log.port import Partition
from libs.events.store.port import Dropped, Parked, Waiting
from libs.events.store.translated import translated


class PostgresParked:
    """What waits, why, and what was given up."""

    pool: "asyncpg.Pool[Any]"
    core: str
    data: str

    async def parked(self) -> Sequence[Parked]:
        return await self._parked("true order by p.since")

    async def retriable(self, partitions: Sequence[Partition], is_known: Callable[[str], bool], limit: int) -> Sequence[Parked]:
        names = [one.name for one in await self.waiting() if is_known(one.name)]
        return await self._parked(
            "(p.topic, p.part) in (select * from unnest($1::text[], $2::int[])) "
            "and (p.is_asked or p.dropped_by <> '' or p.waits_for = any($3)) order by p.since limit $4",
            [one.topic for one in partitions],
            [one.number for one in partitions],
            names,
            limit,
        )

    async def _parked(self, which: str, *values: Any) -> Sequence[Parked]:
        record = f"from {self.data}.parked_record r where (r.topic, r.part, r.key) = (p.topic, p.part, p.key) order by position"
        with translated():
            rows = await self.pool.fetch(
                f"select p.*, array(select position {record}) as positions, array(select body {record}) as bodies "
                f"from {self.data}.parked p where {which}",
                *values,
            )
        return [
            Parked(
                Partition(row["topic"], row["part"]),
                row["key"],
                row["error"],
                row["since"],
                list(zip(row["positions"], row["bodies"], strict=True)),
                row["is_asked"],
                row["waits_for"],
                row["dropped_by"],
            )
            for row in rows
        ]

    async def ask_retry(self, key: str | None) -> int:
        return await self._ask("is_asked = true where $1::text is null or key = $1", key)

    async def ask_drop(self, key: str, by: str) -> int:
        return await self._ask("dropped_by = $2 where key = $1", key, by)

    async def _ask(self, what: str, *values: Any) -> int:
        with translated():
            status = await self.pool.execute(f"update {self.data}.parked set {what}", *values)
        return int(status.rsplit(" ", 1)[-1])

    async def dropped(self) -> Sequence[Dropped]:
        with translated():
            rows = await self.pool.fetch(
                "select topic, part, key, error, dropped_at, dropped_by, array_agg(position order by position) as positions, "
                f"array_agg(body order by position) as bodies from {self.core}.dropped "
                "group by topic, part, key, error, dropped_at, dropped_by order by dropped_at, key"
            )
        return [
            Dropped(
                Partition(row["topic"], row["part"]),
                row["key"],
                row["error"],
                row["dropped_at"],
                row["dropped_by"],
                [one for one in zip(row["positions"], row["bodies"], strict=True) if one[0] >= 0],
            )
            for row in rows
        ]

    async def waiting(self) -> Sequence[Waiting]:
        with translated():
            rows = await self.pool.fetch(
                "select waits_for, count(*) as keys, extract(epoch from clock_timestamp() - min(since))::float8 as seconds "
                f"from {self.data}.parked where waits_for <> '' group by 1 order by 1"
            )
        return [Waiting(row["waits_for"], row["keys"], row["seconds"]) for row in rows]
