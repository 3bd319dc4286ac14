"""Every number of a page is the one that the API or a view has: asserted page by page, over made-up cases and a real desk's."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from html import unescape
from typing import Any

import httpx

from libs.events.catalogue.promise import AT_RISK_SHARE
from libs.pictures import numbers
from libs.pictures.words import EN
from services.analytics.domain.figures import FIGURES
from services.analytics.pages.board import DAYS, SHOWN
from services.analytics.pages.saying import Saying
from services.analytics.pages.weekly import monday_of
from tests.services.analytics.pages.month import tables

ASKED = {"Accept": "application/json"}
ASKABLE = [one for one in FIGURES.values() if one.is_askable]
KINDS = {"response": "First response", "resolution": "Resolution", "cycle": "Whole cycle"}
Opened = dict[tuple[str, str], tuple[int, int, int, int]]
"""Process and lane → how many cases are open, broken, at risk, and shown or counted as others."""


async def asked(client: httpx.AsyncClient, path: str, **params: Any) -> Any:
    """Return the API's answer."""
    got = await client.get(path, params=params, headers=ASKED)
    assert got.status_code == 200, got.text
    return got.json()


async def page(client: httpx.AsyncClient, path: str, **params: Any) -> str:
    """Return the page of an address, in English."""
    got = await client.get(path, params={"lang": "en", **params})
    assert got.status_code == 200, got.text
    return got.text


async def board(client: httpx.AsyncClient, db: Any, clock: Callable[[], datetime], process: str | None = None) -> None:
    """Compare the board's lanes with a recount of the views, and its figures with the API."""
    for _ in range(10):
        before, text, at = await opened(db, clock(), process), await page(client, "/", process=process or ""), clock()
        if before == await opened(db, at, process):
            break  # no promise fell due meanwhile
    assert lanes(text) == before != {}
    since = str(at.date() - timedelta(DAYS - 1))
    tiles = re.findall(r'/figures/([\w.]+)">[^<]*</a>\s*<span class="value">([^<]*)</span>.*?n = (\d+)', text, re.DOTALL)
    assert [name for name, _, _ in tiles] == [*SHOWN]
    for name, value, n in tiles:
        total = (await asked(client, f"/figures/{name}", by="", **{"from": since}))["total"]
        # What waits for its days to settle does so by PostgreSQL's clock in the view, and by the desk's in the answer.
        if not FIGURES[name].awaits:
            assert (value, n) == (numbers.share(total["numerator"], total["denominator"]), str(total["n"])), name


def lanes(text: str) -> Opened:
    """Return what the board shows, without the lanes that are empty."""
    found: Opened = {}
    for section in text.split('<h2 id="process-')[1:]:
        (process, opened), total = re.findall(r'>(.*?) <span class="soft">(\d+) open', section)[0], 0
        for lane in section.split('<li class="lane">')[1:]:
            name, cases = re.findall(r'<h3>(.*?) <span class="soft">(\d+)</span>', lane)[0]
            broken, risk, others = (
                sum(map(int, re.findall(form, lane))) for form in (r">(\d+) broken<", r">(\d+) at risk<", r">\+ (\d+) more")
            )
            shown = lane.partition('<li class="lane empty">')[0].count('<li class="ticket') + others
            found[unescape(process), unescape(name)] = int(cases), broken, risk, shown
            total += int(cases)
        assert int(opened) == total, process
    return found


async def opened(db: Any, now: datetime, process: str | None) -> Opened:
    """Count the open cases one by one: each stands as the promise that falls due first."""
    names = await named(db)
    dues: dict[str, list[Any]] = defaultdict(list)
    for row in await db.fetch("select * from analytics.clocks where ended_at is null and due_at is not null"):
        dues[row["case_id"]].append(row)
    found: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for case in await db.fetch("select * from analytics.cases where ended_at is null"):
        if process in (None, case["process_id"]):
            name, nodes = names.get(case["process_id"], (case["process_id"], {}))
            lane = found[name, nodes.get(case["node"], case["node"]) or "At no node"]
            lane.update(["cases", standing(dues[case["case_id"]], now)])
    return {place: (one["cases"], one["broken"], one["risk"], one["cases"]) for place, one in found.items()}


def standing(clocks: list[Any], now: datetime) -> str:
    """Return how the promise stands that is due first; one that is paused comes last."""
    if not clocks:
        return "none"
    first = min(clocks, key=lambda row: (row["status"] == "paused", row["due_at"], row["clock"]))
    if first["breached_at"] or (first["status"] != "paused" and first["due_at"] <= now):
        return "broken"
    left, whole = first["due_at"] - now, first["due_at"] - first["started_at"]
    return "risk" if first["status"] != "paused" and left < whole * AT_RISK_SHARE else "well"


