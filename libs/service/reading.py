"""The audit as its readers see it: a list, and a page of it, for a scope of its own. To read it is not written down."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from libs.events.store import reads as store
from libs.events.store.reads import After, ReadRow
from libs.service.running import RunningService
from libs.web.access import require
from libs.web.bodies import JSONRoute
from libs.web.filters import Ref, Word, by, chosen, conditions
from libs.web.keys import Client
from libs.web.pages.negotiation import PageRoute
from libs.web.pages.shell import Shell
from libs.web.paging import Page, paged, pages, sealed
from libs.web.position import WaitFor
from libs.web.shapes import Shape, shaped
from libs.web.text import Instant

TAGS = {"reads": "Who has read what is personal."}
"""What the tag of /openapi.json means."""

LINE = Shape(ReadRow, "ReadLine", "Somebody has read what is personal in a case.")
Auditing = Annotated[Client, Depends(require("reads:read"))]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """The filters of the audit; None takes all."""

    case_id: Ref | None = by()
    client: Word | None = by(says="The name of a key.")
    person: Word | None = by(says="Whose key it was.")
    since: Instant | None = by("read_at >=", "Read at this instant or later.")
    until: Instant | None = by("read_at <", "Read before this instant.")


Paging = Annotated[Page[After], Depends(pages(After))]
Chosen = Annotated[Filter, Depends(chosen(Filter))]


def reading_routers(running: RunningService) -> Iterable[APIRouter]:
    """Return the routes, that of the page first."""
    return _page(running), _list(running)


def _list(running: RunningService) -> APIRouter:
    router = APIRouter(route_class=JSONRoute)

    @router.get("/reads", tags=["reads"], summary="Who has read what is personal", responses=shaped(LINE.paged()))
    async def get_reads(request: Request, client: Auditing, page: Paging, chosen: Chosen, position: WaitFor) -> Response:
        """List who read which case, when and why, in the order it was read; nothing personal."""
        await running.wait_for(position)
        rows = await _rows(running, page, chosen)
        return paged(request, page, rows, _place, LINE)

    return router


def _page(running: RunningService) -> APIRouter:
    router = APIRouter(route_class=PageRoute)

    @router.get("/reads")
    async def get_reads_page(request: Request, client: Auditing, page: Paging, chosen: Chosen) -> Response:
        """Show it, the latest first."""
        rows = await _rows(running, page, chosen, newest_first=True)
        shell: Shell = request.app.state.shell
        return shell.page(
            request,
            "reads.html",
            private=True,
            rows=rows[: page.limit],
            chosen=chosen,
            following=sealed(_place(rows[page.limit - 1])) if len(rows) > page.limit else None,
            is_first=page.after is None,
        )

    return router


async def _rows(running: RunningService, page: Page[After], chosen: Filter, *, newest_first: bool = False) -> list[ReadRow]:
    asked, of = conditions(chosen), running.service.name
    return await store.reads(running.pool, of, asked, after=page.after, fetch=page.fetch, newest_first=newest_first)


def _place(row: ReadRow) -> After:
    return row.read_at, row.read_id
