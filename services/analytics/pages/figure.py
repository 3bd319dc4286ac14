"""One figure: week by week, with its interval, what is provisional, and where a version of a process standard began."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from annotated_types import MaxLen
from fastapi import APIRouter, Depends, Path, Query, Request
from starlette.responses import Response

from libs.pictures.line import line
from libs.pictures.picture import Picture, Sheet, both
from libs.pictures.series import Series, Version
from libs.service.running import RunningService
from libs.web.pages.language import language_of
from libs.web.pages.negotiation import PageRoute
from libs.web.pages.shell import Shell
from libs.web.text import Text
from services.analytics.domain.days import day_of
from services.analytics.pages.leading import Leading
from services.analytics.pages.saying import Reading, Row, Saying, words_for
from services.analytics.pages.weekly import changes, horizon, lines, recently, trimmed, weeks
from services.analytics.queries.asked_figure import asked_of
from services.analytics.queries.beginnings import beginnings
from services.analytics.queries.board import node_names
from services.analytics.queries.figure_rows import figure
from services.analytics.queries.filters import OF_A_FIGURE, Asked, FigureFilter
from services.analytics.queries.known import refuse_unknown

ROWS_MAX = 100
"""Rows of the table by a dimension."""

FigureName = Annotated[Text, MaxLen(100), Path(description="A figure that is counted by day.")]
Dimension = Annotated[Text | None, MaxLen(20), Query(description="By what the table below tells the figure apart.")]


def figure_router(running: RunningService, zone: ZoneInfo) -> APIRouter:
    """Return the route."""
    router = APIRouter(route_class=PageRoute)

    @router.get("/figures/{name}")
    async def get_figure_page(
        request: Request,
        name: FigureName,
        client: Reading,
        only: Annotated[FigureFilter, Depends(OF_A_FIGURE)],
        by: Dimension = None,
    ) -> Response:
        """Show a figure by week, by one dimension, and what it means."""
        shell: Shell = request.app.state.shell
        as_of, lang = running.as_of() or running.now(), language_of(request)
        recent = recently(only, day_of(as_of, zone))
        asked = asked_of(name, by or "process", recent, None)
        weekly = await figure(running.pool, replace(asked, by=asked_of(name, "week", recent, None).by), as_of, zone)
        if not weekly["rows"]:
            await refuse_unknown(running.pool, only, running.known)
        apart = await figure(running.pool, asked, as_of, zone)
        shown = weeks(recent, weekly["as_of"])
        shown = shown if only.since else trimmed(shown, weekly["rows"])
        marks = await beginnings(running.pool, only.process, shown[0], horizon(only, weekly["as_of"]))
        processes = {one.process_id: one.process_name for one in await node_names(running.pool, lang)}
        saying = Saying(asked.figure, words_for(request))
        leading = Leading(shell.addresses.base(shell.service), asked.figure, recent)
        series = [*lines(saying, weekly["rows"], shown, shell.words(lang), leading.week)]
        drawn = picture(saying, series, changes(marks, processes), getattr(asked.figure.title, lang))
        values: dict[str, Any] = {"saying": saying, "answer": weekly, "picture": drawn, "processes": processes, "only": recent}
        return shell.page(request, "figure.html", **values, **table(asked, apart["rows"]))

    return router


def table(asked: Asked, rows: Sequence[Row]) -> dict[str, Any]:
    """Return what the page shows by one dimension."""
    return {
        "one": asked.figure,
        "apart": rows[:ROWS_MAX],
        "rows": len(rows),
        "by": asked.by[0],
        "column": Asked.shown(asked.by[0]),
        "share": Asked.shown(asked.figure.share),
    }


def picture(saying: Saying, series: Sequence[Series], versions: Sequence[Version], title: str) -> tuple[Picture, ...]:
    """Draw the figure by week."""

    def drawn(sheet: Sheet) -> Picture:
        return line(sheet, series, saying.said, versions=versions, seconds=saying.is_length)

    return both(drawn, "weekly", title, saying.words)
