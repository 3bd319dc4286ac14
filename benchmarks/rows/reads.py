"""Questions over HTTP at 100 thousand cases, 99th percentile, beside the same SQL on the same views by asyncpg.

Each side is asked by one client on one kept connection, the next question when the last is answered. The client reads an HTTP
answer to its end and parses nothing of it (load.py), because http.client takes 0.1 to 0.2 ms for the head alone.
"""

import os
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import repeat
from pathlib import Path
from statistics import quantiles
from typing import Any

import asyncpg
import httpx

from benchmarks import ground, load
from benchmarks.desk import run
from benchmarks.grown import LARGE_CASES, Desk, desk
from benchmarks.history import case_of
from benchmarks.measure import Goal, Row, Side, compare
from deploy.process import free_port
from services.analytics import queries
from services.analytics.queries import Filter
from services.intake import queries as intake

ROUNDS, START_SECONDS_MAX, IDLE_SECONDS_MAX, IDLE_SHARE_MAX = 3, 60, 60, 0.1
ASKING_SECONDS = 3.0
"""For so long each side is asked in a round: of ten answers, the slowest would be the 99th percentile."""

LIMIT_SMALL = "HTTP itself: parsing a request and making an answer in Python takes longer than the database does"
LIMIT_MIDDLE = "HTTP itself, and Python: each row becomes a dictionary"
LIMIT_BUSY = "the turns of the loop: a request needs a handful, and waits at each for the reader to give way"
LIMIT_LARGE = (
    "the database takes two thirds; of the rest a third is a request that asks no database, and the others are the pool of "
    "connections, a dictionary for each row, JSON and the line in the log, all in Python"
)

Ask = Callable[[Any], Awaitable[Any]]


def _one(db: Any) -> Awaitable[Any]:
    return intake.case(db, case_of(LARGE_CASES // 2))


def _rollup(ask: Callable[[Any, Filter], Awaitable[Any]], db: Any) -> Awaitable[Any]:
    return ask(db, Filter())


WHILE_READING = "p99 of satisfaction while its service catches up with the log"
QUESTIONS: tuple[tuple[str, str, str, Ask, str], ...] = (
    ("list of 50 cases", "intake", "/cases?limit=50", partial(intake.cases, fetch=51), LIMIT_SMALL),
    ("one case", "intake", f"/cases/{case_of(LARGE_CASES // 2)}", _one, LIMIT_SMALL),
    ("first contact resolution", "analytics", "/first-contact-resolution", partial(_rollup, queries.fcr), LIMIT_LARGE),
    ("satisfaction", "analytics", "/satisfaction", partial(_rollup, queries.satisfaction), LIMIT_MIDDLE),
    ("timeliness", "analytics", "/timeliness", partial(_rollup, queries.timeliness), LIMIT_MIDDLE),
    ("workload", "analytics", "/workload", partial(_rollup, queries.workload), LIMIT_MIDDLE),
    ("node durations", "analytics", "/node-durations", partial(_rollup, queries.node_durations), LIMIT_MIDDLE),
)
"""Question, service, path, the question to the database, and what limits it."""


def rows() -> list[Row]:
    """Return a row for each question, and one for the wait for an answer while its service catches up."""
    large, found = desk(LARGE_CASES), []
    for service in ("intake", "analytics"):
        with served(service, large.url, large.log_url) as (port, pid):
            _wait_until_idle(pid)
            for what, owner, path, ask, limit in QUESTIONS:
                if owner == service:
                    work, goal = f"p99 of {what} at {LARGE_CASES:,} cases, one client", Goal(1.5, at_most=True)
                    found += _beside_sql(work, port, path, ask, large.url, goal, limit)
    return [*found, *_while_it_reads(large)]


def _while_it_reads(large: Desk) -> list[Row]:
    """Ask an analytics that has the whole log to read first."""
    url = ground.database("behind")
    with served("analytics", url, large.log_url) as (port, _):
        ask = partial(_rollup, queries.satisfaction)
        found = _beside_sql(WHILE_READING, port, "/satisfaction", ask, url, None, LIMIT_BUSY)
        assert _behind(port), "analytics had read everything before it had been asked"
    return found


def _beside_sql(work: str, port: int, path: str, ask: Ask, database_url: str, goal: Goal | None, limit: str) -> list[Row]:
    ours = Side("HTTP", partial(_over_http, port, path), "ms")
    peer = Side("SQL on the view, asyncpg", partial(_by_sql, database_url, ask), "ms")
    return compare(work, ours, [(peer, goal)], limit=limit, rounds=ROUNDS)


@contextmanager
def served(service: str, database_url: str, log_url: str) -> Iterator[tuple[int, int]]:
    """Run the service's process, and return its port and process id."""
    port = free_port()
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
        _wait_until_ready(port)
        yield port, child.pid
    finally:
        child.terminate()
        child.wait(timeout=30)


def _wait_until_ready(port: int) -> None:
    end = time.monotonic() + START_SECONDS_MAX
    while time.monotonic() < end:
        try:
            if httpx.get(f"http://127.0.0.1:{port}/readyz", timeout=5.0).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    raise TimeoutError(f"the service on port {port} did not get ready")


def _wait_until_idle(pid: int) -> None:
    """Wait until the service has read the log and is idle, because a service that takes over a log looks back at it first."""
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


def _behind(port: int) -> float:
    """Return how many events of the log the service has not read."""
    lines = httpx.get(f"http://127.0.0.1:{port}/metrics", timeout=30.0).text.splitlines()
    return sum(float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith("loopdesk_reader_lag_events{"))


def _over_http(port: int, path: str) -> float:
    url = f"http://127.0.0.1:{port}{path}"
    asked = load.closed(url, repeat(load.get(url)), seconds=ASKING_SECONDS, clients=1, expected=b"200")
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


def _p99(seconds: list[float]) -> float:
    return quantiles(seconds, n=100, method="inclusive")[98] * 1e3
