"""Three stacks of five real processes, each started when the first test asks for it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.stack.running import Running


@contextmanager
def started(folder: Path, *, kafka: bool = False) -> Iterator[Running]:
    running = Running(folder, kafka=kafka)
    try:
        running.start()
        yield running
    finally:
        running.http.close()
        running.stack.stop()


@pytest.fixture(scope="session")
def calm(server_folder: Path) -> Iterator[Running]:
    """The log in PostgreSQL, and nobody harms it."""
    with started(server_folder / "calm") as running:
        yield running


@pytest.fixture(scope="session")
def on_kafka(server_folder: Path) -> Iterator[Running]:
    """The log on a Kafka broker."""
    with started(server_folder / "on_kafka", kafka=True) as running:
        yield running


@pytest.fixture(scope="session")
def harmed(server_folder: Path) -> Iterator[Running]:
    """The log in PostgreSQL; its services are killed."""
    with started(server_folder / "harmed") as running:
        yield running


@pytest.fixture(scope="session")
def calm_digests(calm: Running) -> dict[str, tuple[int, str]]:
    """What the tables hold after an import in file order that nothing disturbed."""
    calm.import_all()
    calm.settle()
    digests = calm.digests()
    assert digests["analytics.cases"][0] > 100
    return digests
