"""PostgreSQL is killed or freezes under requests: every answer asks to come again, none says that we are broken."""

import asyncio
from contextlib import AsyncExitStack

import httpx
import psutil
import pytest

from deploy.postgres import PostgresServer
from libs.service.settings import StoreSettings
from libs.web.settings import WebSettings
from services.intake.service import app as intake
from services.survey.domain.link import Link, token
from services.survey.service import app as survey

pytestmark = pytest.mark.postgres

SECRET = "a long secret of a test"
BEFORE, AFTER = 2, 10
"""Clients that ask before the server goes and those that come then; together they are more than a service has connections."""
FORM = f"/s/{token(Link('0b0e7a3c-5a2f-4f4e-9b57-7d5b2c1a9e11', '0b0e7a3c-5a2f-4f4e-9b57-7d5b2c1a9e12'), secret=SECRET)}"


def fact(n):
    told = {"system": "old", "case": f"c{n}", "sequence": 1, "type": "node.entered", "time": "2025-03-01T08:00:00Z"}
    return {"facts": [told | {"data": {"node": "n1"}}]}


ASKED = {
    "a write": lambda http, n: http["intake"].post("/import", json=fact(n), headers={"Idempotency-Key": str(n)}),
    "a question": lambda http, n: http["intake"].get(f"/cases/{n}"),
    "a customer's form": lambda http, n: http["survey"].get(FORM),
    "a customer's answer": lambda http, n: http["survey"].post(FORM, data={"overall": "4"}),
    "readiness": lambda http, n: http["intake"].get("/readyz"),
}


async def served(stack, app):
    await stack.enter_async_context(app.router.lifespan_context(app))
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    return await stack.enter_async_context(httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", timeout=30))


async def answered(answers, *statuses):
    """Wait until every question has been answered so at least once."""
    async with asyncio.timeout(60):
        while {what for what, one in answers if one.status_code in statuses} < set(ASKED):  # noqa: ASYNC110  a state, no signal
            await asyncio.sleep(0.05)


async def asking(http, what, answers, over):
    n = 0
    while not over.is_set():
        n += 1
        answers.append((what, await ASKED[what](http, f"{id(over)}-{len(answers)}-{n}")))


def clients(count, http, answers, over):
    return [asyncio.create_task(asking(http, what, answers, over)) for what in ASKED for _ in range(count)]


def killed(server):
    server.kill()
    return lambda: None


def frozen(server):
    """Stop every process of the server, which then refuses nothing and answers nothing; return what lets it go on."""
    postmaster = psutil.Process(int((server.data / "postmaster.pid").read_text().split()[0]))
    stopped = [postmaster, *postmaster.children()]
    for one in stopped:
        one.suspend()
    return lambda: [one.resume() for one in stopped]


@pytest.mark.parametrize("befalls", [killed, frozen])
async def test_while_postgresql_is_away_every_answer_asks_to_come_again(server_folder, monkeypatch, befalls):
    monkeypatch.setenv("LOOPDESK_SURVEY_SECRET", SECRET)
    settings = WebSettings(answer_seconds=1.0)
    with PostgresServer(server_folder / f"{befalls.__name__}_under_requests", settings={"fsync": "off"}) as server:
        store = StoreSettings(database_url=server.create_database("outage"), lease_seconds=2.0)
        async with AsyncExitStack() as stack:
            http = {
                "intake": await served(stack, intake(store, settings)),
                "survey": await served(stack, survey(store, settings)),
            }
            answers, over = [], asyncio.Event()
            asked = clients(BEFORE, http, answers, over)
            await answered(answers, 200, 404)
            goes_on = await asyncio.to_thread(befalls, server)
            try:
                asked += clients(AFTER, http, answers, over)
                await answered(answers, 503)
                over.set()
                await asyncio.gather(*asked)
            finally:
                goes_on()
    found = [(what, one.status_code, one.headers.get("Retry-After"), one.text) for what, one in answers]
    assert [one for one in found if one[1] not in (200, 404, 503)] == []
    assert [one for one in found if one[1] == 503 and one[2] is None] == []
    pages = {one.headers["Content-Type"] for what, one in answers if what.startswith("a customer")}
    assert pages == {"text/html; charset=utf-8"}
