"""A number leads to what it counts: as many as it says, kept as it says, each with its case."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from html import unescape
from typing import Any

import httpx
import pytest

from libs.events.catalogue import sla
from libs.pictures.words import EN
from services.analytics.domain.figures import FIGURES
from services.analytics.pages.saying import Saying
from services.analytics.pages.weekly import monday_of
from services.analytics.queries.counted import COUNTED_MAX
from tests.services.analytics.pages.agreeing import asked, page
from tests.services.analytics.pages.desk import desk
from tests.services.analytics.pages.month import NOW, month, tables
from tests.services.analytics.pages.test_board import came
from tests.services.analytics.story import assigned, at

SINCE = NOW.date() - timedelta(27)
LISTED = [one for one in FIGURES.values() if one.is_askable and one.is_listed]


@pytest.fixture
async def client(database_url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with desk(database_url, month(), NOW) as client:
        yield client


def links(text: str) -> dict[str, str]:
    """Return the addresses of lists to which marks lead, each with the name of the mark."""
    return {unescape(href): name for href, name in re.findall(r'<a href="([^"]*/counted\?[^"]*)"><title>([^<]*)</title>', text)}


async def looked(client: httpx.AsyncClient, href: str) -> str:
    got = await client.get(f"{href}&lang=en")
    assert got.status_code == 200, got.text
    return got.text


async def listed(client: httpx.AsyncClient, href: str) -> tuple[str, int, list[list[str]]]:
    """Return what a list says it counts, how many, and its rows."""
    shown = await looked(client, href)
    lead = " ".join(re.sub(r"<[^>]+>", "", re.findall(r'<p class="lead">(.*?)</p>', shown, re.DOTALL)[0]).split())
    (table,) = tables(shown)
    return lead, int(lead.rpartition("n = ")[2].replace(",", "")), [row for row in table[1:] if len(row) > 1]


def test_the_figures_that_are_counted_in_rows_of_cases_can_be_listed() -> None:
    assert {one.name.partition(".")[0] for one in LISTED} == {
        "timeliness", "timeliness_by_kind", "timeliness_of_ended", "response_timeliness", "resolution_timeliness",
        "first_contact_resolution", "first_answer", "handling_cycle", "node_duration", "approval", "waiting",
    }  # fmt: skip


@pytest.mark.parametrize("narrow", [{}, {"process": "p", "team": "a"}])
async def test_a_week_of_a_figure_leads_to_what_it_counts(client: httpx.AsyncClient, narrow: dict[str, str]) -> None:
    for one in LISTED:
        answer = await asked(client, f"/figures/{one.name}", by="week", **{"from": str(SINCE)}, **narrow)
        found = links(await page(client, f"/figures/{one.name}", **{"from": str(SINCE)}, **narrow))
        for row in answer["rows"]:
            since = max(monday_of(row["week"]), SINCE)
            (href,) = [href for href in found if f"from={since}" in href]
            lead, n, rows = await listed(client, href)
            assert n == row["n"] == len(rows), (one.name, href)
            assert lead.startswith(Saying(one, EN).answered(row["numerator"] / row["n"])), (one.name, href)
        assert len(found) == len(answer["rows"]), one.name


@pytest.mark.parametrize("narrow", [{}, {"process": "p"}, {"process": "p", "kind": "node", "team": "a", "version": "2"}])
async def test_a_cell_leads_to_the_promises_that_it_counts(client: httpx.AsyncClient, narrow: dict[str, str]) -> None:
    found = links(await page(client, "/timeliness", since="2026-03-05", until="2026-03-20", **narrow))
    assert any("hour=" in href for href in found) and any("from=2026-03-16&to=2026-03-20" in href for href in found)
    for href, name in found.items():
        kept, of = re.findall(r"\((\d+) of (\d+)\)", name)[-1]
        lead, n, rows = await listed(client, href)
        assert f"({kept} / {of})" in lead and n == int(of) == len(rows), href
        assert sum(row[3] == "kept" for row in rows) == int(kept), href


async def test_each_leads_to_its_case_and_what_is_too_much_is_said(database_url: str) -> None:
    promises = [f"promise {n}" for n in range(COUNTED_MAX + 1)]
    told: list[tuple[float, Any]] = [(0, came("<b>R-1")), (0, assigned("a", "ann"))]
    told += [(1, sla.ClockStarted(clock=one, kind="cycle", limit="1h", due_at=at(61), process_version=1)) for one in promises]
    told += [(5, sla.ClockMet(clock=one, due_at=at(61), used_us=9, paused_us=0)) for one in promises]
    async with desk(database_url, {"c1": told}, NOW) as client:
        shown = await looked(client, "/counted?figure=timeliness")
        one = await looked(client, "/counted?figure=timeliness&part=promise 7")
    assert shown.count('/cases/c1"') == COUNTED_MAX and "The newest 200 of 201 are shown." in shown
    assert one.count('/cases/c1"') == 1 and "The newest" not in one and "&lt;b&gt;R-1" in one


@pytest.mark.parametrize(
    ("path", "status", "told"),
    [
        ("/counted?figure=reopening", 404, "only sums are kept"),
        ("/counted?figure=timelines", 404, "timeliness"),
        ("/counted?figure=first_answer&hour=3", 422, "counts no promises"),
        ("/counted?figure=first_answer&part=x", 422, "has no dimension"),
        ("/counted?figure=timeliness&hour=24", 422, "hour"),
        ("/counted?figure=timeliness&weekday=7", 422, "weekday"),
        ("/counted?figure=timeliness&process=nix", 422, "Nothing here has the process nix"),
        ("/counted?figure=timeliness&from=2026-03-05&to=2026-03-05", 422, "No day lies from"),
    ],
)
async def test_what_cannot_be_listed_is_refused_in_words(client: httpx.AsyncClient, path: str, status: int, told: str) -> None:
    got = await client.get(path)
    assert got.status_code == status and told in got.text, got.text[:500]
