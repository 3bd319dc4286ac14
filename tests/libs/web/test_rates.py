"""A caller that asks too often is told to wait; every answer tells its caller how much is left."""

import json
from pathlib import Path

import httpx
import pytest
from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from libs.web import rates
from libs.web.app import create_app
from libs.web.environment import BadSetting
from libs.web.keys import new_key
from libs.web.rates import Rate, Windows
from libs.web.settings import WebSettings
from tests.libs.web.tiny import router, tiny_app

CRM, CRM_ENTRY = new_key("crm", ["things:write"])
NEW, NEW_ENTRY = new_key("crm", ["things:write"])
BOARD, BOARD_ENTRY = new_key("board", ["things:read"])
FAR = "192.0.2.7"


class Ticking:
    """A clock that only the test moves."""

    def __init__(self) -> None:
        self.seconds = 1000.25

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Ticking:
    return Ticking()


@pytest.fixture
def door(tmp_path: Path, clock: Ticking):
    (tmp_path / "keys.json").write_text(json.dumps([CRM_ENTRY, NEW_ENTRY, BOARD_ENTRY]))
    app = tiny_app(WebSettings(keys_file=tmp_path / "keys.json", rate_limit=Rate(3, 60)), ticks=clock)

    async def ask(method: str, path: str, key: str = "", at: str = FAR, **more: object) -> httpx.Response:
        transport = httpx.ASGITransport(app=app, client=(at, 1))
        headers = {"Idempotency-Key": "k", **({"Authorization": f"Bearer {key}"} if key else {})}
        async with httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers) as client:
            return await client.request(method, path, **more)

    return ask


async def post(door, key: str = "", at: str = FAR) -> httpx.Response:
    return await door("POST", "/things", key, at, json={"name": "a"})


async def test_the_last_request_that_may_be_sent_is_answered_and_the_next_is_not(door, clock: Ticking) -> None:
    told = []
    for _ in range(3):
        response = await post(door, CRM)
        told.append((response.status_code, response.headers["RateLimit-Policy"], response.headers["RateLimit"]))
        clock.seconds += 10
    assert told == [(201, '"key";q=3;w=60', f'"key";r={left};t={t}') for left, t in ((2, 60), (1, 50), (0, 40))]
    over = await post(door, CRM)
    assert (over.status_code, over.json()["type"], over.headers["Retry-After"]) == (429, "/problems/rate-limited", "30")
    assert over.headers["RateLimit"] == '"key";r=0;t=30' and "Wait 30 seconds." in over.json()["detail"]
    clock.seconds += 29.5
    assert (await post(door, CRM)).headers["Retry-After"] == "1"
    clock.seconds += 0.5
    assert (await post(door, CRM)).headers["RateLimit"] == '"key";r=2;t=60'


async def test_nobody_waits_because_of_another(door) -> None:
    for _ in range(4):
        last = await post(door, CRM)
    assert last.status_code == 429
    assert (await post(door, BOARD)).status_code == 403
    assert (await door("GET", "/things")).status_code == 200
    assert (await door("GET", "/things", at="192.0.2.8")).headers["RateLimit"] == '"address";r=2;t=60'
    assert (await post(door, NEW)).status_code == 429, "two keys of one name are one client"


async def test_a_caller_that_tries_one_key_after_the_other_is_counted_by_its_address(door) -> None:
    assert [(await post(door, f"no-key-{n}")).status_code for n in range(5)] == [401, 401, 401, 429, 429]
    assert (await post(door, CRM)).status_code == 201


async def test_every_answer_tells_its_caller_how_much_is_left(door) -> None:
    for path, status in (("/things?limits=1", 422), ("/errors/bug", 500), ("/errors/log", 503)):
        response = await door("GET", path)
        assert (response.status_code, "RateLimit" in response.headers) == (status, True)


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
async def test_a_probe_is_never_refused(door, path: str) -> None:
    answers = [await door("GET", path) for _ in range(5)]
    assert not any(one.status_code == 429 or "RateLimit" in one.headers for one in answers)


async def test_head_counts_as_get_does_and_options_does_not(door) -> None:
    assert (await door("HEAD", "/things")).headers["RateLimit"] == '"address";r=2;t=60'
    assert "RateLimit" not in (await door("OPTIONS", "/things")).headers
    assert [(await door(method, "/things")).status_code for method in ("GET", "HEAD", "HEAD", "GET")] == [200, 200, 429, 429]
    assert (await door("OPTIONS", "/things")).status_code == 204


async def test_one_too_many_is_refused_before_its_body_is_read(door) -> None:
    async def never() -> object:
        raise AssertionError("the body was read")
        yield b""

    answers = [await door("POST", "/things", CRM, content=b"{", headers={"Content-Type": "application/json"}) for _ in range(3)]
    assert {one.status_code for one in answers} == {400}
    assert (await door("POST", "/things", CRM, content=never())).status_code == 429


