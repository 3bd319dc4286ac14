"""A log and a store that break off as real ones do: before the work, or after it, when nobody can know that it was done."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from random import Random

from libs.events.adapters.memory import MemoryLog
from libs.events.adapters.memory import MemoryStore as Lines
from libs.events.log import LogUnavailable, Partition, Record
from libs.events.now import Now
from libs.events.store import StoreUnavailable
from libs.events.stores.memory import MemoryStore
from libs.events.stores.memory_transaction import MemoryTransaction


@dataclass(slots=True)
class Trouble:
    """How often things break, drawn from a seed; `is_on` False is a calm day."""

    random: Random
    rate: float = 0.0
    is_on: bool = True
    struck: int = 0

    def strikes(self) -> bool:
        """Draw whether the next thing breaks."""
        hit = self.is_on and self.random.random() < self.rate
        self.struck += hit
        return hit


class FaultyLog(MemoryLog):
    """A log whose answer may be lost, before or after the batch landed, and which lets others in between."""

    def __init__(self, lines: Lines, trouble: Trouble) -> None:
        super().__init__(lines)
        self._trouble = trouble

    async def append(self, partition: Partition, records: Sequence[Record], *, timeout: float = 10.0) -> int:
        """Append, and perhaps not say so."""
        if self._trouble.is_on and self._trouble.rate:
            await asyncio.sleep(0)
        if self._trouble.strikes():
            raise LogUnavailable("lost on the way there")
        first = await super().append(partition, records, timeout=timeout)
        if self._trouble.strikes():
            raise LogUnavailable("lost on the way back")
        return first


class FaultyStore(MemoryStore):
    """A store whose connection may be lost before or after a commit."""

    def __init__(self, source: str, now: Now, trouble: Trouble) -> None:
        super().__init__(source, now)
        self._trouble = trouble

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[MemoryTransaction]:
        """Begin; commit on a clean exit, and perhaps not say so."""
        async with super().transaction() as transaction:
            yield transaction
            if self._trouble.strikes():
                raise StoreUnavailable("lost before the commit")
        if self._trouble.strikes():
            raise StoreUnavailable("lost after the commit")
