"""The servers that all rows stand on: one PostgreSQL and one Kafka broker, started when first asked for."""

import itertools
import shutil
import tempfile
from contextlib import ExitStack
from functools import cache
from pathlib import Path

from deploy.kafka import KafkaBroker
from deploy.postgres import PostgresServer

DISK = Path("/var/tmp")  # noqa: S108 - /tmp may be memory, and what is promised to be durable has to reach a disk

closing = ExitStack()
"""Ends all servers that were started; benchmarks/__main__.py closes it."""

_numbers = itertools.count(1)


@cache
def folder() -> Path:
    """Return a folder on a disk that PostgreSQL's user may enter; it goes at the end."""
    made = Path(tempfile.mkdtemp(prefix="loopdesk-bench-", dir=DISK))
    made.chmod(0o711)
    closing.callback(shutil.rmtree, made, ignore_errors=True)
    return made


@cache
def postgres() -> PostgresServer:
    """Return the PostgreSQL of this run. It is set up as by `loopdesk up`: no safety is given up for speed."""
    return closing.enter_context(PostgresServer(folder() / "postgres"))


def database(name: str) -> str:
    """Return the address of a fresh, empty database."""
    return postgres().create_database(f"{name}_{next(_numbers)}")


@cache
def kafka() -> KafkaBroker:
    """Return the broker of this run."""
    return closing.enter_context(KafkaBroker(folder() / "kafka"))


def corner() -> str:
    """Return the address of a fresh corner of the broker: topics made through it are the caller's own."""
    return f"{kafka().url}/bench{next(_numbers)}."
