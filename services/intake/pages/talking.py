"""The page on which a contact with the customer is logged. It does what POST /cases/{id}/contacts does."""

from collections.abc import Mapping
from secrets import token_urlsafe
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from pydantic import ValidationError
from starlette.responses import Response

from libs.events.catalogue.intake import DIRECTIONS, PURPOSES
from libs.events.words.refusal import Refused
from libs.service.running import RunningService
from libs.web.access import require
from libs.web.keys import Client
from libs.web.pages.negotiation import PageOnlyRoute
from libs.web.pages.signing_in import Form
from libs.web.text import Id
from libs.web.writes import asked_by_form
from services.intake.commands import log_contact_of
from services.intake.pages.asking import OCCURRED, form_page, onward
from services.intake.pages.registering import CHANNELS, faults
from services.intake.questions import followed
from services.intake.requests import ContactBody

Writing = Annotated[Client, Depends(require("cases:write"))]
ASKED = ("direction", "channel", "purpose", "agent", "note", "occurred_at")
TICKED = {"automated": True, "resolves_case": True, "thanks": True, "reached": False}
"""What a tick says: of the last one, that she was not reached."""
EXPECTED = {"yes": True, "no": False}
"""Her answers to the question whether the result meets her expectation."""


def talking_router(running: RunningService) -> APIRouter:
    """Return the routes."""
    router = APIRouter(route_class=PageOnlyRoute)

    @router.get("/cases/{case_id}/contacts/new")
    async def get_new_contact(request: Request, case_id: Id, client: Writing, done: bool = False) -> Response:
        """Ask who spoke with whom, about what, and what was said."""
        await followed(running, case_id)
        return _form(request, case_id, {"key": token_urlsafe(18)}, done=done)

    @router.post("/cases/{case_id}/contacts/new")
    async def post_new_contact(request: Request, case_id: Id, client: Writing, given: Form) -> Response:
        """Log it and lead to the case; a refusal is shown beside what it is about."""
        await followed(running, case_id)
        write = await asked_by_form(request, client, given)
        try:
            await log_contact_of(running, case_id, ContactBody.model_validate(words(given)), write)
        except ValidationError as error:
            return _form(request, case_id, given, 422, faults(error))
        except Refused as no:
            return _form(request, case_id, given, no.status, {PLACES.get(no.code, ""): no.detail})
        return await onward(request, client, case_id, "contacts/new?done=true")

    return router


PLACES = {"not-yourself": "agent"} | OCCURRED
"""The fields that refusals are about; every other is about the whole."""


def words(given: Mapping[str, str]) -> dict[str, Any]:
    """Return what the form says, in the words of the API."""
    told: dict[str, Any] = {name: given[name] for name in ASKED if given.get(name, "").strip()}
    if met := given.get("meets_expectation", ""):
        told["meets_expectation"] = EXPECTED.get(met, met)
    return told | {name: says for name, says in TICKED.items() if name in given}


def _form(
    request: Request,
    case_id: str,
    given: Mapping[str, str],
    status: int = 200,
    wrong: Mapping[str, str] | None = None,
    *,
    done: bool = False,
) -> Response:
    choices = {"directions": DIRECTIONS, "purposes": PURPOSES, "channels": CHANNELS, "ticked": TICKED, "expected": EXPECTED}
    return form_page(request, "new_contact.html", case_id, given, status, wrong, done=done, **choices)
