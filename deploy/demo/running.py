"""Starting everything where nobody else is, and stopping it in order whatever happens."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from rich.console import Console

from deploy.process import is_free
from deploy.stack import Stack
from services.__main__ import PORTS


class Occupied(Exception):
    """Somebody is where we want to be; the message says who and what to do."""


def must_be_free(stack: Stack) -> None:
    """Say what to do when the folder or a port is in use."""
    if stack.postgres.is_running():
        raise Occupied(
            f"Loopdesk runs on {stack.home.folder} already. Stop it with Ctrl-C where it runs, or take another folder: "
            f"LOOPDESK_HOME=another. If a killed run left it behind: kill {stack.postgres.pid}"
        )
    if taken := [f"{port} ({name})" for name, port in stack.ports.items() if not is_free(port)]:
        raise Occupied(
            f"Somebody listens on port {', '.join(taken)}. Stop that program, or take five other ports: "
            f"--port-base {_free_base(max(stack.ports.values()))}"
        )


def _free_base(above: int) -> int:
    """Return a port from which on five are free."""
    bases = range(above + 1000 - above % 1000 + 1, 65_000, 1000)
    return next(base for base in bases if all(is_free(base + n) for n in range(len(PORTS))))


@contextmanager
def running(stack: Stack, console: Console) -> Iterator[None]:
    """Start everything, and stop it in order whatever happens."""
    signal.signal(signal.SIGTERM, _interrupted)
    try:
        with console.status("starting / 启动"):
            stack.start()
        yield
    finally:
        # A second Ctrl-C would leave servers behind.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        with console.status("stopping / 停止"):
            stack.stop()


def _interrupted(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
