"""`loopdesk settled` on a database: nothing left is exit code 0; what is left is said, and after how long it was given up."""

import asyncio

from typer.testing import CliRunner

from deploy import cli
from libs.events.adapters import open_log
from libs.events.log import Partition, Record, TopicSettings
from libs.events.partition import PARTITIONS
from libs.events.stores.bootstrap import bootstrap
from services.sla.service import SERVICE


async def made(url, unread):
    await bootstrap(url, SERVICE)
    log = open_log(url)
    for topic, count in PARTITIONS.items():
        await log.create(TopicSettings(topic, count))
    if unread:
        await log.append(Partition("cases", 3), [Record(f"c{n}", b"{}", "x", str(n)) for n in range(unread)])
    await log.close()


def settled(url, *options):
    return CliRunner().invoke(cli.app, ["settled", "sla", "--database-url", url, *options])


def test_who_has_nothing_left_to_do_has_settled(database_url):
    asyncio.run(made(database_url, 0))
    result = settled(database_url)
    assert (result.exit_code, "settled: all that was said" in result.stdout) == (0, True), result.output


def test_what_is_left_is_said_when_the_time_is_up(database_url):
    asyncio.run(made(database_url, 3))
    result = settled(database_url, "--seconds", "0")
    assert result.exit_code == 1
    assert "Not settled after 0 s: sla has 0 to send, 3 to read, 0 timers due" in result.stderr, result.output


def test_an_import_that_is_to_wait_waits(monkeypatch):
    from deploy.commands import import_
    from deploy.importer import Account

    async def run_import(*arguments, **more):
        return Account("desk")

    waited = []
    monkeypatch.setattr(import_, "run_import", run_import)
    monkeypatch.setattr(import_, "wait", lambda names, *where: waited.append(len(names)))
    for options, times in (([], 0), (["--wait"], 1)):
        assert CliRunner().invoke(cli.app, ["import", "helpdesk", "log.csv", *options]).exit_code == 0
        assert waited == [5] * times
