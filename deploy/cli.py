"""`loopdesk`: run everything on this machine, import a log, replay and verify, make API keys."""

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import asyncpg
import typer
import yaml
from rich.console import Console
from rich.table import Table

from deploy.arguments import OPTION, DatabaseUrl, Kafka, Service, Services
from deploy.failing import NoDatabase, told
from deploy.home import Home
from deploy.importer.client import ImportStopped
from deploy.importer.run import rehearse, run_import
from deploy.publishing import publish
from deploy.stack import Stack
from libs.events.adapters import open_log
from libs.events.stores.mending import verify_log
from libs.events.stores.postgres import PostgresStore
from libs.events.stores.rebuild import Compared, rebuild
from libs.web.keys import new_key
from services.__main__ import PORTS, service_of

app = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__)
console = Console()


@app.command()
def up(kafka: Annotated[bool, typer.Option("--kafka", help="Put the log on a Kafka broker of our own.")] = False) -> None:
    """Run PostgreSQL and all five services on this machine until Ctrl-C."""
    with told():
        with console.status("starting"):
            stack = Stack(Home.default(), kafka=kafka)
            stack.start()
        try:
            show_addresses(stack)
            while True:
                time.sleep(1)
                for name in stack.watch():
                    console.print(f"{name} had ended and was started again; see {stack.home.log(name)}")
        except KeyboardInterrupt:
            pass
        finally:
            with console.status("stopping"):
                stack.stop()


def show_addresses(stack: Stack) -> None:
    """Print where everything is."""
    table = Table(title="Loopdesk is running", show_header=False)
    for name in stack.ports:
        table.add_row(name, stack.url(name), f"{stack.url(name)}/openapi.json")
    table.add_row("PostgreSQL", stack.database_url, "analysts read schema analytics")
    table.add_row("data", str(stack.home.folder), "kept between runs")
    console.print(table)


@app.command("import")
def import_(
    mapping: Annotated[str, typer.Argument(help="A mapping's name (uci498, helpdesk, boston311) or file.")],
    file: Annotated[Path, typer.Argument(help="The log: CSV, also .gz.")],
    url: Annotated[str, typer.Option(envvar="LOOPDESK_INTAKE_URL")] = f"http://127.0.0.1:{PORTS['intake']}",
    api_key: Annotated[str, typer.Option(envvar="LOOPDESK_API_KEY")] = "",
    shuffle: Annotated[int | None, typer.Option(help="Send in a random order with this seed.")] = None,
    limit: Annotated[int | None, typer.Option(help="Only so many cases.")] = None,
    position: Annotated[str, typer.Option(help="What `publish` printed: intake is to know that standard first.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read and judge the log, send nothing.")] = False,
) -> None:
    """Import a foreign log through intake's HTTP API. Stopped, run it again: nothing is recorded twice."""
    if dry_run:
        with told():
            rehearse(mapping, file, limit=limit).show(console)
        return
    begun = time.perf_counter()
    with told():
        try:
            account = asyncio.run(run_import(mapping, file, url, api_key, shuffle=shuffle, limit=limit, position=position))
        except ImportStopped as stopped:
            if stopped.account:
                stopped.account.show(console)
            raise
    seconds = time.perf_counter() - begun
    account.show(console)
    console.print(f"{account.facts_made / seconds:,.0f} facts/s")
    raise typer.Exit(0 if account.is_clean else 1)


@app.command("publish")
def publish_(
    files: Annotated[list[Path], typer.Argument(help="Calendars and process standards (YAML), calendars first.")],
    sla: Annotated[str, typer.Option(envvar="LOOPDESK_SLA_URL")] = f"http://127.0.0.1:{PORTS['sla']}",
    routing: Annotated[str, typer.Option(envvar="LOOPDESK_ROUTING_URL")] = f"http://127.0.0.1:{PORTS['routing']}",
    api_key: Annotated[str, typer.Option(envvar="LOOPDESK_API_KEY")] = "",
) -> None:
    """Publish calendars and process standards through the services' HTTP. Doing it again changes nothing."""
    with told():
        for one in publish(files, sla=sla, routing=routing, api_key=api_key):
            console.print(f"published: {one.name}, Position {one.position}")


@app.command()
def replay(
    services: Services = None,
    database_url: DatabaseUrl = "",
    kafka: Kafka = "",
) -> None:
    """Rebuild tables from offset 0 beside the live ones and put them in their place."""
    _rebuild_all(services or list(PORTS), database_url, kafka, switch=True)


@app.command()
def verify(
    services: Services = None,
    database_url: DatabaseUrl = "",
    kafka: Kafka = "",
) -> None:
    """Compare every live table with the table rebuilt from offset 0, and the outbox's counters with the log."""
    _rebuild_all(services or list(PORTS), database_url, kafka, switch=False)


