"""A thing has one address: who prefers HTML to JSON gets its page, everybody else the JSON."""

from typing import Any

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
        return super().matches(scope) if wants_page(scope) else (Match.NONE, {})


class PageOnlyRoute(PageRoute):
    """A page where there is no JSON, so everybody gets it; also where a form is sent to."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Match for everybody."""
        return APIRoute.matches(self, scope)
