"""A thing has one address: who prefers HTML to JSON gets its page, everybody else the JSON."""

from typing import Any
from urllib.parse import parse_qsl, urlencode

from fastapi.responses import HTMLResponse
from fastapi.routing import APIRoute
from starlette.datastructures import Headers
from starlette.routing import Match
from starlette.types import Scope

from libs.web.accept import preferred
from libs.web.answers import JSON

HTML = "text/html"


def wants_page(scope: Scope) -> bool:
    """Test whether the client prefers HTML."""
    accept = Headers(scope=scope).get("accept", "")
    return HTML in accept and preferred(accept, (JSON, HTML)) == HTML


class PageRoute(APIRoute):
    """The page of a thing whose JSON has the same address; `/openapi.json` describes the JSON."""

    def __init__(self, path: str, endpoint: Any, **options: Any) -> None:
        super().__init__(path, endpoint, **{**options, "response_class": HTMLResponse, "include_in_schema": False})

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Match only for a client that prefers HTML."""
        return self._found(scope) if wants_page(scope) else (Match.NONE, {})

    def _found(self, scope: Scope) -> tuple[Match, Scope]:
        match, inner = super().matches(scope)
        if match is not Match.FULL:
            return match, inner
        # A browser also sends the fields of a form that nobody filled in; they ask for nothing.
        asked = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=False)
        return match, {**inner, "query_string": urlencode(asked).encode()}


class PageOnlyRoute(PageRoute):
    """A page where there is no JSON, so everybody gets it; also where a form is sent to."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Match for everybody."""
        return self._found(scope)
