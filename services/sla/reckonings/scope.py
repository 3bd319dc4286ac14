"""The cases of a scope, part by part in the order of their ids, and how many there are."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

import msgspec

from libs.events.words.event import Topic
from libs.service.running import RunningService
from services.sla.domain.case import SlaCase
from services.sla.domain.changed_terms import Asked
from services.sla.reckonings import queries

COUNTED_AT_ONCE = 400

_case = msgspec.json.Decoder(SlaCase)


@dataclass(frozen=True, slots=True)
class Case:
    """A case of a reckoning: as it is, and as it stood at the instants asked for, if there are any."""

    case_id: str
    now: SlaCase
    then: SlaCase | None = None


async def count(running: RunningService, asked: Asked) -> tuple[int, int]:
    """Return how many cases are in the scope, and how many promises they have now."""
    cases, promises, reached = 0, 0, ""
    while True:
        met, taken = await next_cases(running, asked, reached, COUNTED_AT_ONCE)
        if not met:
            return cases, promises
        reached, cases = met, cases + len(taken)
        promises += await queries.promises_of(running.pool, [one.case_id for one in taken])


async def next_cases(running: RunningService, asked: Asked, reached: str, limit: int) -> tuple[str, Sequence[Case]]:
    """Return how far the next cases reach, and those of them that are in the scope; nothing at the end."""
    met, taken = "", []
    async for key, state in _walked(running, asked, reached, limit):
        met = key
        if state is not None and asked.scope.takes(key, state):
            taken.append(Case(key, state))
    return met, taken


async def _walked(running: RunningService, asked: Asked, reached: str, limit: int) -> AsyncIterator[tuple[str, SlaCase | None]]:
    store = running.store
    if asked.scope.case_ids:
        for key in [one for one in sorted(set(asked.scope.case_ids)) if one > reached][:limit]:
            kept = await store.state((Topic.CASES, key))
            yield key, None if kept is None else _case.decode(kept.state)
        return
    for key, kept in await store.walk(Topic.CASES, reached, limit):
        await asyncio.sleep(0)
        yield key, _case.decode(kept.state)
