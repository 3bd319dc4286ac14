"""The page on which the dates are set by which a case is due. It does what POST /cases/{id}/due does."""

from collections.abc import Mapping
from secrets import token_urlsafe
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Request
from pydantic import ValidationError
from starlette.responses import Response

from libs.events.words.refusal import Refused
from libs.service.running import RunningService
from libs.web.access import require
from libs.web.keys import Client
from libs.web.pages.instants import at_the_desk
from libs.web.pages.negotiation import PageOnlyRoute
from libs.web.pages.shell import Shell
from libs.web.pages.signing_in import Form
from libs.web.text import Id
from libs.web.writes import asked_by_form
from services.intake.commands import change_due_of
from services.intake.pages.asking import OCCURRED, form_page, onward
from services.intake.pages.registering import faults
from services.intake.questions import followed
from services.intake.requests import DueBody
from services.intake.tables import CaseRow

Writing = Annotated[Client, Depends(require("cases:write"))]
DATES = ("agreed_due_at", "legal_due_at")
INSTANTS = (*DATES, "occurred_at")


def dating_router(running: RunningService, pepper: str) -> APIRouter:
    """Return the routes."""
    router = APIRouter(route_class=PageOnlyRoute)

    @router.get("/cases/{case_id}/due/new")
    async def get_new_due(request: Request, case_id: Id, client: Writing, done: bool = False) -> Response:
        """Ask for the dates and for the reason; the page shows which dates hold."""
        case, _ = await followed(running, case_id)
        return _form(request, case, {"key": token_urlsafe(18)}, done=done)

    @router.post("/cases/{case_id}/due/new")
    async def post_new_due(request: Request, case_id: Id, client: Writing, given: Form) -> Response:
        """Set them and lead to the case; a refusal is shown beside what it is about."""
        case, _ = await followed(running, case_id)
        shell: Shell = request.app.state.shell
        write = await asked_by_form(request, client, given)
        try:
            await change_due_of(running, pepper, case_id, DueBody.model_validate(written(given, shell.zone)), write)
        except ValidationError as error:
            return _form(request, case, given, 422, faults(error))
        except Refused as no:
            return _form(request, case, given, no.status, {place_of(no): no.detail})
        return await onward(request, client, case_id, "due/new?done=true")

    return router


def written(given: Mapping[str, str], zone: ZoneInfo) -> dict[str, Any]:
    """Return what the form says, in the words of the API; what was left empty stays out."""
    told = {name: text for name in (*INSTANTS, "reason") if (text := given.get(name, "").strip())}
    return told | {name: at_the_desk(told[name], zone) for name in INSTANTS if name in told}


def place_of(no: Refused) -> str:
    """Return the field that a refusal is about; nothing if it is about the whole."""
    named = no.detail.split(" ", 1)[0]
    return named if named in DATES else OCCURRED.get(no.code, "")


def _form(
    request: Request,
    case: CaseRow,
    given: Mapping[str, str],
    status: int = 200,
    wrong: Mapping[str, str] | None = None,
    *,
    done: bool = False,
) -> Response:
    held = {name: getattr(case, name) for name in DATES}
    return form_page(request, "new_due.html", case.case_id, given, status, wrong, held=held, done=done)
