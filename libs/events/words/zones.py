"""The time zones that have one meaning on every machine: the names of the IANA database that we pin."""

from functools import lru_cache
from importlib import resources
from zoneinfo import ZoneInfo

_NO_PLACE = frozenset({"Factory"})
"""What the database has for a machine that nobody has told its zone."""


@lru_cache(maxsize=1)
def zone_names() -> frozenset[str]:
    """Return every name; `localtime` is none of them, nor what else a machine has beside the database."""
    return frozenset(resources.files("tzdata").joinpath("zones").read_text("utf-8").split()) - _NO_PLACE


def zone_named(name: object) -> ZoneInfo | None:
    """Return the zone of that name, or None where there is none."""
    return ZoneInfo(name) if isinstance(name, str) and name in zone_names() else None
