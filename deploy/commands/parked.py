"""`loopdesk parked`: keys set aside because an event about them could not be handled."""

import asyncio
from typing import Annotated

import asyncpg
import typer
from rich.table import Table

from deploy.arguments import DatabaseUrl, Service
from deploy.commands.database import database
from deploy.commands.terminal import console
from deploy.failing import told
from libs.events.stores.postgres import PostgresStore
from services.__main__ import service_of


def parked(
    service: Service,
    retry: Annotated[str, typer.Option(help="A key, or `all`: its owner tries it again within seconds.")] = "",
    database_url: DatabaseUrl = "",
) -> None:
    """List keys set aside because an event about them could not be handled; ask for another try."""
    with told(database_url):
        asyncio.run(_parked(service, retry, database(database_url)))


async def _parked(name: str, retry: str, url: str) -> None:
    service = service_of(name)
    async with asyncpg.create_pool(url, min_size=1, max_size=1) as pool:
        version = await pool.fetchval(f"select version from {name}_core.live")
        store = PostgresStore(pool, name, service.tables, version)
        if retry:
            console.print(f"{await store.ask_retry(None if retry == 'all' else retry)} asked for")
        table = Table("key", "partition", "waiting", "since", "why")
        for one in await store.parked():
            where = f"{one.partition.topic}/{one.partition.number}"
            table.add_row(one.key, where, str(len(one.records)), f"{one.since:%Y-%m-%d %H:%M:%S}", one.error)
        console.print(table)
