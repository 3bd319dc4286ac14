"""What is read from a request without FastAPI is what FastAPI reads, and what is odd FastAPI answers."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

import fastapi.routing
import httpx
import pytest
from fastapi import APIRouter, BackgroundTasks, Cookie, Depends, Header, Path, Query, Request, Response
from fastapi.routing import APIRoute
from pydantic import BaseModel

from libs.web.answers import shown
from libs.web.app import create_app
from libs.web.bodies import Body, JSONRoute
from libs.web.paging import Page, pages
from libs.web.position import WaitFor
from libs.web.settings import WebSettings
from libs.web.taking import taking
from libs.web.text import Instant, Text
from tests.libs.web.tiny import calling


class Told(Body):
    name: str


async def greeting(request: Request, loud: bool = False) -> str:
    return "HELLO" if loud else request.url.path


async def everything(
    word: Annotated[Text, Path(max_length=5)],
    request: Request,
    page: Annotated[Page, Depends(pages(tuple[datetime, str]))],
    position: WaitFor,
    hello: Annotated[str, Depends(greeting)],
    number: int,
    at: Instant | None = None,
    team: Annotated[str | None, Query(alias="of")] = "all",
    x_kind: Annotated[str | None, Header()] = None,
) -> Response:
    return shown([word, request.method, page.limit, page.after, position, hello, number, at, team, x_kind])


async def noted(word: str, body: Told, request: Request, twice: int = 2) -> Response:
    return shown([word, body.name, request.method, twice])


def answering(route: type[APIRoute]) -> httpx.AsyncClient:
    router = APIRouter(route_class=route)
    router.add_api_route("/all/{word}", everything, methods=["GET"])
    router.add_api_route("/notes/{word}", noted, methods=["POST"])
    return calling(create_app("tiny", "Tiny", [router], settings=WebSettings()))


QUESTIONS = [
    "",
    "?number=1",
    "?number=one",
    "?number=1&limit=7",
    "?number=1&limit=1e3",
    "?number=1&limit=0",
    "?number=1&cursor=x",
    "?number=1&at=now",
    "?loud=x",
    "?number=1&at=2026-03-02T12:00:00%2B01:00",
    "?number=1&of=",
    "?number=1&of=mei&loud=true",
    "?number=&of=%00",
    "?number=1&of=%C3%A9%F0%9F%98%80",
    "?number=1&team=mei",
    "?number=1&number=2",
]


@pytest.mark.parametrize("headers", [{}, {"X-Kind": "a"}, {"Position": "yesterday"}, {"Position": "intake:cases-7:1:4711"}])
@pytest.mark.parametrize("word", ["short", "longer", "%00", "%ED%A0%80"])
async def test_a_question_is_read_as_fastapi_reads_it(word: str, headers: dict[str, str]) -> None:
    async with answering(JSONRoute) as straight, answering(APIRoute) as usual:
        for question in QUESTIONS:
            ours, theirs = [
                await one.get(f"/all/{word}{question}", headers={"X-Request-ID": "r", **headers}) for one in (straight, usual)
            ]
            assert (ours.status_code, ours.content, ours.headers) == (theirs.status_code, theirs.content, theirs.headers), (
                question
            )


@pytest.mark.parametrize("question", ["", "?twice=3", "?twice=x"])
@pytest.mark.parametrize("body", [{"name": "a"}, {"nom": "a"}, []])
async def test_a_body_beside_parameters_is_read_as_fastapi_reads_it(question: str, body: Any) -> None:
    async with answering(JSONRoute) as straight, answering(APIRoute) as usual:
        ours, theirs = [
            await one.post(f"/notes/w{question}", json=body, headers={"X-Request-ID": "r"}) for one in (straight, usual)
        ]
        assert (ours.status_code, ours.content) == (theirs.status_code, theirs.content)


async def test_what_is_valid_needs_no_fastapi(monkeypatch: pytest.MonkeyPatch) -> None:
    async def no_way(**_: Any) -> Any:
        raise RuntimeError("FastAPI's way")

    monkeypatch.setattr(fastapi.routing, "solve_dependencies", no_way)
    async with answering(JSONRoute) as client:
        assert (await client.get("/all/a?number=1")).status_code == 200
        assert (await client.post("/notes/a", json={"name": "a"})).status_code == 200
        assert (await client.get("/all/a?number=x")).status_code == 500


async def several(words: Annotated[list[str], Query()]) -> Response: ...  # type: ignore[empty-body]
async def none_or_several(words: Annotated[list[str] | None, Query()] = None) -> Response: ...  # type: ignore[empty-body]
async def biscuit(word: Annotated[str, Cookie()]) -> Response: ...  # type: ignore[empty-body]
async def later(tasks: BackgroundTasks) -> Response: ...  # type: ignore[empty-body]
async def through(word: Annotated[str, Depends(lambda: "in a thread")]) -> Response: ...  # type: ignore[empty-body]
async def a_value(word: str) -> dict[str, str]: ...  # type: ignore[empty-body]
async def two(first: Told, second: Told) -> Response: ...  # type: ignore[empty-body]
async def another(body: BaseModel) -> Response: ...  # type: ignore[empty-body]
def no_coroutine(word: str) -> Response: ...  # type: ignore[empty-body]


@pytest.mark.parametrize("endpoint", [several, none_or_several, biscuit, later, through, a_value, two, another, no_coroutine])
def test_other_endpoints_are_left_to_fastapi(endpoint: Callable[..., Any]) -> None:
    assert taking(APIRoute("/", endpoint).dependant, Body) is None
    assert taking(APIRoute("/{word}", everything).dependant, Body) is not None
