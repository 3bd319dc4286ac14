"""The page on which a customer's yes or no is recorded. It does what POST /cases/{id}/confirmations does."""

from collections.abc import Mapping
from secrets import token_urlsafe
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import ValidationError
from starlette.responses import RedirectResponse, Response

from libs.events.catalogue.intake import ACCEPTED, REJECTED, SUBJECTS
from libs.events.store.values import Idempotency
from libs.events.words.refusal import Refused
from libs.service.running import RunningService
from libs.web.access import require
from libs.web.keys import Client
from libs.web.pages.negotiation import PageOnlyRoute
from libs.web.pages.shell import Shell
from libs.web.pages.signing_in import Form
from libs.web.text import Id
from libs.web.writes import Write, checked, fingerprint
from services.intake.commands import confirm_for
from services.intake.pages.registering import faults
from services.intake.queries.tracking import tracked
from services.intake.requests import ConfirmationBody

Writing = Annotated[Client, Depends(require("cases:write"))]
ASKED = ("subject", "decision", "evidence", "comment", "agent")


def confirming_router(running: RunningService, pepper: str) -> APIRouter:
    """Return the routes."""
    router = APIRouter(route_class=PageOnlyRoute)

    @router.get("/cases/{case_id}/confirmations/new")
    async def get_new_confirmation(request: Request, case_id: Id, client: Writing, done: bool = False) -> Response:
        """Ask what the customer said, and what shows it."""
        await _must_be_there(running, case_id)
        return _form(request, case_id, {"key": token_urlsafe(18)}, done=done)

    @router.post("/cases/{case_id}/confirmations/new")
    async def post_new_confirmation(request: Request, case_id: Id, client: Writing, given: Form) -> Response:
        """Record it and lead to the case; a refusal is shown beside what it is about."""
        await _must_be_there(running, case_id)
        once = Idempotency(client.name, checked(given.get("key")), fingerprint(request, await request.body()))
        try:
            body = ConfirmationBody.model_validate({name: given[name] for name in ASKED if given.get(name, "").strip()})
            await confirm_for(running, pepper, case_id, body, Write(client, once, None, None))
        except ValidationError as error:
            return _form(request, case_id, given, 422, faults(error))
        onward = f"/cases/{case_id}" if client.may("cases:personal") else f"/cases/{case_id}/confirmations/new?done=true"
        return RedirectResponse(request.app.state.shell.addresses.base("intake") + onward, 303)

    return router


async def _must_be_there(running: RunningService, case_id: str) -> None:
    if await tracked(running.pool, case_id) is None:
        raise Refused("unknown-case", f"There is no case {case_id}.", 404)


def _form(
    request: Request,
    case_id: str,
    given: Mapping[str, str],
    status: int = 200,
    wrong: Mapping[str, str] | None = None,
    *,
    done: bool = False,
) -> Response:
    shell: Shell = request.app.state.shell
    told = {"case_id": case_id, "given": given, "wrong": wrong or {}, "done": done}
    words = {"subjects": SUBJECTS, "decisions": (ACCEPTED, REJECTED)}
    return shell.page(request, "new_confirmation.html", status, private=True, **told, **words)
