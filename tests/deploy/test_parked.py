"""`loopdesk parked` on a database: giving a key up asks first, is done by its owner, and stays readable."""

import asyncio
import getpass

import asyncpg
import pytest
from typer.testing import CliRunner

from deploy import cli
from libs.events.log.port import Partition, Stored
from libs.events.store.postgres import PostgresStore
from libs.events.upkeep.bootstrap import bootstrap
from services.sla.service import SERVICE

AT = Partition("cases", 3)
BODY = b'{"specversion": "1.0"'


@pytest.fixture
def desk(database_url):
    """A database of sla with one parked key."""
    asyncio.run(with_store(database_url, park))
    return database_url


async def with_store(url, work):
    version = await bootstrap(url, SERVICE)
    async with asyncpg.create_pool(url, min_size=1, max_size=2) as pool:
        store = PostgresStore(pool, "sla", SERVICE.tables, version)
        return await work(store)


async def park(store):
    async with store.transaction() as transaction:
        await transaction.park(AT, "case-7", "KeyError: 'x'", [Stored(4, "case-7", BODY), Stored(6, "case-7", BODY)])


async def given_up(store):
    """Do as the owner of the key does when asked."""
    asked = [(one.partition, one.key, one.dropped_by) for one in await store.parked.retriable([AT], lambda name: False, 9)]
    for partition, key, _ in asked:
        async with store.transaction() as transaction:
            await transaction.drop(partition, key)
    return asked


def run(url, *options, answer=None):
    arguments = ["parked", "sla", *options, "--database-url", url]
    return CliRunner().invoke(cli.app, arguments, input=answer)


def test_a_key_is_given_up_only_when_the_operator_says_yes_and_who_it_was_stays_readable(desk):
    assert "KeyError" in run(desk).output
    refused = run(desk, "--drop", "case-7", answer="n\n")
    assert (refused.exit_code, "2 events will be in no table" in refused.output) == (1, True)
    assert asyncio.run(with_store(desk, given_up)) == []
    assert run(desk, "--drop", "case-8", "--yes").exit_code == 2, "nothing of that name is set aside"
    assert run(desk, "--drop", "case-7", "--yes").exit_code == 0
    assert asyncio.run(with_store(desk, given_up)) == [(AT, "case-7", getpass.getuser())]
    assert "case-7" not in run(desk).output
    shown = run(desk, "--dropped").output
    assert all(word in shown for word in ("case-7", getpass.getuser(), "no event at 4", "KeyError"))


def test_giving_up_goes_with_nothing_else(desk):
    assert run(desk, "--drop", "case-7", "--retry", "all").exit_code == 2
