"""Mishaps of a world, besides lost answers and instances that die at an await (faults.py)."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from libs.events.engine.instance import Instance
from libs.events.log.port import Record
from libs.events.testing.steps import Step, lease, read, send, tick

if TYPE_CHECKING:
    from libs.events.testing.world import World

LEASE = timedelta(seconds=11)
WRONG_BY = (timedelta(seconds=0.9), timedelta(hours=1), timedelta(days=20))


async def kill(world: "World") -> None:
    """An instance dies between two steps."""
    world.trouble.count("crash between steps")
    await world.bury(_anybody(world))


async def doze(world: "World") -> None:
    """An instance sleeps beyond its leases while another takes over; later it will go on as if nothing had happened."""
    instance = _anybody(world)
    group = world.awake[instance.service.name]
    if len(group) > 1:
        world.trouble.count("sleep beyond the lease")
        group.remove(instance)
        world.asleep.append(instance)
        world.lease_clock.advance(LEASE)
        await world.attempt(group[0], lease)


async def wake(world: "World") -> None:
    """A sleeper goes on: it reads, sends and fires before it renews its leases."""
    if world.asleep:
        world.trouble.count("zombie")
        sleeper = world.asleep.pop(world.random.randrange(len(world.asleep)))
        world.awake[sleeper.service.name].append(sleeper)
        for step in world.random.sample([send, read, tick], 3):
            await world.attempt(sleeper, step)


async def lag(world: "World") -> None:
    """All instances of one service do nothing but answer, until another service is chosen."""
    world.trouble.count("service lags")
    world.slow = world.random.choice(list(world.awake))


async def echo(world: "World") -> None:
    """A record stands on the log once more."""
    partition, line = world.random.choice([(at, line) for at, line in world.broker.partitions.items() if line.records])
    world.trouble.count("record repeated")
    record = world.random.choice(line.records)
    await world.log.append(partition, [Record(UUID(int=0), record.key, "", record.body)])


async def leap(world: "World") -> None:
    """The clock that leases go by leaps: by seconds, or beyond everybody's lease."""
    world.trouble.count("lease clock leaps")
    world.lease_clock.advance(world.random.choice((0.3, 1, 300)) * LEASE)


async def set_clock(world: "World") -> None:
    """Somebody sets the clock of an instance's machine wrong, or right again; the clock that all share goes on."""
    world.trouble.count("clock set wrong")
    world.own_clocks[_anybody(world)].by = world.random.choice((-1, 0, 1)) * world.random.choice(WRONG_BY)


async def go_back(world: "World") -> None:
    """A service's database is lost and its backup used instead; before that, all its events stood on the log."""
    name = world.random.choice(list(world.stores))
    store, calm = world.stores[name], world.trouble.is_on
    if not world.backups.get(name):
        world.backups[name] = store.backup()
        return
    world.trouble.is_on = False
    await _all(world, name, send)
    if not await store.outbox.unsent(world.awake[name][0].leases.wanted()):
        world.trouble.count("database back in time")
        for instance in [*world.asleep, *world.awake[name]]:
            if instance.service.name == name:
                await world.bury(instance)
        store.restore(world.backups.pop(name))
        # After a restore the relays take over before any client is answered.
        await _all(world, name, send)
    world.trouble.is_on = calm


async def _all(world: "World", name: str, step: Step) -> None:
    """Let a service's instances own every partition and take a step in each."""
    for _ in range(2):
        world.lease_clock.advance(LEASE)
        for instance in list(world.awake[name]):
            await world.attempt(instance, lease)
            while await world.attempt(instance, step):
                pass


def _anybody(world: "World") -> Instance:
    return world.random.choice([instance for group in world.awake.values() for instance in group])


MISHAPS: Sequence[Callable[["World"], Awaitable[None]]] = (kill, doze, wake, wake, lag, echo, echo, leap, set_clock, go_back)
