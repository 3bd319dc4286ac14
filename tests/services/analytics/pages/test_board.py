"""The board: every open case is counted once, broken and at risk come first, and each says how much time is left."""

import json
import re
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import asyncpg
import httpx
import pytest

from libs.events.catalogue import intake, routing, sla
from libs.events.catalogue.promise import AT_RISK_SHARE
from libs.events.upkeep.bootstrap import bootstrap
from services.analytics.pages.board import processes
from services.analytics.queries.board import _BOARD, CARDS_MAX, Board, Card, NodeName, Stand, board
from services.analytics.queries.recent import Recent, recent
from services.analytics.service import SERVICE
from tests.services.analytics.pages.desk import desk
from tests.services.analytics.story import at, facts, resolved
from tests.services.analytics.test_views import TOLD, write

HOUR = 60
NOW = at(3 * HOUR)
BORDER = 3 * HOUR / (1 - AT_RISK_SHARE)
"""What began at 0 and is due then has exactly the share left of which less is at risk."""


def came(ref: str = "") -> intake.CaseRegistered:
    return intake.CaseRegistered(channel="web", customer_ref="c", process_id="p", process_version=1, external_ref=ref)


def clock(due: float, name: str = "cycle") -> sla.ClockStarted:
    return sla.ClockStarted(clock=name, kind="cycle", limit="4h", due_at=at(due), process_version=1)


def paused(name: str = "cycle") -> sla.ClockPaused:
    return sla.ClockPaused(clock=name, reason="awaiting_customer")


SECOND = 1 / 60
BROKEN = sla.ClockBreached(clock="cycle", due_at=at(2 * HOUR))
ROWS: list[tuple[str, list[tuple[float, Any]], str]] = [
    ("nothing due", [(0, came())], "none"),
    ("in time", [(0, came()), (0, clock(4 * HOUR))], "running"),
    ("a fifth left", [(0, came()), (0, clock(BORDER))], "running"),
    ("a second less", [(0, came()), (0, clock(BORDER - SECOND))], "risk"),
    ("due in a second", [(0, came()), (0, clock(3 * HOUR + SECOND))], "risk"),
    ("due just now", [(0, came()), (0, clock(3 * HOUR))], "broken"),
    ("said to be broken", [(0, came()), (0, clock(2 * HOUR)), (2 * HOUR, BROKEN)], "broken"),
    ("done late", [
        (0, came()), (0, clock(2 * HOUR)), (2 * HOUR, BROKEN),
        (150, sla.ClockEnded(clock="cycle", due_at=at(2 * HOUR), used_us=9, paused_us=0)),
    ], "none"),
    ("paused", [(0, came()), (0, clock(9 * HOUR)), (1, paused())], "paused"),
    ("paused past due", [(0, came()), (0, clock(2 * HOUR)), (1, paused())], "paused"),
    ("broken, then paused", [(0, came()), (0, clock(2 * HOUR)), (2 * HOUR, BROKEN), (2 * HOUR + 1, paused())], "broken"),
    ("paused past due beside one that runs", [
        (0, came()), (0, clock(2 * HOUR)), (1, paused()), (0, clock(9 * HOUR, "answer")),
    ], "running"),
    ("paused beside one that broke", [
        (0, came()), (0, clock(HOUR, "answer")), (1, paused("answer")), (0, clock(2 * HOUR)), (2 * HOUR, BROKEN),
    ], "broken"),
    ("the first of two", [(0, came()), (0, clock(9 * HOUR)), (0, clock(200, "answer"))], "risk"),
]  # fmt: skip


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Any]:
    version = await bootstrap(database_url, SERVICE)
    connection = await asyncpg.connect(database_url)
    TOLD.clear()

    async def tell(stories: dict[str, list[tuple[float, Any]]]) -> Any:
        await write(connection, {key: facts(story, key) for key, story in stories.items()}, f"analytics_v{version}")
        return connection

    yield tell
    await connection.close()


async def test_every_open_case_is_counted_and_the_first_are_shown(db: Any) -> None:
    found = await board(await db({name: story for name, story, _ in ROWS}), NOW)
    count = Counter(standing for _, _, standing in ROWS)
    assert [(one.cases, one.broken, one.risk) for one in found.stands] == [(len(ROWS), count["broken"], count["risk"])]
    assert len(found.cards) == CARDS_MAX < len(ROWS)


@pytest.mark.parametrize(("name", "story", "standing"), ROWS, ids=[row[0] for row in ROWS])
async def test_how_a_case_stands(db: Any, name: str, story: list[tuple[float, Any]], standing: str) -> None:
    (card,) = (await board(await db({"c": story}), NOW)).cards
    assert card.standing == standing


async def test_broken_comes_before_at_risk_and_that_before_the_rest_due_first(db: Any) -> None:
    stories = {
        "later": [(0, came()), (0, clock(20 * HOUR))],
        "soon": [(0, came()), (0, clock(10 * HOUR))],
        "risk": [(0, came()), (0, clock(BORDER - 1))],
        "broken": [(0, came()), (0, clock(2 * HOUR))],
        "nothing": [(0, came())],
    }
    found = await board(await db(stories), NOW)
    assert [one.case_id for one in found.cards] == ["broken", "risk", "soon", "later", "nothing"]
    assert found.cards[0].left(NOW) == -timedelta(hours=1)


