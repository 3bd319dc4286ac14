"""Who owns which partition: rows in PostgreSQL with an end, and only PostgreSQL's clock counts."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from libs.events.log.port import Partition
from libs.events.store.asked import Questions, translated
from libs.events.store.projection import columns
from libs.events.store.values import SOMEWHERE, Running, Whereabouts, fair_share
from libs.events.words.now import APART_MAX, is_wrong


class PostgresLeases:
    """See libs.events.store.port.Leases."""

    def __init__(self, db: Questions, core: str, seconds: float) -> None:
        self._db, self._core, self._seconds = db, core, seconds

    async def take(self, owner: UUID, wanted: Sequence[Partition], about: Whereabouts = SOMEWHERE) -> Mapping[Partition, int]:
        with translated():
            async with self._db.pool.acquire() as db, db.transaction():
                share = await self._fair_share(db, owner, len(wanted), about)
                held = await self._take(db, owner, wanted, share)
                await self._let_go(db, owner, list(held))
        return held

    async def _fair_share(self, db: Any, owner: UUID, count: int, about: Whereabouts) -> int:
        """Say that this instance lives, and return how many partitions are its part among all that do."""
        await db.execute(f"delete from {self._core}.instance where seen_at < now() - make_interval(secs => $1)", self._seconds)
        await db.execute(
            f"insert into {self._core}.instance (owner, seen_at, host, pid, release, apart) values ($1, now(), $2, $3, $4, $5) "
            "on conflict (owner) do update set seen_at = now(), apart = excluded.apart",
            owner,
            about.host,
            about.pid,
            about.release,
            about.apart,
        )
        right, wrong = await db.fetchrow(
            f"select count(*) filter (where apart between -$1::interval and $1), "
            f"count(*) filter (where apart not between -$1::interval and $1) from {self._core}.instance",
            APART_MAX,
        )
        return fair_share(count, right, wrong, is_wrong=is_wrong(about.apart))

    async def _take(self, db: Any, owner: UUID, wanted: Sequence[Partition], share: int) -> dict[Partition, int]:
        """Renew own leases first, then take free ones; a lease that changes hands, or had ended, gets a new epoch.

        By number and not by topic, so that everybody has a part of each topic: on one of them there may be nothing to do.
        """
        rows = await db.fetch(
            f"""with mine as (
                  select topic, part from {self._core}.lease
                  join unnest($3::text[], $4::int[]) as w(topic, part) using (topic, part)
                  where owner = $1 or expires_at < now()
                  order by (owner = $1 and expires_at >= now()) desc, part, topic limit $2
                  for update skip locked)
                update {self._core}.lease l
                set owner = $1, expires_at = now() + make_interval(secs => $5),
                    epoch = l.epoch + (l.owner is distinct from $1 or l.expires_at < now())::int
                from mine where (l.topic, l.part) = (mine.topic, mine.part)
                returning l.topic, l.part, l.epoch""",
            owner,
            share,
            *columns(wanted, 2),
            self._seconds,
        )
        return {Partition(row["topic"], row["part"]): row["epoch"] for row in rows}

    async def _let_go(self, db: Any, owner: UUID, held: Sequence[Partition]) -> None:
        # Passing over what somebody else holds just now, as taking does: two who wait for each other's rows would both lose.
        await db.execute(
            f"""with surplus as (
                  select topic, part from {self._core}.lease
                  where owner = $1 and (topic, part) not in (select * from unnest($2::text[], $3::int[]))
                  for update skip locked)
                update {self._core}.lease l set expires_at = '-infinity'
                from surplus where (l.topic, l.part) = (surplus.topic, surplus.part)""",
            owner,
            *columns(held, 2),
        )

    async def instances(self) -> Sequence[Running]:
        rows = await self._db.fetch(
            f"""select i.*, array_remove(array_agg(l.topic order by l.topic, l.part), null) as topics,
                  array_remove(array_agg(l.part order by l.topic, l.part), null) as parts
                from {self._core}.instance i
                left join {self._core}.lease l on l.owner = i.owner and l.expires_at >= now()
                where i.seen_at >= now() - make_interval(secs => $1) group by i.owner order by i.since, i.owner""",
            self._seconds,
        )
        return [
            Running(
                row["owner"],
                Whereabouts(row["host"], row["pid"], row["release"], row["apart"]),
                row["since"],
                row["seen_at"],
                [Partition(*one) for one in zip(row["topics"], row["parts"], strict=True)],
            )
            for row in rows
        ]

    async def release(self, owner: UUID) -> None:
        await self._db.execute(f"update {self._core}.lease set expires_at = '-infinity' where owner = $1", owner)
        await self._db.execute(f"delete from {self._core}.instance where owner = $1", owner)
