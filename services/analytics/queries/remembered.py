"""Answers that are remembered for a minute: a page that counts many cases is often asked for the same ones again."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

REMEMBERED = timedelta(minutes=1)
ANSWERS_MAX = 32


@dataclass(slots=True)
class Remembered(Generic[K, V]):
    """Answers by question, each with the instant at which it was asked; one question at a time goes to the database."""

    ask: Callable[[K], Awaitable[V]]
    _known: dict[K, tuple[datetime, V]] = field(default_factory=dict)
    _asking: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def __call__(self, question: K, now: datetime) -> tuple[datetime, V]:
        """Return when the answer was found, and the answer."""
        if found := self._found(question, now):
            return found
        async with self._asking:
            if found := self._found(question, now):  # somebody else has asked in the meantime
                return found
            found = self._known[question] = now, await self.ask(question)
            while len(self._known) > ANSWERS_MAX:
                del self._known[next(iter(self._known))]
            return found

    def _found(self, question: K, now: datetime) -> tuple[datetime, V] | None:
        found = self._known.pop(question, None)
        if found is None or not found[0] <= now < found[0] + REMEMBERED:
            return None
        self._known[question] = found  # the one that was asked for longest ago stands first
        return found
