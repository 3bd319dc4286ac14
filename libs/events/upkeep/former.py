"""Drops the tables that a replay has replaced, and what a killed one has left."""

from collections.abc import Sequence

import asyncpg

from libs.events.upkeep.alone import alone
from libs.events.upkeep.live import live_version

LOCK_SECONDS = 2.0
"""How long to wait for somebody who reads tables that are to go."""


async def drop_former(url: str, name: str) -> Sequence[str]:
    """Drop every version of a service's tables but the live one; return those that stay because somebody still reads them."""
    async with alone(url, name):
        connection = await asyncpg.connect(url, server_settings={"lock_timeout": f"{1_000 * LOCK_SECONDS:.0f}"})
        try:
            live = await live_version(connection, name)
            there = await connection.fetch(
                "select nspname from pg_namespace where nspname ~ $1 and nspname <> $2 order by nspname",
                f"^{name}_v[0-9]+$",
                f"{name}_v{live}",
            )
            return [schema for (schema,) in there if not await _dropped(connection, schema)]
        finally:
            await connection.close()


async def _dropped(connection: "asyncpg.Connection[asyncpg.Record]", schema: str) -> bool:
    try:
        await connection.execute(f"drop schema {schema} cascade")
    except (asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError):
        return False
    return True
