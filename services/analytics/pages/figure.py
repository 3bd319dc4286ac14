"""One figure: week by week, with its interval, what is provisional, and where a version of a process standard began."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from annotated_types import MaxLen
from fastapi import APIRouter, Depends, Path, Query, Request
from starlette.responses import Response

from libs.pictures.line import line
from libs.pictures.picture import Picture, Sheet, both
from libs.pictures.series import Point, Series, Version
from libs.service.running import RunningService
from libs.web.pages.language import language_of
from libs.web.pages.negotiation import PageRoute
from libs.web.pages.shell import Shell
from libs.web.text import Text
from services.analytics.domain.days import DAY, WEEK, day_of, mondays
from services.analytics.pages.counted import Leading
from services.analytics.pages.saying import Reading, Row, Saying, words_for
from services.analytics.queries.asked_figure import asked_of
from services.analytics.queries.beginnings import Beginning, beginnings
from services.analytics.queries.board import node_names
from services.analytics.queries.figure_rows import figure
from services.analytics.queries.filters import OF_A_FIGURE, Asked, FigureFilter
from services.analytics.queries.known import refuse_unknown

WEEKS = 26
"""How many weeks a page shows, this one included, when nothing else is asked for."""
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


def recently(only: FigureFilter, today: date) -> FigureFilter:
    """Return what is asked for; without a first day, that of so many weeks."""
    last = only.until - timedelta(1) if only.until else today
    return only if only.since else replace(only, since=last - timedelta(last.weekday()) - (WEEKS - 1) * WEEK)


def horizon(only: FigureFilter, last: date) -> date:
    """Return the first day that is not shown."""
    return only.until or last + timedelta(1)


def changes(marks: Iterable[Beginning], processes: Mapping[str, str]) -> list[Version]:
    """Return where the version changed, with the name of the process."""
    return [Version(one.day, f"{processes.get(one.process_id, one.process_id)} v{one.version}") for one in marks]


def picture(saying: Saying, series: Sequence[Series], versions: Sequence[Version], title: str) -> tuple[Picture, ...]:
    """Draw the figure by week."""

    def drawn(sheet: Sheet) -> Picture:
        return line(sheet, series, saying.said, versions=versions, seconds=saying.is_length)

    return both(drawn, "weekly", title, saying.words)


def weeks(only: FigureFilter, last: date) -> list[date]:
    """Return the Mondays of all weeks that are shown."""
    first = only.since or last
    return mondays(first, max(first, horizon(only, last) - DAY))


def trimmed(found: list[date], rows: Sequence[Row]) -> list[date]:
    """Return the weeks from the first one on in which anything was counted."""
    first = min((monday_of(row["week"]) for row in rows), default=found[-1])
    return [monday for monday in found if monday >= first]


def lines(
    saying: Saying, rows: Sequence[Row], shown: Sequence[date], t: Mapping[str, str], href: Callable[[date], str]
) -> Iterator[Series]:
    """Yield the lines: of a mix one for each word, the largest first; of a length of time also median and 90th percentile."""
    figure = saying.figure
    if figure.share:
        word = Asked.shown(figure.share)
        sums: dict[str, int] = {}
        for row in rows:
            sums[row[word]] = sums.get(row[word], 0) + row["numerator"]
        for part in sorted(sums, key=lambda part: -sums[part]):
            of_part = [row for row in rows if row[word] == part]
            yield Series(part or t["not given"], [*points(saying, of_part, shown, "value", href)])
        return
    yield Series(t["mean"] if figure.quantiles else "", [*points(saying, rows, shown, "value", href)])
    if figure.quantiles:
        yield Series(t["median"], [*points(saying, rows, shown, "p50", href)])
        yield Series(t["p90"], [*points(saying, rows, shown, "p90", href)])


def points(saying: Saying, rows: Iterable[Row], shown: Sequence[date], what: str, href: Callable[[date], str]) -> Iterator[Point]:
    """Yield a point for every week; a week without a row is a gap."""
    known = {monday_of(row["week"]): row for row in rows}
    for monday in shown:
        row = known.get(monday)
        if row is None:
            yield Point(monday, None)
        else:
            low, high = saying.bounds(row) or (None, None)
            yield Point(monday, saying.drawn(row[what]), row["n"], low, high, row["provisional"], href(monday))


def monday_of(week: str) -> date:
    """Return the first day of an ISO week such as 2026-W09."""
    year, number = week.split("-W")
    return date.fromisocalendar(int(year), int(number), 1)
