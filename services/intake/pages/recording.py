"""The page on which a form of a case is filled in. It does what POST /cases/{id}/records does."""

from collections.abc import Mapping
from secrets import token_urlsafe
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from libs.events.catalogue.forms import mandatory
from libs.events.catalogue.standard import Form as Asked
from libs.events.catalogue.standard import Standard
from libs.events.words.refusal import Refused
from libs.service.running import RunningService
from libs.web.access import require
from libs.web.keys import Client
from libs.web.pages.language import language_of
from libs.web.pages.negotiation import PageOnlyRoute
from libs.web.pages.shell import Shell
from libs.web.pages.signing_in import Form
from libs.web.text import Id, Text
from libs.web.writes import asked_by_form
from services.intake.commands import attach_record
from services.intake.domain.need import pin
from services.intake.domain.record import form_of
from services.intake.pages.asking import form_page, onward
from services.intake.pages.filling import places, written
from services.intake.questions import followed
from services.intake.requests import RecordBody
from services.intake.tables import ProgressRow

Writing = Annotated[Client, Depends(require("cases:write"))]
FormId = Annotated[Text, Query(min_length=1, max_length=100)]


def recording_router(running: RunningService, pepper: str) -> APIRouter:
    """Return the routes."""
    router = APIRouter(route_class=PageOnlyRoute)

    @router.get("/cases/{case_id}/records/new")
    async def get_new_record(
        request: Request,
        case_id: Id,
        client: Writing,
        form: Annotated[Text | None, Query(max_length=100)] = None,
        done: bool = False,
    ) -> Response:
        """Ask which form, or for what it needs."""
        if form is None:
            shell: Shell = request.app.state.shell
            forms = (await _standard(running, case_id))[0].forms
            return shell.page(request, "choose_form.html", private=True, case_id=case_id, forms=forms)
        asked, brief = await _asked(running, case_id, form)
        return _form(request, case_id, form, asked, {"key": token_urlsafe(18)}, brief=brief, done=done)

    @router.post("/cases/{case_id}/records/new")
    async def post_new_record(request: Request, case_id: Id, client: Writing, form: FormId, given: Form) -> Response:
        """Attach the record and lead to the case; a refusal is shown beside what it is about."""
        asked, brief = await _asked(running, case_id, form)
        body = RecordBody(form=form, data=written(asked.schema, given), agent=given.get("agent", "")[:200])
        write = await asked_by_form(request, client, given)
        try:
            await attach_record(running, pepper, case_id, body, write)
        except Refused as no:
            return _form(request, case_id, form, asked, given, no.status, wrong_at(no), brief=brief)
        return await onward(request, client, case_id, f"records/new?form={form}&done=true")

    return router


async def _asked(running: RunningService, case_id: str, form: str) -> tuple[Asked, bool]:
    """Return the form, and whether it asks this case for no more than what is mandatory."""
    standard, progress = await _standard(running, case_id)
    asked = form_of(standard, form)
    return asked, progress is not None and progress.grade in asked.brief


async def _standard(running: RunningService, case_id: str) -> tuple[Standard, ProgressRow | None]:
    case, progress = await followed(running, case_id)
    return pin(running.known, case.process_id, case.process_version), progress


def wrong_at(no: Refused) -> dict[str, str]:
    """Return what is wrong by the name of its place on the page; an empty name if it is about the whole."""
    found = {one["pointer"].removeprefix("#/data").strip("/").replace("/", "."): one["detail"] for one in no.errors}
    return found or {"": no.detail}


def _form(
    request: Request,
    case_id: str,
    id: str,
    asked: Asked,
    given: Mapping[str, str],
    status: int = 200,
    wrong: Mapping[str, str] | None = None,
    *,
    brief: bool = False,
    done: bool = False,
) -> Response:
    schema = mandatory(asked.schema) if brief else asked.schema
    told = {"id": id, "form": asked, "places": list(places(schema, language_of(request))), "brief": brief, "done": done}
    return form_page(request, "new_record.html", case_id, given, status, wrong, **told)
