"""Signing in with an API key, and out again."""

from typing import Annotated
from urllib.parse import parse_qs

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import RedirectResponse, Response

from libs.events.words.refusal import Refused
from libs.web.bodies import read_by
from libs.web.pages import sessions
from libs.web.pages.negotiation import PageOnlyRoute
from libs.web.pages.origin import must_be_ours
from libs.web.pages.shell import Shell

FIELD_BYTES_MAX = 500


def read_form(body: bytes) -> dict[str, str]:
    """Return the fields of a form, the first value of each."""
    try:
        fields = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=200)
    except ValueError:
        raise Refused(
            "unreadable-body", "The form has too many fields. Open the page again and send its own form.", 400
        ) from None
    return {name: values[0] for name, values in fields.items()}


Form = Annotated[dict[str, str], Depends(read_by(read_form))]


def sign_in_router(shell: Shell) -> APIRouter:
    """Return the routes."""
    router = APIRouter(route_class=PageOnlyRoute)

    @router.get("/sign-in")
    async def get_sign_in(request: Request, next: Annotated[str, Query(max_length=2_000)] = "/") -> Response:
        """Ask for a key."""
        return shell.page(request, "sign_in.html", private=True, next=local(next), wrong=False)

    @router.post("/sign-in")
    async def post_sign_in(request: Request, form: Form) -> Response:
        """Begin a session, if the key is known, and go on to the page that was asked for."""
        must_be_ours(request, is_browser=True)
        signed: sessions.Sessions | None = request.app.state.sessions
        target, plain = local(form.get("next", "/")), form.get("key", "").strip()[:FIELD_BYTES_MAX]
        if signed is not None and signed.keyring.client(plain) is None:
            return shell.page(request, "sign_in.html", 422, private=True, next=target, wrong=True)
        response = RedirectResponse(shell.addresses.base(shell.service) + target, 303)
        if signed is not None:
            signed.begin(response, plain, secure=request.url.scheme == "https")
        return response

    @router.post("/sign-out")
    async def post_sign_out(request: Request) -> Response:
        """End the session."""
        must_be_ours(request, is_browser=True)
        response = RedirectResponse(f"{shell.addresses.base(shell.service)}/sign-in", 303)
        sessions.end(response)
        return response

    return router


def local(path: str) -> str:
    """Return the path, if it leads to a page of this service; else the start page. Elsewhere nobody is sent from here."""
    is_path = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable() and "\\" not in path
    return path if is_path else "/"
