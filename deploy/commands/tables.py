"""`loopdesk replay` and `loopdesk verify`: rebuild tables from the first event, and compare them with the live ones."""

import asyncio
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from deploy.arguments import DatabaseUrl, Kafka, Services
from deploy.commands.database import database
from deploy.commands.terminal import console
from deploy.failing import told
from deploy.rate import Rate
from libs.events.log.opening import open_log
from libs.events.upkeep.comparing import Compared
from libs.events.upkeep.former import drop_former
from libs.events.upkeep.rebuild import rebuild
from libs.events.upkeep.replay import Reached
from services.__main__ import PORTS, service_of

LINE_EVERY_SECONDS = 10.0
"""Where nobody looks on, in a pipe or a file, each line of the progress stays."""

GO_OVER_SECONDS = 10.0
"""An instance goes over to the new tables within about a second; until then it asks the former ones."""


def replay(
    services: Services = None,
    database_url: DatabaseUrl = "",
    kafka: Kafka = "",
    switch: Annotated[bool, typer.Option("--switch", help="Put them in place also if they differ from the live ones.")] = False,
    keep: Annotated[bool, typer.Option("--keep", help="Leave the former tables in the database.")] = False,
) -> None:
    """Rebuild tables from offset 0 beside the live ones, compare, and put them in place if they are equal."""
    with told(database_url):
        url = database(database_url, kafka)
        log_url, differ, switched = f"kafka://{kafka}" if kafka else url, list[str](), list[str]()
        for name in services or list(PORTS):
            wrong = _shown(asyncio.run(rebuild_services([name], url, log_url, switch=True, if_equal=not switch)))
            if wrong and not switch:
                differ.append(name)
                console.print(f"{name}: the live tables stay; `loopdesk replay {name} --switch` puts the rebuilt ones in place")
            else:
                switched.append(name)
                console.print(f"{name}: the rebuilt tables are in place")
        if switched and not keep:
            asyncio.run(_clear(switched, url))
    raise typer.Exit(1 if differ else 0)


def verify(
    services: Services = None,
    database_url: DatabaseUrl = "",
    kafka: Kafka = "",
) -> None:
    """Compare every live table with the table rebuilt from offset 0, and the outbox's counters with the log."""
    with told(database_url):
        url = database(database_url, kafka)
        wrong = _shown(asyncio.run(rebuild_services(services or list(PORTS), url, f"kafka://{kafka}" if kafka else url)))
    raise typer.Exit(1 if wrong else 0)


async def rebuild_services(
    names: Sequence[str], url: str, log_url: str, *, switch: bool = False, if_equal: bool = False
) -> list[Compared]:
    """Rebuild the tables of services, show how far it is, and return the comparison."""
    compared: list[Compared] = []
    for name in names:
        log, rate = open_log(log_url), Rate()
        try:
            with _watched(name, rate) as progress:
                compared += await rebuild(url, service_of(name), log, switch=switch, if_equal=if_equal, progress=progress)
        finally:
            await log.close()
        console.print(f"{name}: {rate.whole}", highlight=False)
    return compared


@contextmanager
def _watched(name: str, rate: Rate) -> Iterator[Callable[[Reached], None]]:
    """Show how far a replay is: in a line that changes, or in a line now and then."""
    with console.status(f"replaying {name}") as status:
        told_at = time.monotonic()

        def progress(reached: Reached) -> None:
            nonlocal told_at
            rate.reach(reached)
            status.update(f"replaying {name}: {rate}")
            if not console.is_terminal and time.monotonic() > told_at + LINE_EVERY_SECONDS:
                told_at = time.monotonic()
                console.print(f"replaying {name}: {rate}", highlight=False)

        yield progress


def _shown(compared: Sequence[Compared]) -> list[Compared]:
    """Show what was compared, and return what differs."""
    table = Table("table", "live rows", "rebuilt rows", "equal")
    for one in compared:
        if one.live != (1, 0) or not one.is_equal:
            table.add_row(one.name, f"{one.live[0]:,}", f"{one.rebuilt[0]:,}", "yes" if one.is_equal else "[red]NO[/]")
    console.print(table)
    wrong = [one for one in compared if not one.is_equal]
    for one in wrong:
        if one.differing:
            console.print(f"{one.name}: {one.differing:,} row{'s' * (one.differing > 1)} differ{'s' * (one.differing == 1)}")
        for row in one.first:
            console.print(f"  {escape(str(row))}", soft_wrap=True, highlight=False)
    if compared:
        console.print(f"[red]{len(wrong)} differ[/]" if wrong else f"all {len(compared)} equal")
    else:
        console.print("nothing to compare with: the live tables were another release's")
    return wrong


async def _clear(names: Sequence[str], url: str) -> None:
    """Drop the former tables, once every instance has gone over."""
    with console.status("waiting until nobody asks the former tables"):
        await asyncio.sleep(GO_OVER_SECONDS)
        stay = [schema for name in names for schema in await drop_former(url, name)]
    console.print(f"still read: {', '.join(stay)}; the next replay drops them" if stay else "the former tables are dropped")
