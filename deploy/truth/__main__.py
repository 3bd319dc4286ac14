"""`python -m deploy.truth`: five real processes import real logs, and the analysts' views are compared with the
truth."""

import asyncio
import shutil
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import asyncpg
import typer
from rich.console import Console

from deploy.home import SHIPPED, Home
from deploy.importer.account import Account
from deploy.importer.mapping import read_mapping
from deploy.importer.run import run_import
from deploy.process import free_port
from deploy.publishing import publish, with_calendar
from deploy.settled import Left, settled
from deploy.stack import Stack
from deploy.truth.compare import checked, differences
from deploy.truth.figures import Figure
from deploy.truth.logs import LOGS
from deploy.truth.proof import Proof, show, show_summary
from services.__main__ import PORTS

DATA = SHIPPED.parent.parent / "shared" / "data"

SECONDS_MAX = 2_400.0
"""Three logs are half a million facts; a machine with one slow core needs its time."""

console = Console()


def main(
    names: Annotated[list[str] | None, typer.Argument(help="Which logs: uci498, helpdesk, boston311; all by default.")] = None,
    data: Annotated[Path, typer.Option(help="The folder of the real logs and their truth.")] = DATA,
    home: Annotated[Path | None, typer.Option(help="A folder to keep; a temporary one by default.")] = None,
    kafka: Annotated[bool, typer.Option("--kafka", help="Put the log on a Kafka broker of our own.")] = False,
) -> None:
    """Import logs into five fresh processes and compare the analysts' views with the truth."""
    if not data.is_dir():
        console.print(f"The folder of real logs, {data}, is not here; nothing was compared.")
        raise typer.Exit(2)
    folder = home or Path(tempfile.mkdtemp(prefix="loopdesk-truth-"))
    try:
        with bare(Home(folder), kafka=kafka) as stack:
            wrong = asyncio.run(prove(stack, names or list(LOGS), data))
    finally:
        if home is None:
            shutil.rmtree(folder, ignore_errors=True)
    raise typer.Exit(1 if wrong else 0)


def bare(home: Home, *, kafka: bool) -> Stack:
    """Return five services without calendars and standards; those of a log are published later, as a client does."""
    nothing = {"LOOPDESK_STANDARDS": "", "LOOPDESK_CALENDARS": ""}
    return Stack(home, kafka=kafka, ports={name: free_port() for name in PORTS}, settings=nothing)


async def prove(stack: Stack, names: Sequence[str], data: Path) -> int:
    """Publish each log's standard, import all, wait until all five are done, and return the number of differences."""
    standards = [standard for name in names if (standard := read_mapping(name).standard)]
    files = [file for standard in standards for file in with_calendar(standard)]
    published = publish(files, sla=stack.url("sla"), routing=stack.url("routing"))
    begun, intake = time.perf_counter(), stack.url("intake")
    position = published[-1].position  # intake refuses cases of a standard that it does not know yet
    accounts = [await run_import(name, data / LOGS[name].file, intake, "", position=position) for name in names]
    imported = time.perf_counter() - begun
    await _settle(stack)
    understood = time.perf_counter() - begun
    proofs = [await compare(stack.database_url, account, name, data) for account, name in zip(accounts, names, strict=True)]
    show_summary(console, proofs)
    console.print(f"imported in {imported:.0f} s, understood by all five after {understood:.0f} s")
    return sum(proof.wrong for proof in proofs)


async def _settle(stack: Stack) -> None:
    with console.status("waiting for the services") as status:
        await settled(
            list(PORTS),
            stack.database_url,
            stack.log_url,
            seconds=SECONDS_MAX,
            watch=lambda left: status.update(_told(left)),
        )


def _told(left: Sequence[Left]) -> str:
    return ", ".join(f"{one.service}: {one.unread} unread, {one.unsent} unsent, {one.due} due" for one in left)


async def compare(url: str, account: Account, name: str, data: Path) -> Proof:
    """Compare one log's figures and cases with the truth, print what differs, and return the proof."""
    log = LOGS[name]
    truth, of_cases = log.figures_in(data), log.cases_in(data)
    connection = await analyst(url)
    try:
        compared = [
            one
            for figure in log.figures(truth)
            for one in checked(
                figure.path, await _row(connection, figure.sql, name), truth, await _ours(connection, figure, name)
            )
        ]
        cases = {row["request"]: dict(row) for row in await connection.fetch(log.rows, name)}
    finally:
        await connection.close()
    proof = Proof(name, account, compared, list(differences(cases, of_cases)), len(of_cases))
    show(console, proof)
    return proof


async def analyst(url: str) -> "asyncpg.Connection[asyncpg.Record]":
    """Return a connection with the rights of an analyst: it reads the views of schema analytics, and nothing else."""
    connection = await asyncpg.connect(url)
    await connection.execute((SHIPPED / "roles.sql").read_text())
    await connection.execute("set role analyst")
    return connection


async def _ours(connection: "asyncpg.Connection[asyncpg.Record]", figure: Figure, name: str) -> str:
    """Return our own figure of that name, if its definition differs."""
    if not figure.beside:
        return ""
    return f"{figure.ours}: {' of '.join(f'{value:,}' for value in (await _row(connection, figure.beside, name)).values())}"


async def _row(connection: "asyncpg.Connection[asyncpg.Record]", sql: str, name: str) -> dict[str, Any]:
    row = await connection.fetchrow(sql, name)
    assert row is not None  # an aggregate without grouping always has its row
    return dict(row)


if __name__ == "__main__":
    typer.run(main)
