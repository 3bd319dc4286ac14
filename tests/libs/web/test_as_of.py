"""An answer made of facts from the log says until when it is complete, and never claims more."""

from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from libs.web.rates import Rate
from libs.web.settings import WebSettings
from tests.libs.web.tiny import KEY, NOON, calling, tiny_app

pytestmark = pytest.mark.slow

AS_OF = "2026-03-02T12:00:00Z"


def dated_app(settings: WebSettings | None = None) -> FastAPI:
    app = tiny_app(settings)
    app.state.as_of = lambda: NOON
    return app


@pytest.mark.parametrize(
    ("why", "method", "path", "headers", "told"),
    [
        ("a list", "GET", "/things", {}, AS_OF),
        ("a list as CSV", "GET", "/things", {"Accept": "text/csv"}, AS_OF),
        ("one thing", "GET", "/things/a", {}, AS_OF),
        ("only its head", "HEAD", "/things/a", {}, AS_OF),
        ("what is known already is known until now", "GET", "/things/a", {"If-None-Match": '"7"'}, AS_OF),
        ("what is read while it is answered may be missing", "GET", "/things/later", {}, AS_OF),
        ("a write is not made of what was read", "PATCH", "/things/a", KEY, None),
        ("nor is what needs no position", "GET", "/names", {}, None),
        ("nor is what watches the service", "GET", "/healthz", {}, None),
    ],
)
async def test_an_answer_says_until_when_it_is_complete(
    why: str, method: str, path: str, headers: dict[str, str], told: str | None
) -> None:
    async with calling(dated_app()) as client:
        response = await client.request(method, path, headers=headers)
        assert response.status_code in (200, 304) and response.headers.get("data-as-of") == told, why


async def test_an_answer_says_nothing_while_that_is_unknown() -> None:
    async with calling(tiny_app()) as client:
        assert "data-as-of" not in (await client.get("/things")).headers


async def test_it_stands_beside_what_is_left_of_a_limit() -> None:
    app = dated_app(WebSettings(rate_limit=Rate(9, 60)))
    transport = httpx.ASGITransport(app=app, client=("192.0.2.1", 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        assert {"data-as-of", "ratelimit"} <= (await client.get("/things")).headers.keys()


async def test_the_description_has_it_where_the_answer_has() -> None:
    async with calling(tiny_app()) as client:
        paths: dict[str, Any] = (await client.get("/openapi.json")).json()["paths"]
    told = {
        (method, path, code)
        for path, operations in paths.items()
        for method, operation in operations.items()
        for code, answer in operation["responses"].items()
        if "Data-As-Of" in answer.get("headers", {})
    }
    assert told == {("get", "/things", "200"), ("get", "/things/{name}", "200"), ("get", "/things/{name}", "304")}
