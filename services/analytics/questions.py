"""What may be asked of corrections and risks, and how what people wrote about them is forgotten."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from libs.events.store.asked import forget_words, words_of
from libs.events.words.refusal import Refused
from libs.service.personal import note
from libs.service.running import RunningService
from libs.web.access import require
from libs.web.answers import shown
from libs.web.filters import chosen
from libs.web.keys import Client
from libs.web.paging import Page, paged, pages
from libs.web.position import WaitFor
from libs.web.shapes import Shape, shaped
from libs.web.text import Id
from services.analytics import answers
from services.analytics.domain.corrections import unknown_correction
from services.analytics.domain.risks import unknown_risk
from services.analytics.queries import subjects

Reading = Annotated[Client, Depends(require("quality:read"))]
Personal = Annotated[Client, Depends(require("quality:personal"))]
Erasing = Annotated[Client, Depends(require("quality:erase"))]
Paging = Annotated[Page[subjects.After], Depends(pages(subjects.After))]


def question_routes(router: APIRouter, running: RunningService) -> None:
    """Add what may be asked, and what forgets."""
    _lists(router, running)
    _sheets(router, running)
    _erasures(router, running)


def _lists(router: APIRouter, running: RunningService) -> None:
    one_correction = {"get_correction": {"id": "$response.body#/items/0/correction_id"}}
    one_risk = {"get_risk": {"id": "$response.body#/items/0/risk_id"}}

    @router.get(
        "/corrections",
        summary="List corrections",
        responses=shaped(answers.CORRECTION.paged(), links=one_correction),
    )
    async def get_corrections(
        request: Request,
        client: Reading,
        page: Paging,
        chosen: Annotated[subjects.CorrectionFilter, Depends(chosen(subjects.CorrectionFilter))],
        position: WaitFor,
    ) -> Response:
        """List corrections in the order they were opened; without what people wrote about them."""
        await running.wait_for(position)
        rows = await subjects.corrections_of(running.pool, after=page.after, fetch=page.fetch, chosen=chosen)
        return paged(request, page, rows, subjects.correction_place, answers.CORRECTION)

    @router.get("/risks", summary="List risks", responses=shaped(answers.RISK.paged(), links=one_risk))
    async def get_risks(
        request: Request,
        client: Reading,
        page: Paging,
        chosen: Annotated[subjects.RiskFilter, Depends(chosen(subjects.RiskFilter))],
        position: WaitFor,
    ) -> Response:
        """List risks in the order they were registered; without what people wrote about them."""
        await running.wait_for(position)
        rows = await subjects.risks_of(running.pool, after=page.after, fetch=page.fetch, chosen=chosen)
        return paged(request, page, rows, subjects.risk_place, answers.RISK)


def _sheets(router: APIRouter, running: RunningService) -> None:
    @router.get(
        "/corrections/{id}",
        summary="Read a correction",
        responses=shaped(answers.CORRECTION_SHEET.model, headers=["ETag"]),
    )
    async def get_correction(request: Request, id: Id, client: Personal, position: WaitFor) -> Response:
        """Show a correction with what people wrote about it; its ETag is what If-Match expects."""
        await running.wait_for(position)
        row = _known(await subjects.correction(running.pool, id), unknown_correction, id)
        return await _sheet(request, running, client, ("corrections", id), answers.CORRECTION_SHEET, row)

    @router.get("/risks/{id}", summary="Read a risk", responses=shaped(answers.RISK_SHEET.model, headers=["ETag"]))
    async def get_risk(request: Request, id: Id, client: Personal, position: WaitFor) -> Response:
        """Show a risk with what people wrote about it; its ETag is what If-Match expects."""
        await running.wait_for(position)
        row = _known(await subjects.risk(running.pool, id), unknown_risk, id)
        return await _sheet(request, running, client, ("risks", id), answers.RISK_SHEET, row)


def _known(row: Any, unknown: Callable[[str], Refused], id: str) -> Any:
    if row is None:
        raise unknown(id)
    return row


async def _sheet(
    request: Request, running: RunningService, client: Client, subject: tuple[str, str], sheet: Shape, row: Any
) -> Response:
    # Its words may name people, so a line says first who reads them.
    await note(request, client, [subject[1]])
    words = await words_of(running.pool, running.service.name, subject[1])
    return shown(sheet(row, answers.Words(words)), version=await running.version(subject))


def _erasures(router: APIRouter, running: RunningService) -> None:
    async def forgotten(id: str, found: Awaitable[Any], unknown: Callable[[str], Refused]) -> Response:
        _known(await found, unknown, id)
        return shown({"words": await forget_words(running.pool, running.service.name, id)})

    @router.delete(
        "/corrections/{id}/personal",
        summary="Forget what was written about a correction",
        responses=shaped(answers.Erased),
    )
    async def delete_correction_personal(id: Id, client: Erasing) -> Response:
        """Delete what people wrote about it and say how many texts that were; nothing else of it changes."""
        return await forgotten(id, subjects.correction(running.pool, id), unknown_correction)

    @router.delete("/risks/{id}/personal", summary="Forget what was written about a risk", responses=shaped(answers.Erased))
    async def delete_risk_personal(id: Id, client: Erasing) -> Response:
        """Delete what people wrote about it and say how many texts that were; nothing else of it changes."""
        return await forgotten(id, subjects.risk(running.pool, id), unknown_risk)
