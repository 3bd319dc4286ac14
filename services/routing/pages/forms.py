"""What a form of a case's page asks for: the command of the API, by the same rules, refused in the same words."""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from hashlib import sha256
from inspect import signature
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.responses import RedirectResponse, Response

from libs.events.store.values import Idempotency
from libs.events.words.refusal import Refused, none_such
from libs.web.access import require
from libs.web.bodies import Body
from libs.web.keys import Client
from libs.web.pages.negotiation import PageOnlyRoute
from libs.web.pages.signing_in import Form
from libs.web.text import Id
from libs.web.writes import Write, checked, fingerprint

Writing = Annotated[Client, Depends(require("cases:write"))]
Execute = Callable[..., Awaitable[Response]]
Asked = tuple[type[Body], Callable[..., Any]]

IN_PATH = ("node", "gate", "code", "number")
"""What the API has in the paths of commands."""


def forms_router(execute: Execute, commands: Mapping[str, Asked]) -> APIRouter:
    """Return the route that all forms of a case are sent to."""
    router = APIRouter(route_class=PageOnlyRoute)

    @router.post("/cases/{case_id}/forms/{verb}")
    async def post_case_form(request: Request, case_id: Id, verb: str, client: Writing, form: Form) -> Response:
        """Ask for what the form says, and show the case as it is then; sent twice, it is asked once."""
        path = f"/cases/{quote(case_id, safe='')}"
        request.state.back = path
        if verb not in commands:
            raise Refused("no-such-path", none_such("form", verb, commands), 404)
        body_type, decide = commands[verb]
        write = Write(client, _once(request, client, form, await request.body()), _seen(form), None)
        await execute(case_id, decide, words(form, body_type, places(decide)), write)
        return RedirectResponse(request.app.state.shell.addresses.base("routing") + path, 303)

    return router


def places(decide: Callable[..., Any]) -> list[str]:
    """Return what the API has in the path of this command."""
    return [name for name in IN_PATH if name in signature(decide).parameters]


def words(form: Mapping[str, str], body_type: type[Body], path: Iterable[str]) -> dict[str, Any]:
    """Return the words of a command; refuse those that the API would refuse, in its words."""
    place = {name: form.get(name, "") for name in path}
    if missing := [name for name, value in place.items() if not value]:
        raise RequestValidationError([{"type": "missing", "loc": ("path", name), "msg": "Field required"} for name in missing])
    told: dict[str, Any] = {name: form[name] for name in body_type.model_fields if name in form}
    if "outputs" in body_type.model_fields:
        told["outputs"] = list(outputs(form))
    try:
        body = body_type.model_validate(told)
    except ValidationError as error:
        faults = [{**one, "loc": ("body", *one["loc"])} for one in error.errors()]
        raise RequestValidationError(faults, body=told) from error
    return place | body.model_dump()


def outputs(form: Mapping[str, str]) -> Iterator[str]:
    """Yield the outputs that a form gives: those that are ticked, and those with a value."""
    for name in dict.fromkeys(one.partition(".")[2] for one in form if one.startswith(("done.", "value."))):
        value = form.get(f"value.{name}", "").strip()
        if value or f"done.{name}" in form:
            yield f"{name}={value}" if value else name


def _once(request: Request, client: Client, form: Mapping[str, str], body: bytes) -> Idempotency:
    """Return under which key it is asked: the form's, and what was written. Other words are another request."""
    asked = fingerprint(request, body)
    key = checked(form.get("key"))
    return Idempotency(client.name, checked(f"{key[:200]} {sha256(asked).hexdigest()[:32]}"), asked)


def _seen(form: Mapping[str, str]) -> int:
    """Return the version of the case that the form was made for."""
    written = form.get("version", "")
    if not (written.isascii() and written.isdigit() and len(written) <= 18):
        raise Refused(
            "if-match-invalid", "The form does not say which version of the case it was made for. Open the case again.", 400
        )
    return int(written)
