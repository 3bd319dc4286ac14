"""`loopdesk settled` on a database: exit code 0 when no work is left; otherwise it lists the work and how long it waited."""

import asyncio
from uuid import UUID

import asyncpg
import pytest
from typer.testing import CliRunner

from deploy import cli
from libs.events.log.opening import open_log
from libs.events.log.port import PARTITIONS, LogUnavailable, Partition, Record, TopicSettings
from libs.events.log.postgres import PostgresLog
from libs.events.upkeep.bootstrap import bootstrap
from services.sla.service import SERVICE


async def made(url, unread):
    await bootstrap(url, SERVICE)
    log = open_log(url)
    for topic, count in PARTITIONS.items():
        await log.create(TopicSettings(topic, count))
    if unread:
        await log.append(Partition("cases", 3), [Record(UUID(int=n), f"c{n}", "x", b"{}") for n in range(unread)])
    await log.close()


def settled(url, *options):
    return CliRunner().invoke(cli.app, ["settled", "sla", "--database-url", url, *options])


def test_a_service_without_work_left_has_settled(database_url):
    asyncio.run(made(database_url, 0))
    result = settled(database_url)
    assert (result.exit_code, "settled: every event is heard" in result.stdout) == (0, True), result.output


def test_what_is_left_is_said_when_the_time_is_up(database_url):
    asyncio.run(made(database_url, 3))
    result = settled(database_url, "--seconds", "0")
    assert result.exit_code == 1
    assert "Not settled after 0 s: sla has 0 to send, 3 to read, 0 timers due" in result.stderr, result.output


async def set_aside(url, keys):
    connection = await asyncpg.connect(url)
    version = await connection.fetchval("select version from sla_core.live")
    row = f"insert into sla_v{version}.parked (topic, part, key, error) values ('cases', 1, $1, 'bad')"
    await connection.executemany(row, [(key,) for key in keys])
    await connection.close()


@pytest.mark.parametrize(
    ("unread", "keys", "says"),
    [
        (0, ["c1"], "are in no table: sla has 1 key set aside: c1 (`loopdesk parked sla`)"),
        (0, ["c2", "c1"], "are in no table: sla has 2 keys set aside: c1, c2 (`loopdesk parked sla`)"),
        (0, [f"c{n}" for n in range(7)], "sla has 7 keys set aside: c0, c1, c2, c3, c4, … (`loopdesk parked sla`)"),
        (2, ["c1"], "Not settled after 0 s: sla has 0 to send, 2 to read, 0 timers due, 1 key set aside: c1 (`loopdesk"),
    ],
)
def test_keys_set_aside_are_named_and_nobody_takes_the_tables_for_whole(database_url, unread, keys, says):
    asyncio.run(made(database_url, unread))
    asyncio.run(set_aside(database_url, keys))
    result = settled(database_url, "--seconds", "0")
    assert (result.exit_code, says in result.stderr) == (1, True), result.output


@pytest.mark.parametrize("outages", [1, 3])
def test_a_log_that_is_away_for_a_while_is_asked_again(database_url, monkeypatch, outages):
    asyncio.run(made(database_url, 0))
    ends, away = PostgresLog.ends, iter(range(outages))

    async def sometimes(self, topic):
        if next(away, None) is not None:
            raise LogUnavailable("the log does not say where it ends")
        return await ends(self, topic)

    monkeypatch.setattr(PostgresLog, "ends", sometimes)
    result = settled(database_url)
    assert result.exit_code == 0, result.output


def test_a_log_that_stays_away_is_named_when_the_time_is_up(database_url, monkeypatch):
    asyncio.run(made(database_url, 0))

    async def never(self, topic):
        raise LogUnavailable("the log does not say where it ends")

    monkeypatch.setattr(PostgresLog, "ends", never)
    result = settled(database_url, "--seconds", "0")
    assert (result.exit_code, "Not settled after 0 s: the log does not say where it ends" in result.stderr) == (1, True)
