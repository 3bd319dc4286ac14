"""The board of promises: what is broken, falls due soon, is paused or waits, with the first few of each and their time left."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from libs.events.catalogue.promise import limit_of
from libs.events.words.event import Occurrence
from libs.service.running import RunningService
from libs.web.environment import from_environment
from libs.web.filters import chosen
from libs.web.pages.language import language_of
from libs.web.pages.live import live, shared
from libs.web.pages.negotiation import PageOnlyRoute
from libs.web.pages.shell import Shell
from libs.web.zone import ZoneSettings
from services.sla.api import Reading
from services.sla.domain.figures import Figures, figures
from services.sla.domain.lives import lives
from services.sla.pages.lines import offered
from services.sla.pages.wording import Wording, name_of
from services.sla.queries import DueFilter
from services.sla.questions import counted
from services.sla.tables import ClockRow
from services.sla.urgency import Borders, Group, Urgency, board, borders, listed, teams

FILTERS = ("process", "grade", "team")
LOOKS: Mapping[Urgency, str] = {
    Urgency.BROKEN: "broken",
    Urgency.SOON: "risk",
    Urgency.TODAY: "running",
    Urgency.LATER: "running",
    Urgency.PAUSED: "paused",
    Urgency.WAITING: "paused",
}
"""How the cards of a lane look."""

Narrowed = Annotated[DueFilter, Depends(chosen(DueFilter, only=FILTERS))]


@dataclass(frozen=True, slots=True)
class Card:
    """A promise on the board, and its time left in words."""

    row: ClockRow
    left: str


@dataclass(frozen=True, slots=True)
class Part:
    """Promises of a lane that are alike, and the list that shows exactly those."""

    name: str
    number: int
    href: str
    cards: Sequence[Card]
    others: int


@dataclass(frozen=True, slots=True)
class Lane:
    """A column of the board. Only what is paused has several parts, one for each reason."""

    urgency: Urgency
    look: str
    number: int
    href: str
    parts: Sequence[Part]


def board_router(running: RunningService) -> APIRouter:
    """Return the routes."""
    router = APIRouter(route_class=PageOnlyRoute)
    zone = from_environment(ZoneSettings, service="sla").zone
    look = shared(lambda: board(running.pool, borders(running.now(), zone)))

    @router.get("/board")
    async def get_board_page(request: Request, client: Reading, chosen: Narrowed) -> Response:
        """Show the board."""
        shell: Shell = request.app.state.shell
        lang = language_of(request)
        said = Wording(running.known, lang, shell.words(lang))
        at = borders(running.now(), zone)
        groups = await board(running.pool, at, chosen, lang)
        told = await figures_of(running, [row for one in groups for row in one.first])
        lanes = lanes_of(groups, at, told, said, chosen)
        return shell.page(
            request,
            "board.html",
            said=said,
            chosen=chosen,
            offered={name: words for name, words in offered(running, chosen).items() if name in FILTERS},
            teams=sorted({*await teams(running.pool), *([chosen.team] if chosen.team else [])}),
            lanes=lanes,
            number=sum(lane.number for lane in lanes),
            name_of=name_of,
        )

    @router.get("/live")
    async def get_live(request: Request, client: Reading) -> Response:
        """Say when the board changes."""
        return live(request, look)

    return router


async def figures_of(running: RunningService, rows: Iterable[ClockRow]) -> dict[tuple[str, Occurrence], Figures]:
    """Return how much of its time each promise of these cases has left now."""
    ids = sorted({row.case_id for row in rows})
    found = await asyncio.gather(*(counted(running, id) for id in ids))
    return {(one.case_id, life.name): figures(life, one.at) for one in found for life in lives(one.case, one.terms, one.at)}


def lanes_of(
    groups: Sequence[Group], at: Borders, told: Mapping[tuple[str, Occurrence], Figures], said: Wording, chosen: DueFilter
) -> list[Lane]:
    """Return all lanes, also those in which there is nothing."""
    lanes = []
    for urgency in Urgency:
        here = [one for one in groups if one.urgency is urgency]
        parts = [_part(one, at, told, said, chosen) for one in here]
        lanes.append(Lane(urgency, LOOKS[urgency], sum(one.number for one in here), _href(urgency, "", at, chosen), parts))
    return lanes


def _part(group: Group, at: Borders, told: Mapping[tuple[str, Occurrence], Figures], said: Wording, chosen: DueFilter) -> Part:
    cards = [Card(row, _left(row, told.get((row.case_id, Occurrence(row.clock, row.occurrence))), said)) for row in group.first]
    first = group.first[0]
    name = said.reason(first.process_id, first.process_version, group.reason) if group.reason else ""
    return Part(name, group.number, _href(group.urgency, group.reason, at, chosen), cards, group.others)


def _href(urgency: Urgency, reason: str, at: Borders, chosen: DueFilter) -> str:
    narrowed = {name: getattr(chosen, name) for name in FILTERS if getattr(chosen, name)}
    return f"/clocks?{urlencode({**narrowed, **listed(urgency, reason, at)})}"


def _left(row: ClockRow, told: Figures | None, said: Wording) -> str:
    """Return how much of its own time a promise has left, or why that cannot be said."""
    if row.waits_because:
        return row.waits_because
    if told is None or told.remaining_us is None:
        return ""
    works = limit_of(row.time_limit).works
    length = said.length(abs(timedelta(microseconds=told.remaining_us)), in_days=not works)
    is_over = row.breached_at is not None or told.remaining_us < 0
    return said.t[("over by" if is_over else "left") + (" working" if works else "")].format(length=length)