async def named(db: Any) -> dict[str, tuple[str, dict[str, str]]]:
    """Return the name of each process, and those of the nodes of its newest version."""
    found: dict[str, tuple[str, dict[str, str]]] = {}
    newest: dict[str, int] = {}
    for row in await db.fetch("select * from analytics.process_nodes order by process_version"):
        if newest.get(row["process_id"]) != row["process_version"]:
            newest[row["process_id"]] = row["process_version"]
            found[row["process_id"]] = row["process_name_en"], {}
        found[row["process_id"]][1][row["node"]] = row["name_en"]
    return found


async def figures(client: httpx.AsyncClient, since: date, narrow: Mapping[str, str]) -> None:
    """Compare the list of figures with what the API says of each from a day on."""
    shown = tables(await page(client, "/figures", since=str(since), **narrow))
    rows = {row[0].rpartition(" K")[0] or row[0]: row for table in shown for row in table}
    for one in ASKABLE:
        answer = await asked(client, f"/figures/{one.name}", by="", **{"from": str(since)}, **narrow)
        saying, row, total = Saying(one, EN), rows[one.title.en], answer["total"]
        assert row[3] == f"{total['n']:,}", one.name
        if not one.share:
            assert (row[1], row[2]) == (saying.answered(total["value"]), saying.interval(total)), one.name
        else:
            largest = sorted(answer["rows"], key=lambda part: -part["numerator"])[:3]
            assert all(saying.answered(part["value"]) in row[1] for part in largest), one.name
        assert row[4] == ("provisional" if total["provisional"] else "final"), one.name


async def weeks(client: httpx.AsyncClient, since: date) -> None:
    """Compare the page of each figure, by week and by team, with the API."""
    for one in ASKABLE:
        weekly, rest = tables(await page(client, f"/figures/{one.name}", by="team", **{"from": str(since)}))
        answer = await asked(client, f"/figures/{one.name}", by="week", **{"from": str(since)})
        saying = Saying(one, EN)
        expected = Counter(
            (numbers.day(monday_of(row["week"]), EN), saying.said(saying.drawn(row[what]) or 0.0), f"{row['n']:,}")
            for row in answer["rows"]
            for what in (("value", "p50", "p90") if one.quantiles else ("value",))
        )
        assert Counter((row[1], row[2], row[4]) for row in weekly[1:] if row[2] != "No data") == expected, one.name
        teams = await asked(client, f"/figures/{one.name}", by="team", **{"from": str(since)})
        place = 2 if one.share else 1
        assert [(row[0], row[place], row[-2]) for row in rest[1:] if len(row) > 1] == [
            (row["team"] or "not given", saying.answered(row["value"]), f"{row['n']:,}") for row in teams["rows"]
        ], one.name


async def heat_maps(client: httpx.AsyncClient, db: Any, since: date, until: date, narrow: Mapping[str, str]) -> None:
    """Compare timeliness by hour of start with the view, and by week with the API."""
    period = {"since": str(since), "until": str(until)}
    starts, by_week = tables(await page(client, "/timeliness", **period, **narrow))
    rows = await db.fetch(
        "select k.started_at, k.on_time, k.kind, k.team, c.process_id as process from analytics.clocks k join analytics.cases c "
        "using (case_id) where k.on_time is not null"
    )
    expected: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for row in rows:
        is_narrowed = all(row[name] == word for name, word in narrow.items())
        if is_narrowed and since <= row["started_at"].date() < until:
            cell = expected[EN.days[row["started_at"].weekday()], f"{row['started_at']:%H}"]
            cell[0] += row["on_time"]
            cell[1] += 1
    assert cells(starts) == said(expected) != {}
    answer = await asked(client, "/timeliness", **period, **{k: v for k, v in narrow.items() if k != "kind"})
    names, decided = await named(db), defaultdict[tuple[str, str], list[int]](lambda: [0, 0])
    for row in answer["rows"]:
        if row["decided"] and narrow.get("kind", row["kind"]) == row["kind"]:
            monday = date.fromisoformat(row["day"]) - timedelta(date.fromisoformat(row["day"]).weekday())
            process, nodes = names.get(row["process_id"], (row["process_id"], {}))
            promise = nodes.get(row["clock"].removeprefix("node:")) or KINDS.get(row["clock"], row["clock"])
            what = promise if "process" in narrow else process
            cell = decided[what, EN.day_of_year(monday)]
            cell[0] += row["met"]
            cell[1] += row["decided"]
    assert cells(by_week) == said(decided) != {}


def cells(table: list[list[str]]) -> dict[tuple[str, str], str]:
    """Return row and column → what a cell says, if anything."""
    head, *rows = table
    return {(row[0], name): cell for row in rows for name, cell in zip(head[1:], row[1:], strict=True) if cell}


def said(expected: Mapping[tuple[str, str], list[int]]) -> dict[tuple[str, str], str]:
    """Return what the cells must say."""
    return {place: f"{numbers.share(kept, of)} ({kept} of {of})" for place, (kept, of) in expected.items()}
