"""An event loop whose time stands still while somebody has work to do, and then leaps to the next appointment."""

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class StoppedLoop(asyncio.SelectorEventLoop):
    """Nobody waits for anything outside this process, so a wait takes no time."""

    def __init__(self) -> None:
        self._at = 0.0
        super().__init__(_Impatient(self))

    def time(self) -> float:
        """Return the loop's own time."""
        return self._at

    def leap(self, seconds: float) -> None:
        """Let time pass."""
        self._at += seconds


class _Impatient(selectors.SelectSelector):
    def __init__(self, loop: StoppedLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise RuntimeError("everybody waits, and nobody will ever do anything")
        if timeout > 0:
            self._loop.leap(timeout)
        return []


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end on a stopped loop."""
    with asyncio.Runner(loop_factory=StoppedLoop) as runner:
        return runner.run(coroutine)
