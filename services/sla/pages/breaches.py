"""The page of broken promises: every one there was, in the order they broke."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from libs.service.running import RunningService
from libs.web.filters import chosen
from libs.web.pages.language import language_of
from libs.web.pages.negotiation import PageRoute
from libs.web.pages.shell import Shell
from libs.web.paging import Page, pages
from services.sla import queries
from services.sla.api import Reading
from services.sla.pages.lines import following, line, offered
from services.sla.pages.wording import MARKS, Wording, name_of
from services.sla.questions import with_role


def breaches_router(running: RunningService) -> APIRouter:
    """Return the route."""
    router = APIRouter(route_class=PageRoute)

    @router.get("/breaches")
    async def get_breaches_page(
        request: Request,
        client: Reading,
        page: Annotated[Page[queries.After], Depends(pages(queries.After))],
        chosen: Annotated[queries.BreachFilter, Depends(chosen(queries.BreachFilter))],
    ) -> Response:
        """Show breaches, the first one in front."""
        shell: Shell = request.app.state.shell
        lang, at = language_of(request), running.now()
        said = Wording(running.known, lang, shell.words(lang))
        nodes = with_role(running.known, chosen.role)
        rows = await queries.breaches(running.pool, after=page.after, fetch=page.fetch, chosen=chosen, nodes=nodes, lang=lang)
        return shell.page(
            request,
            "breaches.html",
            said=said,
            chosen=chosen,
            offered=offered(running, chosen),
            lines=[line(row, row.status, at, said) for row in rows[: page.limit]],
            following=following(rows, page, "breached_at"),
            is_first=page.after is None,
            marks=MARKS,
            name_of=name_of,
        )

    return router
