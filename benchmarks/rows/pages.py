"""Pages at 100 thousand cases: 99th percentile beside the same questions as plain SQL, and their size on the way."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg
import httpx

from benchmarks import load
from benchmarks.asking import Ask, beside_sql, served, wait_until_idle
from benchmarks.desk import run
from benchmarks.grown import LARGE_CASES, YEAR, Desk, desk, year
from benchmarks.history import BEGAN, EVERY, WALK, case_of, newcomer
from benchmarks.measure import Goal, Row, Side, alone
from libs.events.store.postgres import PostgresStore
from libs.events.upkeep.live import live_version
from libs.events.words.event import Topic
from libs.events.words.now import real_now
from services.analytics.domain.days import day_of
from services.analytics.pages.board import DAYS, SHOWN
from services.analytics.queries.board import board, node_names
from services.analytics.queries.filters import Filter
from services.analytics.queries.life import life
from services.analytics.queries.recent import recent
from services.analytics.queries.starts import by_start, by_week
from services.analytics.queries.steps import Which, nodes_of, versions_of, walked
from services.analytics.service import SERVICE

OPEN_CASES = 2_000
"""So many have come last, one every ten seconds, and nobody has begun to work on them."""
KILOBYTES_MAX, RATIO_MAX = 60, 3.0
HEADERS = ("Accept: text/html", "Accept-Encoding: gzip", "Accept-Language: en")
ZONE = ZoneInfo("UTC")
FIRST = BEGAN.date()
LASTS = [FIRST + YEAR + timedelta(days) for days in range(1, 37)]
"""Ends of a year, more than a service remembers answers for: each question goes to the database."""

LIMIT = "Python: what the rows say becomes SVG, and a template becomes a page"


def rows() -> list[Row]:
    """Return three rows for each page: beside its SQL, by the clock, and its size."""
    large, walks = desk(LARGE_CASES), year()
    first = (real_now() - BEGAN) // EVERY - OPEN_CASES
    run(large.put(fact for n in range(first, first + OPEN_CASES) for fact in newcomer(n)))
    board_ = _page("board", large, ["/"], _board, 150)
    version = run(_version(large.url))
    case = _page("a case", large, [f"/cases/{case_of(LARGE_CASES // 2)}"], partial(_life, version), 150)
    paths = [f"/processes/{WALK}?since={FIRST}&until={last}" for last in LASTS]
    map_ = _page("map of a year", walks, paths, partial(_map, Which(process=WALK, since=FIRST, until=LASTS[0])), 500)
    paths = [f"/timeliness?since={FIRST}&until={last}" for last in LASTS]
    kept = _page("timeliness of a year", large, paths, partial(_timeliness, Filter(since=FIRST, until=LASTS[0])), 500)
    return [*board_, *case, *map_, *kept]


def _page(what: str, of: Desk, paths: Sequence[str], ask: Ask, within: float) -> list[Row]:
    with served("analytics", of.url, of.log_url) as (url, pid):
        wait_until_idle("analytics", of, pid)
        run(_tidied(of.url))
        requests = [load.get(url + path, *HEADERS) for path in paths]
        work = f"p99 of the page: {what}, at {LARGE_CASES:,} cases, one client"
        found = beside_sql(work, requests, url, ask, of.url, Goal(RATIO_MAX, at_most=True), LIMIT)
        waited = replace(
            found, work="the same in milliseconds", peer="", theirs=None, ratio=None, goal=Goal(within, at_most=True)
        )
        size = Side("compressed", partial(_kilobytes, url + paths[0]), "kB")
        return [found, waited, alone("the same page, compressed", size, goal=Goal(KILOBYTES_MAX, at_most=True), limit="")]


def _kilobytes(url: str) -> float:
    names = dict(one.split(": ") for one in HEADERS)
    with httpx.stream("GET", url, headers=names, timeout=30.0) as answer:
        answer.raise_for_status()
        return sum(map(len, answer.iter_raw())) / 1_000


async def _board(db: Any) -> None:
    now = real_now()
    await node_names(db, "en")
    await board(db, now)
    await recent(db, SHOWN, day_of(now, ZONE) - timedelta(DAYS - 1), day_of(now, ZONE))


async def _tidied(url: str) -> None:
    """Do at once what autovacuum would do within minutes: without statistics the first questions take seconds."""
    connection = await asyncpg.connect(url)
    await connection.execute("vacuum (analyze)")
    await connection.close()


async def _version(url: str) -> int:
    connection = await asyncpg.connect(url)
    version = await live_version(connection, SERVICE.name)
    await connection.close()
    return version


async def _life(version: int, db: Any) -> None:
    case = case_of(LARGE_CASES // 2)
    await life(db, case)
    await PostgresStore(db, SERVICE.name, SERVICE.tables, version).facts((Topic.CASES, case))


async def _map(which: Which, db: Any) -> None:
    await node_names(db, "en")
    await versions_of(db, WALK)
    await walked(db, which, ZONE)
    await nodes_of(db, WALK, "en")


async def _timeliness(only: Filter, db: Any) -> None:
    await node_names(db, "en")
    await by_start(db, only, None, ZONE)
    await by_week(db, only, None)
