"""The board: what is open, node by node, with what is broken or at risk first; and how the last month went."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from itertools import groupby
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from libs.events.catalogue.promise import AT_RISK_SHARE
from libs.events.engine.known import Known
from libs.pictures import numbers, spark
from libs.service.running import RunningService
from libs.web.pages.language import language_of
from libs.web.pages.live import live, shared
from libs.web.pages.naming import exception_name, standard_of
from libs.web.pages.negotiation import PageOnlyRoute
from libs.web.pages.shell import Shell
from libs.web.problems import Language
from libs.web.text import Text
from services.analytics.domain.days import day_of
from services.analytics.domain.figures import FIGURES
from services.analytics.pages.saying import Reading, words_for
from services.analytics.queries.board import Board, Card, NodeName, Stand, board, node_names
from services.analytics.queries.recent import recent

Process = Annotated[Text | None, Query(max_length=200)]

DAYS = 30
SHOWN = (
    "response_timeliness",
    "timeliness",
    "first_contact_resolution.no_repeat",
    "satisfaction",
    "reopening",
    "open_after_72h",
)
"""The six figures that the board shows."""


@dataclass(frozen=True, slots=True)
class Lane:
    """A node with its open cases."""

    node: str
    name: str
    cases: int
    broken: int
    risk: int
    cards: Sequence[Card]

    @property
    def others(self) -> int:
        """How many cases are not shown."""
        return self.cases - len(self.cards)


@dataclass(frozen=True, slots=True)
class OpenProcess:
    """A process with its nodes in the order of the standard."""

    id: str
    name: str
    lanes: Sequence[Lane]

    @property
    def cases(self) -> int:
        """How many cases are open."""
        return sum(lane.cases for lane in self.lanes)


def board_router(running: RunningService, zone: ZoneInfo) -> APIRouter:
    """Return the routes."""
    router = APIRouter(route_class=PageOnlyRoute)

    async def stamp() -> object:
        return await board(running.pool, running.now())

    look = shared(stamp)

    @router.get("/")
    async def get_board(request: Request, client: Reading, process: Process = None) -> Response:
        """Show the board."""
        shell: Shell = request.app.state.shell
        now = running.now()
        words, lang = words_for(request), language_of(request)
        names = await node_names(running.pool, lang)
        today = day_of(now, zone)
        return shell.page(
            request,
            "board.html",
            processes=[*processes(await board(running.pool, now, process), names)],
            names={one.process_id: one.process_name for one in names},
            process=process,
            now=now,
            figures=[
                (one, spark.spark(one.days)) for one in await recent(running.pool, SHOWN, today - timedelta(DAYS - 1), today)
            ],
            risk_share=numbers.share(AT_RISK_SHARE, 1.0, digits=0),
            title=lambda figure: getattr(FIGURES[figure].title, lang),
            waits_for=partial(waits_for, running.known, lang),
            duration=lambda length: numbers.duration(abs(length), words),
            share=lambda one: numbers.share(one.num, one.den),
        )

    @router.get("/live")
    async def get_live(request: Request, client: Reading) -> Response:
        """Say when the board changes."""
        return live(request, look)

    return router


def waits_for(known: Known, lang: Language, card: Card) -> str:
    """Return what a case waits for, as its standard calls it."""
    return exception_name(standard_of(known, card.process_id, card.process_version), lang, card.waiting_on)


def processes(found: Board, names: Sequence[NodeName]) -> Iterator[OpenProcess]:
    """Yield the processes that have open cases, each with all its nodes, and with what stands elsewhere at the end."""
    known = {process: [*nodes] for process, nodes in groupby(names, key=lambda one: one.process_id)}
    for process, stands in groupby(found.stands, key=lambda one: one.process_id):
        of_node: dict[str, list[Stand]] = {}
        for one in stands:
            of_node.setdefault(one.node, []).append(one)
        nodes = known.get(process, [])
        order = [(one.node, one.name) for one in nodes]
        order += [(node, node) for node in of_node if node not in {one.node for one in nodes}]
        lanes = [_lane(process, node, name, of_node.get(node, []), found.cards) for node, name in order]
        yield OpenProcess(process, nodes[0].process_name if nodes else process, lanes)


def _lane(process: str, node: str, name: str, stands: Sequence[Stand], cards: Sequence[Card]) -> Lane:
    here = [one for one in cards if (one.process_id, one.node) == (process, node)]
    return Lane(
        node, name, sum(one.cases for one in stands), sum(one.broken for one in stands), sum(one.risk for one in stands), here
    )
