"""A stack whose machine and database have their clocks set back, and everything that it says of its data."""

import asyncio
import json
import lzma
import subprocess
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any
from uuid import UUID

from libs.events.log.opening import open_log
from libs.events.log.port import PARTITIONS, Log, Record, TopicSettings
from libs.events.words.now import real_now
from services.__main__ import PORTS
from tests.backups.past import SCHEMA, as_made, set_back
from tests.faults.records import ends_of, records_of
from tests.stack.running import START_SECONDS_MAX, Running

FOLDER = Path(__file__).parent
SETTINGS = {"LOOPDESK_SURVEY_SECRET": "the same before and after", "LOOPDESK_SURVEY_URL": "https://survey.example.org"}
"""A backup's database was written with these; LOOPDESK_PEPPER is that of every stack of a test."""

VIEWS = "select table_schema, table_name from information_schema.views where table_schema = any($1) order by 1, 2"
OF_A_CASE = {
    "intake": ("/cases/{}",),
    "routing": ("/cases/{}", "/cases/{}/words"),
    "sla": ("/clocks/{}",),
    "survey": ("/invitations?case_id={}",),
    "analytics": ("/cases/{}/timeline",),
}
NOT_OF_DATA = {"/measures", "/healthz", "/readyz", "/openapi.json"}
"""These answers are about the code or the processes."""


class PastStack:
    """Five services that live in the past."""

    def __init__(self, folder: Path, **options: Any) -> None:
        self.running = Running(folder, module="tests.stack.skewed", **SETTINGS, **options)
        self.stack, self.by = self.running.stack, timedelta(0)

    def open_database(self, dump: str = "") -> None:
        """Start PostgreSQL with an empty database, or with a dump's data."""
        self.stack.home.make()
        self.stack.postgres.start()
        self.stack.postgres.create_database(self.stack.database_url.rsplit("/", 1)[-1])
        if dump:
            self._program("psql", "--quiet", "--set=ON_ERROR_STOP=1", self.stack.database_url, given=dump)

    def move_log_to_broker(self) -> None:
        """Put the records of the log that a dump holds on the broker, each at its offset, and leave none in the database."""
        assert self.stack.broker is not None
        self.stack.broker.start()
        asyncio.run(_moved(open_log(self.stack.database_url), open_log(self.stack.log_url)))
        self.running.query("truncate log.record, log.partition, log.topic cascade")

    def dump(self) -> str:
        return as_made(self._program("pg_dump", "--no-owner", "--no-acl", f"--exclude-schema={SCHEMA}", self.stack.database_url))

    def live_at(self, at: datetime) -> None:
        """Let the services live as if it were `at` now, those that run already after a restart."""
        self.by = real_now() - at
        for name in self.stack.ports:
            if self.stack._children.get(name):
                self.stack.kill(name)
        set_back(self.stack.database_url, self.by)
        self.stack.settings["LOOPDESK_TEST_AHEAD_SECONDS"] = f"{-self.by.total_seconds():.6f}"
        for name in self.stack.ports if self.stack._children else ():
            self.stack.start_service(name)
        if self.stack._children:
            self.stack.wait_until_ready(START_SECONDS_MAX)
        else:
            self.running.start()

    @property
    def now(self) -> datetime:
        return real_now() - self.by

    def stop(self) -> None:
        self.running.stop()

    def _program(self, program: str, *arguments: str, given: str = "") -> str:
        command = [self.stack.postgres._bin / program, *arguments]
        return subprocess.run(command, input=given, check=True, capture_output=True, text=True, timeout=120).stdout


async def _moved(source: Log, target: Log) -> None:
    try:
        for topic, count in PARTITIONS.items():
            await target.create(TopicSettings(topic, count))
        ends = await ends_of(source, *PARTITIONS)
        for partition, records in groupby(await records_of(source, ends), key=itemgetter(0)):
            await target.append(partition, [Record(UUID(int=0), one.key, "", one.body) for _, one in records])
        assert await ends_of(target, *PARTITIONS) == ends
    finally:
        await source.close()
        await target.close()


def views(running: Running) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of every documented view."""
    found = {}
    for schema, name in running.query(VIEWS, list(PORTS)):
        rows = running.query(f'select row_to_json(v)::text as line from {schema}."{name}" v')
        found[f"{schema}.{name}"] = [json.loads(row["line"]) for row in rows]
    return found


def addresses(running: Running, cases: list[str]) -> Iterator[tuple[str, str]]:
    """Yield every question about the data that needs no parameter, and those about each case."""
    for service in PORTS:
        for path, operations in running.get(service, "/openapi.json").json()["paths"].items():
            told = operations.get("get", {}).get("responses", {}).get("200", {}).get("content", {})
            if "application/json" in told and "{" not in path and path not in NOT_OF_DATA:
                yield service, path
        yield from ((service, path.format(case)) for case in cases for path in OF_A_CASE[service])


def answers(running: Running, asked: list[tuple[str, str]]) -> dict[str, Any]:
    """Return what HTTP answers, by service and path."""
    found = {}
    for service, path in asked:
        answer = running.get(service, path, params={"limit": 200} if path.count("/") == 1 and "?" not in path else None)
        if answer.status_code == 422:  # no list: takes no limit
            answer = running.get(service, path)
        found[f"{service} {path}"] = answer.json() if answer.status_code == 200 else answer.status_code
    return found


def parked(running: Running) -> dict[str, list[str]]:
    """Return the keys that each service has set aside."""
    found = {}
    for name in running.stack.ports:
        [live] = running.query(f"select version from {name}_core.live")
        rows = running.query(f"select distinct key from {name}_v{live['version']}.parked order by key")
        found[name] = [row["key"] for row in rows]
    return found


def kept(name: str) -> tuple[str, dict[str, Any]]:
    """Return a backup, and the answers about its data from the release that made it."""
    read = lambda ending: lzma.decompress((FOLDER / f"{name}.{ending}.xz").read_bytes()).decode()  # noqa: E731
    return read("sql"), json.loads(read("json"))


def keep(name: str, dump: str, said: dict[str, Any]) -> None:
    for ending, text in (("sql", dump), ("json", json.dumps(said, ensure_ascii=False, indent=1))):
        (FOLDER / f"{name}.{ending}.xz").write_bytes(lzma.compress(text.encode(), preset=9))
