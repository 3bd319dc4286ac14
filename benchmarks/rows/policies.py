"""Policies: publishing a version, and listing what it would change, beside the same in a store that is a fraction as large.

The large store has copies of cases and of their rows, so that publishing and listing ask as many. Behind a publication sla looks
at each case that it has read. That look is not measured here, and nobody looks at the copies.
"""

import time
from collections.abc import Sequence
from itertools import count

import httpx

from benchmarks import ground, promised
from benchmarks.desk import run
from benchmarks.measure import Goal, Row, beside
from libs.events.engine.runtime import collect_rarely

CASES, NEWCOMERS, TIMES = 12_000, 1_200, 8
VERSIONS = 22
"""The first two fill caches; they do not count."""
RATIO_MAX = 1.5
LIMIT = "one commit; what it asks the tables is the newest case of the process, which an index knows"
LIMIT_LIST = "each of its hundred cases is read and counted twice, as it is promised and as it would be"
_numbers = count(1)


def rows(cases: int = CASES, newcomers: int = NEWCOMERS, times: int = TIMES) -> list[Row]:
    """Return the rows. One case in ten is open, and each of these would change."""
    collect_rarely()
    url = ground.database("policies")
    run(promised.filled(url, cases, newcomers))
    small = run(_published(url, newcomers))
    run(promised.multiplied(url, times, rows=("clocks", "cases")))
    large = run(_published(url, newcomers * times))
    of, peer = (cases + newcomers) * times, f"itself at {cases + newcomers:,} cases"
    goal = Goal(RATIO_MAX, at_most=True)
    return [
        beside(f"publish a policy at {of:,} cases", "ms", large[0], peer, small[0], goal=goal, limit=LIMIT),
        beside("the first hundred open cases that it would change", "ms", large[1], peer, small[1], goal=goal, limit=LIMIT_LIST),
    ]


async def _published(url: str, open_cases: int) -> tuple[Sequence[float], Sequence[float]]:
    """Publish some versions, and ask for the first page of what each would change; return how long each took."""
    publishing, listing = [], []
    async with promised.served(url) as http:
        for version in (next(_numbers) for _ in range(VERSIONS)):
            begun = time.perf_counter()
            position = await _publish(http, version)
            publishing.append((time.perf_counter() - begun) * 1000)
            path = f"/policies/{promised.STANDARD.process_id}/versions/{version}/restating?limit=100"
            begun = time.perf_counter()
            answer = await http.get(path, headers={"Position": position})
            listing.append((time.perf_counter() - begun) * 1000)
            changed = [one for one in answer.raise_for_status().json()["items"] if one["changes"]]
            assert len(changed) == min(100, open_cases), f"{len(changed)} cases would change"
    return publishing[2:], listing[2:]


async def _publish(http: httpx.AsyncClient, version: int) -> str:
    """Publish the version, and return the position behind it."""
    rule = {"id": "quick", "then": {"clock": "response", "limit": f"{version}m"}}
    body = {"policy": {"process": promised.STANDARD.process_id, "version": version, "rules": [rule]}}
    answer = await http.post("/policies", json=body, headers={"Idempotency-Key": f"version {version}"})
    answer.raise_for_status()
    return answer.headers["Position"]
