"""Five real processes as the tests use them: calls with an API key, waits until all is done, digests of every table."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import asyncpg
import httpx
import yaml

from deploy.commands.tables import rebuild_services
from deploy.home import Home
from deploy.process import free_port
from deploy.settled import settled
from deploy.stack import Stack
from libs.events.upkeep.comparing import Compared
from libs.events.words.now import new_id, real_now
from libs.web.keys import new_key
from services.__main__ import PORTS, service_of
from tests.real_logs import DATA

PUBLISHED = ("complaint-quality", "feedback-handling", "inbound-call", "it-ticket", "problem-handling", "service-delivery")
"""Process standards that routing publishes at its start; those that need a calendar once it is published."""
HELPDESK = DATA / "helpdesk_italy.csv.gz"
CASES = 300
START_SECONDS_MAX, WAIT_SECONDS_MAX = 300.0, 60.0
"""A start waits as long as a busy machine may need, the more so when tables are made again."""
RECORDED = """select count(*) as n from intake_core.outbox where body like '%"origin":"import"%'::bytea"""


class Running:
    """A stack with keys: `key` may do everything, `reader` may only read cases. `twins` are services with a second instance."""

    def __init__(
        self, folder: Path, *, kafka: bool = False, module: str = "services", twins: Sequence[str] = (), **settings: str
    ) -> None:
        home = Home(folder)
        home.make()
        self.key, everything = new_key("tester", ["*"])
        self.reader, reading = new_key("reader", ["cases:read"])
        keys = folder / "keys.yaml"
        keys.write_text(yaml.safe_dump([everything, reading]))
        usual = {
            "LOOPDESK_KEYS_FILE": str(keys),
            "LOOPDESK_LEASE_SECONDS": "2",
            "LOOPDESK_LOG_LEVEL": "debug",  # test_logs.py reads every line that any level prints
            # One pepper everywhere: customers' references can then be compared between two stacks.
            "LOOPDESK_PEPPER": "the same in every stack of a test",
        }
        ports = {name: free_port() for name in (*PORTS, *(f"{name}-2" for name in twins))}
        self.stack = Stack(home, kafka=kafka, ports=ports, settings=usual | settings, module=module)
        self.http = httpx.Client(timeout=30.0, headers={"Authorization": f"Bearer {self.key}"})
        self._run, self._requests = new_id(real_now()), 0  # the database may know the requests of another run

    def start(self) -> None:
        """Start all and return when intake knows the standards of routing's start, because they travel on the log."""
        self.stack.start(START_SECONDS_MAX)
        self.eventually_known(*PUBLISHED)

    def stop(self) -> None:
        self.http.close()
        self.stack.stop()

    def eventually_known(self, *processes: str) -> None:
        """Return when every intake knows the newest version of these processes that routing has published."""
        follows = {"channel": "phone", "follows": "no case has this name"}  # so it is refused, after its process was looked up

        def knows(name: str, process_id: str) -> bool:
            found = self.get("routing", "/processes", params={"process": process_id, "state": "published"}).json()["items"]
            newest = max((one["version"] for one in found), default=0)
            asked = follows | {"process_id": process_id, "process_version": max(newest, 1)}
            return newest > 0 and not self.post(name, "/cases", asked).json()["type"].endswith("/unknown-process")

        def know() -> bool:
            return all(knows(name, process) for name in self.instances("intake") for process in processes)

        until(know, "intake knows the processes")

    def instances(self, service: str) -> list[str]:
        """Return the names of a service's instances."""
        return [name for name in self.stack.ports if name.partition("-")[0] == service]

    def get(self, service: str, path: str, **options) -> httpx.Response:
        return patiently(lambda: self.http.get(f"{self.stack.url(service)}{path}", **options))

    def post(self, service: str, path: str, body=None, headers=None) -> httpx.Response:
        """Post JSON with a key of its own, so that it counts as a new request."""
        self._requests += 1
        headers = {"Idempotency-Key": f"{self._run}-{self._requests}", **(headers or {})}
        asked = {"json": {} if body is None else body, "headers": headers}
        return patiently(lambda: self.http.post(f"{self.stack.url(service)}{path}", **asked))

    def eventually(self, service: str, path: str, holds, *, seconds: float = 120.0, **options):
        """Return the answer's JSON as soon as it holds. Hope is given up after `seconds`."""
        end = time.monotonic() + seconds
        while True:
            response = self.get(service, path, **options)
            if response.status_code == 200 and holds(response.json()):
                return response.json()
            assert time.monotonic() < end, f"{path} never came to hold; last: {response.status_code} {response.text}"
            time.sleep(0.1)

    def come_to_rest(self) -> None:
        asyncio.run(settled(list(PORTS), self.stack.database_url, self.stack.log_url))

    def verify(self) -> list[Compared]:
        """Return the tables that a replay from offset 0 does not give again."""
        self.come_to_rest()
        compared = asyncio.run(rebuild_services(list(PORTS), self.stack.database_url, self.stack.log_url))
        assert compared
        return [one for one in compared if not one.is_equal]

    def query(self, sql: str, *values):
        async def ask():
            connection = await asyncpg.connect(self.stack.database_url)
            try:
                return await connection.fetch(sql, *values)
            finally:
                await connection.close()

        return asyncio.run(ask())

    def said(self) -> int:
        """Return how much all services have ever said."""
        counters = " union all ".join(f"select sum(next_seq) as n from {name}_core.outbox_partition" for name in PORTS)
        return int(self.query(f"select sum(n)::bigint as said from ({counters}) c")[0]["said"])

    def importing(self, *options: str, file: Path = HELPDESK) -> subprocess.Popen:
        """Start `loopdesk import` of the first cases of the help desk's log, in a process of its own."""
        command = [sys.executable, "-m", "deploy.cli", "import", "helpdesk", str(file), "--limit", str(CASES), *options]
        environment = {**os.environ, "LOOPDESK_INTAKE_URL": self.stack.url("intake"), "LOOPDESK_API_KEY": self.key}
        return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def import_all(self, *options: str, file: Path = HELPDESK) -> str:
        """Import to the end and return the command's output."""
        process = self.importing(*options, file=file)
        said, _ = process.communicate(timeout=180)
        assert process.returncode == 0, said
        return said

    def recorded(self) -> int:
        """Return how many facts of other systems intake has said."""
        return int(self.query(RECORDED)[0]["n"])

    def eventually_recorded(self, many: int) -> None:
        """Return as soon as intake has said so many facts of other systems."""

        async def wait() -> None:
            connection = await asyncpg.connect(self.stack.database_url)
            try:
                for _ in range(6_000):
                    if await connection.fetchval(RECORDED) >= many:
                        return
                    await asyncio.sleep(0.005)  # an import of a few hundred cases is soon over
                raise AssertionError("the import did not begin")
            finally:
                await connection.close()

        asyncio.run(wait())

    def digests(self) -> dict[str, tuple[int, str]]:
        """Return rows and digest of every table of every service, as far as the help desk's cases go."""
        mine = "(select case_id from analytics.cases where process_id = 'it-ticket')"
        found = {}
        for name in PORTS:
            version = self.query(f"select version from {name}_core.live")[0]["version"]
            for table in service_of(name).tables.values():
                # A process is published when a stack starts; when, is that stack's own affair.
                named = [one.name for one in table.stored]
                published = (name, table.name) in {("routing", "processes"), ("analytics", "process_versions")}
                if published or not {"process_id", "case_id"} & {*named}:
                    continue
                where = "process_id = 'it-ticket'" if "process_id" in named else f"case_id in {mine}"
                if table.additive:
                    # Sums that came back to nothing leave an empty row behind; the views do not show it.
                    where += " and not (" + " and ".join(f"{one.name} = 0" for one in table.stored if not one.is_key) + ")"
                columns = ", ".join(f'"{name}"' for name in named)
                rows = f"select {columns} from {name}_v{version}.{table.name} where {where}"
                digest = "coalesce(sum(hashtextextended(t::text, 0)), 0)::text as digest"
                [row] = self.query(f"select count(*) as n, {digest} from ({rows}) t")
                found[f"{name}.{table.name}"] = (row["n"], row["digest"])
        return found

    def restart(self, name: str) -> None:
        self.stack.kill(name)
        self.stack.start_service(name)
        self.stack.wait_until_ready()


R = TypeVar("R", bound=Running)


@contextmanager
def started(running: R) -> Iterator[R]:
    """Start a stack, and stop it at the end."""
    try:
        running.start()
        yield running
    finally:
        running.stop()


def until(holds: Callable[[], Any], what: str, seconds: float = WAIT_SECONDS_MAX) -> Any:
    """Return what holds as soon as it does."""
    end = time.monotonic() + seconds
    while not (found := holds()):
        assert time.monotonic() < end, f"in vain waited until {what}"
        time.sleep(0.05)
    return found


def patiently(ask: Callable[[], httpx.Response]) -> httpx.Response:
    """Ask, and again as long as the service has not read the fact that the client saw, because a slow machine takes longer."""
    end = time.monotonic() + START_SECONDS_MAX
    while (answer := ask()).status_code == 503 and answer.json()["type"] == "/problems/position-not-reached":
        assert answer.headers["Retry-After"] and time.monotonic() < end, answer.text
    return answer
