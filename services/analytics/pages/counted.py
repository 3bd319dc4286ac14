"""What is behind a number of a figure: what it counts, one by one, each leading to its case."""

from collections.abc import Mapping
from typing import Annotated
from zoneinfo import ZoneInfo

from annotated_types import Ge, Le, MaxLen
from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from libs.events.words.refusal import Refused
from libs.service.running import RunningService
from libs.web.filters import chosen
from libs.web.pages.language import language_of
from libs.web.pages.negotiation import PageOnlyRoute
from libs.web.pages.shell import Shell
from libs.web.text import IN_DIGITS, Day, Text
from services.analytics.domain.figure import Figure
from services.analytics.pages.saying import Reading, Saying, words_for
from services.analytics.queries.asked_figure import asked_of
from services.analytics.queries.board import node_names
from services.analytics.queries.counted import COUNTED_MAX, Began, Counted, counted
from services.analytics.queries.filters import FigureFilter
from services.analytics.queries.known import refuse_unknown

NARROWED = ("process", "version", "team", "agent", "part", "since", "until")
"""What narrows a list; a grade and a class do not, because not everything that counts keeps them."""

Name = Annotated[Text, MaxLen(100), Query(description="A figure whose cases are known one by one.")]
Kind = Annotated[Text | None, MaxLen(200), Query(description="Of promises: their kind.")]
Weekday = Annotated[int | None, Ge(0), Le(6), IN_DIGITS, Query(description="Of promises: the day they began; 0 is Monday.")]
Hour = Annotated[int | None, Ge(0), Le(23), IN_DIGITS, Query(description="Of promises: the hour in which they began.")]


async def beginning(
    kind: Kind = None, since: Day | None = None, until: Day | None = None, weekday: Weekday = None, hour: Hour = None
) -> Began:
    """Read from a request's query when promises began."""
    return Began(kind=kind, since=since, until=until, weekday=weekday, hour=hour)


def counted_router(running: RunningService, zone: ZoneInfo) -> APIRouter:
    """Return the route."""
    router = APIRouter(route_class=PageOnlyRoute)

    @router.get("/counted")
    async def get_counted(
        request: Request,
        client: Reading,
        figure: Name,
        only: Annotated[FigureFilter, Depends(chosen(FigureFilter, only=NARROWED))],
        began: Annotated[Began, Depends(beginning)],
    ) -> Response:
        """List what a figure counts."""
        one = asked_of(figure, "", only, None).figure
        _refuse(one, began)
        found = await counted(running.pool, one, only, began, zone)
        if not found.rows:
            await refuse_unknown(running.pool, only, running.known)
        shell: Shell = request.app.state.shell
        lang = language_of(request)
        words, t = words_for(request), shell.words(lang)
        saying = Saying(one, words)
        return shell.page(
            request,
            "counted.html",
            one=one,
            only=only,
            began=began,
            days=words.days,
            found=found,
            shown=[(row, result(saying, row, t)) for row in found.rows[:COUNTED_MAX]],
            most=COUNTED_MAX,
            value=saying.answered(found.numerator / found.n) if found.n else "–",
            processes={row.process_id: row.process_name for row in await node_names(running.pool, lang)},
        )

    return router


def _refuse(one: Figure, began: Began) -> None:
    if not one.is_listed:
        raise Refused("unknown-figure", f"Of {one.name} only sums are kept, so what it counts cannot be listed.", 404)
    if one.view != "timeliness" and began != Began():
        told = f"{one.name} counts no promises, so it takes no `kind`, `since`, `until`, `weekday` or `hour`. Leave them out."
        raise Refused("unknown-value", told, 422)


def result(saying: Saying, row: Counted, t: Mapping[str, str]) -> str:
    """Return what one that counts adds, in words."""
    if not saying.is_share:
        return saying.answered(float(row.num))
    if saying.figure.view == "timeliness":
        return t["status met"] if row.num else t["status breached"]
    return t["yes"] if row.num else t["no"]
