"""An app with two pages and the JSON of one of them, and a browser for it."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, Request
from starlette.responses import Response

from libs.web.access import require
from libs.web.answers import shown
from libs.web.app import create_app
from libs.web.bodies import JSONRoute
from libs.web.keys import Client
from libs.web.pages.negotiation import PageOnlyRoute, PageRoute
from libs.web.settings import WebSettings

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
Reading = Annotated[Client, Depends(require("things:read"))]
Writing = Annotated[Client, Depends(require("things:write"))]

programs = APIRouter(tags=["things"], route_class=JSONRoute)
people = APIRouter(route_class=PageRoute)
forms = APIRouter(route_class=PageOnlyRoute)


@programs.get("/things/{name}")
async def get_thing(name: str, client: Reading) -> Response:
    return shown({"name": name, "for": client.name}, version=7)


@people.get("/things/{name}")
async def get_thing_page(request: Request, name: str, client: Reading) -> Response:
    return request.app.state.shell.page(
        request,
        "problem.html",
        told={"title": name, "detail": "", "errors": (), "request_id": ""},
        known=None,
        elsewhere={},
        back="",
    )


@programs.post("/things")
async def post_thing(client: Writing) -> Response:
    return shown({"by": client.name}, status=201)


@forms.post("/things/{name}")
async def post_form(name: str, client: Writing) -> Response:
    return Response(f"sent by {client.name}")


def site(settings: WebSettings | None = None, **more: Any) -> FastAPI:
    return create_app(
        "routing",
        "Routing",
        [programs, people, forms],
        settings=settings or WebSettings(),
        **{"tags": {"things": "Things."}, **more},
    )
