"""A seed decides what happens to which process and when; then it is done, and mended."""

import asyncio
import os
import signal
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from random import Random

from deploy.stack import Stack
from tests.faults.history import History, Mishap
from tests.stack.running import until

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

    def __init__(self, stack: Stack, history: History) -> None:
        self._stack, self._history = stack, history
        self._turns: dict[str, asyncio.Lock] = {}
        self._servers = {DATABASE: stack.postgres, BROKER: stack.broker}

    async def do(self, planned: Sequence[Plan]) -> None:
        """Return when everything has happened and everything runs again."""
        await asyncio.gather(*(self._one(plan) for plan in planned))

    async def _one(self, plan: Plan) -> None:
        await asyncio.sleep(max(0.0, plan.after - self._history.now()))
        async with self._turns.setdefault(plan.target, asyncio.Lock()):
            since = self._history.now()
            await asyncio.to_thread(self._harm, plan)
            await asyncio.sleep(plan.lasts)
            await asyncio.to_thread(self._mend, plan)
            self._history.add(Mishap(plan.kind, plan.target, since, self._history.now()))

    def _harm(self, plan: Plan) -> None:
        stack, server = self._stack, self._servers.get(plan.target)
        match plan.kind:
            case "kill" | "pause" if server is not None:
                getattr(server, plan.kind)()
            case "kill" | "pause":
                getattr(stack, plan.kind)(plan.target)
            case "stop":
                _end(stack.postgres.pid, signal.SIGQUIT)  # what PostgreSQL calls an immediate stop
            case "restart":
                _end(stack.pid(plan.target), signal.SIGTERM)
                until(lambda: stack.pid(plan.target) is None, f"{plan.target} ended")

    def _mend(self, plan: Plan) -> None:
        stack = self._stack
        if plan.target == DATABASE:
            until(lambda: not stack.postgres.is_running(), "the database ended")
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
