"""Each service has a role of its own: it can do its work, cannot touch another's data, and cannot change the log."""

from collections.abc import AsyncIterator
from dataclasses import replace
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

import asyncpg
import pytest

from deploy.home import SHIPPED
from deploy.postgres import PostgresServer
from libs.events.log.port import PARTITIONS, Partition, Record, TopicSettings
from libs.events.log.postgres import PostgresLog
from libs.events.upkeep.bootstrap import bootstrap
from libs.events.upkeep.rebuild import rebuild
from services.__main__ import PORTS, service_of

SCRIPT = SHIPPED / "service-roles.sql"
FOR_ANALYSTS = (SHIPPED / "roles.sql").read_text("utf-8")
PASSWORDS = {f"{name.upper()}_DB_PASSWORD": f"of {name}'s: @/" for name in PORTS}
NEIGHBOURS = dict(zip(PORTS, [*list(PORTS)[1:], next(iter(PORTS))], strict=True))
OWNERS = """
select distinct coalesce(substring(nspname from '^(.*?)(_core|_v\\d+)?$')) as service, owner::regrole::text from (
  select nspname, nspowner from pg_namespace
  union all select nspname, relowner from pg_class join pg_namespace n on n.oid = relnamespace
  union all select nspname, proowner from pg_proc join pg_namespace n on n.oid = pronamespace
) as there (nspname, owner)
where nspname ~ '^(intake|routing|sla|survey|analytics)(_core|_v\\d+)?$'"""


def as_role(url: str, name: str) -> str:
    """Return the address with which a service connects."""
    where = urlsplit(url)
    password = f"of%20{name}%27s%3A%20%40%2F"
    return urlunsplit(where._replace(netloc=f"loopdesk_{name}:{password}@{where.netloc.rpartition('@')[2]}"))


def database_of(url: str) -> str:
    return urlsplit(url).path[1:]


async def make_log(url: str) -> None:
    log = PostgresLog(url)
    for topic, count in PARTITIONS.items():
        await log.create(TopicSettings(topic, count))
    await log.close()


@pytest.fixture(params=["new", "run by a superuser before"])
async def owner_url(request: pytest.FixtureRequest, database_url: str, postgres: PostgresServer) -> AsyncIterator[str]:
    """A database after the script: empty but for the log, or as five services left it that shared the owner's role."""
    await make_log(database_url)
    if request.param != "new":
        for name in PORTS:
            await bootstrap(database_url, service_of(name))
    for _ in range(2):  # as often as you like
        postgres.run(database_of(database_url), SCRIPT, PASSWORDS)
    yield database_url


async def test_a_service_makes_and_keeps_what_is_its_own(owner_url: str) -> None:
    for name in PORTS:
        for _ in range(2):
            await bootstrap(as_role(owner_url, name), service_of(name))
        await make_log(as_role(owner_url, name))
    connection = await asyncpg.connect(owner_url)
    owners = {(row["service"], row["owner"]) for row in await connection.fetch(OWNERS)}
    await connection.close()
    assert owners == {(name, f"loopdesk_{name}") for name in PORTS}


@pytest.mark.parametrize("owner_url", ["new"], indirect=True)
async def test_the_log_can_be_added_to_and_read_and_never_changed(owner_url: str) -> None:
    log, partition = PostgresLog(as_role(owner_url, "sla")), Partition("cases", 0)
    assert await log.append(partition, [Record(UUID(int=0), "k", "t", b"v")]) == 0
    [batch] = await log.read({partition: 0})
    await log.close()
    assert [one.body for one in batch.records] == [b"v"]
    connection = await asyncpg.connect(as_role(owner_url, "sla"))
    for sql in ("delete from log.record", "update log.record set value = ''", "truncate log.record", "drop table log.topic"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(sql)
    await connection.close()


@pytest.mark.parametrize("owner_url", ["new"], indirect=True)
async def test_nobody_enters_a_neighbours_room(owner_url: str) -> None:
    for name in PORTS:
        await bootstrap(as_role(owner_url, name), service_of(name))
    for name, other in NEIGHBOURS.items():
        connection = await asyncpg.connect(as_role(owner_url, name))
        for sql in (
            f"select from {other}_core.outbox",
            f"select from {other}_v1.state",
            f"delete from {other}_core.lease",
            f"drop schema {other}_v1 cascade",
            f"create table {other}.mine (n int)",
            f"set role loopdesk_{other}",
            "create role mine",
            "create temporary table mine (n int)",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(sql)
        await connection.close()


@pytest.mark.parametrize("owner_url", ["new"], indirect=True)
async def test_what_an_operator_rebuilds_is_still_the_services(owner_url: str) -> None:
    """`loopdesk replay` is run by the owner, and the service goes on."""
    service = service_of("sla")
    await bootstrap(as_role(owner_url, "sla"), service)
    log = PostgresLog(owner_url)
    assert all(one.is_equal for one in await rebuild(owner_url, service, log, switch=True))
    await log.close()
    connection = await asyncpg.connect(owner_url)
    owners = {row["owner"] for row in await connection.fetch(OWNERS)}
    await connection.close()
    assert owners == {"loopdesk_sla"}
    log = PostgresLog(as_role(owner_url, "sla"))
    newer = replace(service, version=service.version + 1)
    assert await bootstrap(as_role(owner_url, "sla"), newer) == 2
    await rebuild(as_role(owner_url, "sla"), newer, log, switch=True)
    await log.close()


@pytest.mark.parametrize("owner_url", ["run by a superuser before"], indirect=True)
async def test_analysts_still_read_the_views_and_nothing_else(owner_url: str, postgres: PostgresServer) -> None:
    connection = await asyncpg.connect(owner_url)
    await connection.execute(FOR_ANALYSTS)
    postgres.run(database_of(owner_url), SCRIPT, PASSWORDS)
    await connection.execute("drop schema analytics_v1 cascade")  # and the views with it
    await bootstrap(as_role(owner_url, "analytics"), service_of("analytics"))
    await connection.execute("set role analyst")
    assert await connection.fetch("select * from analytics.cases") == []
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.execute("select from analytics_v1.cases")
    await connection.close()
