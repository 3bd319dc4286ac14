"""The breaches in the order in which they were written down, for a system that polls: each once, and what was withdrawn, too."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from types import GenericAlias
from typing import Annotated, Any, Literal, NamedTuple
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from libs.events.catalogue.references import PROCESS
from libs.events.catalogue.sla import ClockBreached, ClockWithdrawn
from libs.events.engine.known import Known
from libs.events.log.envelope import Fact, fact_of
from libs.events.log.port import PARTITIONS, Partition
from libs.events.store.recorded import NOWHERE, Reached, Stretch, last_written, written_behind
from libs.events.words.event import TYPES, Occurrence
from libs.events.words.refusal import Refused
from libs.service.running import RunningService
from libs.web.access import require
from libs.web.answers import shown
from libs.web.filters import Word, by, chosen
from libs.web.keys import Client
from libs.web.paging import Page, linked, pages, sealed
from libs.web.position import WaitFor
from libs.web.shapes import Paged, shaped
from services.sla import queries
from services.sla.domain.case import SlaCase
from services.sla.domain.quality import TOPICS
from services.sla.domain.remembered import Said
from services.sla.projections import held_at

PLACES = [Partition(topic, number) for topic in TOPICS for number in range(PARTITIONS[topic])]
"""Where breaches are said."""

PLACE: Any = GenericAlias(tuple, (int,) * (2 * len(PLACES)))
"""What a cursor of the feed holds: how far it has come in each partition, the epochs and numbers one after another."""

_TYPES = [TYPES[cls].wire for cls in (ClockBreached, ClockWithdrawn)]


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedFilter:
    """Filters of the feed; None takes all."""

    process: Word | None = by()
    kind: Word | None = by()
    team: Word | None = by(says="The team that held the node when the promise broke, or else the case.")
    role: Word | None = by(says="Whose work the node is, as the process standard has it.")


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedLine:
    """A promise was broken, or a breach was `withdrawn`: a fact that became known late shows that there was none.

    `breach_id` names the breach in both; one that becomes true again is another breach. `recorded_at` is when sla wrote it down.
    The grade is the case's as it is now; team and agent are those who held the work when the promise broke, as is known now.
    """

    id: UUID
    what: Literal["breached", "withdrawn"]
    breach_id: UUID
    recorded_at: datetime
    breached_at: datetime
    imported: bool
    case_id: str
    clock: str
    occurrence: int
    kind: str
    node: str
    role: str
    team: str
    agent: str
    process_id: str
    process_version: int
    grade: str


class Feed(Paged[FeedLine]):
    """What was recorded next. `next` is there as long as more is known; `resume` always: go on with it later, as `cursor`."""

    resume: str


class _Told(NamedTuple):
    """A breach or its withdrawal, and when it was written down."""

    fact: Fact
    recorded_at: datetime


class _Taken(NamedTuple):
    """What is shown, how far that is, and whether there is more."""

    told: Sequence[_Told]
    reached: Sequence[Reached]
    more: bool


def feed_routes(router: APIRouter, running: RunningService) -> None:
    """Add the route."""

    @router.get("/breaches/feed", summary="Breaches as they are recorded", responses=shaped(Feed))
    async def get_breach_feed(
        request: Request,
        client: Annotated[Client, Depends(require("clocks:read"))],
        page: Annotated[Page[Any], Depends(pages(PLACE))],
        chosen: Annotated[FeedFilter, Depends(chosen(FeedFilter))],
        position: WaitFor,
    ) -> Response:
        """List breaches in the order in which they were recorded, also those that came to light late, and those withdrawn.

        Each is there once, and none is missed: ask again with `resume` as `cursor`. A page has at most `limit` of them; with a
        filter or in a long history it may have fewer, or none, and there is more as long as it has a `next`. After a restore
        from a backup some may come again, under the same `id`.
        """
        await running.wait_for(position)
        reached = _reached(page.after)
        await _refuse_ahead(running, reached)
        stretch = await written_behind(running.pool, running.service.name, PLACES, reached, _TYPES)
        taken = _taken(stretch, reached, page.limit)
        lines = [one for one in await _lines(running, taken.told) if _fits(one, chosen)]
        resume = sealed(tuple(number for one in taken.reached for number in one))
        told = {"items": lines, "next": resume if taken.more else None, "resume": resume}
        return shown(told, headers=linked(request, resume) if taken.more else {})


def _reached(after: tuple[int, ...] | None) -> list[Reached]:
    if after is None:
        return [NOWHERE] * len(PLACES)
    return list(zip(after[::2], after[1::2], strict=True))


async def _refuse_ahead(running: RunningService, reached: Sequence[Reached]) -> None:
    """Refuse a place that nothing here has reached: what comes to stand before it would be passed over."""
    last = await last_written(running.pool, running.service.name, PLACES)
    if any(one > end for one, end in zip(reached, last, strict=True)):
        detail = (
            "This cursor lies ahead of all that is recorded here, because a backup was restored, or it is from another "
            "installation. Start without one, and pass over each `id` that you know."
        )
        raise Refused("cursor-invalid", detail, 400)


def _taken(stretch: Stretch, reached: Sequence[Reached], limit: int) -> _Taken:
    """Return the breaches and withdrawn breaches of a stretch, at most `limit` of them."""
    told: list[_Told] = []
    at = list(reached)
    for one in stretch.events:
        if len(told) == limit:
            return _Taken(told, at, True)
        at[one.place] = one.reached
        if one.body is not None and _is_about_a_breach(fact := fact_of(one.body)):
            told.append(_Told(fact, one.recorded_at))
    return _Taken(told, at, not stretch.is_whole)


def _is_about_a_breach(fact: Fact) -> bool:
    return isinstance(fact.data, ClockBreached) or fact.data.what == TYPES[ClockBreached].name


async def _lines(running: RunningService, told: Sequence[_Told]) -> list[FeedLine]:
    ids = sorted({one.fact.key for one in told})
    found = await asyncio.gather(*(queries.kept(running.store, id) for id in ids))
    cases = {id: one or SlaCase() for id, one in zip(ids, found, strict=True)}
    return [_line(one, cases[one.fact.key], running.known) for one in told]


def _line(told: _Told, case: SlaCase, known: Known) -> FeedLine:
    fact, said = told.fact, told.fact.data
    begun = _begun(case, Occurrence(said.clock, said.occurrence))
    node, version = (begun.node, begun.process_version) if begun else ("", case.process_version)
    held = held_at(case, node, fact.time)
    is_withdrawn = isinstance(said, ClockWithdrawn)
    return FeedLine(
        id=fact.id,
        what="withdrawn" if is_withdrawn else "breached",
        breach_id=said.withdrawn_id if is_withdrawn else fact.id,
        recorded_at=told.recorded_at,
        breached_at=fact.time,
        imported=fact.imported,
        case_id=fact.key,
        clock=said.clock,
        occurrence=said.occurrence,
        kind=begun.kind if begun else "",
        node=node,
        role=_role(known, case.process_id, version, node),
        team=held.team,
        agent=held.agent,
        process_id=case.process_id,
        process_version=version,
        grade=case.grade,
    )


def _begun(case: SlaCase, name: Occurrence) -> Said | None:
    """Return what was last said of how the clock began, rather what stands than what was withdrawn."""
    begun = (one for one in case.said.values() if one.name == name and one.kind)
    return max(begun, key=lambda one: (not one.withdrawn, one.at, one.sequence), default=None)


def _role(known: Known, process_id: str, version: int, node: str) -> str:
    standards = (one for one in known.versions(PROCESS, process_id) if one.version == version)
    return next((one.role for standard in standards for one in standard.nodes if one.id == node), "")


def _fits(line: FeedLine, chosen: FeedFilter) -> bool:
    wanted = {"process_id": chosen.process, "kind": chosen.kind, "team": chosen.team, "role": chosen.role}
    return all(word is None or getattr(line, name) == word for name, word in wanted.items())
