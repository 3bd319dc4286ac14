"""The list of all figures, each with what it was in the last 30 days."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Annotated, Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from libs.events.store.asked import Database
from libs.pictures.words import Words
from libs.service.running import RunningService
from libs.web.pages.language import language_of
from libs.web.pages.negotiation import PageRoute
from libs.web.pages.shell import Shell
from services.analytics.domain.days import day_of
from services.analytics.domain.figure import Figure
from services.analytics.domain.figures import FIGURES
from services.analytics.pages.saying import Reading, Saying, words_for
from services.analytics.queries.asked_figure import asked_of
from services.analytics.queries.board import node_names
from services.analytics.queries.figure_rows import figure
from services.analytics.queries.filters import OF_ALL, Asked, FigureFilter, Figures, Filter
from services.analytics.queries.known import refuse_unknown
from services.analytics.queries.remembered import Remembered

DAYS = 30
GROUPS = ("timeliness", "quality", "efficiency", "communication", "first_contact")
"""The chapters of the list; a figure says in its declaration in which one it stands."""
SHARES = 3
"""How many of a figure's shares the list names."""

Answered = tuple[Figure, Figures]
"""A figure and its answer."""


def figures_router(running: RunningService, zone: ZoneInfo) -> APIRouter:
    """Return the route."""
    router = APIRouter(route_class=PageRoute)

    async def ask(only: FigureFilter) -> list[Answered]:
        return await answered(running.pool, only, running.as_of() or running.now(), zone)

    count = Remembered(ask)

    @router.get("/figures")
    async def get_figures_page(request: Request, client: Reading, part: Annotated[Filter, Depends(OF_ALL)]) -> Response:
        """Show every figure with its value of the last days, and of how many that is."""
        shell: Shell = request.app.state.shell
        only = lately(part, day_of(running.as_of() or running.now(), zone))
        await refuse_unknown(running.pool, part, running.known)
        counted_at, found = await count(only, running.now())
        return shell.page(
            request,
            "figures.html",
            groups=groups(found, words_for(request), shell.words(language_of(request))),
            counted_at=counted_at,
            only=only,
            narrowed=narrowed(part),
            days=DAYS if part.since is None and part.until is None else None,
            processes={one.process_id: one.process_name for one in await node_names(running.pool, language_of(request))},
        )

    return router


def narrowed(part: Filter) -> str:
    """Return the query of a link from the list to the page of one figure, which calls the first and the last day otherwise."""
    words = {"process": part.process, "version": part.version, "team": part.team, "agent": part.agent}
    given = {**words, "from": part.since, "to": part.until}
    return urlencode({name: word for name, word in given.items() if word is not None})


def lately(part: Filter, today: date) -> FigureFilter:
    """Return what is asked for, without a period of the last days."""
    since = part.since if part.since or part.until else today - timedelta(DAYS - 1)
    return FigureFilter(
        process=part.process, version=part.version, team=part.team, agent=part.agent, since=since, until=part.until
    )


async def answered(db: Database, only: FigureFilter, as_of: datetime, zone: ZoneInfo) -> list[Answered]:
    """Return all figures in the order of their chapters, each as GET /figures/{name} answers for the whole period."""
    chapters = sorted((one for one in FIGURES.values() if one.is_askable), key=lambda one: GROUPS.index(one.chapter))
    return [(one, await figure(db, asked_of(one.name, "", only, None), as_of, zone)) for one in chapters]


def groups(found: Sequence[Answered], words: Words, t: Mapping[str, str]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Return the chapters with what the list shows of their figures."""
    return [
        (group, [listed(one, answer, words, t) for one, answer in members])
        for group, members in groupby(found, key=lambda each: each[0].chapter)
    ]


def listed(one: Figure, answer: Mapping[str, Any], words: Words, t: Mapping[str, str]) -> dict[str, Any]:
    """Return what the list shows of a figure."""
    saying, total = Saying(one, words), answer["total"]
    value = saying.answered(total["value"])
    if one.share:
        largest = sorted(answer["rows"], key=lambda row: -row["numerator"])[:SHARES]
        value = (
            " · ".join(f"{row[Asked.shown(one.share)] or t['not given']} {saying.answered(row['value'])}" for row in largest)
            or "–"
        )
    return {
        "figure": one,
        "value": value,
        "interval": "" if one.share else saying.interval(total),
        "n": total["n"],
        "provisional": total["provisional"],
    }
