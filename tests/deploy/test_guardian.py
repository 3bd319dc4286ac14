"""When a process dies in any way, its children die too, in order."""

import signal
import subprocess
import sys
import textwrap
import time

import psutil
import pytest

from deploy import guardian
from deploy.listeners import lives

pytestmark = pytest.mark.slow

CHILD = """
    import signal, sys, time
    def told(number, frame):
        with open(sys.argv[2], "a") as file:
            file.write(sys.argv[1] + " ")
        sys.exit()
    signal.signal(signal.SIGTERM, told)
    signal.signal(signal.SIGINT, told)
    print("up", flush=True)
    time.sleep(60)
"""
PARENT = f"""
    import os, signal, subprocess, sys, textwrap, time
    from deploy.guardian import Turn, guard
    def start(name):
        child = subprocess.Popen([sys.executable, "-c", {textwrap.dedent(CHILD)!r}, name, sys.argv[1]], stdout=subprocess.PIPE)
        child.stdout.readline()
        return child.pid
    # told of in another order than they are to end in
    guard(database := start("database"), Turn.DATABASE, signal.SIGINT)
    guard(service := start("service"), Turn.SERVICE)
    guard(broker := start("broker"), Turn.BROKER)
    os.kill(service, signal.SIGSTOP)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # the tests may run with it ignored, as under nohup
    print(database, service, broker, flush=True)
    time.sleep(60)
"""
EVERYBODY = "service broker database "


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, signal.SIGABRT], ids=lambda how: how.name)
def test_when_a_process_is_killed_in_any_way_its_children_end_in_order(tmp_path, how):
    ends = tmp_path / "ends"
    parent = subprocess.Popen([sys.executable, "-c", textwrap.dedent(PARENT), str(ends)], stdout=subprocess.PIPE, text=True)
    children = {int(pid): psutil.Process(int(pid)).create_time() for pid in parent.stdout.readline().split()}
    parent.send_signal(how)
    parent.wait()
    end = time.monotonic() + 30
    while any(lives(pid, begun) for pid, begun in children.items()):
        assert time.monotonic() < end
        time.sleep(0.01)
    assert ends.read_text() == EVERYBODY


def test_one_that_does_not_listen_is_killed(monkeypatch):
    monkeypatch.setattr(guardian, "SECONDS_MAX", 0.1)
    deaf = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); signal.pause()"
    with subprocess.Popen([sys.executable, "-c", deaf], stdout=subprocess.PIPE) as child:
        child.stdout.readline()
        guardian.watch([f"{child.pid} 0 {signal.SIGTERM.value}\n"])
        assert child.wait(timeout=30) == -signal.SIGKILL


def test_a_process_that_is_gone_already_keeps_nobody_waiting():
    with subprocess.Popen([sys.executable, "-c", ""]) as gone:
        gone.wait()
    guardian.watch([f"{gone.pid} 0 {signal.SIGTERM.value}\n"])
