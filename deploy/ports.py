"""The ports of the five services on this machine, and the message if one is taken."""

from collections.abc import Mapping
from typing import Annotated

import typer

from deploy.listeners import taken
from deploy.process import is_free
from deploy.tenant import Occupied
from services.__main__ import PORTS

PortBase = Annotated[int, typer.Option(help="The first of the five ports.", min=1024, max=65_000)]


def ports_from(base: int) -> dict[str, int]:
    """Return each service's port, the first one given."""
    return {name: base + n for n, name in enumerate(PORTS)}


def must_be_free(ports: Mapping[str, int]) -> None:
    """Say who listens on a port that we need, and what to do."""
    if occupied := [taken(port, name) for name, port in ports.items() if not is_free(port)]:
        other = f"Or take five other ports: --port-base {_free_base(max(ports.values()))}"
        raise Occupied("\n".join([*occupied, other]))


def _free_base(above: int) -> int:
    bases = range(above + 1000 - above % 1000 + 1, 65_000, 1000)
    return next(base for base in bases if all(is_free(port) for port in ports_from(base).values()))
