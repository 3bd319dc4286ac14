"""What the pages of one case and of one process say, counted again row by row."""

from collections import Counter, defaultdict
from datetime import timedelta
from html import unescape
from itertools import pairwise
from statistics import median
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit
from zoneinfo import ZoneInfo

import httpx

from libs.pictures import numbers
from libs.pictures.words import EN
from services.analytics.domain.figures import FIGURES
from services.analytics.domain.steps import END, HERE, START
from services.analytics.queries.cases_of import CASES_MAX
from services.analytics.queries.steps import Which
from tests.services.analytics.pages.agreeing import KINDS, asked, named, page
from tests.services.analytics.pages.month import tables

UTC = ZoneInfo("UTC")
OUTCOMES = {"running": "running", "paused": "paused", "waiting": "waits for a calendar", "met": "kept", "cancelled": "lapsed"}


async def life(client: httpx.AsyncClient, db: Any, case_id: str) -> None:
    """Compare the page of a case with the views and with its timeline."""
    path = f"/cases/{quote(case_id, safe='')}"
    found = {table[0][0]: table[1:] for table in tables(await page(client, path))}
    rows = await db.fetch("select * from analytics.clocks where case_id = $1 and started_at is not null", case_id)
    names = await names_of(db, case_id)
    shown = Counter((row[0], row[1], row[3], row[7]) for row in found[EN.clock])
    assert shown == Counter(
        (
            called(row, names),
            numbers.instant(row["started_at"], UTC, EN),
            numbers.instant(row["due_at"], UTC, EN) if row["due_at"] else "",
            outcome(row),
        )
        for row in rows
    ), case_id
    paused = {row[0]: row[6] for row in found[EN.clock]}
    for row in rows:
        if row["paused_us"] is not None:
            waited = numbers.duration(timedelta(microseconds=row["paused_us"]), EN, in_days=False)
            assert paused[called(row, names)].endswith(f": {waited}") if row["paused_us"] else not paused[called(row, names)]
    assert {row[0]: row[1] for row in found.get("Figure", ())} == {
        title: " ".join(parts) for title, parts in (await reasons(db, case_id)).items()
    }, case_id
    told = await asked(client, f"{path}/timeline")
    assert [row[1] for row in found["When"]] == [one["type"] for one in told["items"]], case_id


async def names_of(db: Any, case_id: str) -> dict[str, str]:
    """Return node → its name in the version of the standard that governs the case."""
    rows = await db.fetch(
        "select p.node, p.name_en from analytics.process_nodes p join analytics.cases using (process_id, process_version) "
        "where case_id = $1",
        case_id,
    )
    return {row["node"]: row["name_en"] for row in rows}


def called(row: Any, names: dict[str, str]) -> str:
    """Return what a clock is called."""
    again = "" if row["occurrence"] == 1 else f"/{row['occurrence']}"
    return (names.get(row["node"], row["clock"]) if row["kind"] == "node" else KINDS.get(row["clock"], row["clock"])) + again


def outcome(row: Any) -> str:
    """Return how a clock stands."""
    if row["status"] == "breached":
        return "broken and done late" if row["ended_at"] else "broken"
    return OUTCOMES[row["status"]]


async def reasons(db: Any, case_id: str) -> dict[str, list[str]]:
    """Return the title of each figure that counts the case → what it adds."""
    found: dict[str, list[str]] = defaultdict(list)
    names = await names_of(db, case_id)

    async def rows(table: str, order: str) -> Any:
        return await db.fetch(f"select * from analytics.{table} where case_id = $1 order by {order}", case_id)

    def add(figure: str, value: str, of: str = "", *, provisional: bool = False) -> None:
        title = FIGURES[figure].title.en if figure in FIGURES else figure
        found[title].append(" ".join(part for part in (value, of, "provisional" * provisional) if part))

    for row in await rows("clocks", "started_at, clock, occurrence"):
        if row["on_time"] is not None:
            add("timeliness", yes(row["on_time"]), called(row, names))
    for row in await rows("case_rules", "rule"):
        add(f"first_contact_resolution.{row['rule']}", yes(row["counted"]), provisional=row["provisional"])
    for row in await rows("surveys", "sent_at, survey_id"):
        if row["overall"] is not None:
            add("satisfaction", yes(row["satisfied"]), f"{row['overall']}/5")
    for row in await rows("figure_values", "figure, n"):
        is_length = FIGURES[row["figure"]].unit == "microseconds"
        length = numbers.duration(timedelta(microseconds=row["value"]), EN)
        add(row["figure"], length if is_length else numbers.count(row["value"]), row["part"])
    return found


