"""Rebuilds a service's tables from offset 0 beside the live ones, compares, and on request puts them in their place."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import asyncpg

from libs.events.engine.service import Service
from libs.events.log.port import Log, Partition, ends_of
from libs.events.store.port import Conflict
from libs.events.store.postgres import PostgresStore
from libs.events.store.values import Dropped, Parked, Seen
from libs.events.upkeep.alone import alone
from libs.events.upkeep.bootstrap import PAUSE_SECONDS, as_owner, create_data, create_views, patiently
from libs.events.upkeep.comparing import Compared, compare_counters, compare_tables
from libs.events.upkeep.live import is_outdated, live_version
from libs.events.upkeep.replay import Extent, Progress, Replay, nobody

FINISH_TRIES, FINISH_PAUSE_SECONDS = 40, 30.0
"""How often a rebuild tries to finish while somebody reads the views, and how long the service goes on between the tries."""

SWITCH_TRIES = 10
"""How often each of these tries to replace the views, while the service's writes wait."""

NEAR = 1_000
"""Places on the log between the rebuilt and the live tables that are soon gone over, so the service may wait for it."""


class NotDrained(Exception):
    """Own events wait in the outbox; the log does not know them yet, so it cannot be compared."""


class OtherRelease(Exception):
    """The live tables were computed by another release; there is nothing to compare with."""


async def rebuild(
    url: str,
    service: Service,
    log: Log,
    *,
    switch: bool = False,
    if_equal: bool = False,
    if_outdated: bool = False,
    progress: Progress = nobody,
) -> Sequence[Compared]:
    """Replay the log into the next version of the tables and compare them with the live ones.

    With `switch`, views and checkpoints then move to the new tables, with `if_equal` only if nothing differs. Tables that are
    not put in place are dropped. Tables of another release are replaced without a comparison; with `if_outdated` only those are
    rebuilt.
    """
    session = await as_owner(url, service)
    async with (
        alone(url, service.name),
        asyncpg.create_pool(url, min_size=2, max_size=4, server_settings=session) as pool,
        pool.acquire() as connection,
    ):
        live = await live_version(connection, service.name)
        outdated = await is_outdated(connection, service)
        if if_outdated and not outdated:
            return ()
        if outdated and (if_equal or not switch):
            raise OtherRelease(
                f"The tables of {service.name} are another release's, or were made with other settings than this command has; "
                "start this one's service, which rebuilds them."
            )
        drop = f"drop schema if exists {service.name}_v{live + 1} cascade"
        replay = Replay(service, PostgresStore(pool, service.name, service.tables, live + 1, is_live=False), log)
        reader = PostgresStore(pool, service.name, service.tables, live)
        one, is_switched = _Rebuild(pool, connection, reader, replay, progress), False
        try:
            await connection.execute(drop)  # what a killed one has left
            await create_data(connection, service, live + 1)
            compared = () if outdated else await one.compared()
            if switch and not (if_equal and any(not each.is_equal for each in compared)):
                await patiently(one.switch, tries=FINISH_TRIES, pause=FINISH_PAUSE_SECONDS)
                is_switched = True
        finally:
            if not is_switched:
                await connection.execute(drop)
    return compared


