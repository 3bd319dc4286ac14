"""analytics' HTTP: written definitions, a case's timeline, the rollups and the figures; corrections and risks."""

from collections.abc import Awaitable, Callable
from typing import Annotated
from zoneinfo import ZoneInfo

from annotated_types import MaxLen
from fastapi import APIRouter, Depends, Header, Path, Query, Response

from libs.events.words.event import Topic
from libs.events.words.refusal import Refused
from libs.service.running import RunningService
from libs.web.accept import must_be_welcome
from libs.web.access import require
from libs.web.answers import JSON, shown
from libs.web.bodies import JSONRoute
from libs.web.keys import Client
from libs.web.position import WaitFor
from libs.web.shapes import Listed, shaped
from libs.web.tables import CSV
from libs.web.text import Day, Id, Instant, Text
from services.analytics import queries
from services.analytics.commands import command_routes
from services.analytics.queries import FigureFilter, Filter
from services.analytics.queries.filters import OF_A_FIGURE, OF_A_RULE, OF_ALL
from services.analytics.questions import question_routes

Reading = Annotated[Client, Depends(require("figures:read"))]


FigureName = Annotated[Text, MaxLen(100), Path(description="A figure of GET /measures that has `by`.")]
By = Annotated[Text, MaxLen(queries.BY_MAX)]
BY = (
    "One of day, week and month, or none for the whole time; and any of process, version, grade, class, team, agent and the "
    "figure's own dimension (GET /measures). Words with commas between them."
)

ROLLUPS: dict[str, tuple[str, queries.Rolled, Callable[..., Awaitable[Filter]]]] = {
    "/first-contact-resolution": ("First contact resolution by day and rule", queries.fcr, OF_A_RULE),
    "/satisfaction": ("Satisfaction by day", queries.satisfaction, OF_ALL),
    "/timeliness": ("Promises kept and broken by day and clock", queries.timeliness, OF_ALL),
    "/workload": ("What was done by day, team and agent", queries.workload, OF_ALL),
    "/outcomes": ("How cases ended, by day", queries.outcomes, OF_ALL),
    "/node-durations": ("Waiting and working time by day and node", queries.node_durations, OF_ALL),
}


TAGS = {
    "figures": "What the facts of all cases add up to.",
    "quality": "What the desk mends in how it works, and which risks it watches.",
}
"""What the tags of /openapi.json mean."""


def subject_routes(running: RunningService, pepper: str) -> APIRouter:
    """Return the routes of corrections and risks."""
    router = APIRouter(tags=["quality"], route_class=JSONRoute)
    command_routes(router, running, pepper)
    question_routes(router, running)
    return router


def routes(running: RunningService, zone: ZoneInfo) -> APIRouter:
    """Return the routes of figures; answers made of days say the zone in which they are."""
    router = APIRouter(tags=["figures"], route_class=JSONRoute)
    for path, (summary, ask, choose) in ROLLUPS.items():
        router.add_api_route(
            path,
            _rollup(running, zone.key, ask, choose),
            methods=["GET"],
            summary=summary,
            name=f"get_{ask.name}",
            responses=shaped(ask.shape()),
        )
    _questions(router, running, zone.key)
    _figure(router, running, zone)
    return router


def _rollup(
    running: RunningService, zone: str, ask: queries.Rolled, choose: Callable[..., Awaitable[Filter]]
) -> Callable[..., Awaitable[Response]]:
    async def get_rollup(client: Reading, part: Annotated[Filter, Depends(choose)], position: WaitFor) -> Response:
        """Return rows and totals, each rate with its numerator and denominator."""
        await running.wait_for(position)
        answer = await ask(running.pool, part)
        if not answer["rows"]:
            await queries.refuse_unknown(running.pool, part, running.known)
        return shown({"zone": zone, **answer})

    return get_rollup


def _figure(router: APIRouter, running: RunningService, zone: ZoneInfo) -> None:
    @router.get("/figures/{name}", summary="One figure, by what you name", responses=shaped(queries.FigureAnswer))
    async def get_figure(
        name: FigureName,
        client: Reading,
        only: Annotated[FigureFilter, Depends(OF_A_FIGURE)],
        position: WaitFor,
        accept: Annotated[str | None, Header(include_in_schema=False)] = None,
        by: Annotated[By, Query(description=BY)] = "day",
        as_of: Annotated[Day | None, Query(description="Last day of which facts count; today without it.")] = None,
    ) -> Response:
        """Return rows and their total, each with numerator, denominator, and whether it is provisional.

        A cancelled case is out from the instant on at which it is cancelled; a day that is over changes no more. As of a past
        day, days of which the figure was provisional then are left out, unless the figure is one whose cases live on.
        """
        must_be_welcome(accept, (JSON, CSV))
        asked = queries.asked_of(name, by, only, as_of)
        await running.wait_for(position)
        answer = await queries.figure(running.pool, asked, running.as_of() or running.now(), zone)
        if not answer["rows"]:
            await queries.refuse_unknown(running.pool, only, running.known)
            await queries.refuse_unknown_part(running.pool, asked.figure, only.part)
        return shown(answer)


def _questions(router: APIRouter, running: RunningService, zone: str) -> None:
    @router.get("/measures", summary="What each figure means", responses=shaped(Listed[queries.Measure]))
    async def get_measures(client: Reading) -> Response:
        """List the measures with their written definitions, in English and Chinese."""
        return shown({"items": queries.measures()})

    @router.get("/figures", summary="The figures of a set of cases", responses=shaped(queries.CaseFigures))
    async def get_figures(
        client: Reading,
        part: Annotated[Filter, Depends(OF_ALL)],
        position: WaitFor,
        as_of: Annotated[Instant | None, Query(description="Instant of the backlog.")] = None,
    ) -> Response:
        """Return the figures of the cases of a process that were received in the days asked for.

        In `on_time` a clock is called by its name, or without `process` by `PROCESS/CLOCK`.
        """
        await running.wait_for(position)
        answer = await queries.figures(running.pool, part, as_of)
        if not answer["cases"]:
            await queries.refuse_unknown(running.pool, part, running.known)
        return shown({"zone": zone, **answer})

    @router.get("/cases/{case_id}/timeline", summary="One case's life", responses=shaped(Listed[queries.Moment]))
    async def get_timeline(case_id: Id, client: Reading, position: WaitFor) -> Response:
        """List what every service said of a case, in the order in which it happened."""
        await running.wait_for(position)
        moments = queries.timeline(await running.store.facts((Topic.CASES, case_id)))
        if not moments:
            raise Refused("unknown-case", f"Nothing is known here of a case {case_id}; it may not have arrived yet.", 404)
        return shown({"items": moments})
