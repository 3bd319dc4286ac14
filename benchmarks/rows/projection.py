"""The exactly-once projection: analytics reads a backlog from Kafka and writes every row of it in PostgreSQL, one process."""

import json
import time

from benchmarks import environment, ground
from benchmarks.desk import filled, instance_of, run
from benchmarks.history import FACTS_PER_CASE, case_of, life
from benchmarks.measure import Goal, Row, Side, compare
from libs.events.engine.runtime import collect_rarely
from libs.events.log.envelope import encode_data
from services.analytics.service import SERVICE

CASES, THEIR_CASES, ROUNDS = 12_000, 300, 3


def rows() -> list[Row]:
    """Return the row; both sides project cases of the same history into tables of their own."""
    collect_rarely()
    log_url = ground.corner()
    run(filled(log_url, CASES))
    ours = Side("analytics", lambda: run(_projected(log_url)), "events/s")
    peer = Side(f"eventsourcing {environment.version('eventsourcing')}, ProjectionRunner", _their_projection, "events/s")
    limit = (
        "computing a case's rows in Python, those before its new facts and those after (a half), folding and decoding (a "
        "quarter), writing the rows (a tenth); PostgreSQL works beside it on the other core"
    )
    return compare(
        "exactly-once projection Kafka → PostgreSQL, one process", ours, [(peer, Goal(15))], limit=limit, rounds=ROUNDS
    )


async def _projected(log_url: str) -> float:
    count = CASES * FACTS_PER_CASE
    async with instance_of(SERVICE, ground.database("projection"), log_url) as instance:
        # The first batches make the statements' plans and meet new cases only; they do not count.
        before = handled = await instance.read(wait=5.0)
        assert handled < count, "the whole backlog was one batch; there is nothing left to measure"
        begun = time.perf_counter()
        while handled < count:
            handled += await instance.read(wait=0.5)
        return (count - before) / (time.perf_counter() - begun)


def _their_projection() -> float:
    answer: float = environment.ask("eventsourcing_projection", url=ground.database("peer"), cases=their_cases(THEIR_CASES))
    return answer


def their_cases(count: int) -> dict[str, list[list[object]]]:
    """Return the first cases of the history in plain words: type, instant, data."""
    return {
        case_of(n): [[fact.kind.name, fact.time.isoformat(), json.loads(encode_data(fact.data))] for fact in life(n)]
        for n in range(count)
    }
