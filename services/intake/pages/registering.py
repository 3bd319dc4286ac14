"""The form that registers a case: which process first, then what its standard asks for. It does what POST /cases does."""

from collections.abc import Mapping
from secrets import token_urlsafe
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from pydantic import ValidationError
from starlette.responses import RedirectResponse, Response

from libs.events.catalogue.standard import Standard
from libs.events.store.values import Answer
from libs.events.words.refusal import Refused
from libs.service.running import RunningService
from libs.web.access import require
from libs.web.faults import told
from libs.web.keys import Client
from libs.web.pages.negotiation import PageOnlyRoute
from libs.web.pages.shell import Shell
from libs.web.pages.signing_in import Form
from libs.web.text import Text
from libs.web.writes import asked_by_form
from services.intake.commands import linked, register_case
from services.intake.domain.link import Links
from services.intake.domain.need import open_processes, pin_new
from services.intake.requests import CaseBody

CUSTOMER = ("name", "id", "email", "phone", "language")
CHANNELS = ("phone", "email", "web", "chat", "counter", "offline")
KINDS = ("request", "complaint", "problem", "project")
ASKED_ANYWAY = frozenset({"subject", "description", "problem_description", *(f"customer_{name}" for name in CUSTOMER)})
"""Names of required fields that the form has a place for in any process."""

Writing = Annotated[Client, Depends(require("cases:write"))]


def registering_router(running: RunningService, pepper: str, links: Links) -> APIRouter:
    """Return the routes."""
    router = APIRouter(route_class=PageOnlyRoute)

    @router.get("/cases/new")
    async def get_new_case(
        request: Request,
        client: Writing,
        process: Annotated[Text | None, Query(max_length=200)] = None,
        done: Annotated[str | None, Query(max_length=64, pattern="^[A-Za-z0-9-]+$")] = None,
    ) -> Response:
        """Ask which process, or for what its standard needs."""
        if process is None:
            return _choice(request, running, done)
        standard = pin_new(running.known, process, running.now())
        return _form(request, standard, {"key": token_urlsafe(18), "process_id": process})

    @router.post("/cases/new")
    async def post_new_case(request: Request, client: Writing, form: Form) -> Response:
        """Register the case and lead to it; a refusal is shown beside what it is about."""
        standard = pin_new(running.known, form.get("process_id", ""), running.now())
        try:
            body = CaseBody.model_validate(filled_in(form))
            write = await asked_by_form(request, client, form)
            answer = await register_case(running, pepper, body, write, linked(request, links))
        except ValidationError as error:
            return _form(request, standard, form, 422, faults(error))
        except Refused as no:
            return _form(request, standard, form, no.status, {place_of(no): no.detail})
        return RedirectResponse(request.app.state.shell.addresses.base("intake") + led_to(answer, client), 303)

    return router


def _choice(request: Request, running: RunningService, done: str | None) -> Response:
    shell: Shell = request.app.state.shell
    standards = open_processes(running.known, running.now())
    return shell.page(request, "choose_process.html", standards=standards, done=done)


def _form(
    request: Request, standard: Standard, given: Mapping[str, str], status: int = 200, wrong: Mapping[str, str] | None = None
) -> Response:
    shell: Shell = request.app.state.shell
    return shell.page(
        request,
        "new_case.html",
        status,
        private=True,
        standard=standard,
        given=given,
        wrong=wrong or {},
        fields=fields_of(standard),
        customer=CUSTOMER,
        channels=CHANNELS,
        kinds=KINDS,
    )


def fields_of(standard: Standard) -> list[str]:
    """Return the fields that only this standard asks for: those it requires first, then what it lets be said in clear."""
    return [name for name in dict.fromkeys((*standard.required, *standard.attributes)) if name not in ASKED_ANYWAY]


def filled_in(form: Mapping[str, str]) -> dict[str, Any]:
    """Return the body of POST /cases that says what was filled in; `customer.name` and `fields.topic` are inside."""
    body: dict[str, Any] = {}
    inside: dict[str, dict[str, str]] = {"customer": {}, "fields": {}}
    for name, value in form.items():
        outer, _, inner = name.partition(".")
        if name == "key" or not value.strip():
            continue
        # A browser ends lines in two characters, and nobody wrote the first of them.
        written = value.replace("\r\n", "\n")
        if inner and outer in inside:
            inside[outer][inner] = written
        else:
            body[name] = written
    return body | {name: values for name, values in inside.items() if values}


def faults(error: ValidationError) -> dict[str, str]:
    """Return what is wrong by the name of its field in the form."""
    found = error.errors(include_url=False)
    return {".".join(map(str, one["loc"])): told(one, ()) for one in found}


def place_of(no: Refused) -> str:
    """Return the field that a refusal begins with; nothing if it is about the whole."""
    word = no.detail.split(" ", 1)[0]
    return word if word.startswith("fields.") else "channel" if no.code == "unknown-channel" else ""


def led_to(answer: Answer, client: Client) -> str:
    """Return where to go on: to the case; if the client may not see it, to the next form."""
    location = dict(answer.headers)["Location"]
    return location if client.may("cases:personal") else f"/cases/new?done={location.rsplit('/', 1)[-1]}"
