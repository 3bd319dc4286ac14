"""Every number of the pages of figures and of timeliness is the one that the API or the view has."""

import re
from collections import Counter
from collections.abc import AsyncIterator
from datetime import date, timedelta
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit
from zoneinfo import ZoneInfo

import asyncpg
import httpx
import pytest

from libs.events.catalogue import intake, routing
from services.analytics.queries import Filter
from services.analytics.queries.beginnings import Beginning, beginnings
from services.analytics.queries.starts import by_start
from tests.services.analytics.pages import agreeing
from tests.services.analytics.pages.agreeing import page
from tests.services.analytics.pages.desk import desk
from tests.services.analytics.pages.month import NOW, month
from tests.services.analytics.story import assigned, resolved

HOSTILE = '"><img src=x onerror=alert(1)>'


@pytest.fixture
async def client(database_url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with desk(database_url, month(), NOW) as client:
        yield client


@pytest.mark.parametrize("narrow", [{}, {"process": "p", "team": "a"}])
async def test_the_list_has_what_the_api_says_of_the_last_30_days(client: httpx.AsyncClient, narrow: dict[str, str]) -> None:
    await agreeing.figures(client, NOW.date() - timedelta(29), narrow)


async def test_every_figure_has_by_week_and_by_a_dimension_what_the_api_says(client: httpx.AsyncClient) -> None:
    await agreeing.weeks(client, NOW.date() - timedelta(28))


async def test_a_figure_tells_where_a_version_began_and_what_it_means_in_both_languages(client: httpx.AsyncClient) -> None:
    shown = await page(client, "/figures/timeliness")
    assert "p v2" in shown
    assert all(text in shown for text in ("Clocks of every kind met", "各类时钟中按时完成的时钟数", "Wilson"))
    assert "v2" not in await page(client, "/figures/timeliness", process="q")


async def test_a_version_begins_with_its_first_case_and_the_first_version_is_no_change(
    client: httpx.AsyncClient, database_url: str
) -> None:
    connection = await asyncpg.connect(database_url)
    sql = "select min(analytics.day_of(received_at)) from analytics.cases where process_id = 'p' and process_version = 2"
    day = await connection.fetchval(sql)
    for first, until, found in [
        (day, day + timedelta(1), [Beginning("p", 2, day)]),
        (day + timedelta(1), day + timedelta(9), []),
        (day - timedelta(9), day, []),
        (date(2000, 1, 1), date(2100, 1, 1), [Beginning("p", 2, day)]),
    ]:
        assert await beginnings(connection, None, first, until) == found
    assert await beginnings(connection, "q", date(2000, 1, 1), date(2100, 1, 1)) == []
    await connection.close()


@pytest.mark.parametrize("narrow", [{}, {"process": "p"}, {"process": "p", "kind": "node"}, {"team": "a"}])
async def test_the_heat_maps_have_what_the_views_have(
    client: httpx.AsyncClient, database_url: str, narrow: dict[str, str]
) -> None:
    connection = await asyncpg.connect(database_url)
    await agreeing.heat_maps(client, connection, date(2026, 3, 5), date(2026, 3, 20), narrow)
    await connection.close()


async def test_the_hour_of_start_is_the_desks_also_where_it_is_off_by_quarters(
    client: httpx.AsyncClient, database_url: str
) -> None:
    zone = ZoneInfo("Asia/Kathmandu")
    connection = await asyncpg.connect(database_url)
    found = await by_start(connection, Filter(since=date(2026, 3, 5), until=date(2026, 3, 6)), None, zone)
    rows = await connection.fetch("select started_at from analytics.clocks where on_time is not null")
    await connection.close()
    local = [row["started_at"].astimezone(zone) for row in rows]
    expected = Counter((one.weekday(), one.hour) for one in local if one.date() == date(2026, 3, 5))
    assert {place: one.decided for place, one in found.items()} == expected and expected


async def test_no_more_than_a_year_is_read_at_once(client: httpx.AsyncClient) -> None:
    last = date(2026, 3, 20)
    for days, is_cut in ((366, False), (367, True)):
        shown = await page(client, "/timeliness", since=str(last - timedelta(days)), until=str(last))
        assert ("No more than 366 days" in shown) is is_cut, days


PAGES = (
    "/figures",
    "/figures/timeliness",
    "/figures/class_mix",
    "/figures/first_answer",
    "/timeliness",
    "/processes/p",
    "/cases?process=p",
    "/counted?figure=timeliness",
    "/rules/first_contact_resolution",
)


async def test_a_page_speaks_both_languages(client: httpx.AsyncClient) -> None:
    for path in PAGES:
        for lang in ("en", "zh"):
            got = await client.get(path + ("&" if "?" in path else "?") + f"lang={lang}")
            assert got.status_code == 200 and got.headers["content-language"] == lang, path


async def test_nobody_sees_a_page_without_the_scope(database_url: str, tmp_path: Path) -> None:
    (tmp_path / "keys.json").write_text("[]")
    async with desk(database_url, {}, NOW, tmp_path / "keys.json") as client:
        for path in PAGES:
            got = await client.get(path)
            assert got.status_code == 303 and got.headers["location"].startswith("/sign-in?next="), path


async def test_hostile_text_is_text(database_url: str) -> None:
    came = intake.CaseRegistered(
        channel=HOSTILE, customer_ref="c", process_id=HOSTILE, process_version=1, external_ref=HOSTILE + "\u202e" * 9
    )
    told = [(0, came), (1, assigned(HOSTILE, HOSTILE)), (2, routing.NodeEntered(node=HOSTILE)), (3, resolved())]
    async with desk(database_url, {"c1": told}, NOW) as client:
        for path in (
            "/figures",
            "/figures/channel_mix",
            "/figures/class_mix",
            "/timeliness",
            "/processes/{}",
            "/cases?process={}",
        ):
            got = await client.get(path.format(quote(HOSTILE, safe="")))
            assert got.status_code == 200 and "<img" not in got.text, path
            if path != "/timeliness":
                assert "&lt;img" in got.text or path in ("/figures", "/figures/class_mix"), path


@pytest.mark.parametrize(
    ("path", "status", "told"),
    [
        ("/figures/timelines", 404, "timeliness"),
        ("/figures?process=nix", 422, "Nothing here has the process nix"),
        ("/figures/timeliness?from=2026-03-05&to=2026-03-05", 422, "No day lies from"),
        ("/figures/timeliness?by=nix", 422, "nix"),
        ("/timeliness?process=nix", 422, "nix"),
        ("/processes/nix", 404, "There is no process nix"),
    ],
)
async def test_what_is_not_there_is_refused_in_words(client: httpx.AsyncClient, path: str, status: int, told: str) -> None:
    got = await client.get(path)
    assert got.status_code == status and told in got.text, got.text[:500]


@pytest.mark.parametrize("path", ["/figures", "/timeliness", "/processes/p"])
async def test_a_page_that_is_counted_once_a_minute_says_when(client: httpx.AsyncClient, path: str) -> None:
    assert re.search(r"Counted at <time [^>]*>[^<]+</time>", await page(client, path)), path


async def test_every_link_of_a_narrowed_list_says_the_same_days_and_is_answered(client: httpx.AsyncClient) -> None:
    shown = await page(client, "/figures", process="p", since="2026-03-05", until="2026-03-20")
    links = {unescape(one) for one in re.findall(r'href="([^"]*/(?:figures|rules)/[^"]*)"', shown)}
    assert len(links) > 30
    for one in links:
        assert parse_qs(urlsplit(one).query) == {"process": ["p"], "from": ["2026-03-05"], "to": ["2026-03-20"]}, one
        assert (await client.get(one)).status_code == 200, one
