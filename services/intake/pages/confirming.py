"""The page on which a customer's yes or no is recorded. It does what POST /cases/{id}/confirmations does."""

from collections.abc import Mapping
from secrets import token_urlsafe
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import ValidationError
from starlette.responses import Response

from libs.events.catalogue.intake import ACCEPTED, REJECTED, SUBJECTS
from libs.service.running import RunningService
from libs.web.access import require
from libs.web.keys import Client
from libs.web.pages.negotiation import PageOnlyRoute
from libs.web.pages.signing_in import Form
from libs.web.text import Id
from libs.web.writes import asked_by_form
from services.intake.commands import confirm_for
from services.intake.pages.asking import form_page, onward
from services.intake.pages.registering import faults
from services.intake.questions import followed
from services.intake.requests import ConfirmationBody

Writing = Annotated[Client, Depends(require("cases:write"))]
ASKED = ("subject", "decision", "evidence", "comment", "agent")


def confirming_router(running: RunningService, pepper: str) -> APIRouter:
    """Return the routes."""
    router = APIRouter(route_class=PageOnlyRoute)

    @router.get("/cases/{case_id}/confirmations/new")
    async def get_new_confirmation(request: Request, case_id: Id, client: Writing, done: bool = False) -> Response:
        """Ask what the customer said, and what shows it."""
        await followed(running, case_id)
        return _form(request, case_id, {"key": token_urlsafe(18)}, done=done)

    @router.post("/cases/{case_id}/confirmations/new")
    async def post_new_confirmation(request: Request, case_id: Id, client: Writing, given: Form) -> Response:
        """Record it and lead to the case; a refusal is shown beside what it is about."""
        await followed(running, case_id)
        write = await asked_by_form(request, client, given)
        try:
            body = ConfirmationBody.model_validate({name: given[name] for name in ASKED if given.get(name, "").strip()})
            await confirm_for(running, pepper, case_id, body, write)
        except ValidationError as error:
            return _form(request, case_id, given, 422, faults(error))
        return await onward(request, client, case_id, "confirmations/new?done=true")

    return router


def _form(
    request: Request,
    case_id: str,
    given: Mapping[str, str],
    status: int = 200,
    wrong: Mapping[str, str] | None = None,
    *,
    done: bool = False,
) -> Response:
    words = {"subjects": SUBJECTS, "decisions": (ACCEPTED, REJECTED)}
    return form_page(request, "new_confirmation.html", case_id, given, status, wrong, done=done, **words)
