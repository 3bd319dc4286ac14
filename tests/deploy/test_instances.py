"""`loopdesk instances` on a database: each living instance, its place, release, partitions and clock."""

import asyncio
from datetime import timedelta

import asyncpg
from typer.testing import CliRunner

from deploy import cli
from libs.events.log.port import Partition
from libs.events.store.postgres import PostgresStore
from libs.events.store.values import Whereabouts
from libs.events.upkeep.bootstrap import bootstrap
from libs.events.words.now import derived_id
from services.sla.service import SERVICE

RIGHT, WRONG, GONE = (derived_id("instance", name) for name in ("right", "wrong", "gone"))
CASES = [Partition("cases", number) for number in range(12)]


async def lived(url):
    version = await bootstrap(url, SERVICE)
    async with asyncpg.create_pool(url, min_size=1, max_size=2) as pool:
        store = PostgresStore(pool, "sla", SERVICE.tables, version)
        await store.leases.take(WRONG, CASES, Whereabouts("desk-2", 4712, "0.9", timedelta(hours=-1)))
        await store.leases.take(RIGHT, CASES, Whereabouts("desk-1", 4711, "1.0"))
        await store.leases.take(WRONG, CASES, Whereabouts("desk-2", 4712, "0.9", timedelta(hours=-1)))
        await store.leases.take(RIGHT, CASES, Whereabouts("desk-1", 4711, "1.0"))
        await store.leases.take(GONE, CASES, Whereabouts("desk-3", 1, "1.0"))
        await store.leases.release(GONE)


def test_each_instance_is_a_line(database_url):
    asyncio.run(lived(database_url))
    result = CliRunner().invoke(cli.app, ["instances", "sla", "--database-url", database_url])
    assert result.exit_code == 0, result.output
    rows = ([cell.strip() for cell in line.split("│")[1:-1]] for line in result.output.splitlines())
    lines = {row[1]: row for row in rows if len(row) == 9}
    assert set(lines) == {"desk-1", "desk-2"}
    assert lines["desk-1"][:1] + lines["desk-1"][2:5] + lines["desk-1"][7:] == ["sla", "4711", "1.0", "12", "right", str(RIGHT)]
    assert lines["desk-2"][4:5] + lines["desk-2"][7:8] == ["0", "-3600.0 s, fires nothing"]
    assert lines["desk-1"][6].endswith(" s ago")


def test_another_service_is_refused_by_name(database_url):
    result = CliRunner().invoke(cli.app, ["instances", "nosuch", "--database-url", database_url])
    assert (result.exit_code, "no service" in result.output) == (2, True)
