"""`loopdesk verify-log`: does the log have every event that was sent to it?"""

import asyncio
from typing import Annotated

import typer
from rich.table import Table

from deploy.arguments import DatabaseUrl, Kafka
from deploy.commands.database import database
from deploy.commands.terminal import console
from deploy.failing import told
from libs.events.log.opening import open_log
from libs.events.upkeep.mending import verify_log
from services.__main__ import PORTS


def verify_log_(
    database_url: DatabaseUrl = "",
    kafka: Kafka = "",
    mend: Annotated[bool, typer.Option("--mend", help="Send events that the log has lost again from the outboxes.")] = False,
) -> None:
    """Compare the events that every service sent and read with the log. The exit code is 1 if any is missing."""
    with told(database_url):
        asyncio.run(_verify_log(database(database_url, kafka), kafka, mend))


async def _verify_log(url: str, kafka: str, mend: bool) -> None:
    log = open_log(f"kafka://{kafka}" if kafka else url)
    try:
        holes = await verify_log(url, list(PORTS), log, mend=mend)
    finally:
        await log.close()
    table = Table("service", "partition", "sent and not there", "read and not there")
    for one in holes:
        table.add_row(one.service, f"{one.partition.topic}/{one.partition.number}", str(one.sent), str(one.read))
    console.print(table if holes else "the log has every event that was sent")
    if holes and mend:
        console.print("the relays send them again, and all services read these partitions from the beginning")
    raise typer.Exit(1 if holes and not mend else 0)
