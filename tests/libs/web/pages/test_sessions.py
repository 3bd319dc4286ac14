"""People sign in with an API key: the session has the key's scopes, ends with the key, and no other site can use it."""

import json
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from libs.web.keys import new_key
from libs.web.pages.settings import PageSettings
from libs.web.pages.shell import Shell
from libs.web.pages.signing_in import local
from libs.web.settings import WebSettings
from tests.libs.web.pages.site import BROWSER, site
from tests.libs.web.tiny import calling

KEY, ENTRY = new_key("anna", ["things:read", "things:write"])
OTHER, OTHER_ENTRY = new_key("board", ["things:write"])
SAME = {"Sec-Fetch-Site": "same-origin"}
PAGES = PageSettings(session_secret="of a test")


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    file = tmp_path / "keys.json"
    written(file, ENTRY, OTHER_ENTRY)
    return file


def written(keys: Path, *entries: object) -> None:
    keys.write_text(json.dumps(entries))


@pytest.fixture
def guarded(keys: Path) -> FastAPI:
    return site(WebSettings(keys_file=keys), shell=Shell("routing", PAGES))


async def signed_in(client: httpx.AsyncClient, key: str = KEY) -> httpx.Response:
    return await client.post("/sign-in", data={"key": key, "next": "/things/a"}, headers=SAME)


async def test_who_is_not_known_is_asked_to_sign_in_and_then_led_on(guarded: FastAPI) -> None:
    async with calling(guarded, BROWSER) as client:
        asked = await client.get("/things/a?x=1")
        assert (asked.status_code, asked.headers["location"]) == (303, "/sign-in?next=%2Fthings%2Fa%3Fx%3D1")
        form = await client.get(asked.headers["location"])
        assert 'name="next" value="/things/a?x=1"' in form.text and form.headers["cache-control"] == "no-store"
        begun = await signed_in(client)
        assert (begun.status_code, begun.headers["location"]) == (303, "/things/a")
        cookie = begun.headers["set-cookie"]
        assert "HttpOnly" in cookie and "SameSite=strict" in cookie and KEY not in cookie and ENTRY["sha256"] not in cookie
        page = await client.get("/things/a")
    assert page.status_code == 200 and "anna" in page.text


async def test_a_client_that_sent_a_wrong_key_is_told_so_and_not_led_elsewhere(guarded: FastAPI) -> None:
    async with calling(guarded, BROWSER) as client:
        told = await client.get("/things/a", headers={"Authorization": "Bearer loopdesk_wrong"})
    assert told.status_code == 401 and "www-authenticate" in told.headers


async def test_a_wrong_key_begins_nothing(guarded: FastAPI) -> None:
    async with calling(guarded, BROWSER) as client:
        wrong = await signed_in(client, "loopdesk_wrong")
        assert wrong.status_code == 422 and "loopdesk_wrong" not in wrong.text and "set-cookie" not in wrong.headers
        assert (await client.get("/things/a")).status_code == 303


async def test_a_session_has_the_scopes_of_its_key(guarded: FastAPI) -> None:
    async with calling(guarded, BROWSER) as client:
        await signed_in(client, OTHER)
        refused = await client.get("/things/a")
    assert (
        refused.status_code == 403 and "things:read" in refused.text and refused.headers["content-type"].startswith("text/html")
    )


async def test_a_session_ends_with_its_key_with_its_time_and_by_signing_out(
    guarded: FastAPI, keys: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with calling(guarded, BROWSER) as client:
        await signed_in(client)
        await client.post("/sign-out", headers=SAME)
        assert (await client.get("/things/a")).status_code == 303
        await signed_in(client)
        with monkeypatch.context() as later:
            later.setattr("libs.web.pages.sessions.HOURS", -1)
            assert (await client.get("/things/a")).status_code == 303
        assert (await client.get("/things/a")).status_code == 200
        written(keys, OTHER_ENTRY)
        assert (await client.get("/things/a")).status_code == 303


@pytest.mark.parametrize("cookie", ["", "x", "a.b.c", "IjEi.aSpyBA.xxxx", "é"])
async def test_a_cookie_that_we_did_not_sign_names_nobody(guarded: FastAPI, cookie: str) -> None:
    async with calling(guarded, BROWSER | {"Cookie": f"loopdesk_session={cookie}".encode()}) as client:
        assert (await client.get("/things/a")).status_code == 303


async def test_another_secret_s_cookie_names_nobody(guarded: FastAPI, keys: Path) -> None:
    async with calling(guarded, BROWSER) as client:
        await signed_in(client)
        cookies = dict(client.cookies)
    other = site(WebSettings(keys_file=keys), shell=Shell("routing", PageSettings(session_secret="another")))
    async with calling(other, BROWSER) as client:
        client.cookies.update(cookies)
        assert (await client.get("/things/a")).status_code == 303


FORMS = [
    ("our own page", {"Sec-Fetch-Site": "same-origin"}, 200, 200),
    ("typed by hand", {"Sec-Fetch-Site": "none"}, 200, 200),
    ("another site", {"Sec-Fetch-Site": "cross-site"}, 403, 403),
    ("another port or name beside ours", {"Sec-Fetch-Site": "same-site", "Origin": "http://test"}, 403, 403),
    ("an old browser, our own page", {"Origin": "http://test"}, 200, 200),
    ("an old browser, another site", {"Origin": "http://evil.test"}, 403, 403),
    ("an old browser, a page without a name", {"Origin": "null"}, 403, 403),
    ("a program without a key", {}, 403, 200),
]


@pytest.mark.parametrize(("who", "headers", "signed", "keyless"), FORMS, ids=[row[0] for row in FORMS])
async def test_only_our_own_page_sends_our_forms(
    guarded: FastAPI, who: str, headers: dict[str, str], signed: int, keyless: int
) -> None:
    async with calling(guarded, BROWSER) as client:
        await signed_in(client)
        assert (await client.post("/things/a", headers=headers)).status_code == signed
    async with calling(site(), BROWSER) as client:
        assert (await client.post("/things/a", headers=headers)).status_code == keyless


async def test_a_key_is_proof_enough_wherever_it_comes_from(guarded: FastAPI) -> None:
    async with calling(guarded, {"X-API-Key": KEY, "Sec-Fetch-Site": "cross-site"}) as client:
        assert (await client.post("/things")).status_code == 201


@pytest.mark.parametrize(
    ("path", "led"),
    [
        ("/things/a?x=1", "/things/a?x=1"),
        ("//evil.test/", "/"),
        ("/\\evil.test", "/"),
        ("https://evil.test/", "/"),
        ("", "/"),
        ("/a\r\nSet-Cookie: x", "/"),
    ],
)
def test_nobody_is_sent_elsewhere_after_signing_in(path: str, led: str) -> None:
    assert local(path) == led


async def test_without_keys_everybody_of_this_machine_reads_pages_and_there_is_nothing_to_sign(keys: Path) -> None:
    async with calling(site(), BROWSER) as client:
        page = await client.get("/things/a")
        sent = await client.post("/sign-in", data={"key": "x"}, headers=SAME)
    assert page.status_code == 200 and "sign-out" not in page.text
    assert (sent.status_code, sent.headers["location"]) == (303, "/") and "set-cookie" not in sent.headers
