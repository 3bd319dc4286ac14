"""The steps of an instance; a runtime repeats each of them in a loop."""

from collections.abc import Awaitable, Callable, Sequence

from libs.events.engine.instance import Instance

Step = Callable[[Instance], Awaitable[int]]
"""Returns the amount of work that was done."""


async def lease(instance: Instance) -> int:
    """Renew its leases and take free ones."""
    await instance.lease()
    return 0


async def read(instance: Instance) -> int:
    """Read and handle new records."""
    return await instance.read(wait=0)


async def send(instance: Instance) -> int:
    """Send its events to the log."""
    return await instance.send()


async def tick(instance: Instance) -> int:
    """Fire due alarms."""
    return await instance.tick()


async def learn(instance: Instance) -> int:
    """Read new standards, and tend the keys that waited for them."""
    await instance.learner.read(wait=0)
    if instance.parking.has_learned():
        await instance.retry()
    return 0


STEPS: Sequence[Step] = (lease, read, read, send, send, tick, learn)
