"""`python -m deploy.truth`: five real processes import real logs, and what analysts then read is compared with the truth."""

import asyncio
import csv
import gzip
import json
import shutil
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import asyncpg
import typer
from rich.console import Console
from rich.table import Column, Table

from deploy.home import SHIPPED, Home
from deploy.importer.run import run_import
from deploy.process import free_port
from deploy.settled import Left, settled
from deploy.stack import Stack
from deploy.truth.cases import ROWS
from deploy.truth.compare import Difference, Line, differences, lines
from deploy.truth.figures import FIGURES
from services.__main__ import PORTS

LOGS = {"uci498": "uci498_incident_event_log.csv.gz", "helpdesk": "helpdesk_italy.csv.gz"}
DATA = SHIPPED.parent.parent / "shared" / "data"
SHOWN_MAX = 10

console = Console()


def main(
    names: Annotated[list[str] | None, typer.Argument(help="Which logs: uci498, helpdesk; both by default.")] = None,
    data: Annotated[Path, typer.Option(help="The folder of the real logs and their truth.")] = DATA,
    home: Annotated[Path | None, typer.Option(help="A folder to keep; a temporary one by default.")] = None,
    kafka: Annotated[bool, typer.Option("--kafka", help="Put the log on a Kafka broker of our own.")] = False,
) -> None:
    """Import logs into five fresh processes and compare what analysts read with the truth."""
    if not data.is_dir():
        console.print(f"The folder of real logs, {data}, is not here; nothing was compared.")
        raise typer.Exit(2)
    folder = home or Path(tempfile.mkdtemp(prefix="loopdesk-truth-"))
    try:
        with Stack(Home(folder), kafka=kafka, ports={name: free_port() for name in PORTS}) as stack:
            wrong = asyncio.run(prove(stack, names or list(LOGS), data))
    finally:
        if home is None:
            shutil.rmtree(folder, ignore_errors=True)
    raise typer.Exit(1 if wrong else 0)


async def prove(stack: Stack, names: Sequence[str], data: Path) -> int:
    """Import each log, wait until all five have done their work, and return how much differs."""
    wrong = 0
    for name in names:
        begun = time.perf_counter()
        account = await run_import(name, data / LOGS[name], stack.url("intake"), "")
        imported = time.perf_counter() - begun
        account.show(console)
        with console.status("waiting for the services") as status:
            await settled(list(PORTS), stack.database_url, stack.log_url, watch=lambda left: status.update(_told(left)))
        done = time.perf_counter() - begun
        console.print(f"imported in {imported:.0f} s, understood by all five after {done:.0f} s")
        wrong += (not account.is_clean) + await compare(stack.database_url, name, data)
    return wrong


def _told(left: Sequence[Left]) -> str:
    return ", ".join(f"{one.service}: {one.unread} unread, {one.unsent} unsent, {one.due} due" for one in left)


async def compare(url: str, name: str, data: Path) -> int:
    """Compare one log's figures and cases with the truth, print both, and return how many differ."""
    truth = json.loads((data / "truth" / f"{name}.json").read_text("utf-8"))["figures"]
    with gzip.open(data / "truth" / "cases" / f"{name}.csv.gz", "rt", encoding="utf-8") as text:
        of_cases = {row["request"]: row for row in csv.DictReader(text)}
    connection = await analyst(url)
    try:
        compared = [
            line
            for figure in FIGURES[name](truth)
            for line in lines(figure.path, await _row(connection, figure.sql, name), truth)
        ]
        read = {row["request"]: dict(row) for row in await connection.fetch(ROWS[name], name)}
    finally:
        await connection.close()
    different = list(differences(read, of_cases))
    _show(name, compared, different, len(of_cases))
    return sum(not line.is_equal for line in compared) + len(different)


async def analyst(url: str) -> "asyncpg.Connection[asyncpg.Record]":
    """Return a connection that may do what analysts may: read the views of schema analytics, and nothing else."""
    connection = await asyncpg.connect(url)
    await connection.execute((SHIPPED / "roles.sql").read_text())
    await connection.execute("set role analyst")
    return connection


async def _row(connection: "asyncpg.Connection[asyncpg.Record]", sql: str, name: str) -> dict[str, Any]:
    row = await connection.fetchrow(sql, name)
    assert row is not None  # an aggregate without grouping always has its row
    return dict(row)


def _show(name: str, compared: Sequence[Line], different: Sequence[Difference], cases: int) -> None:
    table = Table(
        Column("figure", no_wrap=True), "analysts read", "truth", "equal", title=f"{name}: what analysts read, and the truth"
    )
    for line in compared:
        table.add_row(line.figure, _written(line.read), _written(line.truth), "yes" if line.is_equal else "[red]NO[/]")
    console.print(table)
    for one in different[:SHOWN_MAX]:
        console.print(f"  {one.case}: {one.column} is {one.read!r}, truth {one.truth!r}", markup=False)
    wrong = sum(not line.is_equal for line in compared)
    differing = len({one.case for one in different})
    console.print(f"{name}: {wrong} of {len(compared)} figures and {differing} of {cases:,} cases differ from the truth")


def _written(value: Any) -> str:
    return f"{value:,.6f}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else str(value)


if __name__ == "__main__":
    typer.run(main)
