"""Every no is a problem; no input makes a 500."""

import json
from urllib.parse import quote

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from libs.web.problems import pointer, problem
from tests.libs.web.tiny import calling, usual_app

APP = usual_app()
JSON = {"Content-Type": "application/json"}
KEY = {"Idempotency-Key": "k1"}


async def post(content: bytes, headers: dict[str, str]) -> httpx.Response:
    async with calling(APP) as client:
        return await client.post("/things", content=content, headers=headers)


@pytest.mark.parametrize(
    ("why", "path", "status", "code", "retry"),
    [
        ("a decision's no", "/errors/refused", 409, "case-closed", None),
        ("a decision may choose the status", "/errors/refused-404", 404, "case-unknown", None),
        ("a 503 says when to come again", "/errors/refused-503", 503, "outbox-full", "5"),
        ("a route's own status", "/errors/http", 418, "im-a-teapot", None),
        ("no such path", "/nothing", 404, "no-such-path", None),
        ("a trailing slash is another path, never a redirect", "/things/", 404, "no-such-path", None),
        ("our fault", "/errors/bug", 500, "internal-error", None),
        ("our fault, several at once", "/errors/group", 500, "internal-error", None),
        ("the log is away", "/errors/log", 503, "unavailable", "5"),
        ("the database is away", "/errors/socket", 503, "unavailable", "5"),
        ("it takes too long", "/errors/timeout", 503, "unavailable", "5"),
        ("the pool is closing", "/errors/pool", 503, "unavailable", "5"),
        ("it was the one of a deadlock to give way", "/errors/deadlock", 503, "unavailable", "5"),
        ("others changed what it reads", "/errors/serialization", 503, "unavailable", "5"),
        ("misuse of the pool is our fault", "/errors/misuse", 500, "internal-error", None),
        ("PostgreSQL has no NUL", "/errors/nul", 422, "unstorable-text", None),
        ("a NUL in the path", "/things/a%00b", 400, "invalid-path", None),
        ("a NUL in the query", "/things?limit=%00", 400, "invalid-path", None),
        ("an instant without its offset", "/things/a?at=2026-03-02T12:00:00", 422, "invalid-request", None),
        ("an instant outside the calendar", "/things/a?at=0001-01-01T00:00:00%2B14:00", 422, "invalid-request", None),
    ],
)
async def test_a_get_is_refused_as_a_problem(why: str, path: str, status: int, code: str, retry: str | None) -> None:
    async with calling(APP) as client:
        response = await client.get(path)
    problem = response.json()
    assert (response.status_code, problem["status"], problem["type"]) == (status, status, f"/problems/{code}")
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers.get("retry-after") == retry
    assert problem["request_id"] == response.headers["x-request-id"]
    assert problem["title"] and problem["detail"] and problem["instance"]


@pytest.mark.parametrize("name", ["bug", "log", "socket", "group"])
async def test_no_internals_are_shown(name: str) -> None:
    async with calling(APP) as client:
        text = (await client.get(f"/errors/{name}")).text
    assert not any(word in text for word in ("hunter2", "broker", "10.0.0.7", "Traceback", "RuntimeError", "ValueError"))


async def test_a_wrong_method_names_the_right_ones() -> None:
    async with calling(APP) as client:
        response = await client.delete("/names")
    assert (response.status_code, response.headers["allow"]) == (405, "GET, HEAD, OPTIONS")
    assert "GET" in response.json()["detail"]


