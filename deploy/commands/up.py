"""`loopdesk up`: run everything on this machine."""

from contextlib import suppress
from typing import Annotated

import typer
from rich.table import Table

from deploy.commands.terminal import console
from deploy.failing import told
from deploy.home import Home
from deploy.ports import PortBase, ports_from
from deploy.running import running, serve
from deploy.stack import Stack
from services.__main__ import PORTS


def up(
    kafka: Annotated[bool, typer.Option("--kafka", help="Put the log on a Kafka broker of our own.")] = False,
    port_base: PortBase = PORTS["intake"],
) -> None:
    """Run PostgreSQL and all five services on this machine until Ctrl-C or SIGTERM."""
    with told(), suppress(KeyboardInterrupt):
        stack = Stack(Home.default(), kafka=kafka, ports=ports_from(port_base))
        with running(stack, console):
            show_addresses(stack)
            serve(stack, console)


def show_addresses(stack: Stack) -> None:
    """Print the addresses."""
    table = Table(title=f"Loopdesk is running; look at {stack.url('analytics')}/ in a browser", show_header=False)
    for name in stack.ports:
        table.add_row(name, stack.url(name), f"{stack.url(name)}/openapi.json")
    table.add_row("PostgreSQL", stack.database_url, "analysts read schema analytics")
    table.add_row("data", str(stack.home.folder), "kept between runs")
    console.print(table)
