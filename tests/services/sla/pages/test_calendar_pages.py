"""The calendars over HTTP and as pages: which there are, who names them, a year drawn, and where versions differ."""

import re
from dataclasses import replace
from datetime import date
from html import unescape
from urllib.parse import quote

import pytest

from services.sla.domain.calendars import calendar_of
from tests.services.sla.pages.desk import HOSTILE, desk
from tests.services.sla.samples import OFFICE

WRITTEN = {
    "id": "office",
    "version": 2,
    "timezone": "Asia/Shanghai",
    "years": [2025, 2026],
    "windows": {day: ["09:00-18:00"] for day in ("mon", "tue", "wed", "thu", "fri")},
    "added": ["2025-06-05"],
    "openings": {"2025-06-07": ["09:00-13:00"]},
    "announced_until": "2025-12-31",
    "cutoff": {"at": "17:00", "resumes": "09:00"},
}
SECOND = calendar_of(WRITTEN)
ENDS = replace(OFFICE, last_day=date(2025, 8, 1))
NAME = HOSTILE.replace("/", "")
ODD = replace(OFFICE, id=NAME)


def rows(page):
    """Return the rows of a page's tables as texts."""
    found = re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL)
    return [re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", row))).strip() for row in found]


async def test_the_list_says_who_names_a_calendar_and_in_how_many_days_it_ends(database_url, monkeypatch):
    async with desk(database_url, monkeypatch, calendars=(ENDS, ODD)) as opened:
        items = {one["id"]: one for one in await opened.items("/calendars")}
        assert items.keys() == {"office", NAME}
        office, odd = items["office"], items[NAME]
        # The desk's clock stands in the morning of 2025-06-02, in Shanghai.
        assert (office["days_left"], office["ends_soon"], office["named_by"]) == (60, True, ["p version 1"])
        assert (odd["named_by"], odd["ends_soon"]) == ([], False)
        assert (office["first_day"], office["last_day"], office["announced_until"]) == ("2025-01-01", "2025-08-01", "2025-08-01")
        page = (await opened.page("/calendars")).text
        assert any(row.startswith("office version 1") and "60 days" in row and "p version 1" in row for row in rows(page))
        assert "<script>alert" not in page and f'href="/calendars/{quote(NAME, safe="")}"' in page


@pytest.mark.parametrize("soon", [True, False])
async def test_a_calendar_in_use_that_ends_soon_is_a_line_of_readyz_and_a_figure(database_url, monkeypatch, soon):
    calendars = (ENDS,) if soon else (ENDS, SECOND)
    async with desk(database_url, monkeypatch, calendars=calendars) as opened:
        said = (await opened.http.get("/readyz")).json()["checks"]["calendars_ending"]
        assert said.endswith("publish versions that go on: office in 60 days") if soon else said == "ok"
        figures = (await opened.http.get("/metrics")).text
        left = re.findall(r'loopdesk_calendar_days_left{calendar="(\w+)",service="sla"} ([\d.]+)', figures)
        assert left == [("office", "60.0" if soon else "577.0")]


async def test_one_calendar_and_its_versions(database_url, monkeypatch):
    async with desk(database_url, monkeypatch, calendars=(OFFICE, SECOND)) as opened:
        newest = (await opened.http.get("/calendars/office")).json()
        assert newest["use"]["versions"] == [1, 2] and newest["calendar"]["version"] == 2
        assert newest["calendar"]["openings"] == {"2025-06-07": [{"opens": "09:00:00", "closes": "13:00:00"}]}
        first = (await opened.http.get("/calendars/office/versions/1")).json()
        assert (first["version"], first["holidays"]) == (1, [])
        for path in ("/calendars/nobody", "/calendars/office/versions/3", "/calendars/nobody/versions/1"):
            refused = await opened.http.get(path)
            assert (refused.status_code, refused.json()["type"].rpartition("/")[2]) == (404, "unknown-calendar"), path


@pytest.mark.parametrize("lang", ["en", "zh"])
async def test_a_page_shows_a_year_and_where_it_differs(database_url, monkeypatch, lang):
    async with desk(database_url, monkeypatch, calendars=(OFFICE, SECOND)) as opened:
        page = (await opened.page("/calendars/office", lang)).text
        assert page.count('class="picture wide"') == page.count('class="picture narrow"') == 1
        assert 'href="?year=2026"' in page and "year=2024" not in page
        assert "2025-12-31" in page and "17:00" in page
        told = rows(page)
        special, was = (
            ("hours of its own: 09:00-13:00", "no working day") if lang == "en" else ("单日工作时段: 09:00-13:00", "非工作日")
        )
        assert [row for row in told if row.endswith(f"{was} {special}")] and [row for row in told if row.endswith(special)]
        assert "<script>alert" not in page


async def test_the_years_go_as_far_as_the_calendar_and_its_last_ones_are_expected(database_url, monkeypatch):
    async with desk(database_url, monkeypatch, calendars=(OFFICE, SECOND)) as opened:
        last = (await opened.page("/calendars/office?year=2026")).text
        assert 'href="?year=2025"' in last and "year=2027" not in last
        assert "day work expected" in last and "day work expected" not in (await opened.page("/calendars/office?year=2025")).text
        beyond = (await opened.page("/calendars/office?year=2100")).text
        assert '<h2 id="year">2026</h2>' in beyond


async def test_versions_are_compared_with_the_one_before_or_any_other(database_url, monkeypatch):
    third = replace(SECOND, version=3)
    async with desk(database_url, monkeypatch, calendars=(OFFICE, SECOND, third)) as opened:
        assert "No day of this year differs." in (await opened.page("/calendars/office")).text
        page = (await opened.page("/calendars/office?before=1")).text
        assert "Days that differ from version 1" in page and "Thu 5 Jun" in page and "Sat 7 Jun" in page
        assert "Days that differ" not in (await opened.page("/calendars/office?version=1")).text
        assert (await opened.page("/calendars/office?version=4")).status_code == 404


async def test_the_page_of_a_name_that_is_text_stays_text(database_url, monkeypatch):
    async with desk(database_url, monkeypatch, calendars=(ODD,)) as opened:
        page = (await opened.page(f"/calendars/{quote(NAME, safe='')}")).text
        assert "<script>alert" not in page and "&lt;script&gt;" in page
