"""Everything of a process shares one loop: long work takes turns with itself and with whoever asks over HTTP meanwhile."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

STEPS = 64
"""So many events or subjects are a few milliseconds of work."""
AT_ONCE = 2
"""Of many batches one is computed while the database writes another; more would only make everybody's turns longer."""

T = TypeVar("T")


async def give_way(step: int) -> None:
    """Let the others have the loop before every so manieth step of a long computation; the first step waits for nobody."""
    if step and step % STEPS == 0:
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
