"""A body is taken in one way: the endpoint names it, FastAPI reads it, and what is wrong with it is said."""

from typing import Any

import fastapi.routing
import httpx
import pytest

from libs.web.writes import canonical
from tests.libs.web.tiny import KEY, calling, usual_app

AS_JSON = {"content-type": "application/json"}
NAMED = b'{"name": "a"}'


async def posted(body: bytes, headers: dict[str, str], path: str = "/things") -> httpx.Response:
    async with calling(usual_app()) as client:
        return await client.post(path, content=body, headers=headers)


@pytest.mark.parametrize(
    ("why", "body", "headers", "status"),
    [
        ("valid", NAMED, AS_JSON, 201),
        ("nested", b'{"name": "a", "lines": [{"amount": 2}], "extra": {"n": 1e40}}', AS_JSON, 201),
        ("a number that no float holds", b'{"name": "a", "extra": {"n": 1e400}}', AS_JSON, 400),
        ("JSON with a charset", NAMED, {"content-type": "application/json; charset=utf-8"}, 201),
        ("no JSON by its name", NAMED, {"content-type": "text/plain"}, 415),
        ("no media type", NAMED, {}, 415),
        ("an unknown field", b'{"name": "a", "nom": 1}', AS_JSON, 422),
        ("too long", b'{"name": "%s"}' % (b"a" * 41), AS_JSON, 422),
        ("broken JSON", b'{"name": ', AS_JSON, 400),
        ("no body", b"", AS_JSON, 422),
        ("a list", b"[]", AS_JSON, 422),
        ("half a surrogate pair", b'{"name": "\\ud800"}', AS_JSON, 422),
        ("a NUL", b'{"name": "\\u0000"}', AS_JSON, 422),
        ("what only reads like a NUL", b'{"name": "\\\\u0000"}', AS_JSON, 201),
        ("no UTF-8", b'{"name": "\xff"}', AS_JSON, 400),
        ("too deep", b"[" * 100_000, AS_JSON, 400),
        ("no number, which Python takes for one", b'{"name": "a", "extra": {"n": NaN}}', AS_JSON, 400),
        ("minus infinity", b'{"name": "a", "extra": {"n": -Infinity}}', AS_JSON, 400),
        ("too large", b'{"name": "%s"}' % (b"a" * (1 << 20)), AS_JSON, 413),
    ],
)
async def test_a_body(why: str, body: bytes, headers: dict[str, str], status: int) -> None:
    response = await posted(body, {**KEY, **headers})
    assert response.status_code == status, (why, response.text)


@pytest.mark.parametrize("headers", [KEY, {}, {**KEY, "Position": "yesterday"}, {**KEY, "Position": "intake:cases-7:1:4711"}])
@pytest.mark.parametrize(
    "body",
    [NAMED, b"", b"{", b"[]", b"null", b'{"name": ""}', b'{"nom": 1}', b'{"name": "a", "name": "b"}', b'"\xff"', b"[" * 100_000],
)
async def test_what_goes_straight_to_its_endpoint_is_answered_as_fastapi_would(body: bytes, headers: dict[str, str]) -> None:
    straight, usual = [
        await posted(body, {**headers, "X-Request-ID": "r1", "content-type": kind})
        for kind in ("application/json", "application/json; charset=utf-8")
    ]
    assert (straight.status_code, straight.content, straight.headers) == (usual.status_code, usual.content, usual.headers)


async def test_what_is_valid_goes_straight(monkeypatch: pytest.MonkeyPatch) -> None:
    async def no_way(**_: Any) -> Any:
        raise RuntimeError("the usual way")

    monkeypatch.setattr(fastapi.routing, "solve_dependencies", no_way)
    assert (await posted(NAMED, AS_JSON | KEY)).status_code == 201
    assert (await posted(b"{}", AS_JSON | KEY)).status_code == 500


async def test_who_sends_neither_key_nor_name_hears_of_the_key_first() -> None:
    assert "Idempotency-Key" in (await posted(b"{}", AS_JSON)).json()["detail"]


@pytest.mark.parametrize(
    ("why", "body", "name"),
    [
        ("at the top", b'{"name": "a", "name": "b"}', "name"),
        ("with one value", b'{"name": "a", "name": "a"}', "name"),
        ("inside", b'{"name": "a", "lines": [{"amount": 1, "note": "", "amount": 2}]}', "amount"),
        ("where any name may stand", b'{"name": "a", "extra": {"n": 1, "m": 2, "n": 3}}', "n"),
        ("written in two ways", b'{"name": "a", "n\\u0061me": "b"}', "name"),
    ],
)
async def test_a_name_that_stands_twice_is_refused(why: str, body: bytes, name: str) -> None:
    response = await posted(body, AS_JSON | KEY)
    assert (response.status_code, response.json()["type"]) == (400, "/problems/unreadable-body"), why
    assert response.json()["detail"] == f"The name `{name}` stands more than once in one JSON object; send it once."


async def test_a_name_may_stand_in_two_objects() -> None:
    body = b'{"name": "a", "lines": [{"amount": 1}, {"amount": 1}], "extra": {"name": "b"}}'
    assert (await posted(body, AS_JSON | KEY)).status_code == 201
    assert canonical(body) == b'{"extra":{"name":"b"},"lines":[{"amount":1},{"amount":1}],"name":"a"}'


async def test_what_is_no_model_is_read_by_a_function() -> None:
    assert (await posted(b"\x00\xff", {}, "/import")).json() == {"bytes": 2}
