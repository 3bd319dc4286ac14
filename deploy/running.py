"""Runs everything on this machine from start to stop: before we end, everything that we started ends, in order."""

import math
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from types import FrameType

from rich.console import Console
from rich.markup import escape
from rich.status import Status

from deploy.kafka import KafkaFailed
from deploy.postgres import PostgresFailed
from deploy.stack import Stack

ENDS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""Ctrl-C, `kill` or an init system, and a terminal that is closed."""
NOT_NOW = (PostgresFailed, KafkaFailed, OSError)
RETRY_SECONDS = 5.0


@contextmanager
def running(stack: Stack, console: Console, starting: str = "starting", stopping: str = "stopping") -> Iterator[None]:
    """Start everything, and stop it in order in any case; a signal that ends us is raised as KeyboardInterrupt."""
    heard = [one for one in ENDS if signal.getsignal(one) is not signal.SIG_IGN]  # nohup ignores one of them
    before = {one: signal.signal(one, _interrupted) for one in heard}
    try:
        # No time limit while they live: after an upgrade tables may be made again, and a long log takes long.
        with console.status(starting) as shown:
            stack.start(seconds=math.inf, tell=partial(_show, shown, starting))
        yield
    finally:
        # A second signal would interrupt the stopping.
        for one in heard:
            signal.signal(one, signal.SIG_IGN)
        with console.status(stopping):
            stack.stop()
        for one, handler in before.items():
            signal.signal(one, handler)


def serve(stack: Stack, console: Console) -> None:
    """Start each process again that ends, until a signal. If it cannot start now (a full disk?), it is tried again."""
    is_away = False
    while True:
        time.sleep(1)
        try:
            begun = stack.watch()
        except NOT_NOW as error:
            if not is_away:
                console.print(f"{escape(str(error))}\nWe try again until it goes well; the services answer 503 meanwhile.")
            is_away = True
            time.sleep(RETRY_SECONDS)
            continue
        if is_away:
            console.print("everything runs again")
        is_away = False
        for name in begun:
            console.print(f"{name} had ended and was started again; see {stack.home.log(name)}")


def _show(shown: Status, starting: str, said: str) -> None:
    shown.update(f"{starting}: {escape(said)}")


def _interrupted(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
