"""`loopdesk replay` and `loopdesk verify`: rebuild tables from the first event, and compare them with the live ones."""

import asyncio
from collections.abc import Sequence

import typer
from rich.table import Table

from deploy.arguments import DatabaseUrl, Kafka, Services
from deploy.commands.database import database
from deploy.commands.terminal import console
from deploy.failing import told
from libs.events.log.opening import open_log
from libs.events.upkeep.rebuild import Compared, rebuild
from services.__main__ import PORTS, service_of


def replay(
    services: Services = None,
    database_url: DatabaseUrl = "",
    kafka: Kafka = "",
) -> None:
    """Rebuild tables from offset 0 beside the live ones and put them in their place."""
    _rebuild_all(services or list(PORTS), database_url, kafka, switch=True)


def verify(
    services: Services = None,
    database_url: DatabaseUrl = "",
    kafka: Kafka = "",
) -> None:
    """Compare every live table with the table rebuilt from offset 0, and the outbox's counters with the log."""
    _rebuild_all(services or list(PORTS), database_url, kafka, switch=False)


def _rebuild_all(names: Sequence[str], database_url: str, kafka: str, *, switch: bool) -> None:
    with told(database_url):
        url = database(database_url, kafka)
        compared = asyncio.run(rebuild_services(names, url, f"kafka://{kafka}" if kafka else url, switch=switch))
    table = Table("table", "live rows", "rebuilt rows", "equal")
    for one in compared:
        if one.live != (1, 0) or not one.is_equal:
            table.add_row(one.name, f"{one.live[0]:,}", f"{one.rebuilt[0]:,}", "yes" if one.is_equal else "[red]NO[/]")
    console.print(table)
    wrong = [one.name for one in compared if not one.is_equal]
    console.print(f"[red]{len(wrong)} differ[/]" if wrong else f"all {len(compared)} equal")
    raise typer.Exit(1 if wrong else 0)


async def rebuild_services(names: Sequence[str], url: str, log_url: str, *, switch: bool = False) -> list[Compared]:
    """Rebuild the tables of services and return the comparison."""
    compared: list[Compared] = []
    for name in names:
        log = open_log(log_url)
        try:
            with console.status(f"replaying {name}") as status:
                done = 0

                def progress(count: int) -> None:
                    nonlocal done
                    done += count
                    status.update(f"replaying {name}: {done:,} events")  # noqa: B023

                compared += await rebuild(url, service_of(name), log, switch=switch, progress=progress)
        finally:
            await log.close()
    return compared
