"""What several processes ask of one another's folders."""

import signal
import subprocess
import sys
from errno import ENOSPC
from pathlib import Path
from threading import Thread

import pytest

from deploy.home import Home
from deploy.process import free_port, freeze, remember_port, remembered_port

WRITTEN, PORTS = 300, (24_001, 24_002)


@pytest.mark.slow
def test_a_port_that_is_being_written_reads_as_the_old_one_or_the_new_one(tmp_path):
    file = tmp_path / "port"
    assert remembered_port(file) == 0
    remember_port(file, PORTS[0])

    def write() -> None:
        for n in range(WRITTEN):
            remember_port(file, PORTS[n % 2])

    writer = Thread(target=write)
    writer.start()
    while writer.is_alive():
        assert remembered_port(file) in PORTS
    writer.join()


def test_a_port_that_was_given_is_not_given_again(monkeypatch):
    drawn = iter([1, 1, 2])
    monkeypatch.setattr("deploy.process._given", {})
    monkeypatch.setattr("deploy.process.secrets.randbelow", lambda many: next(drawn))
    monkeypatch.setattr("deploy.process.is_free", lambda port: True)
    first, second = free_port(), free_port()
    assert second == first + 1
    assert free_port(last=first) == first, "a server that comes again keeps its own"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has names of sockets without files")
def test_what_another_process_was_given_is_not_given_here_while_it_lives(monkeypatch):
    program = "from deploy.process import free_port; print(free_port(), flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        theirs = int(other.stdout.readline())
        drawn = iter([theirs - 16_000, 15_999])
        monkeypatch.setattr("deploy.process.secrets.randbelow", lambda many: next(drawn))
        assert free_port() != theirs
        other.communicate("\n")
    assert free_port(last=theirs) == theirs


def test_a_secret_is_there_whole_or_not_at_all(tmp_path, monkeypatch):
    home = Home(tmp_path)

    def full(*_):
        raise OSError(ENOSPC, "No space left on device")

    with monkeypatch.context() as patched, pytest.raises(OSError, match="No space left"):
        patched.setattr(Path, "write_text", full)
        home.secret("pepper")
    assert len(home.secret("pepper")) > 40
    assert home.secret("pepper") == home.secret("pepper")
    assert (tmp_path / "pepper.secret").stat().st_mode & 0o777 == 0o600


THREADS, TIMES = 50, 100
BUSY = f"""
import threading, time
def work():
    while True:
        time.sleep(0)
for _ in range({THREADS}):
    threading.Thread(target=work, daemon=True).start()
print(flush=True)
work()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux shows how each thread is")
def test_a_frozen_process_has_no_thread_that_still_runs():
    with subprocess.Popen([sys.executable, "-c", BUSY], stdout=subprocess.PIPE) as child:
        child.stdout.readline()
        try:
            for _ in range(TIMES):
                freeze(child)
                assert {state_of(thread) for thread in Path(f"/proc/{child.pid}/task").iterdir()} == {"T"}
                child.send_signal(signal.SIGCONT)
        finally:
            child.kill()


def state_of(thread: Path) -> str:
    """One letter, as proc(5) names them; T is stopped."""
    return (thread / "stat").read_text().rpartition(") ")[2][0]


def test_to_freeze_what_has_ended_does_nothing():
    with subprocess.Popen([sys.executable, "-c", ""]) as child:
        child.wait()
        freeze(child)
