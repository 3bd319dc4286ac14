"""A body above its limit is refused, announced or streamed."""

from collections.abc import AsyncIterator

import pytest

from libs.web.settings import WebSettings
from tests.libs.web.tiny import calling, tiny_app

LIMITED = tiny_app(WebSettings(body_bytes_max=1024))
HEADERS = {"Idempotency-Key": "k", "Content-Type": "application/json"}


def body(size: int) -> bytes:
    return b'{"name": "a"' + b" " * (size - 13) + b"}"


async def streamed(content: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(content), 100):
        yield content[start : start + 100]


@pytest.mark.parametrize("how", ["announced", "streamed"])
@pytest.mark.parametrize(
    ("why", "path", "size", "status"),
    [
        ("small", "/things", 13, 201),
        ("at the limit", "/things", 1024, 201),
        ("one byte above", "/things", 1025, 413),
        ("far above", "/things", 100_000, 413),
        ("an import may be larger", "/import", 4096, 200),
        ("but not without limit", "/import", 4097, 413),
        ("where there is no route", "/nothing", 13, 404),
    ],
)
async def test_a_body_has_a_limit(how: str, why: str, path: str, size: int, status: int) -> None:
    async with calling(LIMITED) as client:
        content = body(size) if how == "announced" else streamed(body(size))
        response = await client.post(path, content=content, headers=HEADERS)
    assert response.status_code == status
    if status == 413:
        assert response.json()["type"] == "/problems/body-too-large"
        assert str(4096 if path == "/import" else 1024) in response.json()["detail"]


@pytest.mark.parametrize("length", ["x", "-1", "", "9" * 30])
async def test_a_length_that_is_no_number_hides_nothing(length: str) -> None:
    async with calling(LIMITED) as client:
        response = await client.post("/things", content=body(2000), headers=HEADERS | {"Content-Length": length})
    assert response.status_code == 413
