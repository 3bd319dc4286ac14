"""Whether somebody waits for somebody else's lock."""

import asyncio
from typing import Any

import asyncpg


async def until_somebody_waits(pool: "asyncpg.Pool[Any]") -> None:
    """Return as soon as somebody does."""
    for _ in range(1_000):
        if await pool.fetchval("select count(*) from pg_locks where not granted"):
            return
        await asyncio.sleep(0.01)
    raise AssertionError("nobody ever waits")