def yes(holds: bool) -> str:
    """Return how the page says it."""
    return "yes" if holds else "no"


async def recounted(db: Any, which: Which) -> SimpleNamespace:
    """Walk through the visits of each case and count, one by one."""
    cases = [
        row
        for row in await db.fetch("select * from analytics.cases")
        if row["process_id"] == which.process
        and which.since <= row["received_at"].date() < which.until
        and which.version in (None, row["process_version"])
    ]
    visits: dict[str, list[Any]] = defaultdict(list)
    for row in await db.fetch("select * from analytics.node_visits order by case_id, n"):
        visits[row["case_id"]].append(row)
    clocks = {(row["case_id"], row["clock"], row["occurrence"]): row for row in await db.fetch("select * from analytics.clocks")}
    took: dict[tuple[str, str], list[float]] = defaultdict(list)
    counts, by_clock, late, decided = Counter[Any](), Counter[Any](), Counter[Any](), Counter[Any]()
    paths, members = Counter[tuple[str, ...]](), defaultdict(set)
    for case in cases:
        end = HERE if case["ended_at"] is None else END
        gone = visits[case["case_id"]]
        way = [START, *(one["node"] for one in gone), end]
        for visit, step in zip([None, *gone], pairwise(way), strict=True):
            counts[step] += 1
            members[step].add(case["case_id"])
            if visit is None:
                continue
            clock = clocks.get((case["case_id"], f"node:{visit['node']}", visit["occurrence"]))
            if clock and clock["used_us"] is not None:
                by_clock[step] += 1
                took[step].append(clock["used_us"])
            elif visit["completed_at"] and visit["entered_at"]:
                took[step].append((visit["completed_at"] - visit["entered_at"]).total_seconds() * 1e6)
            if clock and clock["on_time"] is not None:
                decided[step] += 1
                late[step] += not clock["on_time"]
        if gone:
            paths[tuple(way[1:-1])] += 1
    return SimpleNamespace(
        cases=len(cases),
        over=sum(case["ended_at"] is not None for case in cases),
        paths=paths,
        members=members,
        steps={
            step: (
                n,
                len(took[step]),
                by_clock[step],
                round(median(took[step])) if took[step] else None,
                late[step],
                decided[step],
            )
            for step, n in counts.items()
        },
    )


async def process_map(client: httpx.AsyncClient, db: Any, which: Which) -> None:
    """Compare the page of a process with a recount of its cases, and follow every mark to its cases."""
    text = await page(client, f"/processes/{which.process}", since=str(which.since), until=str(which.until))
    again = await recounted(db, which)
    picture, paths = tables(text)
    nodes = (await named(db)).get(which.process, ("", {}))[1]
    called = {"Registered": START, "Over": END} | {name: node for node, name in nodes.items()}
    shown = {(called.get(row[0], row[0]), called.get(row[1], row[1])): row for row in picture[1:] if row[1]}
    counts = {step: f"{n:,}" for step, (n, *_) in again.steps.items() if step[1] != HERE}
    assert {step: row[3] for step, row in shown.items()} == counts and counts
    for step, row in shown.items():
        *_, late, decided = again.steps[step]
        assert row[6].endswith(f"({late} of {decided})" if decided else ""), step
    assert [row[0] for row in paths[1:]] == [str(n) for n in sorted(again.paths.values(), reverse=True)[:10]]
    assert f"{again.cases} cases received, {again.over} of them are over." in text
    for link in links(text):
        listed, query = await client.get(f"{link}&lang=en"), parse_qs(urlsplit(link).query)
        assert listed.status_code == 200, link
        if "from" in query:
            (rows,) = tables(listed.text)
            assert len(rows) - 1 == min(CASES_MAX, len(again.members[query["from"][0], query["to"][0]])), link


def links(text: str) -> set[str]:
    """Return the addresses of the lists of cases to which the marks of a map lead."""
    hrefs = {unescape(href.partition('"')[0]) for href in text.split('href="')}
    return {href for href in hrefs if urlsplit(href).path.endswith("/cases") and "process" in parse_qs(urlsplit(href).query)}
