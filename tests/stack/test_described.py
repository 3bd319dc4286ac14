"""What each service says of itself in /openapi.json is true: schemathesis asks it thousands of things that follow from it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from services.__main__ import PORTS
from tests.stack.running import Running, started

ROOT = Path(__file__).parents[2]
CONFIG = Path(__file__).parent / "fuzzed" / "schemathesis.toml"
SECONDS_MAX = 300


@pytest.fixture(scope="module")
def asked(server_folder):
    """A stack of its own, with some cases on their way, because made-up data must not get into other tests' figures."""
    with started(Running(server_folder / "asked")) as running:
        for number in range(4):
            body = {"channel": "phone", "process_id": "inbound-call", "subject": f"case {number}"}
            assert running.post("intake", "/cases", body).status_code == 201
        running.come_to_rest()
        yield running


@pytest.mark.parametrize("service", PORTS)
def test_its_description_is_true(asked, service):
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONFIG), "run", "--no-color"]
    environment = {**os.environ, "LOOPDESK_API_KEY": asked.key, "LOOPDESK_POSITION": f"{service}:cases-0:0:0"}
    said = subprocess.run(
        [*command, f"{asked.stack.url(service)}/openapi.json"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=SECONDS_MAX,
        check=False,
    )
    assert said.returncode == 0, said.stdout[-20_000:]
    assert "Stateful" in said.stdout or service == "analytics"


def test_afterwards_every_table_follows_from_the_log(asked):
    assert asked.verify() == []
