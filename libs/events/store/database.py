"""How a store asks its database: errors come in the port's words."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import asyncpg

from libs.events.log.outages import QUICKER, is_full, is_impossible, is_outage, reason
from libs.events.store.port import Conflict, NoRoom, StoreUnavailable, Unstorable
from libs.events.store.projection import touched


@contextmanager
def translated() -> Iterator[None]:
    """Say in the port's words what PostgreSQL said in its own."""
    try:
        yield
    except QUICKER as error:
        raise Conflict(str(error)) from error
    except Exception as error:
        if is_impossible(error):
            raise Unstorable(str(error)) from error
        if is_outage(error):
            raise (NoRoom if is_full(error) else StoreUnavailable)(reason(error)) from error
        raise


class Questions:
    """Single statements, each on a connection of its own."""

    def __init__(self, pool: "asyncpg.Pool[Any]") -> None:
        self.pool = pool

    async def fetch(self, sql: str, *values: Any) -> list[Any]:
        with translated():
            return await self.pool.fetch(sql, *values)

    async def fetchrow(self, sql: str, *values: Any) -> Any:
        with translated():
            return await self.pool.fetchrow(sql, *values)

    async def fetchval(self, sql: str, *values: Any) -> Any:
        with translated():
            return await self.pool.fetchval(sql, *values)

    async def execute(self, sql: str, *values: Any) -> int:
        """Return how many rows it touched."""
        with translated():
            return touched(await self.pool.execute(sql, *values))
