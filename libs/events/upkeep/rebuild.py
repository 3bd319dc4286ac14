"""Rebuilds a service's tables from offset 0 beside the live ones, compares, and on request puts them in their place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg

from libs.events.engine.service import Service
from libs.events.log.port import Log, Partition, ends_of
from libs.events.store.postgres import PostgresStore
from libs.events.store.projection import Projection
from libs.events.store.values import Dropped, Parked
from libs.events.upkeep.bootstrap import PAUSE_SECONDS, as_owner, create_data, create_views, patiently
from libs.events.upkeep.live import is_outdated, live_version
from libs.events.upkeep.replay import Extent, Progress, Replay

FINISH_TRIES, FINISH_PAUSE_SECONDS = 40, 30.0
"""How often a rebuild tries to finish while somebody reads the views, and how long the service goes on between the tries."""

SWITCH_TRIES = 10
"""How often each of these tries to replace the views, while the service's writes wait."""


class NotDrained(Exception):
    """Own events wait in the outbox; the log does not know them yet, so it cannot be compared."""


class OtherRelease(Exception):
    """The live tables were computed by another release; there is nothing to compare with."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One table: rows and digest, live and rebuilt. Or one counter: outbox and log."""

    name: str
    live: tuple[int, int]
    rebuilt: tuple[int, int]

    @property
    def is_equal(self) -> bool:
        return self.live == self.rebuilt


async def rebuild(
    url: str, service: Service, log: Log, *, switch: bool = False, progress: Progress = lambda count: None
) -> Sequence[Compared]:
    """Replay the log into the next version of the tables and compare them with the live ones.

    The bulk is replayed beside live traffic. The rest is done while the live version's row is locked, so that nothing
    is written meanwhile. With `switch`, views and checkpoints then move to the new tables; otherwise they are dropped.
    While somebody reads the views they cannot move; the service then goes on, and after a while the rest is tried again.
    """
    session = await as_owner(url, service)
    async with asyncpg.create_pool(url, min_size=2, max_size=4, server_settings=session) as pool, pool.acquire() as connection:
        live = await live_version(connection, service.name)
        outdated = await is_outdated(connection, service)
        if outdated and not switch:
            raise OtherRelease(
                f"The tables of {service.name} are another release's, or were made with other settings than this command has; "
                "start this one's service, which rebuilds them."
            )
        version = live + 1
        await connection.execute(f"drop schema if exists {service.name}_v{version} cascade")
        await create_data(connection, service, version)
        replay = Replay(service, PostgresStore(pool, service.name, service.tables, version, is_live=False), log)
        reader = PostgresStore(pool, service.name, service.tables, live)
        try:
            return await patiently(
                lambda: _finish(connection, reader, replay, progress, compare=not outdated, switch=switch),
                tries=FINISH_TRIES,
                pause=FINISH_PAUSE_SECONDS,
            )
        finally:
            if not switch:
                await connection.execute(f"drop schema if exists {service.name}_v{version} cascade")


async def _finish(
    connection: Any, reader: PostgresStore, replay: Replay, progress: Progress, *, compare: bool, switch: bool
) -> Sequence[Compared]:
    service, live, version = replay.service, reader.version, reader.version + 1
    await replay.run(await _extents(connection, reader, replay, to_end=False), progress)
    # The rest passes over what the live tables have not heard. They may have when it is tried again, so that begins here again.
    rest = replay.onward()
    async with connection.transaction():
        await connection.execute(f"select from {service.name}_core.live for update")
        await _drained(connection, reader, rest)
        await rest.run(await _extents(connection, reader, rest, to_end=True), progress)
        compared = [*await _counters(reader, rest)]
        if compare:
            compared += await _digests(connection, service, live, version)
        if switch:
            await _switch(connection, service, live, version)
    return compared


async def _extents(connection: Any, live: PostgresStore, replay: Replay, *, to_end: bool) -> Mapping[Partition, Extent]:
    ends = await ends_of(replay.log, replay.partitions())
    rows = await connection.fetch(f"select topic, part, next_offset from {live.data}.checkpoint")
    read = {Partition(row["topic"], row["part"]): row["next_offset"] for row in rows}
    parked = _offsets([*await live.parked.all(), *await live.parked.dropped()])
    return {
        partition: Extent(
            ends[partition] if to_end else min(read.get(partition, 0), ends[partition]),
            read.get(partition, 0),
            parked.get(partition, frozenset()),
        )
        for partition in replay.partitions()
    }


def _offsets(parked: Sequence[Parked | Dropped]) -> Mapping[Partition, frozenset[int]]:
    found: dict[Partition, frozenset[int]] = {}
    for one in parked:
        found[one.partition] = found.get(one.partition, frozenset()) | {record.offset for record in one.records}
    return found


async def _drained(connection: Any, live: PostgresStore, replay: Replay) -> None:
    """Wait for the relay: it needs no lock of ours, and nothing new can be said."""
    for _ in range(100):
        waiting = sum((await live.outbox.unsent(replay.partitions())).values())
        if not waiting:
            return
        await connection.execute("select pg_sleep(0.1)")
    raise NotDrained(f"{waiting} events of {replay.service.name} are not on the log yet; is the service running?")


async def _digests(connection: Any, service: Service, live: int, version: int) -> Sequence[Compared]:
    projections = [Projection(f"{service.name}_v{number}", service.tables).writers for number in (live, version)]
    return [
        Compared(
            f"{service.name}.{name}",
            tuple(await connection.fetchrow(projections[0][name].digest())),
            tuple(await connection.fetchrow(projections[1][name].digest())),
        )
        for name in sorted(projections[0])
    ]


async def _counters(live: PostgresStore, replay: Replay) -> Sequence[Compared]:
    """Compare the outbox's counter of every partition with the last own number on the log."""
    compared = []
    for partition in replay.partitions():
        counter = await live.outbox.counter(partition)
        on_log = replay.standing(partition).read.seen.get(live.source, (1, -1))
        name = f"{live.source} outbox {partition.topic}/{partition.number}"
        compared.append(Compared(name, counter, following(on_log, counter[0])))
    return compared


def following(last: tuple[int, int], epoch: int) -> tuple[int, int]:
    """Return the counter that follows the last number on the log, when the outbox is in this epoch.

    An epoch begun after a restore from a backup leaves no mark on the log until something is said in it.
    """
    return (epoch, 0) if epoch > last[0] else (last[0], last[1] + 1)


async def _switch(connection: Any, service: Service, live: int, version: int) -> None:
    old, new = f"{service.name}_v{live}", f"{service.name}_v{version}"
    for table in ("checkpoint", "parked", "parked_record"):  # the replay may have set aside a key of which more was parked
        await connection.execute(f"insert into {new}.{table} select * from {old}.{table} on conflict do nothing")
    await patiently(lambda: create_views(connection, service, version), tries=SWITCH_TRIES, pause=PAUSE_SECONDS)
    await connection.execute(f"update {service.name}_core.live set version = $1, code = $2", version, service.code)
