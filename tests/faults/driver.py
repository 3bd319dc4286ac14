"""One run: load and mischief side by side, then peace, then judgement."""

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import httpx

from deploy.commands.tables import rebuild_services
from services.__main__ import PORTS
from tests.faults.checker import judge
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
    """What a run came to."""

    run: int
    seconds: float
    requests: int
    acknowledged: int
    repeated: int
    mishaps: Counter[str]
    looked_at: Counter[str]
    complaints: list[str] = field(default_factory=list)
    file: Path | None = None


async def run_once(house: House, seed: int, run: int, planned: Sequence[Plan] | None = None, *, rebuilds: bool = True) -> Outcome:
    """Return the outcome of one run; its randomness comes from the seed and its number alone.

    Without `rebuilds` the tables are not compared with those a replay gives; the next run that does compares them all.
    """
    random = Random(f"{seed}/{run}")
    if planned is None:
        has_broker = house.stack.broker is not None
        planned = plans(random, house.services, seconds=LOAD_SECONDS - 0.5, lease=LEASE_SECONDS, has_broker=has_broker)
    file = house.folder / f"history-{seed}-{run}.jsonl"
    file.unlink(missing_ok=True)
    history = History(file)
    begun = time.monotonic()
    await _live(house, history, random, planned, name=f"r{run}", version=run + 2, begun=begun)
    try:
        judged = judge(history, await _evidence(house, history, rebuilds=rebuilds))
        complaints, looked_at = judged.complaints, judged.looked_at
    except Exception as error:
        complaints, looked_at = [f"the judgement could not be held: {type(error).__name__}: {error}"], Counter()
    return _outcome(run, time.monotonic() - begun, history, looked_at, complaints)


async def _live(
    house: House, history: History, random: Random, planned: Sequence[Plan], *, name: str, version: int, begun: float
) -> None:
    shift, patience = Shift(history, begun=begun, seconds=LOAD_SECONDS), Patience(PATIENCE_SECONDS)
    seeds = [random.random() for _ in range(WORKERS)]
    clients = [Client(house.urls(), house.key, history, Random(one), patience, begun=begun) for one in seeds]
    loads = [Load(client, Random(-one), f"{name}-{n}", shift) for n, (client, one) in enumerate(zip(clients, seeds, strict=True))]
    publisher = Load(clients[0], Random(name), f"{name}-p", shift)

    async def harm() -> None:
        await Mischief(house.stack, history, begun=begun).do(planned)
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
    cases = {one.headers["location"].rsplit("/", 1)[-1] for one in history.acknowledged().values() if one.kind == "register"}
    async with httpx.AsyncClient(headers={"Authorization": f"Bearer {house.key}"}, timeout=20.0) as http:
        found = await gather(stack.database_url, stack.log_url, http, addresses, sorted(cases))
    if rebuilds:
        compared = await rebuild_services(list(PORTS), stack.database_url, stack.log_url)
        found.compared += [(one.name, one.live, one.rebuilt) for one in compared]
    return found


def _outcome(run: int, seconds: float, history: History, looked_at: Counter[str], complaints: list[str]) -> Outcome:
    requests = history.requests()
    return Outcome(
        run=run,
        seconds=seconds,
        requests=len(requests),
        acknowledged=len(history.acknowledged()),
        repeated=len(history.attempts) - len(requests),
        mishaps=Counter(f"{one.kind} {one.target}" for one in history.mishaps),
        looked_at=looked_at,
        complaints=complaints,
        file=history.file,
    )