@pytest.mark.parametrize(
    ("why", "content", "headers", "status", "code"),
    [
        ("not JSON", b"{", JSON, 400, "invalid-json"),
        ("not UTF-8", b'{"name": "\xff"}', JSON, 400, "unreadable-body"),
        ("a number Python will not read", b'{"name": ' + b"9" * 5000 + b"}", JSON, 400, "unreadable-body"),
        ("nested beyond reading", b"[" * 100_000, JSON, 400, "unreadable-body"),
        ("not declared as JSON", b'{"name": "a"}', {"Content-Type": "text/plain"}, 415, "unsupported-media-type"),
        ("declared as nothing", b'{"name": "a"}', {}, 415, "unsupported-media-type"),
        ("no body", b"", JSON, 422, "invalid-request"),
        ("another shape", b"[]", JSON, 422, "invalid-request"),
        ("a NUL in a text", b'{"name": "a\\u0000"}', JSON, 422, "invalid-request"),
        ("a NUL deep inside", b'{"name": "a", "extra": {"b": [{"\\u0000": 1}]}}', JSON, 422, "invalid-request"),
        ("half a surrogate pair", b'{"name": "a", "extra": {"b": "\\ud800"}}', JSON, 422, "invalid-request"),
        ("half a surrogate pair in an unknown name", b'{"name": "a", "\\ud800": 1}', JSON, 422, "invalid-request"),
        ("an unknown field", b'{"name": "a", "nam": 1}', JSON, 422, "invalid-request"),
    ],
)  # fmt: skip
async def test_a_bad_body_is_refused(why: str, content: bytes, headers: dict[str, str], status: int, code: str) -> None:
    response = await post(content, headers | KEY)
    assert (response.status_code, response.json()["type"]) == (status, f"/problems/{code}")


async def test_each_error_points_at_its_place_and_quotes_no_value() -> None:
    response = await post(b'{"name": "", "lines": [{"amount": 1}, {"amount": 0}], "a/b~": "s3cret"}', JSON | KEY)
    errors = response.json()["errors"]
    assert [error["pointer"] for error in errors] == ["#/name", "#/lines/1/amount", "#/a~1b~0"]
    assert "s3cret" not in response.text


async def test_a_parameter_is_named_by_where_it_stands() -> None:
    async with calling(APP) as client:
        errors = (await client.get("/things?limit=0")).json()["errors"]
    assert [(error["in"], error["name"]) for error in errors] == [("query", "limit")]


async def test_a_thousand_errors_are_not_all_told() -> None:
    response = await post(b'{"name": "a", "lines": [' + b",".join([b"{}"] * 1000) + b"]}", JSON | KEY)
    assert len(response.json()["errors"]) == 100
    assert response.json()["detail"].startswith("1000 ")


async def test_a_half_sent_answer_is_broken_off_not_completed() -> None:
    async with calling(APP) as client:
        with pytest.raises(RuntimeError, match="broken off"):
            await client.get("/half")


def test_a_problem_may_quote_half_a_surrogate_pair() -> None:
    assert json.loads(problem(400, "bad", "not \ud800").body)["detail"] == "not ?"


def test_a_pointer_escapes_what_would_split_it() -> None:
    assert pointer(["a/b", 0, "~"]) == "#/a~1b/0/~0"


anything = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text() | st.just("name"), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.slow
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=60) | anything.map(lambda value: json.dumps(value).encode()), words=st.binary(max_size=12))
async def test_no_input_breaks_the_shell(body: bytes, words: bytes) -> None:
    raw = words.translate(None, b"\r\n\x00")
    names = ("Idempotency-Key", "If-Match", "Position", "X-Request-ID", "traceparent", "Authorization", "X-API-Key")
    headers: list[tuple[bytes, bytes]] = [(name.encode(), raw) for name in names]
    json_headers = [*headers, (b"content-type", b"application/json")]
    async with calling(APP) as client:
        answers = [
            await client.post("/things", content=body, headers=json_headers),
            await client.patch("/things/a", headers=headers),
            await client.get("/things/" + quote(words), headers=headers),
            *[await client.get(f"/things?{name}={quote(words)}") for name in ("cursor", "limit")],
            await client.get("/things/a?at=" + quote(words)),
        ]
    assert [answer.status_code for answer in answers if answer.status_code >= 500] == []
