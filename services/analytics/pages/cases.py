"""The cases behind a mark of a picture: those that took a step, went through a node, or went a whole path."""

from datetime import date
from typing import Annotated
from zoneinfo import ZoneInfo

from annotated_types import MaxLen
from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from libs.service.running import RunningService
from libs.web.pages.negotiation import PageOnlyRoute
from libs.web.pages.shell import Shell
from libs.web.text import Day, Text
from services.analytics.domain.days import day_of
from services.analytics.pages.process import DAYS, DAYS_MAX, Map, in_order, linking
from services.analytics.pages.saying import Reading
from services.analytics.queries.board import node_names
from services.analytics.queries.cases_of import CASES_MAX, Took, cases_of
from services.analytics.queries.filters import Version
from services.analytics.queries.steps import HERE, Walked, Which, days, nodes_of

Process = Annotated[Text, MaxLen(200), Query(description="The process standard.")]
NodeId = Annotated[Text, MaxLen(200)]
PATH_MAX = 100


def cases_router(running: RunningService, zone: ZoneInfo) -> APIRouter:
    """Return the route."""
    router = APIRouter(route_class=PageOnlyRoute)

    @router.get("/cases")
    async def get_cases(
        request: Request,
        client: Reading,
        process: Process,
        since: Day | None = None,
        until: Day | None = None,
        version: Version | None = None,
        source: Annotated[NodeId | None, Query(alias="from")] = None,
        target: Annotated[NodeId | None, Query(alias="to")] = None,
        node: Annotated[NodeId | None, Query()] = None,
        path: Annotated[list[NodeId] | None, Query(max_length=PATH_MAX)] = None,
    ) -> Response:
        """List the cases."""
        shell: Shell = request.app.state.shell
        lang = shell.language(request)
        today: date = day_of(running.as_of() or running.now(), zone)
        first, end, is_cut = days(since, until, today, DAYS, DAYS_MAX)
        which = Which(process=process, since=first, until=end, version=version)
        took = Took(source=source, target=target, node=node, path=path or ())
        found = await cases_of(running.pool, which, took, zone)
        nodes = in_order(await nodes_of(running.pool, process, lang), version)
        what = Map(nodes, Walked(0, 0, (), (), 0), None, linking("", which), shell.words(lang))
        processes = {one.process_id: one.process_name for one in await node_names(running.pool, lang)}
        return shell.page(
            request,
            "cases.html",
            which=which,
            name=processes.get(process, process),
            took=took,
            here=HERE,
            called=what.called,
            cases=found[:CASES_MAX],
            more=len(found) > CASES_MAX,
            cases_max=CASES_MAX,
            is_cut=is_cut,
            days_max=DAYS_MAX,
        )

    return router
