"""The cases of a scope, part by part in the order of their ids, and how many there are."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from libs.events.engine.pace import EVENTS, give_way
from libs.events.words.event import TYPES, Topic
from libs.service.running import RunningService
from services.sla.domain.changed_terms import Asked
from services.sla.domain.quality import HEARD, TOPICS
from services.sla.reckonings import queries
from services.sla.reckonings.values import KeptCase

MET_AT_ONCE = 400
"""Cases of one look at the store."""

_APART = "\n"
"""How a place among corrections and risks begins; no id does."""

_HEARD = sorted(TYPES[cls].wire for cls in HEARD)


@dataclass(slots=True)
class Outline:
    """What of a case decides whether it is in a scope: to read the rest would take five times as long."""

    process_id: str = ""
    grade: str = ""
    registered_at: datetime | None = None


_outline = msgspec.json.Decoder(Outline)


async def count(running: RunningService, asked: Asked) -> tuple[int, int]:
    """Return how many cases are in the scope, and how many promises they have now."""
    cases = promises = 0
    async for part in parts(running, asked):
        cases += len(part)
        promises += await queries.promises_of(running.pool, [one.case_id for one in part])
    return cases, promises


async def parts(running: RunningService, asked: Asked) -> AsyncIterator[list[KeptCase]]:
    """Yield all cases of the scope, some at a time."""
    reached = ""
    while True:
        reached, taken = await next_cases(running, asked, reached, MET_AT_ONCE)
        if not reached:
            return
        yield taken


async def next_cases(running: RunningService, asked: Asked, reached: str, limit: int) -> tuple[str, list[KeptCase]]:
    """Return how far the next cases reach, and those of them that are in the scope; nothing at the end."""
    met, taken = await _met(running, asked, reached, limit), []
    for step, (_, key, state) in enumerate(met):
        await give_way(step, EVENTS)
        if state is not None and asked.scope.takes(key, _outline.decode(state)):
            taken.append(KeptCase(key, state))
    return met[-1][0] if met else "", taken


async def with_facts(running: RunningService, cases: Sequence[KeptCase]) -> list[KeptCase]:
    """Return the cases with the facts from which it follows how they stood."""
    async with running.store.transaction() as reading:
        facts = await reading.facts([(topic, one.case_id) for topic in TOPICS for one in cases], _HEARD)
    return [one._replace(facts=[body for topic in TOPICS for body in facts[topic, one.case_id]]) for one in cases]


async def _met(running: RunningService, asked: Asked, reached: str, limit: int) -> list[tuple[str, str, bytes | None]]:
    """Return the next of all, or of those that are named: how far each reaches, its id and its state."""
    if not asked.scope.case_ids:
        return await _walked(running, reached, limit)
    found: list[tuple[str, str, bytes | None]] = []
    for key in [one for one in sorted(set(asked.scope.case_ids)) if one > reached][:limit]:
        states = [await running.store.state((topic, key)) for topic in TOPICS]
        found.append((key, key, next((one.state for one in states if one is not None), None)))
    return found


async def _walked(running: RunningService, reached: str, limit: int) -> list[tuple[str, str, bytes | None]]:
    """Return the next of all in the order of the database, which is its own matter: cases, then corrections and risks."""
    cases = [] if reached.startswith(_APART) else await running.store.walk(Topic.CASES, reached, limit)
    if cases:
        return [(key, key, kept.state) for key, kept in cases]
    behind = reached.removeprefix(_APART) if reached.startswith(_APART) else ""
    return [(_APART + key, key, kept.state) for key, kept in await running.store.walk(Topic.QUALITY, behind, limit)]
