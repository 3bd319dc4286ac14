"""A case's life: its promises as bars, who did what, the way of the standard, and why each figure counts it."""

from functools import partial
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from starlette.responses import Response

from libs.events.words.event import Topic
from libs.events.words.refusal import Refused
from libs.pictures.clock_bars import clock_bars
from libs.pictures.lanes import lanes
from libs.pictures.picture import both
from libs.service.running import RunningService
from libs.web.pages.language import language_of
from libs.web.pages.naming import exception_name, standard_of
from libs.web.pages.negotiation import PageOnlyRoute
from libs.web.pages.shell import Shell
from libs.web.text import Id
from services.analytics.domain.figures import FIGURES
from services.analytics.pages.lived import Named, called, clocks_of, happenings_of, way
from services.analytics.pages.reasons import reasons_of
from services.analytics.pages.saying import Reading, words_for
from services.analytics.queries.life import ROWS_MAX, life
from services.analytics.queries.timeline import timeline


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
        lang, now = language_of(request), running.now()
        words, said = words_for(request), shell.words(lang)
        facts = timeline(await running.store.facts((Topic.CASES, case_id)))
        names = {one["node"]: one[f"name_{lang}"] for one in found.nodes}
        standard = standard_of(running.known, found.case["process_id"], found.case["process_version"])
        exception = partial(exception_name, standard, lang)
        named = Named(said, names, shell.addresses.of("sla", "", request), exception)
        clocks = clocks_of(found.clocks, facts, now, named)
        happenings = happenings_of(found.events, lang, said)
        return shell.page(
            request,
            "life.html",
            whole=found,
            case=found.case,
            name=found.case["external_ref"] or case_id,
            way=way(found.nodes, found.visits, found.case["node"], lang),
            promises=both(lambda sheet: clock_bars(sheet, clocks, zone, now), "promises", said["promises"], words),
            people=both(lambda sheet: lanes(sheet, happenings, zone, now), "people", said["people"], words),
            exception=exception,
            facts=facts[:ROWS_MAX],
            left_out=len(facts) - ROWS_MAX,
            title=lambda figure: getattr(FIGURES[figure].title, lang) if figure in FIGURES else figure,
            definition=lambda figure: getattr(FIGURES[figure].definition, lang) if figure in FIGURES else "",
            reasons=reasons_of(found, words, partial(called, named=named)),
        )

    return router
