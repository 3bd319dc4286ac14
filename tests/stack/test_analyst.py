"""The role analyst reads the documented views, and beyond them only what everybody may read anyway."""

from pathlib import Path

import asyncpg
import pytest

from services.analytics.tables import TABLES

ROLES = (Path(__file__).parents[2] / "deploy" / "roles.sql").read_text("utf-8")
# A view of several tables can be written by nobody; the database says so before it looks at rights.
DENIED = (asyncpg.InsufficientPrivilegeError, asyncpg.ObjectNotInPrerequisiteStateError)

RELATIONS = """
select n.nspname as schema, format('%I.%I', n.nspname, c.relname) as name, c.relkind::text as kind
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S') and n.nspname !~ '^pg_toast|^pg_temp' order by 2"""

FUNCTIONS = """
select format('%I.%I', n.nspname, p.proname) as name from pg_proc p join pg_namespace n on n.oid = p.pronamespace
where has_schema_privilege(current_user, n.oid, 'usage') and has_function_privilege(current_user, p.oid, 'execute')
and n.nspname not in ('pg_catalog', 'information_schema')"""


@pytest.fixture(scope="module")
async def db(calm):
    """The owner's connection; `ann` is an analyst, `nobody_at_all` may do what everybody may."""
    connection = await asyncpg.connect(calm.stack.database_url)
    await connection.execute(ROLES)
    await connection.execute("create role ann login in role analyst; create role nobody_at_all login")
    yield connection
    await connection.close()


class As:
    """Speak as another role, and take its changes back."""

    def __init__(self, db, who):
        self.db, self.who = db, who

    async def __aenter__(self):
        self.transaction = self.db.transaction()
        await self.transaction.start()
        await self.db.execute(f"set local session authorization {self.who}")
        return self

    async def __aexit__(self, *error):
        await self.transaction.rollback()

    async def may(self, sql: str) -> bool:
        """Test whether the database lets them; what fails for another reason was let through."""
        inner = self.db.transaction()
        await inner.start()
        try:
            await self.db.execute(sql)
        except DENIED:
            return False
        except asyncpg.PostgresError:
            return True
        finally:
            await inner.rollback()
        return True


async def readable(db, who) -> set[str]:
    relations = await db.fetch(RELATIONS)
    assert len(relations) > 150
    sql = {"S": "select last_value from {}"}
    async with As(db, who) as somebody:
        return {
            one["name"]
            for one in relations
            if await somebody.may(sql.get(one["kind"], "select 1 from {} limit 0").format(one["name"]))
        }


async def test_an_analyst_reads_the_documented_views_and_nothing_else(db):
    more = ("data_as_of", "events", "event_log", "figures_by_week", "figures_by_month")
    views = {f"analytics.{name}" for name in (*TABLES, *more)}
    assert await readable(db, "ann") - await readable(db, "nobody_at_all") == views


async def test_what_everybody_may_read_is_the_systems_own_and_no_secret_of_it(db):
    everybody = await readable(db, "nobody_at_all")
    assert {name.split(".")[0] for name in everybody} == {"pg_catalog", "information_schema"}
    assert not everybody & {f"pg_catalog.{name}" for name in ("pg_authid", "pg_shadow", "pg_statistic", "pg_user_mapping")}


async def test_every_view_can_be_read_whole(db):
    async with As(db, "ann"):
        for table in TABLES:
            await db.fetch(f"select * from analytics.{table}")
        await db.fetch("select * from analytics.backlog(now())")


async def test_no_function_of_ours_but_the_documented_ones_can_be_called(db):
    async with As(db, "ann"):
        assert {one["name"] for one in await db.fetch(FUNCTIONS)} == {"analytics.backlog", "analytics.day_of"}


async def test_nothing_can_be_written_anywhere(db):
    relations = [one for one in await db.fetch(RELATIONS) if one["kind"] != "S"]
    sequences = [one["name"] for one in await db.fetch(RELATIONS) if one["kind"] == "S"]
    async with As(db, "ann") as ann:
        ours = [one["name"] for one in relations if one["schema"] not in ("pg_catalog", "information_schema")]
        writes = ["insert into {} default values", "delete from {}", "lock table {} in exclusive mode"]
        assert [(sql, name) for name in ours for sql in writes if await ann.may(sql.format(name))] == []
        tables = [one["name"] for one in relations if one["kind"] in "rp"]
        assert [name for name in tables if await ann.may(f"truncate {name}")] == []
        assert [name for name in sequences if await ann.may(f"select nextval('{name}')")] == []


@pytest.mark.parametrize(
    ("why", "sql"),
    [
        ("a table", "create table {schema}.mine (x int)"),
        ("a view", "create view {schema}.mine as select 1"),
        ("a function", "create function {schema}.mine() returns int language sql as 'select 1'"),
    ],
)
async def test_nothing_can_be_made_in_any_schema(db, why, sql):
    schemas = [one["nspname"] for one in await db.fetch("select nspname from pg_namespace where nspname !~ '^pg_t'")]
    assert len(schemas) > 10
    async with As(db, "ann") as ann:
        assert [schema for schema in schemas if await ann.may(sql.format(schema=schema))] == []


@pytest.mark.parametrize(
    ("why", "sql"),
    [
        ("a schema of one's own", "create schema mine"),
        ("a table for a while", "create temporary table mine (x int)"),
        ("a role", "create role mine"),
        ("more rights", "grant analyst to nobody_at_all"),
        ("the owner's rights", "set role loopdesk"),
        ("everybody's data", "grant pg_read_all_data to ann"),
        ("a file of the server", "select pg_read_file('/etc/passwd')"),
        ("a folder of the server", "select pg_ls_dir('.')"),
        ("a file, copied in", "copy pg_catalog.pg_class from '/etc/passwd'"),
        ("a program of the server", "copy (select 1) to program 'true'"),
        ("a file, as a large object", "select lo_import('/etc/passwd')"),
        ("a session without triggers", "set session_replication_role = replica"),
        ("the log of writes", "select pg_create_physical_replication_slot('mine')"),
        ("another's session", "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'loopdesk'"),
    ],
)
async def test_it_is_not_given(db, why, sql):
    async with As(db, "ann") as ann:
        assert not await ann.may(sql), why


async def test_what_others_ask_is_not_shown(db, calm):
    async with As(db, "ann"):
        shown = await db.fetch(
            "select query from pg_stat_activity where usename is distinct from 'ann' and pid <> pg_backend_pid()"
        )
        assert {one["query"] for one in shown} <= {"<insufficient privilege>", ""}


async def test_the_judge_can_fail(db):
    """One grant too many is seen."""
    transaction = db.transaction()
    await transaction.start()
    try:
        await db.execute("grant usage on schema intake_core to analyst; grant select on intake_core.vault to analyst")
        assert "intake_core.vault" in await readable(db, "ann")
    finally:
        await transaction.rollback()
