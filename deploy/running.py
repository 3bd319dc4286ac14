"""Everything on this machine from start to stop: whatever asks us to end, what we started ends first, in order."""

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from rich.console import Console

from deploy.stack import Stack

ENDS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""Ctrl-C, `kill` or an init system, and a terminal that is closed."""


@contextmanager
def running(stack: Stack, console: Console, starting: str = "starting", stopping: str = "stopping") -> Iterator[None]:
    """Start everything, and stop it in order whatever happens; a signal that ends us comes as KeyboardInterrupt."""
    heard = [one for one in ENDS if signal.getsignal(one) is not signal.SIG_IGN]  # nohup ignores one of them
    before = {one: signal.signal(one, _interrupted) for one in heard}
    try:
        with console.status(starting):
            stack.start()
        yield
    finally:
        # A second signal would cut the stopping short.
        for one in heard:
            signal.signal(one, signal.SIG_IGN)
        with console.status(stopping):
            stack.stop()
        for one, handler in before.items():
            signal.signal(one, handler)


def serve(stack: Stack, console: Console) -> None:
    """Start again what ends by itself, until a signal."""
    while True:
        time.sleep(1)
        for name in stack.watch():
            console.print(f"{name} had ended and was started again; see {stack.home.log(name)}")


def _interrupted(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
