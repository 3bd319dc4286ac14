"""Reckonings: what other limits would have meant, asked of a running sla, beside folding the same facts in memory.

The same reckoning is then asked of a store that is many times as large: its cost for a case shall stay, and its memory too.
"""

import asyncio
import os
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path

from benchmarks import ground, promised
from benchmarks.desk import run
from benchmarks.history import FACTS_PER_CASE, case_of
from benchmarks.measure import Goal, Row, beside, spread, take_turns
from libs.events.engine.runtime import collect_rarely
from libs.events.log.envelope import fact_of
from services.sla.books import CASES as BOOK
from services.sla.reckonings.counters import COUNTER

FACTS, ROUNDS = 266_000, 3
CASES = FACTS // FACTS_PER_CASE
TIMES = 38
"""How many times as many cases the large store has: ten million facts."""
LOOK_SECONDS = 0.05
LIMITS = {"response": "10m", "resolution": "2h"}
LIMIT = (
    "two processes that count each promise twice, by both limits, with the functions that count live ones: twice the work of "
    "folding its case; then PostgreSQL, which writes a row of JSON for each promise, on the same two processors"
)
LIMIT_LARGE = "indexes that are one level deeper and pages that are read from the disk"
_keys = count(1)


@dataclass(frozen=True, slots=True)
class Took:
    """How long it took, and how long until half of the cases were done; the memory in MiB of all processes that worked on it."""

    seconds: float
    half: float = 0.0
    memory: float = 0.0


def rows(cases: int = CASES, times: int = TIMES) -> list[Row]:
    """Return the rows. The facts of so many cases were read from a log in PostgreSQL; sla said its own."""
    collect_rarely()
    url = ground.database("reckoning")
    bodies = run(promised.filled(url, cases))
    fold = "decoding and folding the same facts, in memory"
    turns: dict[str, Callable[[], Took]] = {"sla": lambda: run(_reckoned(url, cases)), fold: partial(_folded, bodies)}
    found = take_turns(turns, rounds=ROUNDS, warm=1)
    ours, folded = found["sla"], [cases / one.seconds for one in found[fold]]
    work = f"a reckoning of {cases:,} cases by other limits, from POST to done"
    whole, halves = spread([one.seconds for one in ours]), spread([one.seconds / one.half - 1 for one in ours])
    second = "the same: the second half of the cases takes so many times as long as the first"
    return [
        beside(work, "cases/s", [cases / one.seconds for one in ours], fold, folded, goal=Goal(4), limit=LIMIT),
        Row(f"the same: {cases * FACTS_PER_CASE:,} facts", "s", whole, "", None, None, Goal(8, at_most=True), LIMIT),
        Row(second, "×", halves, "", None, None, None, ""),
        *_large(url, cases, times, ours),
    ]


def _large(url: str, cases: int, times: int, small: Sequence[Took]) -> list[Row]:
    """Return what a case costs, and the memory, in a store that is so many times as large, beside the small one."""
    run(promised.multiplied(url, times))
    large = run(_reckoned(url, cases * times))
    facts, peer = cases * times * FACTS_PER_CASE, f"itself at {cases * FACTS_PER_CASE:,} facts"
    costs = [[one.seconds / cases * 1e6 for one in small], [large.seconds / cases / times * 1e6] * len(small)]
    sizes = [[one.memory for one in small], [large.memory] * len(small)]
    goal = Goal(1.15, at_most=True)
    return [
        beside(f"a case of a reckoning of {facts:,} facts", "µs", costs[1], peer, costs[0], goal=goal, limit=LIMIT_LARGE),
        beside("the memory of sla and of the processes that count for it", "MiB", sizes[1], peer, sizes[0], limit=""),
    ]


async def _reckoned(url: str, cases: int) -> Took:
    """Reckon once, from the request to the end. The list is asked for how far it is: it adds nothing up."""
    async with promised.served(url) as http:
        begun, half, memory = time.perf_counter(), 0.0, 0.0
        answer = await http.post("/reckonings", json={"limits": LIMITS}, headers={"Idempotency-Key": f"round {next(_keys)}"})
        shown = answer.json()
        while shown["state"] in ("queued", "running"):
            await asyncio.sleep(LOOK_SECONDS)
            shown = (await http.get("/reckonings?limit=1")).json()["items"][0]
            if not half and 2 * shown["cases_done"] >= cases:
                half, memory = time.perf_counter() - begun, _memory()
        taken = time.perf_counter() - begun
        done = (await http.get(answer.headers["location"])).json()
    assert (done["state"], done["cases_done"], done["promises"]) == ("done", cases, 2 * cases), done
    assert done["summary"]["broken_after"] > done["summary"]["broken_before"], "the limits were others"
    return Took(taken, half, memory)


def _memory() -> float:
    """Return the MiB that this process, in which sla runs, and those that count for it have in memory."""
    found = 0
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if folder.name == str(os.getpid()) or COUNTER.encode() in (folder / "cmdline").read_bytes().split(b"\0"):
                found += int((folder / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return found / 2**20


def _folded(bodies: Sequence[Sequence[bytes]]) -> Took:
    """Fold all cases from their facts, and make rows of them."""
    begun = time.perf_counter()
    clocks = 0
    for n, of_case in enumerate(bodies):
        key = case_of(n)
        clocks += sum(row.table == "clocks" for row in BOOK.rows(key, BOOK.of(key, [fact_of(body) for body in of_case])))
    assert clocks == 2 * len(bodies), f"{clocks} clocks of {len(bodies)} cases"
    return Took(time.perf_counter() - begun)
