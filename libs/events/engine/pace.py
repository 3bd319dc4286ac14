"""How much work is done at once, so that a slow machine gets on and nobody waits for the loop for long.

A batch that fails or takes long is followed by a smaller one, quick ones by larger ones. With a fixed number a slow machine
would stand still: PostgreSQL ends a transaction that rests too long, and the same batch would be tried again for ever. So
work begins small, and grows as far as the machine lets it. Everything of a process shares one loop, so long work gives way
to requests over HTTP.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

LEAST = 25
READ_MOST, REPLAY_MOST, RELAY_MOST, TIMERS_MOST = 5_000, 10_000, 1_000, 500
"""Events of one partition in one transaction, or subjects of all: more would cost memory and save nothing."""

FIRST = 500
LONG_SECONDS = 1.0
"""A batch that takes longer is too large: others wait for its locks and for the process, and PostgreSQL may end it.

With half a second an event of analytics costs a quarter more: in small batches a case is folded more often. On a machine
that others take, a second becomes twenty, and then PostgreSQL ends the transaction; the next batch is a quarter of it.
"""

EVENTS, SUBJECTS = 64, 8
"""After so many steps long work gives way: they take some milliseconds, unless a subject has hundreds of new events."""
AT_ONCE = 2
"""Of many batches one is computed while the database writes another. More at once would only make each of them slower."""

T = TypeVar("T")


class Portion:
    """The size of the next batch, between LEAST and `most`."""

    def __init__(self, most: int, ticks: Callable[[], float] = time.monotonic) -> None:
        self.most, self._ticks = most, ticks
        self.size = min(FIRST, most)

    @contextmanager
    def taken(self, count: int) -> Iterator[None]:
        """Do the work of a batch of `count` inside; learn from how long it took, or from its failure."""
        begun = self._ticks()
        try:
            yield
        except Exception:
            self.size = max(LEAST, self.size // 4)
            raise
        took = self._ticks() - begun
        if took > LONG_SECONDS:
            self.size = max(LEAST, self.size // 2)
        elif took < LONG_SECONDS / 2 and 2 * count >= self.size:  # a small batch says nothing about large ones
            self.size = min(self.most, self.size * 2)


async def give_way(step: int, every: int) -> None:
    """Let others have the loop after every so many steps of a long computation; `step` counts from 0."""
    if step and step % every == 0:
        await asyncio.sleep(0)


async def few_at_once(works: Iterable[Callable[[], Awaitable[T]]]) -> list[T]:
    """Do all of these to their end, few at a time; return their results in order, or raise the first error."""
    room = asyncio.Semaphore(AT_ONCE)

    async def done(work: Callable[[], Awaitable[T]]) -> T:
        async with room:
            return await work()

    results: list[T] = []
    for result in await asyncio.gather(*map(done, works), return_exceptions=True):
        if isinstance(result, BaseException):
            raise result
        results.append(result)
    return results