async def test_what_ended_is_not_open_and_what_came_back_is(db: Any) -> None:
    stories = {
        "closed": [(0, came()), (1, resolved()), (2, routing.CaseClosed())],
        "cancelled": [(0, came()), (1, intake.CaseCancelled(reason="twice"))],
        "resolved": [(0, came()), (1, resolved())],
        "reopened": [(0, came()), (1, resolved()), (2, routing.CaseClosed()), (3, routing.CaseReopened())],
    }
    found = await board(await db(stories), NOW)
    assert {one.case_id for one in found.cards} == {"resolved", "reopened"}
    assert (await board(await db({}), NOW, "another")).stands == []


async def test_open_cases_cost_no_more_each_when_they_are_many_and_statistics_know_of_none(db: Any) -> None:
    over = {f"over{n}": [(0, came()), (1, resolved()), (2, routing.CaseClosed())] for n in range(300)}
    await (await db(over)).execute("analyze")
    blocks = []
    for count in (100, 400):
        connection = await db({f"c{n}": [(0, came()), (0, clock(9 * HOUR)), (0, clock(200, "answer"))] for n in range(count)})
        explained = f"explain (analyze, buffers, format json) {_BOARD}"
        (plan,) = json.loads(await connection.fetchval(explained, NOW, AT_RISK_SHARE, None, CARDS_MAX))
        blocks.append(plan["Plan"]["Shared Hit Blocks"])
    assert blocks[1] < 8 * blocks[0], blocks


def card(node: str, phase: str = "open") -> Card:
    return Card("c", "", "p", 1, node, phase, "", "", "", "", NOW, "", None, "none")


def test_nodes_stand_in_the_order_of_the_standard_and_what_it_does_not_know_behind() -> None:
    names = [NodeName("p", node, n, f"Node {node}", "Process") for n, node in enumerate(("n1", "n2"), 1)]
    stands = [Stand("p", "n2", "open", 3, 1, 0), Stand("p", "n2", "resolved", 2, 0, 0), Stand("p", "old", "open", 1, 0, 0)]
    (found,) = processes(Board(stands, [card("n2"), card("n2", "resolved"), card("old")]), names)
    assert [(lane.name, lane.cases, len(lane.cards), lane.others) for lane in found.lanes] == [
        ("Node n1", 0, 0, 0),
        ("Node n2", 5, 2, 3),
        ("old", 1, 1, 0),
    ]
    assert (found.name, found.cases) == ("Process", 6)
    (unknown,) = processes(Board(stands, []), [])
    assert (unknown.name, unknown.cases) == ("p", 6)


async def test_a_figure_of_the_last_days_is_that_of_the_view(db: Any) -> None:
    connection = await db({"closed": [(0, came()), (1, resolved()), (2, routing.CaseClosed())], "open": [(0, came())]})
    day = at(0).date()
    (found,) = await recent(connection, ["resolution"], day - timedelta(1), day)
    view = await connection.fetchrow("select sum(num) as num, sum(den) as den from analytics.figures where figure = 'resolution'")
    assert found == Recent("resolution", [(0, 0), (view["num"], view["den"])]) and found.den == 2


async def test_a_promise_that_stands_still_shows_no_time_left(database_url: str) -> None:
    async with desk(database_url, {"c": [(0, came()), (0, clock(2 * HOUR)), (1, paused())]}, NOW) as client:
        (ticket,) = re.findall(r'<span class="left">.*', (await client.get("/", params={"lang": "en"})).text)
    assert ticket == '<span class="left">paused</span>'


@pytest.mark.parametrize("lang", ["en", "zh"])
async def test_the_page_shows_the_board_and_hostile_text_as_text(database_url: str, lang: str) -> None:
    hostile = '"><script>alert(1)</script>'
    story = [(0, came(hostile)), (0, clock(2 * HOUR)), (1, routing.CaseAssigned(team="<b>", agent="<i>"))]
    async with desk(database_url, {"c1": story}, NOW) as client:
        page = await client.get("/", params={"lang": lang})
        other = await client.get("/", params={"process": "none"})
    assert page.status_code == 200 and "&lt;script&gt;" in page.text and "<script>alert" not in page.text
    assert ("late by 1 h" if lang == "en" else "超时 1 小时") in page.text and '/cases/c1"' in page.text
    assert "/cases/c1" not in other.text


@pytest.mark.parametrize(("lang", "name"), [("en", "At no node"), ("zh", "不在节点上")])
async def test_a_lane_of_cases_that_are_at_no_node_says_so(database_url: str, lang: str, name: str) -> None:
    async with desk(database_url, {"c": [(0, came())]}, NOW) as client:
        page = await client.get("/", params={"lang": lang})
    assert re.findall(r"<h3>([^<]*) <", page.text) == [name]


async def test_nobody_sees_the_board_without_the_scope(database_url: str, tmp_path: Any) -> None:
    (tmp_path / "keys.json").write_text("[]")
    async with desk(database_url, {}, NOW, tmp_path / "keys.json") as client:
        got: httpx.Response = await client.get("/")
    assert (got.status_code, got.headers["location"]) == (303, "/sign-in?next=%2F")
