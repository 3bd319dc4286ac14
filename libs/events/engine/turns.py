"""Everything of a process shares one loop: long work takes turns with itself and with whoever asks over HTTP meanwhile."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

EVENTS, SUBJECTS = 64, 8
"""So many of them are some milliseconds of work, as long as a subject's new events are tens."""
AT_ONCE = 2
"""Of many batches one is computed while the database writes another; more would only make everybody's turns longer."""

T = TypeVar("T")


async def give_way(step: int, every: int) -> None:
    """Let the others have the loop after `every` steps of a long computation; `step` counts from 0."""
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
