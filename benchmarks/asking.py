"""Asking a service over HTTP beside the same SQL by asyncpg: its own process, one client, one kept connection each.

The next question comes when the last is answered. The client reads an HTTP answer to its end and parses nothing of it (load.py),
because http.client takes 0.1 to 0.2 ms for the head alone.
"""

import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from itertools import cycle
from pathlib import Path
from statistics import quantiles
from typing import Any

import asyncpg
import httpx

from benchmarks import load
from benchmarks.desk import run
from benchmarks.grown import Desk
from benchmarks.measure import Goal, Row, Side, compare
from deploy.process import free_port
from deploy.settled import settled

ROUNDS, START_SECONDS_MAX, IDLE_SECONDS_MAX, IDLE_SHARE_MAX = 3, 60, 1_800, 0.1
"""Intake has heard nothing of a log that was made for it, and reads two million events first."""
ASKING_SECONDS = 3.0
"""For so long each side is asked in a round: of ten answers, the slowest would be the 99th percentile."""

Ask = Callable[[Any], Awaitable[Any]]
"""Puts a question to a database."""


def beside_sql(work: str, requests: Sequence[bytes], url: str, ask: Ask, database_url: str, goal: Goal | None, limit: str) -> Row:
    """Return the row of requests to the service at `url` beside what each asks its database; figures are 99th percentiles."""
    ours = Side("HTTP", partial(_over_http, url, requests), "ms")
    peer = Side("the same SQL, asyncpg", partial(_by_sql, database_url, ask), "ms")
    [row] = compare(work, ours, [(peer, goal)], limit=limit, rounds=ROUNDS)
    return row


@contextmanager
def served(service: str, database_url: str, log_url: str) -> Iterator[tuple[str, int]]:
    """Run the service's process, and return its address and process id."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    settings = {
        "LOOPDESK_DATABASE_URL": database_url,
        "LOOPDESK_KAFKA": log_url.removeprefix("kafka://"),
        f"LOOPDESK_{service.upper()}_PORT": str(port),
    }
    child = subprocess.Popen(
        [sys.executable, "-m", "services", service],
        env={**os.environ, **settings},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_until_ready(url)
        yield url, child.pid
    finally:
        child.terminate()
        child.wait(timeout=30)


def _wait_until_ready(url: str) -> None:
    end = time.monotonic() + START_SECONDS_MAX
    while time.monotonic() < end:
        try:
            if httpx.get(f"{url}/readyz", timeout=5.0).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    raise TimeoutError(f"the service at {url} did not get ready")


def wait_until_idle(service: str, of: Desk, pid: int) -> None:
    """Wait until the service has read the log and is idle, because a service that takes over a log looks back at it first."""
    run(settled([service], of.url, of.log_url, seconds=IDLE_SECONDS_MAX))
    end = time.monotonic() + IDLE_SECONDS_MAX
    while _processor_share(pid) > IDLE_SHARE_MAX:
        if time.monotonic() > end:
            raise TimeoutError("the service has not become idle")


def _processor_share(pid: int, seconds: float = 2.0) -> float:
    """Return the share of a processor that the process takes in the next seconds."""
    before = _processor_seconds(pid)
    time.sleep(seconds)
    return (_processor_seconds(pid) - before) / seconds


def _processor_seconds(pid: int) -> float:
    """Return the seconds of a processor that the process has taken so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def behind(url: str) -> float:
    """Return how many events of the log the service has not read."""
    lines = httpx.get(f"{url}/metrics", timeout=30.0).text.splitlines()
    return sum(float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith("loopdesk_reader_lag_events{"))


def _over_http(url: str, requests: Sequence[bytes]) -> float:
    asked = load.closed(url, cycle(requests), seconds=ASKING_SECONDS, clients=1, expected=b"200")
    return _p99(asked.waits)


def _by_sql(url: str, ask: Ask) -> float:
    return run(_asked(url, ask))


async def _asked(url: str, ask: Ask) -> float:
    connection, heard, taken = await asyncpg.connect(url), _Heard(), []
    heard.database = connection
    await ask(heard)
    end = time.perf_counter() + ASKING_SECONDS
    while (begun := time.perf_counter()) < end:
        for statement, values in heard.statements:
            await connection.fetch(statement, *values)
        taken.append(time.perf_counter() - begun)
    await connection.close()
    return _p99(taken)


class _Heard:
    """Writes down the statements that a service's query asks its database, so that plain SQL asks the very same."""

    database: Any

    def __init__(self) -> None:
        self.statements: list[tuple[str, tuple[Any, ...]]] = []

    async def fetch(self, statement: str, *values: Any) -> Any:
        self.statements.append((statement, values))
        return await self.database.fetch(statement, *values)

    async def fetchrow(self, statement: str, *values: Any) -> Any:
        self.statements.append((statement, values))
        return await self.database.fetchrow(statement, *values)

    @asynccontextmanager
    async def acquire(self) -> AsyncIterator["_Heard"]:
        yield self

    @asynccontextmanager
    async def transaction(self, **_: Any) -> AsyncIterator[None]:
        yield


def _p99(seconds: list[float]) -> float:
    return quantiles(seconds, n=100, method="inclusive")[98] * 1e3
