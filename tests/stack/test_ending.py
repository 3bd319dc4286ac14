"""When `loopdesk up` ends in any way, the services, the broker and PostgreSQL end too; the next start is told the truth."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import psutil
import pytest

from deploy.home import Home
from deploy.kafka import KafkaBroker
from deploy.listeners import lives
from deploy.ports import ports_from
from deploy.postgres import PostgresServer
from deploy.process import free_port, is_free
from deploy.stack import Stack
from deploy.tenant import Occupied
from services.__main__ import PORTS

SECONDS = 60


def five_in_a_row() -> int:
    """Return the first of as many free ports in a row as there are services."""
    while True:
        base = free_port()
        if all(is_free(port) for port in ports_from(base).values()):
            return base


def heeding_hangups() -> None:
    """The tests may run with SIGHUP ignored, as under nohup, and then their children ignore it too."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


class Up:
    """`loopdesk up` as an operator runs it."""

    def __init__(
        self,
        folder: Path,
        *options: str,
        program: Sequence[str] = (sys.executable, "-m", "deploy.cli"),
        cwd: Path | None = None,
        environment: Mapping[str, str] = os.environ,
    ) -> None:
        self.folder, self.base = folder, five_in_a_row()
        self.process = subprocess.Popen(
            [*program, "up", "--port-base", str(self.base), *options],
            cwd=cwd,
            env={**environment, "LOOPDESK_HOME": str(folder)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            preexec_fn=heeding_hangups,  # noqa: PLW1509 - before any thread
            text=True,
        )
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if "kept between runs" in line:
                return
        raise AssertionError(f"it did not start: {self.process.wait()}")

    def started(self) -> dict[int, float]:
        """Return every process it started with the instant that one began: the services, the guardian, PostgreSQL, the broker."""
        pids = [child.pid for child in psutil.Process(self.process.pid).children(recursive=True)]
        servers = [PostgresServer(self.folder / "postgres").pid, KafkaBroker(self.folder / "kafka").pid]
        found = {pid: psutil.Process(pid).create_time() for pid in {*pids, *filter(None, servers)}}
        assert len(found) >= len(PORTS) + 2, found
        return found

    def second(self) -> subprocess.CompletedProcess[str]:
        """Try to run another one in the same folder."""
        command = [sys.executable, "-m", "deploy.cli", "up", "--port-base", str(five_in_a_row())]
        environment = {**os.environ, "LOOPDESK_HOME": str(self.folder)}
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False)


def all_end(started: dict[int, float]) -> bool:
    end = time.monotonic() + SECONDS
    while any(lives(pid, begun) for pid, begun in started.items()) and time.monotonic() < end:
        time.sleep(0.05)
    return not any(lives(pid, begun) for pid, begun in started.items())


@pytest.mark.parametrize(
    ("how", "code", "options"),
    [(signal.SIGTERM, 0, ()), (signal.SIGHUP, 0, ()), (signal.SIGKILL, -signal.SIGKILL, ("--kafka",))],
    ids=["SIGTERM", "SIGHUP", "SIGKILL"],
)
def test_every_end_of_it_ends_everything(server_folder: Path, how: signal.Signals, code: int, options: tuple[str, ...]) -> None:
    up = Up(server_folder / f"ending-{how.name}", *options)
    started = up.started()
    second = up.second()
    assert (second.returncode, f", as process {up.process.pid} (" in second.stderr) == (1, True), second.stderr
    assert all(lives(pid, begun) for pid, begun in started.items()), "the second one ended something of the first"
    services = {pid: begun for pid, begun in started.items() if "services" in psutil.Process(pid).cmdline()}
    assert len(services) == len(PORTS)
    up.process.send_signal(how)
    assert up.process.wait(SECONDS) == code
    if how != signal.SIGKILL:
        # The guardian ends when the one it watches is gone, so it is not among these.
        assert not any(lives(pid, begun) for pid, begun in services.items()), "it ended before them"
    assert all_end(started)


def test_what_a_killed_run_left_is_named_until_it_is_gone(server_folder: Path) -> None:
    folder = server_folder / "left"
    up = Up(folder)
    started = up.started()
    [guardian] = [pid for pid in started if "guardian" in " ".join(psutil.Process(pid).cmdline())]
    for pid in (guardian, up.process.pid):
        os.kill(pid, signal.SIGKILL)
    up.process.wait()
    stack = Stack(Home(folder), ports=ports_from(five_in_a_row()))
    with pytest.raises(Occupied) as told:
        stack.start()
    for name, port in ports_from(up.base).items():
        assert f"{name} (process " in str(told.value) and f", port {port})" in str(told.value)
    for pid in str(told.value).rpartition("kill ")[2].split():
        os.kill(int(pid), signal.SIGTERM)
    end = time.monotonic() + SECONDS
    while True:
        try:
            with stack:  # PostgreSQL was left too: it is found, and taken over
                assert all(not lives(pid, begun) for pid, begun in started.items() if pid != stack.postgres.pid)
                break
        except Occupied:
            assert time.monotonic() < end
            time.sleep(0.1)
    assert all_end(started)
