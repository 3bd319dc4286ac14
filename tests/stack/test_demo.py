"""`make demo` as a newcomer without a terminal meets it: figures, addresses, an end by itself; run again, nothing doubles."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.process import free_port, is_free
from services.__main__ import PORTS


@pytest.fixture(scope="module")
def port_base() -> int:
    """The first of as many free ports in a row as there are services."""
    while True:
        base = free_port()
        if all(is_free(base + n) for n in range(len(PORTS))):
            return base


def demo(home: Path, port_base: int) -> str:
    """Return the demo's output."""
    command = [sys.executable, "-m", "deploy.demo", "--once", "--cases", "60", "--port-base", str(port_base)]
    environment = {**os.environ, "LOOPDESK_HOME": str(home)}
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=180, check=False)
    assert ended.returncode == 0, ended.stdout[-2000:] + ended.stderr[-2000:]
    return ended.stdout


def test_the_demo_plays_its_month_once(server_folder: Path, port_base: int) -> None:
    first = demo(server_folder / "demo", port_base)
    for shown in ("Work by team", "/cases/", "/s/", "analytics", str(server_folder / "demo")):
        assert shown in first, shown
    assert "already recorded" not in first
    assert "already recorded" in demo(server_folder / "demo", port_base)
