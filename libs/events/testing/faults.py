"""A log and a store as one instance reaches them: every await may be its last, and answers are lost as real ones are.

An answer is lost before the work or after it, when nobody can know that it was done; of a lost batch a beginning may
have landed.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any

from libs.events.log.port import LogUnavailable, Partition, Record
from libs.events.store.port import StoreUnavailable

MISHAP, LOST, KILLED = 0.3, 0.05, 0.02
"""How many steps a mishap comes before, how many awaits lose their answer, and how many are the last of their instance."""


class Crash(BaseException):
    """The process was killed at this await. No `except Exception` of the kernel may go on after it."""


@dataclass(slots=True)
class Trouble:
    """How often something breaks, drawn from a seed; `is_on` False is a calm day."""

    random: Random
    rate: float = 0.0
    is_on: bool = True
    struck: dict[str, int] = field(default_factory=dict)

    @property
    def is_calm(self) -> bool:
        return not (self.is_on and self.rate)

    def strikes(self, what: str, share: float = 1.0) -> bool:
        """Draw whether the next thing breaks, and count it."""
        hit = not self.is_calm and self.random.random() < self.rate * share
        if hit:
            self.count(what)
        return hit

    def count(self, what: str) -> None:
        self.struck[what] = self.struck.get(what, 0) + 1


@dataclass(slots=True)
class Life:
    """One instance's life, from birth to crash."""

    trouble: Trouble
    is_over: bool = False

    async def moment(self) -> None:
        """Let others in between, and perhaps die here."""
        if not self.trouble.is_calm:
            for _ in range(self.trouble.random.randrange(3)):
                await asyncio.sleep(0)
            self.is_over = self.is_over or self.trouble.strikes("crash at an await", KILLED)
        if self.is_over:
            raise Crash


class Outside:
    """Something beyond the instance: any question to it may be lost on the way there or on the way back."""

    def __init__(self, inner: Any, life: Life, lost: type[Exception]) -> None:
        self._inner, self._life, self._lost = inner, life, lost

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._inner, name)
        if not callable(method):
            return method  # known already, no question is needed

        async def ask(*arguments: Any, **words: Any) -> Any:
            await self._pass("on the way there")
            answer = await method(*arguments, **words)
            await self._pass("on the way back")
            return answer

        return ask

    async def _pass(self, where: str) -> None:
        await self._life.moment()
        if self._life.trouble.strikes(f"{self._lost.__name__} {where}", LOST):
            raise self._lost(f"lost {where}")


class FaultyLog(Outside):
    """A client of the log."""

    def __init__(self, inner: Any, life: Life) -> None:
        super().__init__(inner, life, LogUnavailable)

    async def append(self, partition: Partition, records: Sequence[Record], *, timeout: float = 10.0) -> int:
        """Append, and perhaps only a beginning, or all and not say so."""
        await self._pass("on the way there")
        trouble = self._life.trouble
        if trouble.strikes("part of a batch landed", LOST):
            await self._inner.append(partition, records[: trouble.random.randrange(len(records) + 1)])
            raise LogUnavailable("lost in the middle")
        first: int = await self._inner.append(partition, records, timeout=timeout)
        await self._pass("on the way back")
        return first


class FaultyStore(Outside):
    """A pool of connections to the store."""

    def __init__(self, inner: Any, life: Life) -> None:
        super().__init__(inner, life, StoreUnavailable)
        self.leases, self.outbox = Outside(inner.leases, life, StoreUnavailable), Outside(inner.outbox, life, StoreUnavailable)
        self.parked = Outside(inner.parked, life, StoreUnavailable)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Any]:
        """Begin; commit on a clean exit, and perhaps not say so."""
        await self._pass("before a transaction")
        async with self._inner.transaction() as transaction:
            yield Outside(transaction, self._life, StoreUnavailable)
            await self._pass("before the commit")
        await self._pass("after the commit")
