"""A database whose clock is set back: what was due in the past is due then, and a backup is as young as when it was made.

Every instant that services go by is the database's, and SQL finds `now()` by the search path.
"""

import asyncio
from datetime import timedelta

import asyncpg

SCHEMA = "set_back"

FUNCTIONS = """
create schema if not exists {schema};
create or replace function {schema}.now() returns timestamptz stable language sql
    as $$ select pg_catalog.now() - interval '{seconds} s' $$;
create or replace function {schema}.clock_timestamp() returns timestamptz volatile language sql
    as $$ select pg_catalog.clock_timestamp() - interval '{seconds} s' $$;
create or replace function {schema}.statement_timestamp() returns timestamptz stable language sql
    as $$ select pg_catalog.statement_timestamp() - interval '{seconds} s' $$;
do $$ begin
    execute format('alter database %I set search_path = {schema}, "$user", public, pg_catalog', current_database());
end $$
"""


def set_back(database_url: str, by: timedelta) -> None:
    """Set the clock of a database back; connections that are open already keep theirs."""

    async def run() -> None:
        connection = await asyncpg.connect(database_url)
        try:
            await connection.execute(FUNCTIONS.format(schema=SCHEMA, seconds=f"{by.total_seconds():.6f}"))
        finally:
            await connection.close()

    asyncio.run(run())


def as_made(dump: str) -> str:
    """Return a dump in which nothing tells that the clock was set back."""
    return dump.replace(f"{SCHEMA}.", "pg_catalog.")
