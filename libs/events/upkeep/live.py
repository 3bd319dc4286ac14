"""Which version of a service's disposable tables is live, whether this release made it, and what its service has still to do."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from libs.events.engine.service import Service
from libs.events.log.port import Partition


async def live_version(connection: Any, name: str) -> int:
    """Return the version of the service's tables that answers are made of."""
    version: int = await connection.fetchval(f"select version from {name}_core.live")
    return version


async def is_outdated(connection: Any, service: Service) -> bool:
    """Test whether the live rows were computed by another version of the code, or by another choice of the operator."""
    return bool(await connection.fetchval(f"select code <> $1 from {service.name}_core.live", service.code))


@dataclass(frozen=True, slots=True)
class Remaining:
    """How far each partition was read, how much waits to be sent, which timers are late, and which keys are set aside."""

    read: Mapping[Partition, int]
    unsent: int
    due: int
    parked: tuple[str, ...]


async def remaining(connection: Any, name: str, timers_within: timedelta) -> Remaining:
    """Return what a service has left. A timer that has been due for `timers_within` and has not fired is work left undone."""
    core, data = f"{name}_core", f"{name}_v{await live_version(connection, name)}"
    rows = await connection.fetch(f"select topic, part, next_offset from {data}.checkpoint")
    # Lateral: otherwise the planner would read the whole outbox, again and again beside the work it waits for.
    unsent: int = await connection.fetchval(
        f"select coalesce(sum(o.n), 0)::bigint from {core}.relay_cursor c, lateral (select count(*) as n "
        f"from {core}.outbox where (topic, part) = (c.topic, c.part) and (epoch, seq) > (c.epoch, c.last_seq)) o"
    )
    late = f"select count(*) from {data}.timer where due_at < statement_timestamp() - $1::interval"
    due: int = await connection.fetchval(late, timers_within)
    parked = await connection.fetch(f"select distinct key from {data}.parked order by key")
    read = {Partition(row["topic"], row["part"]): row["next_offset"] for row in rows}
    return Remaining(read, unsent, due, tuple(row["key"] for row in parked))
