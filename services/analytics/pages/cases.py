"""The cases behind a mark of a picture: those that took a step, went through a node, or went a whole path."""

from collections.abc import Callable
from datetime import date
from typing import Annotated
from zoneinfo import ZoneInfo

from annotated_types import MaxLen
from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from libs.service.running import RunningService
from libs.web.pages.language import language_of
from libs.web.pages.negotiation import PageOnlyRoute
from libs.web.pages.shell import Shell
from libs.web.text import Day, Text
from services.analytics.domain.days import day_of
from services.analytics.domain.steps import HERE
from services.analytics.pages.mapped import calling, in_order
from services.analytics.pages.process import DAYS, DAYS_MAX
from services.analytics.pages.saying import Reading
from services.analytics.queries.board import node_names
from services.analytics.queries.cases_of import CASES_MAX, Took, cases_of
from services.analytics.queries.filters import Version
from services.analytics.queries.steps import Which, days, nodes_of

Process = Annotated[Text, MaxLen(200), Query(description="The process standard.")]
NodeId = Annotated[Text, MaxLen(200)]
PATH_MAX = 100


async def taken(
    source: Annotated[NodeId | None, Query(alias="from")] = None,
    target: Annotated[NodeId | None, Query(alias="to")] = None,
    node: Annotated[NodeId | None, Query()] = None,
    path: Annotated[list[NodeId] | None, Query(max_length=PATH_MAX)] = None,
) -> Took:
    """Read from a request's query what the cases have in common."""
    return Took(source=source, target=target, node=node, path=path or ())


async def received(
    process: Process, since: Day | None = None, until: Day | None = None, version: Version | None = None
) -> Callable[[date], tuple[Which, bool]]:
    """Read from a request's query which cases are meant; the days depend on today. Also return whether days were left out."""

    def which(today: date) -> tuple[Which, bool]:
        first, end, is_cut = days(since, until, today, DAYS, DAYS_MAX)
        return Which(process=process, since=first, until=end, version=version), is_cut

    return which


def cases_router(running: RunningService, zone: ZoneInfo) -> APIRouter:
    """Return the route."""
    router = APIRouter(route_class=PageOnlyRoute)

    @router.get("/cases")
    async def get_cases(
        request: Request,
        client: Reading,
        which_of: Annotated[Callable[[date], tuple[Which, bool]], Depends(received)],
        took: Annotated[Took, Depends(taken)],
    ) -> Response:
        """List the cases."""
        shell: Shell = request.app.state.shell
        lang = language_of(request)
        which, is_cut = which_of(day_of(running.as_of() or running.now(), zone))
        found = await cases_of(running.pool, which, took, zone)
        nodes = in_order(await nodes_of(running.pool, which.process, lang), which.version)
        names = {one.process_id: one.process_name for one in await node_names(running.pool, lang)}
        return shell.page(
            request,
            "cases.html",
            which=which,
            name=names.get(which.process, which.process),
            took=took,
            here=HERE,
            called=calling(nodes, shell.words(lang)),
            cases=found[:CASES_MAX],
            more=len(found) > CASES_MAX,
            cases_max=CASES_MAX,
            is_cut=is_cut,
            days_max=DAYS_MAX,
        )

    return router
