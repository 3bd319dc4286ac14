"""Every number of the pages of figures and of timeliness is the one that the API or the view has."""

import re
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from datetime import date, timedelta
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit
from zoneinfo import ZoneInfo

import asyncpg
import httpx
import pytest

from libs.events.catalogue import intake, routing
from libs.pictures import numbers
from libs.pictures.words import EN
from services.analytics.domain.figures import FIGURES
from services.analytics.pages.saying import Saying
from services.analytics.pages.weekly import monday_of
from services.analytics.queries import Filter
from services.analytics.queries.beginnings import Beginning, beginnings
from services.analytics.queries.starts import by_start
from tests.services.analytics.pages.desk import desk
from tests.services.analytics.pages.month import NOW, month, tables
from tests.services.analytics.story import assigned, resolved

ASKED = {"Accept": "application/json"}
HOSTILE = '"><img src=x onerror=alert(1)>'


@pytest.fixture
async def client(database_url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with desk(database_url, month(), NOW) as client:
        yield client


async def asked(client: httpx.AsyncClient, path: str, **params: Any) -> Any:
    got = await client.get(path, params=params, headers=ASKED)
    assert got.status_code == 200, got.text
    return got.json()


async def page(client: httpx.AsyncClient, path: str, **params: Any) -> str:
    got = await client.get(path, params={"lang": "en", **params})
    assert got.status_code == 200, got.text
    return got.text


@pytest.mark.parametrize("narrow", [{}, {"process": "p", "team": "a"}])
async def test_the_list_has_what_the_api_says_of_the_last_30_days(client: httpx.AsyncClient, narrow: dict[str, str]) -> None:
    since = str(NOW.date() - timedelta(29))
    rows = {
        row[0].rpartition(" K")[0] or row[0]: row for table in tables(await page(client, "/figures", **narrow)) for row in table
    }
    for one in (one for one in FIGURES.values() if one.is_askable):
        answer = await asked(client, f"/figures/{one.name}", by="", **{"from": since}, **narrow)
        saying, row = Saying(one, EN), rows[one.title.en]
        total = answer["total"]
        assert row[3] == f"{total['n']:,}", one.name
        if not one.share:
            assert (row[1], row[2]) == (saying.answered(total["value"]), saying.interval(total)), one.name
        else:
            assert all(f"{saying.answered(part['value'])}" in row[1] for part in answer["rows"][:3]), one.name
        assert row[4] == ("provisional" if total["provisional"] else "final"), one.name


async def test_every_figure_has_by_week_and_by_a_dimension_what_the_api_says(client: httpx.AsyncClient) -> None:
    since = str(NOW.date() - timedelta(28))
    for one in (one for one in FIGURES.values() if one.is_askable):
        weekly, rest = tables(await page(client, f"/figures/{one.name}", by="team", **{"from": since}))
        answer = await asked(client, f"/figures/{one.name}", by="week", **{"from": since})
        saying = Saying(one, EN)
        expected = Counter(
            (numbers.day(monday_of(row["week"]), EN), saying.said(saying.drawn(row[what]) or 0.0), f"{row['n']:,}")
            for row in answer["rows"]
            for what in (("value", "p50", "p90") if one.quantiles else ("value",))
        )
        assert Counter((row[1], row[2], row[4]) for row in weekly[1:] if row[2] != "No data") == expected, one.name
        teams = await asked(client, f"/figures/{one.name}", by="team", **{"from": since})
        place = 2 if one.share else 1
        assert [(row[0], row[place], row[-2]) for row in rest[1:] if len(row) > 1] == [
            (row["team"] or "not given", saying.answered(row["value"]), f"{row['n']:,}") for row in teams["rows"]
        ], one.name


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
    shown = await page(client, "/timeliness", since="2026-03-05", until="2026-03-20", **narrow)
    starts, weeks = tables(shown)
    connection = await asyncpg.connect(database_url)
    rows = await connection.fetch(
        "select k.started_at, k.on_time, k.kind, k.team, c.process_id as process from analytics.clocks k join analytics.cases c "
        "using (case_id) where k.on_time is not null"
    )
    await connection.close()
    expected: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for row in rows:
        is_narrowed = all(row[name] == word for name, word in narrow.items())
        if is_narrowed and date(2026, 3, 5) <= row["started_at"].date() < date(2026, 3, 20):
            cell = expected[EN.days[row["started_at"].weekday()], f"{row['started_at']:%H}"]
            cell[0] += row["on_time"]
            cell[1] += 1
    assert cells(starts) == said(expected) and expected
    answer = await asked(
        client, "/timeliness", since="2026-03-05", until="2026-03-20", **{k: v for k, v in narrow.items() if k != "kind"}
    )
    by_week: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for row in answer["rows"]:
        if row["decided"] and narrow.get("kind", row["kind"]) == row["kind"]:
            monday = date.fromisoformat(row["day"]) - timedelta(date.fromisoformat(row["day"]).weekday())
            cell = by_week[row["clock"] if "process" in narrow else row["process_id"], EN.day_of_year(monday)]
            cell[0] += row["met"]
            cell[1] += row["decided"]
    assert cells(weeks) == said(by_week) and by_week


def cells(table: list[list[str]]) -> dict[tuple[str, str], str]:
    head, *rows = table
    return {(row[0], name): cell for row in rows for name, cell in zip(head[1:], row[1:], strict=True) if cell}


def said(expected: dict[tuple[str, str], list[int]]) -> dict[tuple[str, str], str]:
    return {place: f"{numbers.share(kept, of)} ({kept} of {of})" for place, (kept, of) in expected.items()}


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
