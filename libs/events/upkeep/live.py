"""Which version of a service's disposable tables is live."""

from typing import Any


async def live_version(connection: Any, name: str) -> int:
    """Return the version of the service's tables that answers are made of."""
    version: int = await connection.fetchval(f"select version from {name}_core.live")
    return version
