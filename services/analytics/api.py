"""analytics' HTTP: written definitions, a case's timeline, the rollups and the figures."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from libs.events.words.event import Topic
from libs.events.words.refusal import Refused
from libs.service.host import Host
from libs.web.access import require
from libs.web.answers import shown
from libs.web.filters import chosen
from libs.web.keys import Client
from libs.web.position import WaitFor
from libs.web.shapes import Listed, shaped
from libs.web.text import Id, Instant
from services.analytics import queries
from services.analytics.queries import Filter

Reading = Annotated[Client, Depends(require("figures:read"))]


OF_ALL = chosen(Filter, without=("rule",))
OF_A_RULE = chosen(Filter)


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
}
"""What the tags of /openapi.json mean."""


def routes(host: Host, zone: str) -> APIRouter:
    """Return analytics' routes; answers made of days say the zone in which they are."""
    router = APIRouter(tags=["figures"])
    for path, (summary, ask, choose) in ROLLUPS.items():
        router.add_api_route(
            path,
            _rollup(host, zone, ask, choose),
            methods=["GET"],
            summary=summary,
            name=f"get_{ask.name}",
            responses=shaped(ask.shape()),
        )
    _questions(router, host, zone)
    return router


def _rollup(
    host: Host, zone: str, ask: queries.Rolled, choose: Callable[..., Awaitable[Filter]]
) -> Callable[..., Awaitable[Response]]:
    async def get_rollup(client: Reading, part: Annotated[Filter, Depends(choose)], position: WaitFor) -> Response:
        """Return rows and totals, each rate with its numerator and denominator."""
        await host.wait_for(position)
        answer = await ask(host.pool, part)
        if not answer["rows"]:
            await queries.refuse_unknown(host.pool, part, host.known)
        return shown({"zone": zone, **answer})

    return get_rollup


def _questions(router: APIRouter, host: Host, zone: str) -> None:
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
        await host.wait_for(position)
        answer = await queries.figures(host.pool, part, as_of)
        if not answer["cases"]:
            await queries.refuse_unknown(host.pool, part, host.known)
        return shown({"zone": zone, **answer})

    @router.get("/cases/{case_id}/timeline", summary="One case's life", responses=shaped(Listed[queries.Moment]))
    async def get_timeline(case_id: Id, client: Reading, position: WaitFor) -> Response:
        """List what every service said of a case, in the order in which it happened."""
        await host.wait_for(position)
        moments = queries.timeline(await host.store.facts((Topic.CASES, case_id)))
        if not moments:
            raise Refused("unknown-case", f"Nothing is known here of a case {case_id}; it may not have arrived yet.", 404)
        return shown({"items": moments})
