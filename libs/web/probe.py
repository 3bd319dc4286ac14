"""Asks with a limit on the wait, and never cancels the question, because a cancelled database call can lose its connection."""

import asyncio
from collections.abc import Awaitable, Callable


class Probe:
    """One question that is asked again and again; while an answer is outstanding, nobody asks a second time."""

    def __init__(self, name: str, ask: Callable[[], Awaitable[object]]) -> None:
        self.name = name
        self._ask = ask
        self._asking: asyncio.Task[object] | None = None

    async def answer(self, seconds: float) -> object:
        """Return the answer, or raise what asking raised; TimeoutError leaves the question outstanding."""
        if self._asking is None:
            self._asking = asyncio.create_task(self._run(), name=f"probe {self.name}")
        asking = self._asking
        await asyncio.wait({asking}, timeout=seconds)
        if not asking.done():
            raise TimeoutError(f"no answer within {seconds} s")
        if self._asking is asking:
            self._asking = None
        return asking.result()

    async def _run(self) -> object:
        return await self._ask()
