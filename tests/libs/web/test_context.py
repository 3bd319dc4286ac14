"""Every answer carries its request's id and keeps browsers out of trouble."""

from collections.abc import MutableMapping
from typing import Any
from uuid import UUID

import pytest

from libs.web.context import SECURITY_HEADERS
from tests.libs.web.tiny import calling, tiny_app, usual_app

TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


@pytest.mark.parametrize("given", ["a", "0199a1b2-0000-7000-8000-000000000000", "x" * 128])
async def test_a_sound_id_is_kept(given: str) -> None:
    async with calling(usual_app()) as client:
        response = await client.get("/names", headers={"X-Request-ID": given})
    assert response.headers["x-request-id"] == response.json()["request"] == given


@pytest.mark.parametrize("given", ["", "a b", "ä", "x" * 129, 'a"b', "<script>"])
async def test_any_other_id_is_replaced(given: str) -> None:
    async with calling(usual_app()) as client:
        response = await client.get("/names", headers={"X-Request-ID": given.encode()})  # type: ignore[dict-item]
    assert UUID(response.headers["x-request-id"]).version == 7


@pytest.mark.parametrize(
    ("why", "given", "kept"),
    [
        ("as W3C says", TRACE, TRACE),
        ("none", "", ""),
        ("no trace", TRACE.replace("4bf92f3577b34da6a3ce929d0e0e4736", "0" * 32), ""),
        ("no parent", TRACE.replace("00f067aa0ba902b7", "0" * 16), ""),
        ("another version", "ff" + TRACE[2:], ""),
        ("in capitals", TRACE.upper(), ""),
        ("too long", TRACE + "0", ""),
    ],
)
async def test_a_trace_is_handed_on(why: str, given: str, kept: str) -> None:
    async with calling(usual_app()) as client:
        assert (await client.get("/names", headers={"traceparent": given})).json()["trace"] == kept


@pytest.mark.parametrize("path", ["/names", "/nothing", "/errors/bug", "/errors/refused", "/things/a%00", "/metrics"])
async def test_every_answer_is_dressed(path: str) -> None:
    async with calling(usual_app()) as client:
        response = await client.get(path)
    assert {name: response.headers[name] for name in SECURITY_HEADERS} == SECURITY_HEADERS
    assert response.headers["x-request-id"]


async def test_a_route_may_set_its_own_policy() -> None:
    app = tiny_app()

    @app.get("/page")
    async def page() -> Any:
        from starlette.responses import HTMLResponse

        return HTMLResponse("<p>", headers={"Content-Security-Policy": "style-src 'self'"})

    async with calling(app) as client:
        response = await client.get("/page")
    assert response.headers.get_list("content-security-policy") == ["style-src 'self'"]


async def test_one_line_is_logged_and_no_path(logged: list[MutableMapping[str, Any]]) -> None:
    async with calling(usual_app()) as client:
        await client.get("/things/secret-token", headers={"X-Request-ID": "r1"})
    (line,) = logged
    assert (line["event"], line["route"], line["status"], line["request_id"]) == ("request", "/things/{name}", 200, "r1")
    assert "secret-token" not in str(line)


async def test_our_fault_is_logged_under_the_id_the_client_sees(logged: list[MutableMapping[str, Any]]) -> None:
    async with calling(usual_app()) as client:
        response = await client.get("/errors/bug")
    (line,) = [line for line in logged if line["log_level"] == "error"]
    assert line["request_id"] == response.json()["request_id"]
    assert isinstance(line["exc_info"], RuntimeError)
