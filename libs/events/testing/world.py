"""All services in one process, on one log, in an order and with mishaps that a seed decides.

    world = World([INTAKE, ROUTING, …], seed=7, at=…)
    await world.start()
    await world.execute("intake", lambda standards: Command(…))
    await world.wander(20)          # twenty steps, chosen by the seed
    await world.settle()            # until nothing is left to do
    await world.check()             # tables equal a replay from the first record, and every number is on the log

Promises age by `clock`; leases by a clock of their own, so that a takeover does not break a promise by itself.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from random import Random

from prometheus_client import CollectorRegistry

from libs.events.adapters.memory import MemoryStore as Lines
from libs.events.envelope import open_envelope
from libs.events.instance import Instance
from libs.events.log import LogUnavailable, Partition, TopicSettings
from libs.events.now import StoppedClock
from libs.events.replay import Extent, Replay
from libs.events.sequence import is_new, source_of
from libs.events.service import Service
from libs.events.standards import Standards
from libs.events.store import Answer, Conflict, Seen, StoreUnavailable
from libs.events.stores.memory import MemoryStore
from libs.events.testing.faults import FaultyLog, FaultyStore, Trouble
from libs.events.testing.tables import Tables, implied, shown
from libs.events.unit import PARTITIONS
from libs.events.writer import Command

LEASE = timedelta(seconds=11)
INSTANCES = 2
ROUNDS_MAX = 500
PASSING = (Conflict, StoreUnavailable, LogUnavailable)
"""What a running service meets with another try (runtime.py)."""


class World:
    """Two instances of every service. `trouble` 0 is a calm world: no faults, no crashes, nobody sleeps."""

    def __init__(self, services: Sequence[Service], seed: int, *, at: datetime, trouble: float = 0.05) -> None:
        self.services = {service.name: service for service in services}
        self.clock, self._lease_clock = StoppedClock(at), StoppedClock(at)
        self.random = Random(seed)  # noqa: S311 - chance that can be repeated
        self.trouble = Trouble(self.random, trouble)
        self.lines = Lines(stride=self.random.choice((1, 3)))
        self.log = FaultyLog(self.lines, self.trouble)
        self.stores = {name: FaultyStore(name, self._lease_clock, self.trouble) for name in self.services}
        self.awake: dict[str, list[Instance]] = {name: [] for name in self.services}
        self.asleep: list[Instance] = []
        self.mishaps: dict[str, int] = {}

    async def start(self) -> None:
        """Make the topics and the instances."""
        for topic, count in PARTITIONS.items():
            await self.log.create(TopicSettings(topic, count))
        for name in self.services:
            for _ in range(INSTANCES):
                await self._born(name)

    async def _born(self, name: str) -> None:
        instance = Instance(
            self.services[name],
            self.stores[name],
            [FaultyLog(self.lines, self.trouble) for _ in range(3)],
            now=self.clock,
            registry=CollectorRegistry(),
            grace=timedelta(0),
        )
        await instance.shelf.fill()
        self.awake[name].append(instance)

    async def execute(self, name: str, command: Callable[[Standards], Command]) -> Answer:
        """Give a command to some instance, again and again until it is answered, as a client would."""
        while True:
            instance = self.random.choice(self.awake[name])
            running = asyncio.create_task(instance.writer.run())
            try:
                return await instance.writer.execute(command(instance.standards))
            except StoreUnavailable:
                self._count("command repeated")
            finally:
                running.cancel()

    async def wander(self, steps: int) -> None:
        """Take steps: two things at a time, so that they meet in the middle of each other's work."""
        for _ in range(steps):
            await asyncio.gather(self._step(), self._step())

    async def _step(self) -> None:
        instance = self.random.choice(self.awake[self.random.choice(list(self.awake))])
        steps = [self._lease, self._read, self._read, self._send, self._send, self._tick, self._learn]
        mishaps = [self._crash, self._sleep, self._zombie] if self.trouble.strikes() else []
        step = self.random.choice(mishaps or steps)
        try:
            await step(instance)
        except PASSING as error:
            self._count(type(error).__name__)

    async def _lease(self, instance: Instance) -> None:
        await instance.lease()

    async def _read(self, instance: Instance) -> None:
        await instance.read(wait=0)

    async def _send(self, instance: Instance) -> None:
        await instance.send()

    async def _tick(self, instance: Instance) -> None:
        await instance.tick()

    async def _learn(self, instance: Instance) -> None:
        await instance.shelf.read(wait=0)

    async def _crash(self, instance: Instance) -> None:
        """Drop an instance with all it held in memory; another begins, and its leases run out later or now."""
        name = instance.service.name
        self._count("crash")
        if instance in self.awake[name]:
            self.awake[name].remove(instance)
        await self._born(name)
        if self.random.random() < 0.5:
            self._lease_clock.advance(LEASE)

    async def _sleep(self, instance: Instance) -> None:
        """Let an instance sleep beyond its leases while others take over; it will go on as if nothing had been."""
        name = instance.service.name
        if instance in self.awake[name] and len(self.awake[name]) > 1:
            self._count("sleep")
            self.awake[name].remove(instance)
            self.asleep.append(instance)
            self._lease_clock.advance(LEASE)
            await self._lease(self.awake[name][0])

    async def _zombie(self, instance: Instance) -> None:
        """Wake a sleeper: it reads and sends before it asks whether it still may."""
        if self.asleep:
            self._count("zombie")
            sleeper = self.asleep.pop(self.random.randrange(len(self.asleep)))
            self.awake[sleeper.service.name].append(sleeper)
            for step in self.random.sample([self._send, self._read, self._tick], 3):
                await step(sleeper)

    def _count(self, what: str) -> None:
        self.mishaps[what] = self.mishaps.get(what, 0) + 1

    async def settle(self, *, without: str = "") -> None:
        """Let everybody work, without mishaps, until nobody has anything left to do; one service may be held up."""
        self.trouble.is_on = False
        while self.asleep:
            await self._zombie(self.asleep[0])
        for _ in range(ROUNDS_MAX):
            if not await self._round(without) and await self._is_quiet():
                break
        else:
            raise AssertionError("the world does not come to rest")
        self.trouble.is_on = True

    async def _round(self, without: str) -> int:
        done = 0
        instances = [instance for group in self.awake.values() for instance in group]
        for instance in self.random.sample(instances, len(instances)):
            await instance.lease()
            await instance.shelf.read(wait=0)
            steps: list[Callable[[], Awaitable[int]]] = [instance.send, instance.tick, partial(instance.read, wait=0)]
            for step in self.random.sample(steps, len(steps)) if instance.service.name != without else [instance.send]:
                done += await step()
            assert not instance.stopped(), instance.stopped()
        return done

    async def _is_quiet(self) -> bool:
        """Test whether every partition has an owner who is done; where one has none, let the dead owner's lease run out."""
        for group in self.awake.values():
            wanted = group[0].wanted()
            if {partition for instance in group for partition in instance.owned} != set(wanted):
                self._lease_clock.advance(LEASE)
                return False
            if await group[0].store.unsent([one for one in wanted if one.topic in group[0].service.topics_said]):
                return False
        return True

    def tables(self, name: str) -> Tables:
        """Return a service's tables as they stand, less the rollup rows that add up to nothing."""
        return shown(self.services[name], self.stores[name].memory.tables)

    async def replayed(self, name: str) -> Tables:
        """Return the tables as a replay of the whole log makes them."""
        replay = Replay(self.services[name], MemoryStore(name, self.clock), self.log)
        extents: dict[Partition, Extent] = {}
        for partition in replay.partitions():
            end = (await self.log.ends(partition.topic))[partition]
            extents[partition] = Extent(end, end)
        await replay.run(extents)
        assert isinstance(replay.store, MemoryStore)
        return shown(self.services[name], replay.store.memory.tables)

    async def check(self) -> None:
        """Check what must hold whenever the world is settled."""
        seen = self._numbers()
        for name, store in self.stores.items():
            assert not await store.parked(), f"{name} set something aside: {await store.parked()}"
            for partition in self.awake[name][0].wanted():
                epoch, next_seq = await store.counter(partition)
                on_log = seen.get(partition, {}).get(name, (1, -1))
                assert on_log == (epoch, next_seq - 1), f"{name} numbered {epoch}/{next_seq - 1} in {partition}, log: {on_log}"
            assert self.tables(name) == await self.replayed(name), f"{name}: live tables differ from a replay"
            assert self.tables(name) == implied(self.services[name], self.lines), f"{name}: not what the facts imply"

    def _numbers(self) -> Mapping[Partition, Seen]:
        """Return every source's last number on the log by partition; a hole raises Gap."""
        found: dict[Partition, Seen] = {}
        for partition, line in self.lines.lines.items():
            seen = found.setdefault(partition, {})
            for record in line.records:
                envelope = open_envelope(record.value)
                if is_new(envelope, seen):
                    seen[source_of(envelope)] = (int(envelope.outboxepoch), int(envelope.outboxseq))
        return found
