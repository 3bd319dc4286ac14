"""A route asks for a scope; a caller without it is told which one."""

import json
from collections.abc import MutableMapping
from functools import cache
from typing import Any

import httpx
import pytest

from libs.web.keys import new_key
from libs.web.settings import WebSettings
from tests.libs.web.tiny import calling, tiny_app

WRITER, WRITER_ENTRY = new_key("crm", ["things:write"])
READER, READER_ENTRY = new_key("board", ["things:read"])
ONCE = {"Idempotency-Key": "k1"}


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> WebSettings:
    file = tmp_path_factory.mktemp("keys") / "keys.json"
    file.write_text(json.dumps([WRITER_ENTRY, READER_ENTRY]))
    return WebSettings(keys_file=file)


app_of = cache(tiny_app)


async def add(settings: WebSettings, headers: dict[str, str]) -> httpx.Response:
    async with calling(app_of(settings), headers) as client:
        return await client.post("/things", json={"name": "a"}, headers=ONCE)


@pytest.mark.parametrize(
    ("why", "headers", "status"),
    [
        ("as bearer", {"Authorization": f"Bearer {WRITER}"}, 201),
        ("the scheme in any case", {"Authorization": f"bearer {WRITER}"}, 201),
        ("alone", {"X-API-Key": WRITER}, 201),
        ("nothing", {}, 401),
        ("wrong", {"Authorization": "Bearer x"}, 401),
        ("empty", {"Authorization": "Bearer "}, 401),
        ("another scheme", {"Authorization": f"Basic {WRITER}"}, 401),
        ("without scheme", {"Authorization": WRITER}, 401),
        ("the hash is not the key", {"X-API-Key": WRITER_ENTRY["sha256"]}, 401),
        ("a wrong bearer is not saved by a right header", {"Authorization": "Bearer x", "X-API-Key": WRITER}, 401),
        ("known, but may only read", {"X-API-Key": READER}, 403),
    ],
)
async def test_a_key_opens_what_it_was_granted(guarded: WebSettings, why: str, headers: dict[str, str], status: int) -> None:
    response = await add(guarded, headers)
    assert response.status_code == status
    assert ("www-authenticate" in response.headers) == (status == 401)


async def test_the_missing_scope_is_named(guarded: WebSettings) -> None:
    assert "things:write" in (await add(guarded, {"X-API-Key": READER})).json()["detail"]


async def test_the_log_names_the_client_and_never_the_key(guarded: WebSettings, logged: list[MutableMapping[str, Any]]) -> None:
    await add(guarded, {"X-API-Key": WRITER})
    await add(guarded, {"X-API-Key": READER})
    await add(guarded, {"X-API-Key": "loopdesk_wrong"})
    assert [line.get("client") for line in logged] == ["crm", "board", None]
    assert not any(key in str(logged) for key in (WRITER, READER, "loopdesk_wrong"))


@pytest.mark.parametrize(
    ("why", "host", "status"),
    [
        ("by address", "127.0.0.1:8000", 201),
        ("by address, version 6", "[::1]:8000", 201),
        ("a name nobody can register", "localhost:8000", 201),
        ("a neighbour's name", "intake", 201),
        ("below localhost", "a.localhost", 201),
        ("a stranger's name for this machine", "evil.example:8000", 401),
    ],
)
async def test_without_keys_only_our_own_names_are_answered(why: str, host: str, status: int) -> None:
    assert (await add(WebSettings(), {"Host": host})).status_code == status