def _database(given: str, kafka: str = "") -> str:
    """Return the database to work in: the one given, else our own, which is another one when the log is in Kafka."""
    home = Home.default()
    try:
        return given or Stack(home, kafka=bool(kafka)).database_url
    except FileNotFoundError:
        raise NoDatabase(f"No database was ever made in {home.folder}. Run `loopdesk up` first, or give {OPTION}.") from None


def _rebuild_all(names: Sequence[str], database_url: str, kafka: str, *, switch: bool) -> None:
    with told(database_url):
        url = _database(database_url, kafka)
        compared = asyncio.run(rebuild_services(names, url, f"kafka://{kafka}" if kafka else url, switch=switch))
    table = Table("table", "live rows", "rebuilt rows", "equal")
    for one in compared:
        if one.live != (1, 0) or not one.is_equal:
            table.add_row(one.name, f"{one.live[0]:,}", f"{one.rebuilt[0]:,}", "yes" if one.is_equal else "[red]NO[/]")
    console.print(table)
    wrong = [one.name for one in compared if not one.is_equal]
    console.print(f"[red]{len(wrong)} differ[/]" if wrong else f"all {len(compared)} equal")
    raise typer.Exit(1 if wrong else 0)


async def rebuild_services(names: Sequence[str], url: str, log_url: str, *, switch: bool = False) -> list[Compared]:
    """Rebuild the tables of services and return the comparison."""
    compared: list[Compared] = []
    for name in names:
        log = open_log(log_url)
        try:
            with console.status(f"replaying {name}") as status:
                done = 0

                def progress(count: int) -> None:
                    nonlocal done
                    done += count
                    status.update(f"replaying {name}: {done:,} events")  # noqa: B023

                compared += await rebuild(url, service_of(name), log, switch=switch, progress=progress)
        finally:
            await log.close()
    return compared


@app.command("verify-log")
def verify_log_(
    database_url: DatabaseUrl = "",
    kafka: Kafka = "",
    mend: Annotated[bool, typer.Option("--mend", help="Send again from the outboxes what the log has lost.")] = False,
) -> None:
    """Compare what every service sent and read with what the log has; exit code 1 when it lacks something."""
    with told(database_url):
        asyncio.run(_verify_log(_database(database_url, kafka), kafka, mend))


async def _verify_log(url: str, kafka: str, mend: bool) -> None:
    log = open_log(f"kafka://{kafka}" if kafka else url)
    try:
        holes = await verify_log(url, list(PORTS), log, mend=mend)
    finally:
        await log.close()
    table = Table("service", "partition", "sent and not there", "read and not there")
    for one in holes:
        table.add_row(one.service, f"{one.partition.topic}/{one.partition.number}", str(one.sent), str(one.read))
    console.print(table if holes else "the log has all that was sent")
    if holes and mend:
        console.print("the relays send it again, and everybody reads these partitions from their beginning")
    raise typer.Exit(1 if holes and not mend else 0)


@app.command()
def parked(
    service: Service,
    retry: Annotated[str, typer.Option(help="A key, or `all`: its owner tries it again within seconds.")] = "",
    database_url: DatabaseUrl = "",
) -> None:
    """List keys set aside because an event about them could not be handled; ask for another try."""
    with told(database_url):
        asyncio.run(_parked(service, retry, _database(database_url)))


async def _parked(name: str, retry: str, url: str) -> None:
    service = service_of(name)
    async with asyncpg.create_pool(url, min_size=1, max_size=1) as pool:
        version = await pool.fetchval(f"select version from {name}_core.live")
        store = PostgresStore(pool, name, service.tables, version)
        if retry:
            console.print(f"{await store.ask_retry(None if retry == 'all' else retry)} asked for")
        table = Table("key", "partition", "waiting", "since", "why")
        for one in await store.parked():
            where = f"{one.partition.topic}/{one.partition.number}"
            table.add_row(one.key, where, str(len(one.records)), f"{one.since:%Y-%m-%d %H:%M:%S}", one.error)
        console.print(table)


@app.command()
def key(
    name: Annotated[str, typer.Argument(help="Who will use it.")],
    scope: Annotated[list[str], typer.Option(help="What it may do, for example cases:write; several allowed.")],
    file: Annotated[Path, typer.Option(envvar="LOOPDESK_KEYS_FILE", help="The keys file.")] = Path("keys.yaml"),
) -> None:
    """Make an API key, add its hash to the keys file and show it once."""
    plain, entry = new_key(name, scope)
    entries = yaml.safe_load(file.read_text()) if file.exists() else []
    file.touch(mode=0o600)
    file.write_text(yaml.safe_dump([*(entries or []), entry], sort_keys=False))
    console.print(plain, soft_wrap=True, highlight=False)


if __name__ == "__main__":
    app()
