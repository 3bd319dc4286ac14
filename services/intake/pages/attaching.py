"""The page on which a file is attached to a case. It does what POST /cases/{id}/attachments does."""

from collections.abc import Mapping
from secrets import token_urlsafe
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from libs.events.store.values import Idempotency
from libs.events.words.refusal import Refused
from libs.service.running import RunningService
from libs.web.access import require
from libs.web.keys import Client
from libs.web.pages.negotiation import PageOnlyRoute
from libs.web.text import Id
from libs.web.uploads import parts_of
from libs.web.writes import Write, checked, fingerprint
from services.intake.attachments import attach_file
from services.intake.pages.asking import form_page, onward
from services.intake.questions import followed
from services.intake.storage import Files

Writing = Annotated[Client, Depends(require("cases:write"))]
AWAY = 500
"""From here on a refusal is not about what was sent, so it is no matter of the form."""


def attaching_router(running: RunningService, pepper: str, files: Files) -> APIRouter:
    """Return the routes."""
    router = APIRouter(route_class=PageOnlyRoute)

    @router.get("/cases/{case_id}/attachments/new")
    async def get_new_attachment(request: Request, case_id: Id, client: Writing, done: bool = False) -> Response:
        """Ask for the file."""
        await followed(running, case_id)
        return _form(request, files, case_id, {"key": token_urlsafe(18)}, done=done)

    @router.post("/cases/{case_id}/attachments/new")
    async def post_new_attachment(request: Request, case_id: Id, client: Writing) -> Response:
        """Attach it and lead to the case; a refusal is shown above the form."""
        await followed(running, case_id)
        parts = await parts_of(request)
        once = Idempotency(client.name, checked(parts.fields.get("key")), fingerprint(request, parts.asked))
        try:
            await attach_file(running, pepper, files, case_id, parts, Write(client, once, None, None))
        except Refused as no:
            if no.status >= AWAY:
                raise
            return _form(request, files, case_id, parts.fields, no.status, {"file": no.detail})
        return await onward(request, client, case_id, "attachments/new?done=true")

    return router


def _form(
    request: Request,
    files: Files,
    case_id: str,
    given: Mapping[str, str],
    status: int = 200,
    wrong: Mapping[str, str] | None = None,
    *,
    done: bool = False,
) -> Response:
    limits = {"most": f"{files.bytes_max:,}", "types": ",".join(sorted(files.types))}
    return form_page(request, "new_attachment.html", case_id, given, status, wrong, done=done, **limits)
