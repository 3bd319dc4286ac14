"""`loopdesk parked`: keys set aside because an event about them could not be handled, or names what is not published yet."""

import asyncio
import getpass
from collections.abc import Sequence
from typing import Annotated

import asyncpg
import typer
from rich.table import Table

from deploy.arguments import DatabaseUrl, Kafka, Service
from deploy.commands.database import database
from deploy.commands.terminal import console
from deploy.failing import told
from libs.events.log.envelope import Undecodable, open_envelope
from libs.events.log.port import Stored
from libs.events.store.postgres import PostgresStore
from libs.events.store.values import Parked
from libs.events.upkeep.live import live_version
from services.__main__ import service_of


def parked(
    service: Service,
    retry: Annotated[str, typer.Option(help="A key, or `all`: its owner tries it again within seconds.")] = "",
    drop: Annotated[str, typer.Option(help="A key: its events set aside are given up, and later ones are handled.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before giving up.")] = False,
    dropped: Annotated[bool, typer.Option("--dropped", help="List the events given up, when and by whom.")] = False,
    database_url: DatabaseUrl = "",
    kafka: Kafka = "",
) -> None:
    """List the keys set aside with their reasons; ask for another try, or give a key up."""
    if drop and (retry or dropped):
        raise typer.BadParameter("--drop goes with neither --retry nor --dropped.")
    with told(database_url):
        asyncio.run(_parked(service, database(database_url, kafka), retry=retry, drop=drop, yes=yes, dropped=dropped))


async def _parked(name: str, url: str, *, retry: str, drop: str, yes: bool, dropped: bool) -> None:
    async with asyncpg.create_pool(url, min_size=1, max_size=1) as pool:
        store = PostgresStore(pool, name, service_of(name).tables, await live_version(pool, name))
        if drop:
            await _drop(store, drop, yes)
        if retry:
            console.print(f"{await store.parked.ask_retry(None if retry == 'all' else retry)} asked for")
        console.print(await _given_up(store) if dropped else await _set_aside(store))


async def _drop(store: PostgresStore, key: str, yes: bool) -> None:
    found = [one for one in await store.parked.all() if one.key == key]
    if not found:
        raise typer.BadParameter(f"{key} is not set aside.")
    for one in found:
        console.print(f"{key}: {len(one.records)} events will be in no table: {', '.join(_types(one.records)) or 'none'}")
    if not yes:
        typer.confirm("They stay on the log and are listed with --dropped, but there is no way back. Give them up?", abort=True)
    console.print(f"{await store.parked.ask_drop(key, getpass.getuser())} asked for; its owner gives it up within seconds")


async def _set_aside(store: PostgresStore) -> Table:
    table = Table("key", "partition", "waiting", "since", "why")
    for one in await store.parked.all():
        table.add_row(one.key, _where(one), str(len(one.records)), f"{one.since:%Y-%m-%d %H:%M:%S}", one.error)
    return table


async def _given_up(store: PostgresStore) -> Table:
    table = Table("key", "partition", "when", "by", "events", "why it was set aside")
    for one in await store.parked.dropped():
        where = f"{one.partition.topic}/{one.partition.number}"
        table.add_row(one.key, where, f"{one.at:%Y-%m-%d %H:%M:%S}", one.by, "\n".join(_types(one.records)), one.error)
    return table


def _where(one: Parked) -> str:
    return f"{one.partition.topic}/{one.partition.number}"


def _types(records: Sequence[Stored]) -> list[str]:
    """Return the type and offset of each record, never its content."""
    return [f"{_type(one.body)} at {one.offset}" for one in records]


def _type(body: bytes) -> str:
    try:
        return open_envelope(body).type
    except Undecodable:
        return "no event"
