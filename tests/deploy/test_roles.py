"""An analyst who connects to a real server gets into no database but ours, and leaves nothing there."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from deploy.home import SHIPPED
from deploy.postgres import PostgresServer
from libs.events.upkeep.bootstrap import bootstrap
from services.__main__ import service_of

SCRIPT = SHIPPED / "roles.sql"
FOR_SERVICES = SHIPPED / "service-roles.sql"
PASSWORDS = {f"{name}_DB_PASSWORD": "secret" for name in ("INTAKE", "ROUTING", "SLA", "SURVEY", "ANALYTICS")}


@pytest.fixture(scope="module")
def server(postgres: PostgresServer, server_folder: Path) -> Iterator[PostgresServer]:
    with PostgresServer(server_folder / "roles", settings={"fsync": "off"}) as own:
        own.create_database("desk")
        yield own


def as_role(url: str, who: str) -> str:
    where = urlsplit(url)
    return urlunsplit(where._replace(netloc=f"{who}:secret@{where.netloc.rpartition('@')[2]}"))


async def tell(url: str, *statements: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        for one in statements:
            await connection.execute(one)
    finally:
        await connection.close()


async def is_let_in(server: PostgresServer, who: str, database: str) -> bool:
    try:
        await tell(as_role(server.url(database), who), "select 1")
    except asyncpg.InsufficientPrivilegeError:
        return False
    return True


async def test_a_role_that_is_no_superuser_is_told_what_is_still_open(server: PostgresServer) -> None:
    await tell(
        server.url("desk"),
        "create role small_owner login createrole password 'secret'",
        "create database small owner small_owner",
    )
    connection = await asyncpg.connect(as_role(server.url("small"), "small_owner"))
    said: list[str] = []
    connection.add_log_listener(lambda _, message: said.append(message.message))
    await connection.execute(SCRIPT.read_text("utf-8"))
    await connection.close()
    warned = [one for one in said if "may still connect" in one]
    assert len(warned) == 2 and "revoke connect, temporary on database template1 from public" in warned[1]


async def test_an_analyst_gets_into_our_database_and_into_no_other(server: PostgresServer) -> None:
    await bootstrap(server.url("desk"), service_of("analytics"))
    await tell(server.url("desk"), "create role eve login password 'secret'")
    # The judge can see an open door: until the script has run, everybody may come in everywhere.
    assert await is_let_in(server, "eve", "postgres") and await is_let_in(server, "eve", "template1")
    for _ in range(2):
        server.run("desk", SCRIPT, {})
    await tell(server.url("desk"), "grant analyst to eve")
    let_in = [one for one in ("postgres", "template0", "template1", "desk") if await _opens(server, one)]
    assert let_in == ["desk"]
    await tell(as_role(server.url("desk"), "eve"), "select * from analytics.cases")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await tell(as_role(server.url("desk"), "eve"), "create temporary table mine (x int)")


async def _opens(server: PostgresServer, database: str) -> bool:
    try:
        return await is_let_in(server, "eve", database)
    except asyncpg.ObjectNotInPrerequisiteStateError:
        return False  # template0 takes nobody


@pytest.mark.parametrize("database", ["postgres", "template1"])
async def test_a_service_s_role_gets_into_our_database_and_into_no_other(server: PostgresServer, database: str) -> None:
    await tell(server.url("desk"), f"grant connect on database {database} to public")
    server.run("desk", FOR_SERVICES, PASSWORDS)
    assert await is_let_in(server, "loopdesk_sla", "desk")
    assert not await is_let_in(server, "loopdesk_sla", database)
