"""Three stacks of five real processes, each started when the first test asks for it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stack.running import Running, started


@pytest.fixture(scope="session")
def calm(server_folder: Path) -> Iterator[Running]:
    """The log in PostgreSQL, and nobody harms it."""
    with started(Running(server_folder / "calm")) as running:
        yield running


@pytest.fixture(scope="session")
def on_kafka(server_folder: Path) -> Iterator[Running]:
    """The log on a Kafka broker."""
    with started(Running(server_folder / "on_kafka", kafka=True)) as running:
        yield running


@pytest.fixture(scope="session")
def harmed(server_folder: Path) -> Iterator[Running]:
    """The log in PostgreSQL; its services are killed."""
    with started(Running(server_folder / "harmed")) as running:
        yield running


@pytest.fixture(scope="session")
def calm_digests(calm: Running) -> dict[str, tuple[int, str]]:
    """The content of the tables after an import in file order that nothing disturbed."""
    calm.import_all()
    calm.come_to_rest()
    digests = calm.digests()
    assert digests["analytics.cases"][0] > 100
    return digests
