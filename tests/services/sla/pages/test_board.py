"""The board of promises: its lanes count what the lists count, and each number leads to exactly those promises."""

import re
from html import unescape
from urllib.parse import quote

import pytest

from tests.services.sla.pages.desk import HOSTILE, desk
from tests.services.sla.samples import OFFICE

LANES = ("broken", "soon", "today", "later", "paused", "waiting")


def lanes(page):
    """Return of each lane its number, where that leads, and the promises of its cards."""
    found = re.findall(r'<li class="lane.*?(?=<li class="lane|</ol>)', page, re.DOTALL)
    assert len(found) == len(LANES)
    for name, lane in zip(LANES, found, strict=True):
        leads = re.search(r'<h3>[^<]*<a href="([^"]+)">(\d+)<', lane)
        cards = re.findall(r'<li class="ticket [a-z]+">\s*<a href="([^"]+)"', lane)
        yield name, int(leads[2]) if leads else 0, unescape(leads[1]) if leads else "", cards, lane


@pytest.mark.parametrize(
    ("why", "minute", "asked", "numbers"),
    [
        ("nothing is broken yet",   5,   "",          (0, 3, 6, 0, 0, 3)),
        ("one broke, one waits",    70,  "",          (1, 5, 0, 0, 1, 3)),
        ("its process",             70,  "process=p", (1, 5, 0, 0, 1, 3)),
        ("another one",             70,  "process=q", (0, 0, 0, 0, 0, 0)),
        ("the team of one case",    70,  "team=north", (1, 2, 0, 0, 0, 1)),
        ("a grade",                 70,  f"grade={quote(HOSTILE)}", (0, 2, 0, 0, 0, 1)),
        ("fields nobody filled in", 70,  "process=&team=&grade=", (1, 5, 0, 0, 1, 3)),
    ],
)  # fmt: skip
async def test_each_number_leads_to_exactly_those(database_url, monkeypatch, why, minute, asked, numbers):
    async with desk(database_url, monkeypatch, until=minute) as opened:
        page = await opened.page(f"/board?{asked}")
        assert page.status_code == 200
        found = [*lanes(page.text)]
        assert tuple(number for _, number, *_ in found) == numbers, why
        assert f'<span class="soft">{sum(numbers)}</span>' in page.text
        for _, number, href, cards, _ in found:
            if number:
                told = (await opened.page(href)).text
                shown = re.findall(r'<th scope="row"><a href="(/clocks/[^"]+)"', told)
                assert shown[: len(cards)] == cards and len(shown) == number, why


@pytest.mark.parametrize(
    ("lang", "over", "left", "working", "reason", "title"),
    [
        ("en", "10 min over", "1 h 30 min left", "25 h 50 min of working time left", "Waits for Li", "Due within the hour"),
        ("zh", "已超 10 分钟", "剩余 1 小时 30 分钟", "剩余工作时间 25 小时 50 分钟", "等李先生", "一小时内到期"),
    ],
)
async def test_a_card_says_how_much_of_its_own_time_is_left(database_url, monkeypatch, lang, over, left, working, reason, title):
    async with desk(database_url, monkeypatch, until=70, calendars=(OFFICE,)) as opened:
        page = (await opened.page("/board", lang)).text
        found = {name: lane for name, _, _, _, lane in lanes(page)}
        assert f'<span class="left">{over}</span>' in found["broken"] and "north" in found["broken"]
        assert f'<span class="left">{left}</span>' in found["paused"] and reason in found["paused"]
        assert found["later"].count(f'<span class="left">{working}</span>') == 3
        assert title in found["soon"] and HOSTILE not in page


async def test_what_waits_says_what_to_publish(database_url, monkeypatch):
    async with desk(database_url, monkeypatch) as opened:
        [waiting] = [lane for name, *_, lane in lanes((await opened.page("/board")).text) if name == "waiting"]
        assert waiting.count("POST /calendars") == 3


async def test_a_reason_leads_to_what_it_pauses(database_url, monkeypatch):
    async with desk(database_url, monkeypatch) as opened:
        [paused] = [lane for name, *_, lane in lanes((await opened.page("/board")).text) if name == "paused"]
        [href] = re.findall(r'<p class="marks">.*?<a href="([^"]+)">1<', paused, re.DOTALL)
        assert unescape(href) == "/clocks?stand=paused&paused_by=awaiting_customer"


async def test_the_board_asks_the_same_again_when_something_changed(database_url, monkeypatch):
    async with desk(database_url, monkeypatch) as opened:
        page = (await opened.page("/board?process=p&lang=zh")).text
        (again,) = re.findall(r'id="live" data-live="/live" hx-get="([^"]+)"', page)
        assert unescape(again) == "/board?process=p"
        assert re.search(r"<button[^>]+data-pause[^>]*hidden", page), "without a script there is nothing to pause"


async def test_the_teams_that_have_something_open_are_offered(database_url, monkeypatch):
    async with desk(database_url, monkeypatch) as opened:
        page = (await opened.page("/board?team=gone")).text
        assert re.findall(r'<option value="(north|gone)"( selected)?>', page) == [("gone", " selected"), ("north", "")]


@pytest.mark.parametrize(("path", "status"), [("/board?team=" + "x" * 201, 422), ("/board?grade=%00", 400)])
async def test_what_cannot_be_a_filter_is_refused(database_url, monkeypatch, path, status):
    async with desk(database_url, monkeypatch) as opened:
        assert (await opened.page(path)).status_code == status
