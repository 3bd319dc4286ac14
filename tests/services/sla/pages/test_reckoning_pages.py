"""The reckonings as pages: how far each is, its sums by parts, and the promises that flip."""

import re
from datetime import timedelta
from html import unescape
from uuid import UUID

import pytest

from libs.events.store.projection import TableWriter
from services.sla.reckonings import queries
from services.sla.reckonings.counting import tally
from services.sla.reckonings.tables import SCHEMA, ReckonedRow, ReckoningRow
from tests.services.sla.pages.desk import HOSTILE, desk
from tests.services.sla.samples import at

ID = UUID(int=7)
ROW = ReckoningRow(
    reckoning_id=ID,
    name=HOSTILE,
    asked_at=at(1),
    asked_by="ann",
    asked={},
    state="running",
    why="",
    cases=9,
    cases_done=0,
    left_out=0,
    promises=0,
    flips=0,
    reached="",
    busy_us=0,
    begun_at=at(1),
    ended_at=None,
)


def found(case_id, *, flips, clock="response", grade="urgent"):
    """Return a promise that was kept, and as asked for is broken or not there."""
    nothing = {"status": "", "verdict": "", "due_at": None}
    asked = {"status": "breached", "verdict": "broken", "due_at": at(9)} if flips else nothing
    contracted = {"status": "met", "verdict": "kept", "due_at": at(60), "used_us": 1}
    return ReckonedRow(
        reckoning_id=ID,
        case_id=case_id,
        clock=clock,
        occurrence=2,
        kind="response",
        node="",
        process_id="p",
        process_version=1,
        grade=grade,
        team="",
        registered_at=at(0),
        difference="status" if flips else "removed",
        due_moved_us=None,
        flips=flips,
        asked_used_us=None,
        **{f"contracted_{name}": value for name, value in contracted.items()},
        **{f"asked_{name}": value for name, value in asked.items()},
    )


async def keep(opened, *rows):
    async with opened.running.pool.acquire() as db, db.transaction():
        await db.execute(*TableWriter(ReckoningRow.__table__, SCHEMA).upsert([ROW.row]))
        found = tally(rows, left_out=1)
        await queries.write_rows(db, found)
        await queries.write_step(db, ID, [found], 4, "c", timedelta(seconds=2))


def shown(page):
    """Return the rows of a page's tables as texts."""
    rows = re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL)
    return [re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", row))).strip() for row in rows]


@pytest.mark.parametrize(("lang", "none", "runs"), [("en", "Nobody has asked", "Runs"), ("zh", "尚无重算", "进行中")])
async def test_the_list_says_how_far_each_is(database_url, monkeypatch, lang, none, runs):
    async with desk(database_url, monkeypatch) as opened:
        assert none in (await opened.page("/reckonings", lang)).text
        await keep(opened, found("c1", flips=True))
        page = (await opened.page("/reckonings", lang)).text
        row = shown(page)[-1]
        assert runs in row and "4 / 9" in row and row.endswith("1") and "<script>alert" not in page
        assert f'href="/reckonings/{ID}"' in page


async def test_one_has_its_sums_by_parts_and_what_flips(database_url, monkeypatch):
    async with desk(database_url, monkeypatch) as opened:
        rows = [found("c1", flips=True), found("c1", flips=False, clock="own"), found("c2", flips=False, grade="normal")]
        await keep(opened, *rows)
        page = (await opened.page(f"/reckonings/{ID}?by=grade")).text
        told = shown(page)
        assert told[1:4] == ["All 2 3 → 0 0 → 1 1", "normal 1 1 → 0 0 → 0 0", "urgent 1 2 → 0 0 → 1 1"]
        flips = told[-1]
        assert flips.startswith("c1 response/2 Kept") and "Broken" in flips and 'href="/clocks/c1"' in page
        assert "about 2 s remain" in page and "1 left out" in page
        assert "2025-06" in (await opened.page(f"/reckonings/{ID}?by=month")).text


async def test_what_flips_goes_on_page_by_page(database_url, monkeypatch):
    async with desk(database_url, monkeypatch) as opened:
        await keep(opened, *(found(f"c{n}", flips=True) for n in range(5)))
        first = (await opened.page(f"/reckonings/{ID}?limit=3")).text
        following = unescape(re.search(r'rel="next" href="([^"]+)"', first)[1])
        second = (await opened.page(f"/reckonings/{ID}{following[following.index('?') :]}")).text
        assert [row[:2] for row in shown(first) + shown(second) if " response/2 " in row] == ["c0", "c1", "c2", "c3", "c4"]


async def test_nothing_flips_and_nothing_is_found(database_url, monkeypatch):
    async with desk(database_url, monkeypatch) as opened:
        await keep(opened, found("c1", flips=False))
        assert "Nothing flips." in (await opened.page(f"/reckonings/{ID}")).text
        for path in (f"/reckonings/{UUID(int=8)}", "/reckonings/x"):
            assert (await opened.page(path)).status_code == 404, path
        assert (await opened.page(f"/reckonings/{ID}?by=colour")).status_code == 422