@pytest.mark.parametrize(("why", "first", "second", "are_one"), [
    ("two of one network, which is one customer's", "2001:db8::1", "2001:db8::2", True),
    ("two networks", "2001:db8::1", "2001:db8:0:1::1", False),
    ("version 4 counts whole", "192.0.2.1", "192.0.2.2", False),
    ("version 4 behind a socket for both", "::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
    ("one address, written in both ways", "::ffff:192.0.2.1", "192.0.2.1", True),
    ("a small number", "::5", "::6", True),
    ("two machines of one link", "fe80::1%eth0", "fe80::2%eth0", True),
])  # fmt: skip
async def test_two_addresses_are_one_caller_or_two(door, why: str, first: str, second: str, are_one: bool) -> None:
    await door("GET", "/things", at=first)
    assert (await door("GET", "/things", at=second)).headers["RateLimit"].split(";")[1] == ("r=1" if are_one else "r=2")


@pytest.mark.parametrize("near", ["127.0.0.1", "127.8.0.1", "::1", "::ffff:127.0.0.1"])
async def test_calls_from_this_machine_without_a_key_are_not_counted(door, near: str) -> None:
    answers = [await door("GET", "/things", at=near) for _ in range(5)]
    assert {one.status_code for one in answers} == {200} and "RateLimit" not in answers[-1].headers


async def test_without_keys_nobody_is_counted() -> None:
    app = tiny_app(WebSettings(rate_limit=Rate(1, 60)))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app, client=(FAR, 1)), base_url="http://test") as client:
        answers = [await client.post("/things", json={"name": "a"}, headers={"Idempotency-Key": "k"}) for _ in range(3)]
    assert {one.status_code for one in answers} == {201}


async def test_a_customer_is_told_by_a_page_in_their_language() -> None:
    pages = APIRouter()

    @pages.get("/page", response_class=HTMLResponse)
    async def page() -> HTMLResponse:
        return HTMLResponse("here")

    app = create_app("tiny", "Tiny", [router, pages], settings=WebSettings(rate_limit=Rate(1, 60)))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app, client=(FAR, 1)), base_url="http://test") as client:
        said = [await client.get("/page", headers={"Accept-Language": "zh-CN"}) for _ in range(2)]
    assert [one.status_code for one in said] == [200, 429]
    assert said[1].headers["Content-Type"].startswith("text/html") and "请求过于频繁" in said[1].text
    assert 1 <= int(said[1].headers["Retry-After"]) <= 60


def test_many_addresses_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch, clock: Ticking) -> None:
    monkeypatch.setattr(rates, "CALLERS_MAX", 4)
    windows = Windows(Rate(3, 60), clock)
    assert [windows.count(str(n)).left for n in range(8)] == [2, 2, 2, 2, 2, 1, 0, -1], "the fifth and later share one count"
    assert windows.count("0").left == 1 and len(windows._open) == 5
    clock.seconds += 60
    assert windows.count("8").left == 2 and len(windows._open) == 1, "windows that are over are forgotten"


async def test_refusals_are_counted_by_route_and_name_nobody(door) -> None:
    for _ in range(5):
        await post(door, CRM)
    scraped = (await door("GET", "/metrics")).text
    assert 'requests_total{method="POST",route="/things",service="tiny",status="429"} 2.0' in scraped
    assert "crm" not in scraped and FAR not in scraped


@pytest.mark.parametrize(("text", "rate"), [("600/minute", (600, 60)), ("1/second", (1, 1)), (" 5000/hour ", (5000, 3600))])
def test_a_rate_is_a_number_and_a_time(text: str, rate: tuple[int, int]) -> None:
    assert WebSettings.from_env({"LOOPDESK_RATE_LIMIT": text}).rate_limit == rate


@pytest.mark.parametrize(
    "text", ["600", "0/minute", "-1/minute", "600/day", "600 per minute", "6e2/minute", "1.5/second", "/minute"]
)
def test_what_is_no_rate_stops_the_start(text: str) -> None:
    with pytest.raises(BadSetting, match="LOOPDESK_RATE_LIMIT must be so many requests in"):
        WebSettings.from_env({"LOOPDESK_RATE_LIMIT": text})


def test_without_the_setting_nothing_is_limited() -> None:
    assert WebSettings.from_env({}).rate_limit is None


@pytest.mark.parametrize("text", ["proxy", "10.0.0.0/33", "10.0.0.1,", "*", "10.0.0.1/8"])
def test_what_is_no_proxy_stops_the_start(text: str) -> None:
    with pytest.raises(BadSetting, match="LOOPDESK_PROXIES must be IP addresses or networks"):
        WebSettings.from_env({"LOOPDESK_PROXIES": text})


def test_no_window_is_longer_than_it_is(clock: Ticking) -> None:
    clock.seconds = 6.4  # 6.4 + 60 - 6.4 is more than 60
    assert Windows(Rate(3, 60), clock).count("a").seconds == 60
