"""A write has a key, and a request has a fingerprint."""

import pytest
from starlette.requests import Request

from libs.web.writes import canonical, fingerprint
from tests.libs.web.tiny import calling, usual_app


@pytest.mark.parametrize(
    ("why", "headers", "status"),
    [
        ("a UUID", {"Idempotency-Key": "0199a1b2-0000-7000-8000-000000000000"}, 201),
        ("any printable text", {"Idempotency-Key": "order 7/3 ~"}, 201),
        ("the longest", {"Idempotency-Key": "k" * 255}, 201),
        ("too long", {"Idempotency-Key": "k" * 256}, 400),
        ("missing", {}, 400),
        ("empty", {"Idempotency-Key": ""}, 400),
        ("not ASCII", {"Idempotency-Key": "ä"}, 400),
        ("a control character", {"Idempotency-Key": "a\tb"}, 400),
    ],
)
async def test_a_write_needs_a_key(why: str, headers: dict[str, str], status: int) -> None:
    async with calling(usual_app()) as client:
        raw = {name: value.encode("utf-8") for name, value in headers.items()}
        response = await client.post("/things", json={"name": "a"}, headers=raw)  # type: ignore[arg-type]
    assert response.status_code == status
    if status == 400:
        assert "Idempotency-Key" in response.json()["detail"]
    else:
        assert response.json() == {"name": "a", "by": "local", "key": headers["Idempotency-Key"]}


def asked(method: str = "POST", path: str = "/things", query: bytes = b"", body: bytes = b'{"a":1,"b":[2]}') -> bytes:
    scope = {"type": "http", "method": method, "path": path, "query_string": query, "headers": [], "server": ("h", 1)}
    return fingerprint(Request(scope), body)


@pytest.mark.parametrize(
    ("why", "other", "same"),
    [
        ("itself", {}, True),
        ("spaces", {"body": b' {"a": 1, "b": [ 2 ]}\n'}, True),
        ("order of names", {"body": b'{"b":[2],"a":1}'}, True),
        ("another value", {"body": b'{"a":2,"b":[2]}'}, False),
        ("order of a list matters", {"body": b'{"a":1,"b":[2,3]}'}, False),
        ("another method", {"method": "PUT"}, False),
        ("another path", {"path": "/thing"}, False),
        ("another query", {"query": b"dry=1"}, False),
        ("no body", {"body": b""}, False),
    ],
)
def test_the_fingerprint_tells_requests_apart(why: str, other: dict[str, bytes], same: bool) -> None:
    assert (asked() == asked(**other)) is same  # type: ignore[arg-type]


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b'"\\ud800"', b"[" * 100_000])
def test_what_is_no_json_stands_for_itself(body: bytes) -> None:
    assert canonical(body) == body


def test_large_numbers_keep_their_last_digit() -> None:
    assert canonical(b"123456789012345678901") != canonical(b"123456789012345678902")
