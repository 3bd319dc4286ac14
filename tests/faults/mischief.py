"""What a seed does to whom and when; then the doing of it, and the mending."""

import asyncio
import os
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from random import Random

from deploy.stack import Stack
from tests.faults.history import History, Mishap

BROKER, DATABASE = "broker", "database"


@dataclass(frozen=True, slots=True)
class Plan:
    """One mishap: `after` so many seconds something happens to a target, and lasts."""

    after: float
    kind: str
    target: str
    lasts: float


def plans(random: Random, services: Sequence[str], *, seconds: float, lease: float, has_broker: bool) -> list[Plan]:
    """Return a run's mishaps: two to four instants, at each something to one target or to two at once."""
    found = []
    for _ in range(random.randint(2, 4)):
        after = random.uniform(0.2, seconds)
        others = [BROKER] * 3 * has_broker + [DATABASE] * 2
        targets = random.sample([*services, *others], 2 if random.random() < 0.25 else 1)
        found += [_plan(random, after, target, lease) for target in dict.fromkeys(targets)]
    return sorted(found, key=lambda plan: plan.after)


def _plan(random: Random, after: float, target: str, lease: float) -> Plan:
    if target == DATABASE:
        return Plan(after, random.choice(("kill", "stop")), target, random.uniform(0.0, 0.8))
    if target == BROKER:
        kind = random.choice(("kill", "pause"))
        return Plan(after, kind, target, random.uniform(0.3, 1.5))
    kind = random.choices(("kill", "pause", "restart"), (5, 4, 2))[0]
    lasts = lease * random.uniform(1.2, 2.0) if kind == "pause" else random.uniform(0.0, 1.0)
    return Plan(after, kind, target, lasts)


class Mischief:
    """Does what was planned to a stack; one target suffers one thing at a time."""

    def __init__(self, stack: Stack, history: History, *, begun: float) -> None:
        self._stack, self._history, self._begun = stack, history, begun
        self._turns: dict[str, asyncio.Lock] = {}

    async def do(self, planned: Sequence[Plan]) -> None:
        """Return when everything has happened and everything runs again."""
        await asyncio.gather(*(self._one(plan) for plan in planned))

    async def _one(self, plan: Plan) -> None:
        await asyncio.sleep(max(0.0, self._begun + plan.after - time.monotonic()))
        async with self._turns.setdefault(plan.target, asyncio.Lock()):
            since = time.monotonic() - self._begun
            await asyncio.to_thread(self._harm, plan)
            await asyncio.sleep(plan.lasts)
            await asyncio.to_thread(self._mend, plan)
            self._history.add(Mishap(plan.kind, plan.target, round(since, 3), round(time.monotonic() - self._begun, 3)))

    def _harm(self, plan: Plan) -> None:
        stack = self._stack
        match plan.target, plan.kind:
            case "database", "kill":
                stack.postgres.kill()
            case "database", _:
                _end(stack.postgres.pid, signal.SIGQUIT)  # what PostgreSQL calls an immediate stop
            case "broker", "kill":
                assert stack.broker is not None
                stack.broker.kill()
            case "broker", _:
                assert stack.broker is not None
                stack.broker.pause()
            case service, "kill":
                stack.kill(service)
            case service, "pause":
                stack.pause(service)
            case service, _:
                _end(stack.pid(service), signal.SIGTERM)
                _until_gone(lambda: stack.pid(service) is None)

    def _mend(self, plan: Plan) -> None:
        stack = self._stack
        if plan.target == DATABASE:
            _until_gone(lambda: not stack.postgres.is_running())
            stack.postgres.start()
        elif plan.target == BROKER:
            assert stack.broker is not None
            stack.broker.resume()
            stack.broker.start()
        elif plan.kind == "pause":
            stack.resume(plan.target)
        else:
            stack.start_service(plan.target)


def _end(pid: int | None, number: signal.Signals) -> None:
    if pid is not None:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


def _until_gone(is_gone: Callable[[], bool], seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while not is_gone() and time.monotonic() < end:
        time.sleep(0.02)
