"""The pages of the reckonings: which were asked for, and what one has come to."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from libs.service.running import RunningService
from libs.web.environment import from_environment
from libs.web.pages.language import language_of
from libs.web.pages.negotiation import PageRoute
from libs.web.pages.shell import Shell
from libs.web.paging import Page, pages, sealed
from libs.web.text import Id
from libs.web.zone import ZoneSettings
from services.sla.pages.wording import Wording, name_of
from services.sla.policies import Asking
from services.sla.reckonings import queries, sums
from services.sla.reckonings.lines import known_reckoning, progress
from services.sla.reckonings.queries import UNFINISHED, After, RowAfter
from services.sla.reckonings.sums import By

Listing = Annotated[Page[After], Depends(pages(After))]
Reading = Annotated[Page[RowAfter], Depends(pages(RowAfter))]


def reckonings_router(running: RunningService) -> APIRouter:
    """Return the routes."""
    router = APIRouter(route_class=PageRoute)
    _list(router, running)
    _one(router, running, from_environment(ZoneSettings, service="sla").zone_name)
    return router


def _list(router: APIRouter, running: RunningService) -> None:
    @router.get("/reckonings")
    async def get_reckonings_page(request: Request, client: Asking, page: Listing) -> Response:
        """List the reckonings, the newest first."""
        found = await queries.reckonings(running.pool, after=page.after, fetch=page.fetch)
        last = found[page.limit - 1] if len(found) > page.limit else None
        return _shown(
            request,
            running,
            "reckonings.html",
            found=found[: page.limit],
            following=last and sealed((last.asked_at, last.reckoning_id)),
            is_first=page.after is None,
        )


def _one(router: APIRouter, running: RunningService, zone: str) -> None:
    @router.get("/reckonings/{reckoning_id}")
    async def get_reckoning_page(
        request: Request, reckoning_id: Id, client: Asking, page: Reading, by: Annotated[By, Query()] = By.PROCESS
    ) -> Response:
        """Show how far a reckoning is, its sums by parts, and the promises that flip."""
        row = await known_reckoning(running, reckoning_id)
        flips = await queries.rows(running.pool, row.reckoning_id, {"flips =": True}, after=page.after, fetch=page.fetch)
        last = flips[page.limit - 1] if len(flips) > page.limit else None
        return _shown(
            request,
            running,
            "reckoning.html",
            row=row,
            progress=progress(row),
            is_open=row.state in UNFINISHED,
            total=await sums.total(running.pool, row.reckoning_id),
            parts=await sums.parts(running.pool, row.reckoning_id, by, zone),
            by=by,
            ways=list(By),
            flips=flips[: page.limit],
            following=last and sealed((last.case_id, last.clock, last.occurrence)),
            is_first=page.after is None,
        )


def _shown(request: Request, running: RunningService, template: str, **values: Any) -> Response:
    shell: Shell = request.app.state.shell
    lang = language_of(request)
    return shell.page(request, template, said=Wording(running.known, lang, shell.words(lang)), name_of=name_of, **values)
