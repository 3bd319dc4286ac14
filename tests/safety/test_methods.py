"""HEAD on every GET and OPTIONS on every path are answered alike by every route."""

import httpx
import pytest

from tests.safety.asking import Operation, answer, app, asked, operations

pytestmark = pytest.mark.slow

QUESTIONS = [one for one in operations() if one.method == "get"]
SAME = ("content-type", "content-length", "content-encoding", "vary", "etag", "link", "cache-control", "retry-after", "allow")


async def said(operation: Operation, method: str, **headers: str) -> httpx.Response:
    request = asked(app(operation.service), operation, {"X-Request-ID": "one", **headers})
    return await answer(app(operation.service), httpx.Request(method, request.url, headers=request.headers))


@pytest.mark.parametrize("headers", [{}, {"Accept-Encoding": "gzip"}, {"Accept": "text/csv"}], ids=["plain", "gzip", "csv"])
@pytest.mark.parametrize("operation", QUESTIONS, ids=lambda one: one.name)
async def test_head_is_get_without_the_body(operation: Operation, headers: dict[str, str]) -> None:
    got, head = await said(operation, "GET", **headers), await said(operation, "HEAD", **headers)
    assert (head.status_code, head.content) == (got.status_code, b"") and got.status_code != 405
    if operation.path != "/metrics":  # it counts the questions, too
        assert [head.headers.get(name) for name in SAME] == [got.headers.get(name) for name in SAME]


@pytest.mark.parametrize("operation", operations(), ids=lambda one: one.name)
async def test_every_path_says_what_may_be_done_with_it(operation: Operation) -> None:
    told = await said(operation, "OPTIONS")
    described = {one.method.upper() for one in operations() if (one.service, one.path) == (operation.service, operation.path)}
    assert told.status_code == 204
    assert set(told.headers["Allow"].split(", ")) == described | {"OPTIONS"} | ({"HEAD"} if "GET" in described else set())


@pytest.mark.parametrize("operation", QUESTIONS, ids=lambda one: one.name)
async def test_what_is_only_asked_cannot_be_changed(operation: Operation) -> None:
    refused = await said(operation, "PUT")
    assert refused.status_code == 405 and "PUT" not in refused.headers["Allow"]
