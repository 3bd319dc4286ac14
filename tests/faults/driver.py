"""One run: load and mischief side by side, then peace, then judgement."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

import httpx

from deploy.commands.tables import rebuild_services
from services.__main__ import PORTS
from tests.faults.checks import judge
from tests.faults.client import Client, Patience
from tests.faults.evidence import Evidence, gather
from tests.faults.history import History
from tests.faults.house import LEASE_SECONDS, House
from tests.faults.load import Load, Shift
from tests.faults.mischief import Mischief, Plan, plans

WORKERS = 8
LOAD_SECONDS, PATIENCE_SECONDS = 4.0, 60.0
"""How long new requests are made, and how long one is repeated once everything runs again."""


@dataclass(slots=True)
class Outcome:
    """The result of a run; `looked_at` counts the things that were checked."""

    run: int
    history: History
    complaints: list[str]
    looked_at: Counter[str]
    seconds: float = 0.0

    def __post_init__(self) -> None:
        self.seconds = self.history.now()

    def numbers(self) -> dict[str, int]:
        """Return how many requests there were, and how many of them came to what."""
        asked, answered = len(self.history.requests()), len(self.history.acknowledged())
        return {"requests": asked, "acknowledged": answered, "repeated": len(self.history.attempts) - asked}

    def mishaps(self) -> Counter[str]:
        """Return how often something happened to a process."""
        return Counter(f"{one.kind} {one.target}" for one in self.history.mishaps)


async def run_once(house: House, seed: int, run: int, *, rebuilds: bool = True) -> Outcome:
    """Return the outcome of one run; its randomness comes from the seed and its number alone.

    Without `rebuilds` the tables are not compared with those a replay gives; the next run that does compares them all.
    """
    random = Random(f"{seed}/{run}")
    has_broker = house.stack.broker is not None
    planned = plans(random, list(house.stack.ports), seconds=LOAD_SECONDS - 0.5, lease=LEASE_SECONDS, has_broker=has_broker)
    file = house.stack.home.folder / f"history-{seed}-{run}.jsonl"
    file.unlink(missing_ok=True)
    history = History(file)
    await _live(house, history, random, planned, name=f"r{run}", version=run + 2)
    try:
        return Outcome(run, history, *judge(history, await _evidence(house, history, rebuilds=rebuilds)))
    except Exception as error:
        return Outcome(run, history, [f"the judgement could not be held: {type(error).__name__}: {error}"], Counter())


async def _live(house: House, history: History, random: Random, planned: Sequence[Plan], *, name: str, version: int) -> None:
    shift, patience = Shift(history, seconds=LOAD_SECONDS), Patience(PATIENCE_SECONDS)
    seeds = [random.random() for _ in range(WORKERS)]
    clients = [Client(house.urls(), house.key, history, Random(one), patience) for one in seeds]
    loads = [Load(client, Random(-one), f"{name}-{n}", shift) for n, (client, one) in enumerate(zip(clients, seeds, strict=True))]
    publisher = Load(clients[0], Random(name), f"{name}-p", shift)

    async def harm() -> None:
        await Mischief(house.stack, history).do(planned)
        await asyncio.to_thread(house.heal)
        patience.begin_to_end()

    try:
        await asyncio.gather(harm(), publisher.publish(version), *(load.work() for load in loads))
    finally:
        for client in clients:
            await client.close()


async def _evidence(house: House, history: History, *, rebuilds: bool) -> Evidence:
    stack = house.stack
    addresses = {name: urls[0] for name, urls in house.urls().items()}
    cases = {one.about for one in history.acknowledged().values() if one.kind == "register"}
    async with httpx.AsyncClient(headers=house.http.headers, timeout=20.0) as http:
        found = await gather(stack.database_url, stack.log_url, http, addresses, sorted(cases))
    if rebuilds:
        compared = await rebuild_services(list(PORTS), stack.database_url, stack.log_url)
        found.compared += [(one.name, one.live, one.rebuilt) for one in compared]
    return found
