"""Every number on a page is the one that the API and the view have, for the demo's month on five real services."""

import re
from collections import Counter
from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any

import asyncpg
import httpx
import pytest

from libs.events.words.now import real_now
from services.analytics.queries.steps import Which
from services.sla.pages.wording import exactly
from tests.browser.desk import Desk
from tests.libs.web.pages.site import BROWSER
from tests.services.analytics.pages import agreeing, recount
from tests.services.analytics.pages.agreeing import asked, page
from tests.services.sla.pages.test_pages import tabs
from tests.services.survey.pages.test_surveys import tiles

PROCESSES = ("inbound-call", "complaint-quality")
LIVES = 40
"""So many cases are looked at one by one: the newest, which are open, and the oldest, which are over."""


@pytest.fixture(autouse=True)
def at_rest(desk: Desk) -> None:
    """Let all services finish what other tests began: a page and its API are asked one after the other."""
    desk.come_to_rest()


@pytest.fixture
async def db(desk: Desk, at_rest: None) -> AsyncIterator[Any]:
    """The views that analysts read."""
    async with asyncpg.create_pool(desk.stack.database_url, min_size=1, max_size=1) as pool:
        yield pool


@pytest.fixture
async def client(desk: Desk) -> AsyncIterator[httpx.AsyncClient]:
    """A browser at analytics."""
    async with opened(desk, "analytics") as client:
        yield client


def opened(desk: Desk, service: str) -> httpx.AsyncClient:
    """Return a browser at a service."""
    headers = {**BROWSER, "Authorization": f"Bearer {desk.key}"}
    return httpx.AsyncClient(base_url=desk.stack.url(service), headers=headers, timeout=60)


def days() -> tuple[date, date]:
    """Return the days of the month, and some before it, so that no other test has asked for the same within the last minute."""
    today = real_now().date()
    return today - timedelta(33), today + timedelta(1)


async def items(client: httpx.AsyncClient, path: str, **params: Any) -> list[Any]:
    """Return everything on a list, page by page."""
    found, following = [], {"limit": 200, **params}
    while True:
        answer = await asked(client, path, **following)
        found += answer["items"]
        if not answer["next"]:
            return found
        following = {"limit": 200, **params, "cursor": answer["next"]}


@pytest.mark.parametrize("process", [None, *PROCESSES])
async def test_the_board_says_what_the_views_and_the_api_say(client: httpx.AsyncClient, db: Any, process: str | None) -> None:
    await agreeing.board(client, db, real_now, process)


@pytest.mark.parametrize("narrow", [{}, {"process": "inbound-call"}])
async def test_figures_say_what_the_api_says(client: httpx.AsyncClient, narrow: dict[str, str]) -> None:
    await agreeing.figures(client, days()[0], narrow)


async def test_weeks_of_figures_say_what_the_api_says(client: httpx.AsyncClient) -> None:
    await agreeing.weeks(client, days()[0])


@pytest.mark.parametrize("narrow", [{}, {"process": "inbound-call"}, {"process": "complaint-quality", "kind": "node"}])
async def test_the_heat_maps_have_what_the_views_have(client: httpx.AsyncClient, db: Any, narrow: dict[str, str]) -> None:
    await agreeing.heat_maps(client, db, *days(), narrow)


@pytest.mark.parametrize("process", PROCESSES)
async def test_the_map_of_a_process_has_the_numbers_of_a_recount(client: httpx.AsyncClient, db: Any, process: str) -> None:
    since, until = days()
    await recount.process_map(client, db, Which(process=process, since=since, until=until))


async def test_the_page_of_a_case_says_what_the_views_say(client: httpx.AsyncClient, db: Any) -> None:
    rows = await db.fetch("select case_id from analytics.cases order by received_at desc")
    for row in [*rows[: LIVES // 2], *rows[-LIVES // 2 :]]:
        await recount.life(client, db, row["case_id"])


async def test_clocks_say_what_their_list_says(desk: Desk) -> None:
    async with opened(desk, "sla") as client:
        shown = tabs(await page(client, "/clocks"))
        found = [one for one in await items(client, "/clocks") if one["ended_at"] is None]
        # What is used goes on between two questions, so both ask about the same instant.
        then = (real_now() - timedelta(seconds=2)).isoformat()
        for case_id in {one["case_id"] for one in found[:20]}:
            text = await page(client, f"/clocks/{case_id}", as_of=then)
            for one in (await asked(client, f"/clocks/{case_id}", as_of=then))["items"]:
                for length in (one["used_us"], one["paused_us"]):
                    assert length is None or f'class="number">{exactly(length)}</td>' in text, one
    by_status = Counter(one["status"] for one in found)
    assert shown[""] == len(found) == sum(shown.values()) - shown[""] > 0
    assert (shown["breached"], shown["paused"]) == (by_status["breached"], by_status["paused"])
    assert shown["at_risk"] + shown["running"] == by_status["running"]


async def test_surveys_say_what_their_list_says(desk: Desk) -> None:
    async with opened(desk, "survey") as client:
        text, found = await page(client, "/surveys"), await items(client, "/surveys")
    scores = [one["overall"] for one in found if one["overall"]]
    assert [one.split()[0] for one in tiles(text)[:2]] == [str(len(found)), str(len(scores))]
    assert tiles(text)[3] == f"{sum(scores) / len(scores):.2f}"
    for score in range(1, 6):
        row = re.search(rf'<th scope="row">{score} <span.*?<td class="number">(\d+)</td><td class="number">', text, re.DOTALL)
        assert row and int(row[1]) == scores.count(score), score


async def test_work_is_what_its_list_says(desk: Desk) -> None:
    async with opened(desk, "routing") as client:
        for process in PROCESSES:
            text, found = await page(client, "/work", process=process), await asked(client, "/work", process=process)
            assert re.findall(r'href="/cases/([^"]+)"', text) == [one["case_id"] for one in found["items"]] != []
