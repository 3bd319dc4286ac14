"""`loopdesk import`: bring in another system's log."""

import asyncio
import time
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any

import typer

from deploy.arguments import DatabaseUrl, Kafka
from deploy.commands.settled import SECONDS, Seconds, wait
from deploy.commands.terminal import console
from deploy.failing import told
from deploy.importer.account import Account
from deploy.importer.client import ImportStopped
from deploy.importer.run import rehearse, run_import
from services.__main__ import PORTS


def import_(
    mapping: Annotated[str, typer.Argument(help="A mapping's name (uci498, helpdesk, boston311) or file.")],
    file: Annotated[Path, typer.Argument(help="The log: CSV, also .gz.")],
    url: Annotated[str, typer.Option(envvar="LOOPDESK_INTAKE_URL")] = f"http://127.0.0.1:{PORTS['intake']}",
    api_key: Annotated[str, typer.Option(envvar="LOOPDESK_API_KEY")] = "",
    shuffle: Annotated[int | None, typer.Option(help="Send in a random order with this seed.")] = None,
    limit: Annotated[int | None, typer.Option(help="Only so many cases.")] = None,
    position: Annotated[str, typer.Option(help="A Position from `publish`: intake waits until it has read it.")] = "",
    wait_: Annotated[bool, typer.Option("--wait", help="Return when the views have everything; asks the database.")] = False,
    seconds: Seconds = SECONDS,
    database_url: DatabaseUrl = "",
    kafka: Kafka = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read and judge the log, send nothing.")] = False,
    with_faults: Annotated[
        bool, typer.Option("--with-faults", help="Send a log with faults; its faulty rows and facts are left out for good.")
    ] = False,
) -> None:
    """Import a foreign log through intake's HTTP API. If it stops, run it again: nothing is recorded twice.

    Nothing is sent of a log with faults; the account lists them.
    """
    if dry_run:
        with told():
            account = rehearse(mapping, file, limit=limit, progress=True)
        account.show(console)
        raise typer.Exit(0 if account.is_sound else 1)
    importing = run_import(mapping, file, url, api_key, shuffle=shuffle, limit=limit, position=position, with_faults=with_faults)
    account = _imported(importing)
    if wait_ and not account.is_held_back:
        with told(database_url):
            wait(list(PORTS), database_url, kafka, seconds)
    raise typer.Exit(0 if account.is_clean else 1)


def _imported(importing: Coroutine[Any, Any, Account]) -> Account:
    """Import, and show the account, also of an import that was stopped."""
    begun = time.perf_counter()
    with told():
        try:
            account = asyncio.run(importing)
        except ImportStopped as stopped:
            if stopped.account:
                stopped.account.show(console)
            raise
    account.show(console)
    if not account.is_held_back:
        console.print(f"{account.facts_made / (time.perf_counter() - begun):,.0f} facts/s")
    return account
