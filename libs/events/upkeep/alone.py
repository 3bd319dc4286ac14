"""One replay of a service at a time: two would fill, and drop, the same tables. Neither is the log mended meanwhile."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

PATIENCE_SECONDS = 5.0
"""PostgreSQL may need a moment to notice that a command was killed."""


class UnderWay(Exception):
    """Somebody else replays this service now, or mends the log."""


@asynccontextmanager
async def alone(url: str, name: str) -> AsyncIterator[None]:
    """Be the only one who works on a service's versions of tables, or raise UnderWay.

    The connection does nothing else. So PostgreSQL gives the lock back at once when this process is killed, and not only at
    the end of a long statement.
    """
    connection = await asyncpg.connect(url, server_settings={"lock_timeout": f"{1_000 * PATIENCE_SECONDS:.0f}"})
    try:
        try:
            await connection.execute("select pg_advisory_lock(hashtext($1))", f"loopdesk replay of {name}")
        except asyncpg.LockNotAvailableError:
            raise UnderWay(
                f"{name} is being replayed, by another command or by a start of its service, or the log is being mended. "
                "Wait for its end."
            ) from None
        yield
    finally:
        await connection.close()
