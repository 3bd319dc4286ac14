"""What the cases of a process did: the standard's nodes in their order, and over them the steps that cases took."""

from dataclasses import dataclass, replace
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from annotated_types import Ge, Le, MaxLen
from fastapi import APIRouter, Depends, Path, Query, Request
from starlette.responses import Response

from libs.events.words.refusal import Refused, suggestion
from libs.pictures import numbers
from libs.pictures.picture import Picture, Sheet, both
from libs.pictures.process_map import process_map
from libs.pictures.words import Words
from libs.service.running import RunningService
from libs.web.pages.language import language_of
from libs.web.pages.negotiation import PageOnlyRoute
from libs.web.pages.shell import Shell
from libs.web.text import IN_DIGITS, Day, Text
from services.analytics.domain.days import day_of
from services.analytics.pages.mapped import Map, in_order, linking, spine, steps, walkers
from services.analytics.pages.saying import Reading, words_for
from services.analytics.queries.board import node_names
from services.analytics.queries.filters import Version
from services.analytics.queries.remembered import Remembered
from services.analytics.queries.steps import Walked, Which, days, nodes_of, versions_of, walked

DAYS, DAYS_MAX = 90, 366
"""How many days are shown when nothing else is asked for, and how many at most."""

ProcessId = Annotated[Text, MaxLen(200), Path(description="A process standard.")]
Part = Annotated[int, Ge(0), Le(100), IN_DIGITS, Query(description="Per cent of all steps that the drawn ones carry at least.")]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which cases the map is of, with which version it is compared, and which part of all steps is drawn."""

    since: Day | None
    until: Day | None
    version: Version | None
    versus: Version | None
    part: int


async def wanted(
    since: Day | None = None,
    until: Day | None = None,
    version: Version | None = None,
    versus: Version | None = None,
    part: Part = 100,
) -> Wanted:
    """Read what is asked for from a request's query."""
    return Wanted(since, until, version, versus, part)


def process_router(running: RunningService, zone: ZoneInfo) -> APIRouter:
    """Return the route."""
    router = APIRouter(route_class=PageOnlyRoute)

    async def ask(which: Which) -> Walked:
        return await walked(running.pool, which, zone)

    count = Remembered(ask)

    @router.get("/processes/{id}")
    async def get_process(
        request: Request, id: ProcessId, client: Reading, asked: Annotated[Wanted, Depends(wanted)]
    ) -> Response:
        """Show which steps the cases took, how often, how long, and how many were late."""
        shell: Shell = request.app.state.shell
        lang = language_of(request)
        processes = {one.process_id: one.process_name for one in await node_names(running.pool, lang)}
        versions = await versions_of(running.pool, id)
        if not versions:
            raise Refused("unknown-process", f"There is no process {id} here. {suggestion(id, processes)}", 404)
        first, end, is_cut = days(asked.since, asked.until, day_of(running.as_of() or running.now(), zone), DAYS, DAYS_MAX)
        which = Which(process=id, since=first, until=end, version=asked.version)
        counted_at, now = await count(which, running.now())
        before = None if asked.versus is None else (await count(replace(which, version=asked.versus), running.now()))[1]
        nodes = in_order(await nodes_of(running.pool, id, lang), asked.version)
        what = Map(nodes, now, before, linking(shell.addresses.base(shell.service), which), shell.words(lang))
        values = shown(what, processes.get(id, id), asked.part, words_for(request))
        values |= {
            "id": id,
            "processes": processes,
            "versions": versions,
            "which": which,
            "asked": asked,
            "counted_at": counted_at,
        }
        return shell.page(request, "process.html", is_cut=is_cut, days_max=DAYS_MAX, **values)

    return router


def shown(what: Map, name: str, part: int, words: Words) -> dict[str, Any]:
    """Return what the page shows of a map."""
    now, before = what.now, what.before

    def drawn(sheet: Sheet) -> Picture:
        return process_map(
            sheet, [*spine(what)], [*steps(what, now)], part=part / 100, before=[*steps(what, before)] if before else None
        )

    return {
        "name": name,
        "now": now,
        "before": before,
        "picture": both(drawn, "map", name, words),
        "paths": [(one, what.href({"path": one.nodes}), numbers.share(one.cases, walkers(now))) for one in now.paths],
        "called": what.called,
        "by_clock": numbers.share(sum(one.by_clock for one in now.steps), sum(one.timed for one in now.steps)),
    }
