"""Which version of a service's disposable tables is live, and whether this release made it."""

from typing import Any

from libs.events.engine.service import Service


async def live_version(connection: Any, name: str) -> int:
    """Return the version of the service's tables that answers are made of."""
    version: int = await connection.fetchval(f"select version from {name}_core.live")
    return version


async def is_outdated(connection: Any, service: Service) -> bool:
    """Test whether the live rows were computed by another version of the code, or by another choice of the operator."""
    return bool(await connection.fetchval(f"select code <> $1 from {service.name}_core.live", service.code))
