"""A problem as a page, for somebody who opened a link in a browser and reads no JSON."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from libs.web.pages.negotiation import wants_page
from libs.web.pages.shell import Shell
from libs.web.problems import MEDIA_TYPE, pages
from libs.web.ways import Way

_NOTHING: Mapping[str, Any] = {"type": "", "title": "", "detail": "", "errors": (), "request_id": ""}
KEPT = ("retry-after", "allow", "location", "ratelimit", "ratelimit-policy", "www-authenticate")


class ProblemFaces:
    """Turns a problem into a page for a client that prefers HTML; who is not known is asked to sign in."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        is_asked_for = wants_page(scope)
        begun: Message | None = None

        async def faced(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                is_problem = MutableHeaders(raw=list(message["headers"])).get("content-type") == MEDIA_TYPE
                if is_problem and (is_asked_for or _is_at_a_page(scope)):
                    begun = message
                    return
            elif begun is not None:
                # A problem is one short message, never a stream.
                start, begun = begun, None
                page = _face(HTTPConnection(scope), start, message.get("body", b""))
                return await page(scope, receive, send)
            await send(message)

        await self.app(scope, receive, faced)
        return None


def _is_at_a_page(scope: Scope) -> bool:
    """Test whether the door stopped somebody on the way to a page."""
    route = scope.get("route")
    return isinstance(route, Way) and route.query is None


def _face(at: HTTPConnection, start: Message, body: bytes) -> Response:
    told: Mapping[str, Any] = json.loads(body) if body else {"status": start["status"]}
    shell: Shell = at.app.state.shell
    if told["status"] == 401 and _can_sign_in(at):
        asked = at.url.path + (f"?{at.url.query}" if at.url.query else "")
        return RedirectResponse(f"{shell.addresses.base(shell.service)}/sign-in?next={quote(asked, safe='')}", 303)
    response = explained(at, told)
    for name in KEPT:
        if name in (given := MutableHeaders(raw=list(start["headers"]))):
            response.headers[name] = given[name]
    return response


def _can_sign_in(at: HTTPConnection) -> bool:
    """Test whether signing in would help. A client that sent a key is no browser: it is told that the key is not known."""
    return at.scope["method"] in ("GET", "HEAD") and at.app.state.sessions is not None and "authorization" not in at.headers


def explained(at: HTTPConnection, told: Mapping[str, Any]) -> Response:
    """Return the page of a problem."""
    shell: Shell = at.app.state.shell
    told = {**_NOTHING, **told}
    code = str(told["type"]).rsplit("/", 1)[-1]
    elsewhere = shell.addresses.owners(at.url.path, at) if told["status"] == 404 else {}
    elsewhere.pop(shell.service, None)
    back = at.scope.get("state", {}).get("back", "")
    return shell.page(at, "problem.html", told["status"], told=told, known=pages().get(code), elsewhere=elsewhere, back=back)
