"""What reckonings found, over HTTP: row by row, summed, and one beside another."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from libs.service.running import RunningService
from libs.web.access import require
from libs.web.answers import shown
from libs.web.environment import from_environment
from libs.web.filters import chosen, conditions
from libs.web.keys import Client
from libs.web.paging import Page, paged, pages, sealed
from libs.web.position import WaitFor
from libs.web.shapes import Listed, shaped
from libs.web.text import Id
from libs.web.zone import ZoneSettings
from services.sla.reckonings import queries, sums
from services.sla.reckonings.lines import ROW, Comparison, RowFilter, known_reckoning
from services.sla.reckonings.queries import RowAfter
from services.sla.reckonings.sums import By

Asking = Annotated[Client, Depends(require("clocks:read"))]
Paging = Annotated[Page[RowAfter], Depends(pages(RowAfter))]


def result_routes(router: APIRouter, running: RunningService) -> None:
    """Add what may be asked of a reckoning."""
    _rows(router, running)
    _summary(router, running, from_environment(ZoneSettings, service="sla").zone_name)
    _comparison(router, running)


def _rows(router: APIRouter, running: RunningService) -> None:
    @router.get("/reckonings/{reckoning_id}/rows", summary="What a reckoning found", responses=shaped(ROW.paged()))
    async def get_reckoning_rows(
        request: Request,
        reckoning_id: Id,
        client: Asking,
        page: Paging,
        chosen: Annotated[RowFilter, Depends(chosen(RowFilter))],
        position: WaitFor,
    ) -> Response:
        """List every promise, case by case: as it is contracted, and as it was asked for."""
        await running.wait_for(position)
        row = await known_reckoning(running, reckoning_id)
        asked = conditions(chosen)
        found = await queries.rows(running.pool, row.reckoning_id, asked, after=page.after, fetch=page.fetch)
        return paged(request, page, found, lambda one: (one.case_id, one.clock, one.occurrence), ROW)


def _summary(router: APIRouter, running: RunningService, zone: str) -> None:
    @router.get("/reckonings/{reckoning_id}/summary", summary="Sums of a reckoning", responses=shaped(Listed[sums.Part]))
    async def get_reckoning_summary(
        reckoning_id: Id,
        client: Asking,
        position: WaitFor,
        by: Annotated[By, Query(description="What the sums are made by.")] = By.PROCESS,
    ) -> Response:
        """Count the promises kept and broken before and after, and the cases that flip, part by part."""
        await running.wait_for(position)
        row = await known_reckoning(running, reckoning_id)
        return shown({"items": await sums.parts(running.pool, row.reckoning_id, by, zone)})


def _comparison(router: APIRouter, running: RunningService) -> None:
    @router.get("/reckonings/{reckoning_id}/compare/{other_id}", summary="Two reckonings, compared", responses=shaped(Comparison))
    async def get_comparison(reckoning_id: Id, other_id: Id, client: Asking, page: Paging, position: WaitFor) -> Response:
        """List the promises that the two judge differently as asked for, and count all promises by both verdicts."""
        await running.wait_for(position)
        one, other = [(await known_reckoning(running, id)).reckoning_id for id in (reckoning_id, other_id)]
        found = await sums.apart(running.pool, one, other, after=page.after, fetch=page.fetch)
        last = found[page.limit - 1] if len(found) > page.limit else None
        return shown(
            {
                "items": [asdict(each) for each in found[: page.limit]],
                "next": last and sealed((last.case_id, last.clock, last.occurrence)),
                "counts": await sums.together(running.pool, one, other),
            }
        )
