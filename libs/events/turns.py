"""Everything of a process shares one loop: long work takes turns with whoever asks over HTTP meanwhile."""

import asyncio

STEPS = 64
"""So many events or subjects are a few milliseconds of work."""


async def give_way(step: int) -> None:
    """Let the others have the loop before every so manieth step of a long computation; the first step waits for nobody."""
    if step and step % STEPS == 0:
        await asyncio.sleep(0)
