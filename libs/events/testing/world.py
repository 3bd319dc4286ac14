"""All services in one process, on one log, in an order and with mishaps that a seed decides.

    world = World([INTAKE, ROUTING, …], seed=7, at=…)
    await world.start()
    await world.execute("intake", lambda standards: Command(…))
    await world.wander(20)          # twenty times two things at once, chosen by the seed
    await world.come_to_rest()      # without mishaps, until nothing is left to do
    await world.check()             # tables equal a replay from the first record, and every number is on the log

Promises age by `clock`, which all share; leases by a clock of their own, so that a takeover does not break a promise by itself.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from random import Random

from prometheus_client import CollectorRegistry

from libs.events.engine.instance import Instance
from libs.events.engine.known import Known
from libs.events.engine.service import Service
from libs.events.engine.writer import Command
from libs.events.log.port import PARTITIONS, LogUnavailable, Partition, TopicSettings
from libs.events.store.port import Conflict, StoreUnavailable
from libs.events.store.values import Answer
from libs.events.testing.clients import Clients
from libs.events.testing.clocks import OwnClock, SteppingClock, StoppedClock
from libs.events.testing.faults import MISHAP, Crash, FaultyLog, FaultyStore, Life, Trouble
from libs.events.testing.memory_log import Broker, MemoryLog
from libs.events.testing.memory_transaction import Memory
from libs.events.testing.mishaps import MISHAPS
from libs.events.testing.steps import STEPS, Step, learn, read, send, tick
from libs.events.testing.tables import Tables, implied, misplaced, replayed, shown, unaccounted
from libs.events.testing.watch import (
    Backup,
    WatchedStore,
    early_alarms,
    early_marks,
    unread,
    ways_back,
)
from libs.events.words.now import is_wrong

LEASE = timedelta(seconds=11)
INSTANCES = 2
ROUNDS_MAX = 500
PASSING = (Conflict, StoreUnavailable, LogUnavailable)
"""A running service tries again after these (runtime.py)."""


class World:
    """Two instances of every service. `trouble` 0 is a calm world: no faults, no crashes, nobody sleeps."""

    def __init__(self, services: Sequence[Service], seed: int, *, at: datetime, trouble: float = 0.05) -> None:
        self.services = {service.name: service for service in services}
        self.broken: list[str] = []
        self.random = Random(seed)  # noqa: S311 - chance that can be repeated
        self.trouble = Trouble(self.random, trouble)
        self.broker = Broker(stride=self.random.choice((1, 3)))
        self.log = MemoryLog(self.broker)
        self.clock, self.lease_clock = SteppingClock(at, self.broker), StoppedClock(at)
        self.stores = {
            name: WatchedStore(name, self.clock, self.lease_clock, partial(self._watch, name)) for name in self.services
        }
        self.awake: dict[str, list[Instance]] = {name: [] for name in self.services}
        self.asleep: list[Instance] = []
        self.slow = ""
        self.backups: dict[str, Backup] = {}
        self.own_clocks: dict[Instance, OwnClock] = {}
        self._lives: dict[Instance, Life] = {}
        self._clients = Clients(self.trouble, self.awake, self.bury)

    def _watch(self, name: str, before: Memory, after: Memory) -> None:
        found = [*ways_back(before, after), *early_alarms(before, after, self.clock), *early_marks(before, after, self.clock)]
        self.broken += [f"{name}: {what}" for what in found]

    async def start(self) -> None:
        """Make the topics and the instances."""
        for topic, count in PARTITIONS.items():
            await self.log.create(TopicSettings(topic, count))
        for name in self.services:
            for _ in range(INSTANCES):
                await self.born(name)

    async def born(self, name: str) -> None:
        """Let another instance of a service begin."""
        life = Life(Trouble(self.random))
        logs = [FaultyLog(self.log, life) for _ in range(3)]
        store, own_clock = FaultyStore(self.stores[name], life), OwnClock(self.clock)
        instance = Instance(
            self.services[name],
            store,
            logs,
            now=own_clock,
            ticks=self.clock.ticks,
            registry=CollectorRegistry(),
            grace=timedelta(0),
        )
        await instance.learner.learn()
        life.trouble = self.trouble
        self._lives[instance], self.own_clocks[instance] = life, own_clock
        self.awake[name].append(instance)

    async def bury(self, instance: Instance) -> None:
        """Drop an instance with all it held in memory; another begins, and the leases run out later or now."""
        life = self._lives.pop(instance, None)
        if life is None:
            return
        del self.own_clocks[instance]
        life.is_over = True
        for group in (self.asleep, self.awake[instance.service.name]):
            if instance in group:
                group.remove(instance)
        await self.born(instance.service.name)
        if self.random.random() < 0.5:
            self.lease_clock.advance(LEASE)

    async def execute(self, name: str, make: Callable[[Known], Command]) -> Answer:
        """Give a command to some instance, again and again until it is answered, as a client would."""
        return await self._clients.execute(name, make)

    async def wander(self, steps: int) -> None:
        """Take steps: two things at a time, so that they meet in the middle of each other's work."""
        for _ in range(steps):
            await asyncio.gather(self._step(), self._step())
            assert not self.broken, self.broken[0]

    async def _step(self) -> None:
        if self.trouble.strikes("mishap", MISHAP):
            await self.random.choice(MISHAPS)(self)
        elif group := self.awake[self.random.choice([name for name in self.awake if name != self.slow])]:
            await self.attempt(self.random.choice(group), self.random.choice(STEPS))

    async def attempt(self, instance: Instance, step: Step) -> int:
        """Let an instance take a step, as far as it gets; return how much was done."""
        done = 0
        with suppress(Crash, *PASSING):
            done = await step(instance)
            if instance in self._lives:  # not buried meanwhile, with the database going back: nobody asks a dead one
                self._watch_watermark(instance)
        if (life := self._lives.get(instance)) and life.is_over:
            await self.bury(instance)
        return done

    def _watch_watermark(self, instance: Instance) -> None:
        """Note when an instance believes that a fact is applied and it is not."""
        name, until = instance.service.name, instance.watermark()
        if until is not None and (wrong := unread(until, self._heard(name), self.stores[name].memory, self.clock)):
            self.broken.append(f"{name}: {wrong[0]}")

    def _heard(self, name: str) -> list[Partition]:
        return [Partition(topic, number) for topic in self.services[name].topics_heard for number in range(PARTITIONS[topic])]

    async def come_to_rest(self, *, without: str = "") -> None:
        """Let everybody work, without mishaps, until nobody has anything left to do; one service may be held up."""
        self.trouble.is_on, self.slow = False, ""
        for sleeper in self.asleep:
            self.awake[sleeper.service.name].append(sleeper)
        self.asleep.clear()
        for group in self.awake.values():
            if all(is_wrong(self.own_clocks[instance].by) for instance in group):
                self.own_clocks[group[0]].by = timedelta(0)  # otherwise no instance would fire
        for _ in range(ROUNDS_MAX):
            if not await self._round(without) and await self._is_quiet():
                break
        else:
            raise AssertionError("the world does not come to rest")
        self.trouble.is_on = True
        assert not self.broken, self.broken[0]

    async def _round(self, without: str) -> int:
        done = 0
        instances = [instance for group in self.awake.values() for instance in group]
        for instance in self.random.sample(instances, len(instances)):
            await instance.lease()
            await learn(instance)
            for step in self.random.sample((send, tick, read), 3) if instance.service.name != without else (send,):
                done += await step(instance)
            self._watch_watermark(instance)
            assert not instance.leases.stopped(), instance.leases.stopped()
        return done

    async def _is_quiet(self) -> bool:
        """Test whether every partition has an owner without work left; where it has none, let the dead owner's lease run out.

        While leases run out, an instance whose clock is wrong may see no other one, and take what it gives up a round later.
        """
        for group in self.awake.values():
            wanted, right = group[0].leases.wanted(), [one for one in group if not one.leases.wrong_clock()]
            if _owned(right) != set(wanted):
                if _owned(group) != set(wanted):
                    self.lease_clock.advance(LEASE)
                return False
            if await group[0].store.outbox.unsent([one for one in wanted if one.topic in group[0].service.topics_said]):
                return False
        return True

    def tables(self, name: str) -> Tables:
        """Return a service's tables as they stand, less the rollup rows that add up to nothing."""
        return shown(self.services[name], self.stores[name].memory.tables)

    async def check(self) -> None:
        """Check the laws that hold whenever the world is settled."""
        assert not (wrong := misplaced(self.broker)), wrong
        for name, store in self.stores.items():
            known = {store.memory.applied.get(partition) for partition in self._heard(name)}
            assert known == {self.clock.at}, f"{name} is at rest, and knows its partitions until {known}"
            assert not await store.parked.all(), f"{name} set something aside: {await store.parked.all()}"
            assert not (found := await unaccounted(store, name, self.broker)), found
            service, live = self.services[name], self.tables(name)
            assert live == await replayed(service, self.log), f"{name}: live tables differ from a replay"
            assert live == implied(service, self.broker), f"{name}: not what the facts imply"


def _owned(instances: Sequence[Instance]) -> set[Partition]:
    return {partition for instance in instances for partition in instance.leases.owned}
