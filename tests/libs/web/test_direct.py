"""The shorter way answers as FastAPI's own does, and is taken for what is valid."""

from functools import cache
from typing import Annotated, Any

import fastapi.routing
import httpx
import pytest
from fastapi import APIRouter, Depends, FastAPI, Header, Query, Request
from fastapi.routing import APIRoute
from starlette.responses import Response

from libs.events.words.now import StoppedClock
from libs.web.access import require
from libs.web.answers import answer, respond, shown
from libs.web.app import create_app
from libs.web.direct import Direct
from libs.web.idempotency import Once
from libs.web.keys import Client
from libs.web.position import WaitFor
from libs.web.settings import WebSettings
from tests.libs.web.tiny import NOON, Thing

Writing = Annotated[Client, Depends(require("things:write"))]


async def bounded(request: Request, size: Annotated[str | None, Header(max_length=3)] = None) -> str:
    return size or "none"


@cache
def app_with(way: type[APIRoute]) -> FastAPI:
    router = APIRouter(route_class=way)

    @router.post("/things", status_code=201)
    async def add(body: Thing, once: Once, client: Writing) -> Response:
        return respond(answer({"thing": body.model_dump(), "by": client.name, "key": once.key}, status=201, version=1))

    @router.post("/waited")
    async def wait(body: Thing, position: WaitFor) -> Response:
        return shown({"position": position})

    @router.post("/things/{name}")
    async def put(name: str, body: Thing, client: Writing) -> Response:
        return shown({"name": name, "thing": body.model_dump()})

    @router.post("/asked")
    async def ask(body: Thing, n: Annotated[int, Query(ge=1)], client: Writing) -> Response:
        return shown({"n": n})

    @router.post("/bounded")
    async def within(body: Thing, size: Annotated[str, Depends(bounded)]) -> Response:
        return shown({"size": size})

    return create_app("tiny", "Tiny", [router], settings=WebSettings(), now=StoppedClock(NOON))


async def told(way: type[APIRoute], path: str, body: bytes, headers: dict[str, str]) -> tuple[int, Any, Any]:
    transport = httpx.ASGITransport(app_with(way), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        got = await client.post(path, content=body, headers={"X-Request-ID": "r1", **headers})
    return got.status_code, got.content, sorted(got.headers.items())


AS_JSON, KEY = {"content-type": "application/json"}, {"Idempotency-Key": "k1"}


@pytest.mark.parametrize(
    ("why", "path", "body", "headers", "status"),
    [
        ("valid", "/things", b'{"name": "a"}', AS_JSON | KEY, 201),
        ("nested", "/things", b'{"name": "a", "lines": [{"amount": "2"}], "extra": {"n": 1e400}}', AS_JSON | KEY, 201),
        ("JSON with a charset", "/things", b'{"name": "a"}', {"content-type": "application/json; charset=utf-8"} | KEY, 201),
        ("no JSON by its name", "/things", b'{"name": "a"}', {"content-type": "text/plain"} | KEY, 415),
        ("no media type", "/things", b'{"name": "a"}', KEY, 415),
        ("no key", "/things", b'{"name": "a"}', AS_JSON, 400),
        ("neither key nor name: the key first", "/things", b"{}", AS_JSON, 400),
        ("an unknown field", "/things", b'{"name": "a", "nom": 1}', AS_JSON | KEY, 422),
        ("too long", "/things", b'{"name": "%s"}' % (b"a" * 41), AS_JSON | KEY, 422),
        ("broken JSON", "/things", b'{"name": ', AS_JSON | KEY, 400),
        ("no body", "/things", b"", AS_JSON | KEY, 422),
        ("a list", "/things", b"[]", AS_JSON | KEY, 422),
        ("half a surrogate pair", "/things", b'{"name": "\\ud800"}', AS_JSON | KEY, 422),
        ("no UTF-8", "/things", b'{"name": "\xff"}', AS_JSON | KEY, 400),
        ("too deep", "/things", b"[" * 100_000, AS_JSON | KEY, 400),
        ("no number, which Python takes for one", "/things", b'{"name": "a", "extra": {"n": NaN}}', AS_JSON | KEY, 201),
        ("a name that stands twice", "/things", b'{"name": "a", "name": "b"}', AS_JSON | KEY, 201),
        ("too large", "/things", b'{"name": "%s"}' % (b"a" * (1 << 20)), AS_JSON | KEY, 413),
        ("a foreign host", "/things", b'{"name": "a"}', AS_JSON | KEY | {"host": "evil.example.org"}, 401),
        ("a header that may be there", "/waited", b'{"name": "a"}', AS_JSON | {"Position": "intake:cases-7:1:4711"}, 200),
        ("a header that may be missing", "/waited", b'{"name": "a"}', AS_JSON, 200),
        ("a header that is wrong", "/waited", b'{"name": "a"}', AS_JSON | {"Position": "yesterday"}, 400),
        ("a path to read", "/things/x", b'{"name": "a"}', AS_JSON, 200),
        ("a query to check", "/asked?n=0", b'{"name": "a"}', AS_JSON, 422),
        ("a header to check", "/bounded", b'{"name": "a"}', AS_JSON | {"size": "1234"}, 422),
    ],
)  # fmt: skip
async def test_both_ways_give_one_answer(why: str, path: str, body: bytes, headers: dict[str, str], status: int) -> None:
    usual = await told(APIRoute, path, body, headers)
    assert await told(Direct, path, body, headers) == usual, why
    assert usual[0] == status, usual


async def test_what_is_valid_takes_the_shorter_way(monkeypatch: pytest.MonkeyPatch) -> None:
    async def too_long(**_: Any) -> Any:
        raise RuntimeError("the long way")

    monkeypatch.setattr(fastapi.routing, "solve_dependencies", too_long)
    assert (await told(Direct, "/things", b'{"name": "a"}', AS_JSON | KEY))[0] == 201
    assert (await told(Direct, "/waited", b'{"name": "a"}', AS_JSON | {"Position": "intake:cases-7:1:4711"}))[0] == 200
    assert (await told(APIRoute, "/things", b'{"name": "a"}', AS_JSON | KEY))[0] == 500


def test_both_ways_are_described_alike() -> None:
    assert app_with(Direct).openapi() == app_with(APIRoute).openapi()