@dataclass(frozen=True)
class _Rebuild:
    """A replay beside the live tables, and how the two come together."""

    pool: "asyncpg.Pool[Any]"
    connection: Any
    live: PostgresStore
    replay: Replay
    progress: Progress
    passed: dict[Partition, frozenset[int]] = field(default_factory=dict)
    """What the replay has passed over, because the live tables had set it aside."""

    async def compared(self) -> Sequence[Compared]:
        """Compare at one position, while the service goes on: as the two were at one instant, a snapshot sees them."""
        await self._catch_up()
        async with self.pool.acquire() as seeing, seeing.transaction(isolation="repeatable_read", readonly=True):
            async with self._level() as rest:
                counters = await compare_counters(self.live, rest)
                await seeing.execute(f"select from {self.live.core}.live")  # the first statement makes the snapshot
            tables = await compare_tables(seeing, self.replay.service, self.live.version, self.live.version + 1)
        return [*counters, *tables]

    async def switch(self) -> None:
        """Put the rebuilt tables in place; the service's writes wait for moments, and nobody else does.

        While somebody reads the views they cannot move; the service then goes on, and after a while this is tried again.
        """
        await self._catch_up()
        async with self._level():
            await _switch(self.connection, self.replay.service, self.live.version, self.live.version + 1)

    async def _catch_up(self) -> None:
        """Come near the live tables, beside live traffic; nearer and nearer, as long as that helps."""
        left = await self._gone_over()
        while left > NEAR:
            before, left = left, await self._gone_over()
            if left >= before:  # the service is as quick as the replay
                return

    async def _gone_over(self) -> int:
        """Replay what the live tables have by now; return how much that was."""
        extents = await self._extents(self.replay, to_end=False)
        for partition, one in extents.items():
            self.passed[partition] = self.passed.get(partition, frozenset()) | one.parked
        left = self.replay.left(extents)
        await self.replay.run(extents, self.progress)
        return left

    @asynccontextmanager
    async def _level(self) -> AsyncIterator[Replay]:
        """Hold the live tables as they are, with the rebuilt ones at the same position.

        The rest passes over what the live tables have not heard. They may have the next time, so that begins from here again.
        """
        rest = self.replay.onward()
        async with self.connection.transaction():
            await self.connection.execute(f"select from {self.live.core}.live for update")
            await self._drained()
            extents = await self._extents(rest, to_end=True)
            if any(self.passed.get(partition, frozenset()) - one.parked for partition, one in extents.items()):
                raise Conflict("a key that was set aside was taken up in the middle of the replay")
            await rest.run(extents, self.progress)
            yield rest

    async def _extents(self, replay: Replay, *, to_end: bool) -> Mapping[Partition, Extent]:
        live, heard = self.live, replay.service.topics_heard
        ends = await ends_of(replay.log, replay.partitions())
        rows = await self.connection.fetch(f"select topic, part, next_offset, seen from {live.data}.checkpoint")
        read = {Partition(row["topic"], row["part"]): (row["next_offset"], _numbers(row["seen"])) for row in rows}
        parked = _offsets([*await live.parked.all(), *await live.parked.dropped()])
        extents = {}
        for partition in replay.partitions():
            until, seen = read.get(partition, (0, {}))
            end = ends[partition] if to_end or partition.topic not in heard else min(until, ends[partition])
            extents[partition] = Extent(end, until, parked.get(partition, frozenset()), seen)
        return extents

    async def _drained(self) -> None:
        """Wait for the relay: it needs no lock of ours, and nothing new can be said."""
        for _ in range(100):
            waiting = sum((await self.live.outbox.unsent(self.replay.partitions())).values())
            if not waiting:
                return
            await self.connection.execute("select pg_sleep(0.1)")
        raise NotDrained(f"{waiting} events of {self.replay.service.name} are not on the log yet; is the service running?")


def _numbers(seen: str) -> Seen:
    return {source: (epoch, seq) for source, (epoch, seq) in json.loads(seen).items()}


def _offsets(parked: Sequence[Parked | Dropped]) -> Mapping[Partition, frozenset[int]]:
    found: dict[Partition, frozenset[int]] = {}
    for one in parked:
        found[one.partition] = found.get(one.partition, frozenset()) | {record.offset for record in one.records}
    return found


async def _switch(connection: Any, service: Service, live: int, version: int) -> None:
    old, new = f"{service.name}_v{live}", f"{service.name}_v{version}"
    for table in ("checkpoint", "parked", "parked_record"):  # the replay may have set aside a key of which more was parked
        await connection.execute(f"insert into {new}.{table} select * from {old}.{table} on conflict do nothing")
    await patiently(lambda: create_views(connection, service, version), tries=SWITCH_TRIES, pause=PAUSE_SECONDS)
    await connection.execute(f"update {service.name}_core.live set version = $1, code = $2", version, service.code)
