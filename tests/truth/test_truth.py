"""Real logs through the public HTTP API: what analysts then read is the truth, on the log in PostgreSQL and on Kafka.

Each log is proved on one engine, the smallest on both; `make truth` and `make truth KAFKA=1` prove all on each.
"""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from deploy.truth.logs import LOGS

ON_POSTGRES = ["uci498", "helpdesk"]
ON_KAFKA = ["helpdesk", "boston311"]
PROOFS = {"postgres": ON_POSTGRES, "kafka": ["--kafka", *ON_KAFKA]}


@dataclass
class Proof:
    """A run of the command, and the file that has what it says: a full pipe would stop it until it is read."""

    process: "subprocess.Popen[bytes]"
    said: Path


@pytest.fixture(scope="module")
def proofs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Proof]]:
    """Both proofs under way, one beside the other: of the five services of each, one alone is busy most of the time."""
    folder = tmp_path_factory.mktemp("truth")
    running = {engine: _begun(folder / engine, *arguments) for engine, arguments in PROOFS.items()}
    try:
        yield running
    finally:
        for one in running.values():
            one.process.terminate()
            one.process.wait()


def _begun(said: Path, *arguments: str) -> Proof:
    with said.open("wb") as output:
        command = [sys.executable, "-m", "deploy.truth", *arguments]
        return Proof(subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT), said)


@pytest.mark.parametrize("engine", PROOFS)
def test_every_figure_and_every_case_is_the_truth(engine: str, proofs: dict[str, Proof]) -> None:
    one = proofs[engine]
    assert one.process.wait() == 0, one.said.read_text()[-10_000:]


def test_no_log_is_left_out() -> None:
    assert {*ON_POSTGRES, *ON_KAFKA} == LOGS.keys()
