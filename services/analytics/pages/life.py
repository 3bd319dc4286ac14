"""A case's life: its promises as bars, who did what, the standard's way and what was made of it, and why each figure counts it."""

from datetime import timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from libs.events.words.event import Topic
from libs.events.words.refusal import Refused
from libs.pictures import numbers
from libs.pictures.clock_bars import clock_bars
from libs.pictures.lanes import lanes
from libs.pictures.picture import Sheet
from libs.pictures.words import EN, ZH
from libs.service.running import RunningService
from libs.web.access import require
from libs.web.keys import Client
from libs.web.pages.negotiation import PageOnlyRoute
from libs.web.pages.shell import Shell
from libs.web.text import Id
from services.analytics.domain.figures import FIGURES
from services.analytics.pages.lived import clocks_of, happenings_of, way
from services.analytics.queries import timeline
from services.analytics.queries.life import ROWS_MAX, life

Reading = Annotated[Client, Depends(require("figures:read"))]


def life_router(running: RunningService, zone: ZoneInfo) -> APIRouter:
    """Return the route."""
    router = APIRouter(route_class=PageOnlyRoute)

    @router.get("/cases/{case_id}")
    async def get_life(request: Request, case_id: Id, client: Reading) -> Response:
        """Show a case's life."""
        found = await life(running.pool, case_id)
        if found is None:
            raise Refused("unknown-case", f"Nothing is known here of a case {case_id}; it may not have arrived yet.", 404)
        shell: Shell = request.app.state.shell
        lang, now = shell.language(request), running.now()
        words, said = (ZH if lang == "zh" else EN), shell.words(lang)
        facts = timeline(await running.store.facts((Topic.CASES, case_id)))
        clocks = clocks_of(found.clocks, facts, now, said, explained=shell.addresses.of("sla", "", request))
        happenings = happenings_of(found.events, lang)

        def sheets(key: str) -> list[Sheet]:
            return [Sheet(f"{key}-{narrow}", said[key], words=words, narrow=narrow) for narrow in (False, True)]

        return shell.page(
            request,
            "life.html",
            whole=found,
            case=found.case,
            name=found.case["external_ref"] or case_id,
            way=way(found.nodes, found.visits, found.case["node"], lang),
            promises=[clock_bars(sheet, clocks, zone, now) for sheet in sheets("promises")],
            people=[lanes(sheet, happenings, zone, now) for sheet in sheets("people")],
            facts=facts[:ROWS_MAX],
            left_out=len(facts) - ROWS_MAX,
            title=lambda figure: getattr(FIGURES[figure].title, lang) if figure in FIGURES else figure,
            definition=lambda figure: getattr(FIGURES[figure].definition, lang) if figure in FIGURES else "",
            shown=lambda row: _shown(row, words),
        )

    return router


def _shown(row: Any, words: Any) -> str:
    """Return a value in its figure's unit."""
    figure = FIGURES.get(row["figure"])
    if figure is not None and figure.unit == "microseconds":
        return numbers.duration(timedelta(microseconds=row["value"]), words)
    return numbers.count(row["value"])
