"""Alive is not ready."""

import asyncio

import pytest
from structlog.testing import capture_logs

from libs.events.store.port import StoreUnavailable
from libs.web.health import Check, Note
from libs.web.settings import WebSettings
from tests.libs.web.tiny import calling, tiny_app


async def well() -> str | None:
    return None


async def behind() -> str | None:
    return "partition 3 is stopped"


async def broken() -> str | None:
    raise ConnectionRefusedError("postgres://user:hunter2@db")


async def remarks() -> str | None:
    return Note("one lacks")


async def hanging() -> str | None:
    await asyncio.sleep(0.2)
    return None


@pytest.mark.parametrize(
    ("why", "checks", "status", "told"),
    [
        ("nothing to ask", {}, 200, {}),
        ("all well", {"log": well}, 200, {"log": "ok"}),
        ("one has something to tell", {"log": well, "standards": remarks}, 200, {"log": "ok", "standards": "one lacks"}),
        ("one says no", {"log": well, "reader": behind}, 503, {"log": "ok", "reader": "partition 3 is stopped"}),
        ("one breaks", {"database": broken, "log": well}, 503, {"database": "ConnectionRefusedError", "log": "ok"}),
        ("one hangs", {"database": hanging}, 503, {"database": "TimeoutError"}),
    ],
)
async def test_ready_when_everything_needed_is(why: str, checks: dict[str, Check], status: int, told: dict[str, str]) -> None:
    async with calling(tiny_app(WebSettings(check_seconds=0.03), checks=checks)) as client:
        response = await client.get("/readyz")
        assert (await client.get("/healthz")).status_code == 200
    assert (response.status_code, response.json()["checks"]) == (status, told)
    assert "hunter2" not in response.text
    if status == 503:
        assert response.json()["type"] == "/problems/not-ready"
        assert response.headers["retry-after"] == "1"


@pytest.mark.parametrize(("error", "with_traceback"), [(StoreUnavailable("refused"), False), (KeyError("a fault"), True)])
async def test_an_outage_is_logged_in_one_line_and_a_fault_with_its_traceback(error: Exception, with_traceback: bool) -> None:
    async def failing() -> str | None:
        raise error

    with capture_logs() as logged:
        async with calling(tiny_app(WebSettings(), checks={"database": failing})) as client:
            assert (await client.get("/readyz")).status_code == 503
    (line,) = (one for one in logged if one["event"] == "readiness check failed")
    assert ("exc_info" in line, "why" in line) == (with_traceback, not with_traceback)


@pytest.mark.slow
async def test_a_check_that_hung_is_asked_again_when_it_has_answered() -> None:
    async with calling(tiny_app(WebSettings(check_seconds=0.03), checks={"database": hanging})) as client:
        assert (await client.get("/readyz")).status_code == 503
        await asyncio.sleep(0.25)
        assert (await client.get("/readyz")).status_code == 200
