"""The servers that are measured over HTTP, each in its own processes: our stack, plain FastAPI, django-helpdesk."""

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import httpx

from benchmarks import cases, environment, ground, plain
from deploy.home import Home
from deploy.process import free_port
from deploy.stack import Stack
from services.__main__ import PORTS

START_SECONDS_MAX = 60
HELPDESK_WORKERS = ("--workers", "5", "--threads", "8")  # as gunicorn's documentation advises: 2 × processors + 1


class NotServed(Exception):
    """A server did not start."""


@contextmanager
def stack(name: str, settings: Mapping[str, str] | None = None) -> Iterator[Stack]:
    """Run our five services on a PostgreSQL and a Kafka broker of their own."""
    ports: dict[str, int] = {}
    for service in PORTS:
        ports[service] = free_port()
    with Stack(Home(ground.folder() / name), kafka=True, ports=ports, settings=settings) as running:
        _wait_for_standards(running.url("intake"))
        yield running


@contextmanager
def doing_nothing() -> Iterator[str]:
    """Run the endpoint that checks the body and says yes, and return its address."""
    port = free_port()
    with _process([sys.executable, "-m", "benchmarks.plain", str(port)], port):
        yield f"http://127.0.0.1:{port}/cases"


@contextmanager
def committing(database_url: str) -> Iterator[str]:
    """Run the endpoint with one commit for each request, and return its address."""
    asyncio.run(_execute(database_url, plain.TABLES))
    port = free_port()
    with _process([sys.executable, "-m", "benchmarks.plain", str(port), database_url], port):
        yield f"http://127.0.0.1:{port}/cases"


@contextmanager
def helpdesk(database_url: str) -> Iterator[tuple[str, str, int]]:
    """Run django-helpdesk under gunicorn, and return its address, a token and a queue."""
    where = urlsplit(database_url)
    names = ("PGUSER", "PGPASSWORD", "PGHOST", "PGPORT", "PGDATABASE")
    values = (where.username, where.password, where.hostname, str(where.port), where.path[1:])
    env = {**os.environ, **{name: value or "" for name, value in zip(names, values, strict=True)}}
    python = environment.python()
    script = "import helpdesk_site; print(helpdesk_site.prepared())"
    made = subprocess.run([python, "-c", script], cwd=environment.SCRIPTS, env=env, capture_output=True, text=True, check=False)
    if made.returncode:
        raise NotServed(f"django-helpdesk: {made.stderr[-1000:]}")
    token, queue = made.stdout.split()
    port = free_port()
    gunicorn = [str(python), "-m", "gunicorn", "helpdesk_site:application", "--bind", f"127.0.0.1:{port}", *HELPDESK_WORKERS]
    with _process(gunicorn, port, cwd=environment.SCRIPTS, env=env):
        yield f"http://127.0.0.1:{port}/api/tickets/", token, int(queue)


@contextmanager
def _process(
    command: Sequence[str], port: int, *, cwd: Path = environment.ROOT, env: Mapping[str, str] | None = None
) -> Iterator[None]:
    log = ground.folder() / f"{port}.log"
    with log.open("wb") as output:
        child = subprocess.Popen(command, cwd=cwd, env=env, stdout=output, stderr=output)
    try:
        _wait_for(port, child, log)
        yield
    finally:
        child.terminate()
        child.wait(30)


def _wait_for_standards(intake: str) -> None:
    """Post a case until it is accepted, because a standard takes a moment to come from routing to intake."""
    end, first = time.monotonic() + START_SECONDS_MAX, {"Content-Type": "application/json", "Idempotency-Key": "first"}
    while (answer := httpx.post(f"{intake}/cases", content=cases.body(0), headers=first)).status_code != 201:
        if time.monotonic() > end:
            raise NotServed(f"intake accepts no case: {answer.text}")
        time.sleep(0.1)


def _wait_for(port: int, child: "subprocess.Popen[bytes]", log: Path) -> None:
    end = time.monotonic() + START_SECONDS_MAX
    while socket.socket().connect_ex(("127.0.0.1", port)):
        if child.poll() is not None or time.monotonic() > end:
            raise NotServed(log.read_text(errors="replace")[-1000:])
        time.sleep(0.1)


async def _execute(database_url: str, sql: str) -> None:
    connection = await asyncpg.connect(database_url)
    await connection.execute(sql)
    await connection.close()
