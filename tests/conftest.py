"""The servers the suite starts for itself, once per run and only when a test asks, and the tier of every test."""

import gc
import itertools
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from deploy.kafka import KafkaBroker
from deploy.postgres import PostgresServer
from libs.events.engine.runtime import collect_rarely
from tests.lanes import SHARED, Lanes, lane_of
from tests.real_logs import DATA
from tests.s3 import S3Server

# The same examples in every run, and no verdict on how quick the machine is.
settings.register_profile("loopdesk", derandomize=True, deadline=None)
settings.load_profile("loopdesk")

# Tests are many objects and few cycles: looking for these costs a tenth of a run.
collect_rarely()

# The suite may run in a narrow terminal; tests read the output of commands as a pipe gets it.
os.environ.pop("COLUMNS", None)

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def server_folder() -> Iterator[Path]:
    """A short path that PostgreSQL's user may enter even when the suite runs as root (pytest's own may not be)."""
    folder = Path(tempfile.mkdtemp(prefix="loopdesk-tests-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres(server_folder: Path) -> Iterator[PostgresServer]:
    """PostgreSQL for the whole run. A test that kills its server starts its own."""
    # Tests kill processes, not the machine, so data that the kernel has accepted is safe.
    with PostgresServer(server_folder / "postgres", settings={"fsync": "off"}) as server:
        yield server


@pytest.fixture
def database_url(postgres: PostgresServer) -> Iterator[str]:
    """A fresh, empty database."""
    name = f"test_{next(_numbers)}"
    yield postgres.create_database(name)
    postgres.drop_database(name)


@pytest.fixture(scope="session")
def kafka(server_folder: Path) -> Iterator[KafkaBroker]:
    """A Kafka broker for the whole run. A test that kills, pauses or breaks its broker starts its own."""
    with KafkaBroker(server_folder / "kafka") as broker:
        yield broker


@pytest.fixture(scope="session")
def s3_server(server_folder: Path) -> Iterator[S3Server]:
    """An S3-compatible server for the whole run. It needs Java as Kafka does, so what needs it is in that tier."""
    (server_folder / "s3").mkdir()
    with S3Server(server_folder / "s3") as server:
        yield server


@pytest.fixture
def kafka_url(kafka: KafkaBroker) -> str:
    """A fresh corner of the broker: topics made through this address are this test's own."""
    return f"{kafka.url}/test{next(_numbers)}."


TESTS = Path(__file__).parent
FOLDERS = {"laws": "slow", "docs": "slow", "safety": "slow", "simulation": "slow", "clients": "slow"}
FOLDERS |= {"stack": "stack", "faults": "stack", "browser": "browser", "truth": "truth"}
"""The tier of a whole folder."""
NEVER_FAST = FOLDERS.keys() - {"faults"}
"""The fast tier does not even look into these."""

ALL_OF_IT_SLOW = re.compile(r"^pytestmark = .*\bmark\.(slow|truth)", re.MULTILINE)


def folder_of(path: Path) -> str:
    """Return the folder below tests/ that a file is in."""
    return path.relative_to(TESTS).parts[0]


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Keep the fast tier from importing files without a fast test: some of them build all five apps."""
    if config.option.markexpr != "fast" or collection_path == TESTS or TESTS not in collection_path.parents:
        return None
    if folder_of(collection_path) in NEVER_FAST:
        return True
    return (collection_path.suffix == ".py" and bool(ALL_OF_IT_SLOW.search(collection_path.read_text("utf-8")))) or None


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Lanes | None:
    """Let workers take lanes where tests need whole stacks."""
    return Lanes(config, log) if config.getoption("dist") == "loadscope" else None


def pytest_collection_finish() -> None:
    """Collected tests live to the end, so nothing needs to look through them for cycles."""
    gc.freeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for tier in tiers_of(item):
            item.add_marker(tier)
        if item.get_closest_marker("truth") and not DATA.is_dir():
            item.add_marker(pytest.mark.skip("the folder of real logs, ../shared/data, is not here"))
    # Stacks that several files share live to the end, and even idle they take half a processor from all that comes after.
    items.sort(key=lambda item: lane_of(item.nodeid) == SHARED)


TIERS = ("fast", "slow", "postgres", "kafka", "stack", "browser", "truth")


def tiers_of(item: pytest.Item) -> list[str]:
    """Return the tiers of a test: as it is marked, else by the servers it needs, else by its folder, else fast."""
    folder = folder_of(item.path)
    if any(item.get_closest_marker(tier) for tier in TIERS):
        if item.get_closest_marker("fast") and folder in NEVER_FAST:
            raise pytest.UsageError(f"{item.nodeid} is marked fast, but the fast tier does not look into tests/{folder}")
        return []
    if FOLDERS.get(folder) in ("stack", "browser", "truth"):
        return [FOLDERS[folder]]
    fixtures = getattr(item, "fixturenames", [])
    return [server for server in ("postgres", "kafka") if server in fixtures] or [FOLDERS.get(folder, "fast")]
