"""`loopdesk settled`: wait until every event has been heard and answered, and is in the tables."""

import asyncio
from collections.abc import Sequence
from typing import Annotated

import typer

from deploy.arguments import DatabaseUrl, Kafka, Services
from deploy.commands.database import database
from deploy.commands.terminal import console
from deploy.failing import told
from deploy.settled import Left, Unsettled, settled
from services.__main__ import PORTS

SECONDS = 600.0
Seconds = Annotated[float, typer.Option(min=0, help="How long to wait at most.")]


def settled_(services: Services = None, database_url: DatabaseUrl = "", kafka: Kafka = "", seconds: Seconds = SECONDS) -> None:
    """Wait until nothing is left to send, to read or to fire. The exit code is 1 if something is left or keys are set
    aside."""
    with told(database_url):
        wait(services or list(PORTS), database_url, kafka, seconds)


def wait(names: Sequence[str], database_url: str, kafka: str, seconds: float) -> None:
    """Return when the services have settled; meanwhile show what is left. Raise Unsettled if something stays."""
    url = database(database_url, kafka)
    with console.status("looking") as shown:

        def watch(left: Sequence[Left]) -> None:
            shown.update("; ".join(str(one) for one in left if not one.is_nothing) or "looking once more")

        left = asyncio.run(settled(names, url, f"kafka://{kafka}" if kafka else url, seconds=seconds, watch=watch))
    if aside := [f"{one.service} has {one.aside}" for one in left if one.parked]:
        # A script that goes on to read figures must not believe that they are complete.
        raise Unsettled(f"Nothing is left to do, but later events of keys set aside are in no table: {'; '.join(aside)}")
    console.print("settled: every event is heard, answered and in the views")
