"""Ends the processes that this process has started when it dies, also when it is killed and cannot do so itself.

The guardian is a process of its own that waits at the end of a pipe. The kernel closes the pipe when we die, however we die.
It then ends what it was told of and what still lives: services first, then the servers they need.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from enum import IntEnum

import psutil

SECONDS_MAX = 30.0


class Turn(IntEnum):
    """The order in which processes are ended."""

    SERVICE = 0
    BROKER = 1
    DATABASE = 2


_guardians: dict[int, "subprocess.Popen[str]"] = {}
"""By the process that started it: a fork does not share its parent's."""


def guard(pid: int, turn: Turn, number: signal.Signals = signal.SIGTERM) -> None:
    """Have the process ended with this signal when we are gone."""
    mine = _guardians.get(os.getpid())
    if mine is None or mine.poll() is not None:
        mine = _guardians[os.getpid()] = subprocess.Popen(
            [sys.executable, __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,  # Ctrl-C and a closed terminal end us, not the guardian
        )
    assert mine.stdin is not None
    mine.stdin.write(f"{pid} {turn.value} {number.value}\n")
    mine.stdin.flush()


def watch(lines: Iterable[str]) -> None:
    """Remember the processes that are named, and end them when there are no more lines."""
    named: list[tuple[int, int, psutil.Process]] = []
    for line in lines:
        pid, turn, number = map(int, line.split())
        # The object knows when the process began, so a later process with the same id is left alone.
        with suppress(psutil.NoSuchProcess):
            named.append((turn, number, psutil.Process(pid)))
    for turn in Turn:
        _end([(process, number) for its, number, process in named if its == turn])


def _end(processes: list[tuple[psutil.Process, int]]) -> None:
    for process, number in processes:
        with suppress(psutil.Error):
            process.send_signal(number)
            process.resume()  # a paused process would not get the signal
    end = time.monotonic() + SECONDS_MAX
    while any(_lives(process) for process, _ in processes) and time.monotonic() < end:
        time.sleep(0.02)
    for process, _ in processes:
        with suppress(psutil.Error):
            process.kill()


def _lives(process: psutil.Process) -> bool:
    # A dead orphan stays in the process table until somebody asks for its exit code; in a container perhaps nobody does.
    with suppress(psutil.NoSuchProcess):
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    return False


if __name__ == "__main__":
    for one in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(one, signal.SIG_IGN)  # it ends with the process that it watches
    watch(sys.stdin)
