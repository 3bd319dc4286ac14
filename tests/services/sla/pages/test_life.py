"""The picture of a promise's life: its sums are the figures of the explanation, and it has every instant that was told."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from services.sla.alarms import settle
from services.sla.pages.wording import exactly
from tests.services.sla.pages.desk import desk
from tests.services.sla.samples import ANSWERED, OFFICE, WAITS, at, facts, state_of


def pictures(page):
    """Return the wide picture of a page and its table: what → from, until, how long."""
    [table] = re.findall(r"<details>.*?</details>", page, re.DOTALL)
    rows = re.findall(r'<th scope="row">(.*?)</th><td>(.*?)</td><td>(.*?)</td><td>(.*?)</td>', table)
    wide, narrow = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
    return wide, narrow, {what: tuple(told) for what, *told in rows}


@pytest.mark.parametrize("case", ["c1", "c2", "c3"])
@pytest.mark.parametrize("clock", ["response", "review", "whole"])
async def test_its_sums_are_the_figures_of_the_explanation(database_url, monkeypatch, case, clock):
    async with desk(database_url, monkeypatch, until=100, calendars=(OFFICE,)) as opened:
        told = (await opened.http.get(f"/clocks/{case}/{clock}/explain")).json()
        wide, narrow, rows = pictures((await opened.page(f"/clocks/{case}/{clock}/explain")).text)
        sums = {what: parsed(rows[what][2]) if what in rows else 0 for what in ("counted", "late", "paused", "still to come")}
        assert sums["counted"] + sums["late"] == told["used_us"]
        assert sums["paused"] == told["paused_us"]
        [row] = [one for one in await opened.items(f"/clocks/{case}") if one["clock"] == clock]
        is_open = row["status"] == told["status"] == "running"
        assert sums["still to come"] == (row["remaining_us"] if is_open else 0)
        for what in ("counted", "paused"):
            if what in rows:
                assert f"{what}: {rows[what][2]}</text>" in wide and f"{what}: {rows[what][2]}</text>" in narrow


def parsed(text):
    hours, minutes, seconds = text.split(":")
    return round((int(hours) * 3600 + int(minutes) * 60 + float(seconds)) * 1_000_000)


@pytest.mark.parametrize(
    ("lang", "names"),
    [
        ("en", ["began", "warned (50%)", "Was due", "Due", "broken"]),
        ("zh", ["开始计时", "预警 (50%)", "原到期", "到期", "超时"]),
    ],
)
async def test_it_has_every_instant_that_matters(database_url, monkeypatch, lang, names):
    """It was due after two hours. A pause of ten minutes moved that, and ten minutes before it broke it was warned of."""
    async with desk(database_url, monkeypatch, until=150) as opened:
        opened.states["c1"] = state_of(_settled(opened, facts((WAITS, 10), (ANSWERED, 20)), 150))
        wide, _, rows = pictures((await opened.page("/clocks/c1/review/explain", lang)).text)
        letters = [what for what in rows if re.match(r"[A-Z] ", what)]
        assert [what[2:] for what in letters] == names
        for what in letters:
            assert f">{what[0]}</text>" in wide
        assert "当前" in wide if lang == "zh" else "now: " in wide


def _settled(opened, told, until):
    return [*told, *settle("case-1", state_of(told), opened.running.known, at(until))]


async def test_a_past_picture_has_what_would_have_been_said_by_then(database_url, monkeypatch):
    async with desk(database_url, monkeypatch, until=150) as opened:
        then = at(70).isoformat().replace("+00:00", "Z")
        _, _, rows = pictures((await opened.page(f"/clocks/c1/review/explain?as_of={then}")).text)
        assert [what[2:] for what in rows if re.match(r"[A-Z] ", what)] == ["began", "warned (50%)", "Due"]
        assert rows["counted"][2] == exactly(70 * 60 * 10**6) and rows["still to come"][2] == exactly(50 * 60 * 10**6)


async def test_nights_weekends_and_days_off_are_told_apart(database_url, monkeypatch):
    """The promise of three working days runs from Monday to Thursday; Wednesday is a day off, so it goes on to Friday."""
    free = replace(OFFICE, holidays=(at(2 * 24 * 60).date(),))
    async with desk(database_url, monkeypatch, until=60, calendars=(free,)) as opened:
        wide, _, rows = pictures((await opened.page("/clocks/c1/whole/explain")).text)
        assert rows["day off"][2] == exactly(24 * 3600 * 10**6)
        assert rows["outside working hours"][2] == exactly((3 * 15) * 3600 * 10**6)
        assert "url(#life-holiday)" in wide and "no working day" not in rows


async def test_a_life_of_years_stays_small(database_url, monkeypatch):
    years = timedelta(days=500) / timedelta(minutes=1)
    async with desk(database_url, monkeypatch, until=60, calendars=(OFFICE,)) as opened:
        opened.running._opened.instance.clock = lambda: at(years)
        page = (await opened.page("/clocks/c1/whole/explain")).text
        wide, narrow, rows = pictures(page)
        assert len(wide) < 60_000 and len(narrow) < 30_000
        told = (await opened.http.get("/clocks/c1/whole/explain")).json()
        assert parsed(rows["counted"][2]) + parsed(rows["late"][2]) == told["used_us"] > 300 * 9 * 3600 * 10**6
        assert "What is too short to be seen" in wide
