"""Makes a service's schemas, tables and views. It may run at every start, and in several instances at once."""

import asyncio
from collections.abc import Awaitable, Callable
from importlib.resources import files
from typing import Any, TypeVar

import asyncpg

from libs.events.engine.service import Service
from libs.events.log.port import PARTITIONS, Partition
from libs.events.store.projection import columns
from libs.events.store.tables import table_in, views_of
from libs.events.upkeep.live import is_outdated, live_version
from libs.events.words.row import Tables

START_TRIES = 120
"""How often a start tries to replace the views, about twice a second, before it gives up because somebody reads them."""

PAUSE_SECONDS = 0.3

# A question locks views in any order, so ours may wait for it while it waits for ours. After a second of that
# (deadlock_timeout) PostgreSQL ends one of the two. All our waits together are shorter, so the question goes on unharmed.
# The change of owner changes nothing. It locks a view without its tables, which `lock table` would lock too.
_LOCK = """
do $$
declare
  until timestamptz := clock_timestamp() + interval '300 ms';
  one record;
begin
  for one in select viewname, viewowner from pg_views where schemaname = '{name}' order by viewname loop
    perform set_config('lock_timeout', greatest(1, extract(epoch from until - clock_timestamp()) * 1000)::int::text, true);
    execute format('alter view {name}.%I owner to %I', one.viewname, one.viewowner);
  end loop;
end $$"""

# The mark is made of what is there as well as of what was asked for, because a view may have been dropped since.
_MARK = """
select encode(sha256(convert_to($2 || coalesce(string_agg(made, ' ' order by made collate "C"), ''), 'UTF8')), 'hex') from (
  select ev_action::text from pg_rewrite join pg_class c on c.oid = ev_class where relnamespace = to_regnamespace($1)
  union all select prosrc from pg_proc where pronamespace = to_regnamespace($1)
) as there (made)"""

T = TypeVar("T")


async def bootstrap(url: str, service: Service) -> int:
    """Make everything that is missing and return the live version of the service's tables.

    Tables that another release computed stay as they are, with their views, until a rebuild has taken their place. The
    kernel's own tables beside them get what this release needs to read them.
    """
    connection = await asyncpg.connect(url)
    try:
        # One at a time: `create … if not exists` is not safe against itself.
        await connection.execute("select pg_advisory_lock(hashtext('loopdesk bootstrap'))")
        await connection.execute(_sql("schema.sql", core=f"{service.name}_core", code=str(service.code)))
        await _seed(connection, f"{service.name}_core")
        version = await live_version(connection, service.name)
        await connection.execute(_sql("data.sql", data=f"{service.name}_v{version}"))
        await _create_tables(connection, f"{service.name}_core", service.vault)  # views may show them
        if not await is_outdated(connection, service):
            await create_data(connection, service, version)
            await patiently(lambda: _keep_views(connection, service, version), tries=START_TRIES, pause=PAUSE_SECONDS)
    finally:
        await connection.close()
    return version


async def create_data(connection: Any, service: Service, version: int) -> None:
    """Make one version of the service's disposable tables."""
    data = f"{service.name}_v{version}"
    await connection.execute(_sql("data.sql", data=data))
    await _create_tables(connection, data, service.tables)


async def patiently(step: Callable[[], Awaitable[T]], *, tries: int, pause: float) -> T:
    """Do a step, again and again if others hold its locks. A try that fails leaves nothing, and between tries others go on."""
    while True:
        tries -= 1
        try:
            return await step()
        except (asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError):
            if not tries:
                raise
        await asyncio.sleep(pause)


async def create_views(connection: Any, service: Service, version: int) -> None:
    """Point the service's views at one version of its tables; views of another shape are made again.

    While somebody reads a view it cannot be replaced. Then LockNotAvailableError is raised, and no view is changed.
    """
    async with connection.transaction():
        await connection.execute(f"create schema if not exists {service.name}")
        await connection.execute(_LOCK.replace("{name}", service.name))
        await _replace_views(connection, service, version)
        mark = await _mark(connection, service, version)
        await connection.execute(f"comment on table {service.name}_core.live is 'Its views are {mark}'")


async def _keep_views(connection: Any, service: Service, version: int) -> None:
    """Replace the views if they are not what they should be; otherwise lock none of them."""
    live = f"{service.name}_core.live"
    known = await connection.fetchval("select obj_description($1::regclass, 'pg_class')", live)
    if known == f"Its views are {await _mark(connection, service, version)}":
        return
    async with connection.transaction():
        # A rebuild may have moved the views on meanwhile. Pointed back, they would show tables that nobody writes to.
        if await connection.fetchval(f"select version from {live} for share") == version:
            await create_views(connection, service, version)


async def _mark(connection: Any, service: Service, version: int) -> str:
    mark: str = await connection.fetchval(_MARK, service.name, _views(service, version))
    return mark


async def _replace_views(connection: Any, service: Service, version: int) -> None:
    try:
        async with connection.transaction():
            await connection.execute(_views(service, version))
    except asyncpg.InvalidTableDefinitionError:
        # PostgreSQL only adds columns at the end of a view, so ours are dropped first. Views that others made on them go too.
        names = await connection.fetch(
            "select format('%I.%I', schemaname, viewname) from pg_views where schemaname = $1", service.name
        )
        await connection.execute("; ".join(f"drop view if exists {name} cascade" for (name,) in names))
        await connection.execute(_views(service, version))


def _views(service: Service, version: int) -> str:
    views = service.views or views_of(service.name, service.tables.values())
    return views.replace("{data}", f"{service.name}_v{version}")


async def as_owner(url: str, service: Service) -> dict[str, str]:
    """Return settings for a session that acts as the service's own role, so that the service owns what the session makes."""
    connection = await asyncpg.connect(url)
    try:
        owner = "select nspowner::regrole::text from pg_namespace where nspname = $1"
        found = await connection.fetchval(owner, f"{service.name}_core")
        return {"role": found} if found else {}
    finally:
        await connection.close()


async def _create_tables(connection: Any, schema: str, tables: Tables) -> None:
    for table in tables.values():
        if await connection.fetchval("select to_regclass($1)", f'{schema}."{table.name}"') is None:
            await connection.execute(table_in(schema, table))


async def _seed(connection: "asyncpg.Connection[Any]", core: str) -> None:
    every = [Partition(topic, number) for topic, count in PARTITIONS.items() for number in range(count)]
    for table in ("outbox_partition", "relay_cursor", "lease"):
        await connection.execute(
            f"insert into {core}.{table} (topic, part) select * from unnest($1::text[], $2::int[]) on conflict do nothing",
            *columns(every, 2),
        )


def _sql(name: str, **words: str) -> str:
    text = (files("libs.events.store") / name).read_text()
    for word, value in words.items():
        text = text.replace("{" + word + "}", value)
    return text
