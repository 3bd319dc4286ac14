"""The door of an app: it checks the client, its rate and the question before anything of the body is read."""

from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl

from fastapi import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from libs.events.words.refusal import Refused, suggestion
from libs.web.access import identify, permitted
from libs.web.keys import Client
from libs.web.limiter import Limiter
from libs.web.pages.negotiation import PageRoute, wants_page
from libs.web.problems import problem, refused, wrong
from libs.web.routes import PROBES
from libs.web.ways import Way, Ways


class Door:
    """Lets in a client with the scope and with parameters that the route knows; answers HEAD and OPTIONS for every route."""

    def __init__(self, app: ASGIApp, limiter: Limiter | None) -> None:
        self.app = app
        self._limiter = limiter
        self._ways: tuple[Ways, Ways] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        ways = self._at(scope) if scope["type"] == "http" else {}
        if not ways:
            return await self.app(scope, receive, send)
        method = scope["method"]
        way = ways.get(method) or (ways.get("GET") if method == "HEAD" else None)
        # A request that is refused here is counted and logged under its route, too.
        scope["route"] = way or next(iter(ways.values()))
        response = await self._stopped(Request(scope), way) if way else _elsewhere(Request(scope), ways)
        if response is not None:
            return await response(scope, receive, send)
        if method == "HEAD":
            return await self.app({**scope, "method": "GET"}, receive, _without_body(send))
        return await self.app(scope, receive, send)

    def _at(self, scope: Scope) -> dict[str, Way]:
        """Return the ways at a path; for a client that prefers HTML those to its pages before the others."""
        if self._ways is None:
            routes: list[Any] = scope["app"].routes
            shared = [one for one in routes if type(one) is PageRoute]
            others = [one for one in routes if type(one) is not PageRoute]
            self._ways = Ways(others), Ways([*shared, *others])
        return dict(self._ways[wants_page(scope)].at(scope["path"]))

    async def _stopped(self, request: Request, way: Way) -> Response | None:
        """Return why the request may not pass."""
        try:
            self._admit(request, way)
        except Refused as no:
            return await refused(request, no)
        query = request.scope["query_string"]
        if not query or way.query is None:
            return None
        errors = list(_unknown(query, way.query))
        return wrong(request, errors) if errors else None

    def _admit(self, request: Request, way: Way) -> None:
        """Refuse a client that is not known, asks too often, or lacks the scope."""
        if self._limiter is not None and way.path_format not in PROBES:
            self._limiter.count(request, self._caller(request, way))
        if way.scope is not None:
            permitted(request, way.scope)

    @staticmethod
    def _caller(request: Request, way: Way) -> Client | None:
        try:
            return None if way.scope is None else identify(request)
        except Refused:
            return None  # somebody who tries one key after the other is counted by the address


def _unknown(query: bytes, known: frozenset[str]) -> Iterator[dict[str, Any]]:
    for name, times in Counter(name for name, _ in parse_qsl(query.decode("latin-1"), keep_blank_values=True)).items():
        where = {"in": "query", "name": name}
        if name not in known:
            yield {**where, "code": "unknown_parameter", "detail": f"There is no such parameter here. {suggestion(name, known)}"}
        elif times > 1:
            yield {**where, "code": "repeated_parameter", "detail": f"It is given {times} times; give it once."}


def _elsewhere(request: Request, ways: dict[str, Way]) -> Response:
    """Answer a method that the path does not have: OPTIONS says which there are."""
    allowed = ", ".join(sorted({*ways, "OPTIONS", *({"HEAD"} if "GET" in ways else ())}))
    if request.method == "OPTIONS":
        return Response(status_code=204, headers={"Allow": allowed})
    detail = f"{request.method} is not possible here; allowed: {allowed}."
    return problem(405, "method-not-allowed", detail, at=request, headers={"Allow": allowed})


def _without_body(send: Send) -> Send:
    async def headed(message: Message) -> None:
        await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

    return headed
