"""`loopdesk up`: run everything on this machine."""

import time
from typing import Annotated

import typer
from rich.table import Table

from deploy.commands.terminal import console
from deploy.failing import told
from deploy.home import Home
from deploy.stack import Stack


def up(kafka: Annotated[bool, typer.Option("--kafka", help="Put the log on a Kafka broker of our own.")] = False) -> None:
    """Run PostgreSQL and all five services on this machine until Ctrl-C."""
    with told():
        with console.status("starting"):
            stack = Stack(Home.default(), kafka=kafka)
            stack.start()
        try:
            show_addresses(stack)
            while True:
                time.sleep(1)
                for name in stack.watch():
                    console.print(f"{name} had ended and was started again; see {stack.home.log(name)}")
        except KeyboardInterrupt:
            pass
        finally:
            with console.status("stopping"):
                stack.stop()


def show_addresses(stack: Stack) -> None:
    """Print where everything is."""
    table = Table(title="Loopdesk is running", show_header=False)
    for name in stack.ports:
        table.add_row(name, stack.url(name), f"{stack.url(name)}/openapi.json")
    table.add_row("PostgreSQL", stack.database_url, "analysts read schema analytics")
    table.add_row("data", str(stack.home.folder), "kept between runs")
    console.print(table)
