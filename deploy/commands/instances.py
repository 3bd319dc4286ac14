"""`loopdesk instances`: each instance's host, release, partitions and clock."""

import asyncio
from datetime import timedelta

import asyncpg
from rich.table import Table

from deploy.arguments import DatabaseUrl, Kafka, Services
from deploy.commands.database import database
from deploy.commands.terminal import console
from deploy.failing import told
from libs.events.store.postgres import PostgresStore
from libs.events.store.values import Running
from libs.events.words.now import is_wrong
from services.__main__ import PORTS, service_of

SECOND = timedelta(seconds=1)


def instances(services: Services = None, database_url: DatabaseUrl = "", kafka: Kafka = "") -> None:
    """List the instances that live: host, process, release, partitions held, when last heard of, clock."""
    with told(database_url):
        asyncio.run(_instances(services or list(PORTS), database(database_url, kafka)))


async def _instances(names: list[str], url: str) -> None:
    table = Table("service", "host", "pid", "release", "partitions", "since", "heard", "clock", "owner")
    async with asyncpg.create_pool(url, min_size=1, max_size=1) as pool:
        for name in names:
            store = PostgresStore(pool, name, service_of(name).tables, version=0)
            for one in await store.leases.instances():
                heard = (await store.now() - one.seen_at) / SECOND
                table.add_row(name, *_cells(one), f"{heard:.0f} s ago", _clock(one), str(one.owner))
    console.print(table)


def _cells(one: Running) -> tuple[str, str, str, str, str]:
    about = one.about
    return about.host, str(about.pid), about.release, str(len(one.held)), f"{one.since:%Y-%m-%d %H:%M:%S}"


def _clock(one: Running) -> str:
    """Return how far an instance's clock is off; a difference within the time of the question counts as none."""
    seconds = one.about.apart / SECOND
    wrong = ", fires nothing" if is_wrong(one.about.apart) else ""
    return f"{seconds:+.1f} s{wrong}" if one.about.apart else "right"
