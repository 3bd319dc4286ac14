"""The map counts every step once, as a recount of the rows does, and every mark leads to its cases."""

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg
import httpx
import pytest

from libs.events.catalogue.routing import ProcessPublished
from libs.events.log.envelope import draft
from libs.events.testing.sample_standard import STANDARD
from libs.pictures.words import EN
from services.analytics.books import PROCESSES
from services.analytics.domain.steps import END, HERE, START
from services.analytics.pages.mapped import Map, in_order, linking, spine, steps
from services.analytics.queries.cases_of import CASES_MAX, Took, cases_of
from services.analytics.queries.steps import Path, StandardNode, Step, Walked, Which, days, nodes_of, walked
from tests.services.analytics.pages.desk import desk
from tests.services.analytics.pages.month import NOW, month, tables
from tests.services.analytics.pages.recount import process_map, recounted
from tests.services.analytics.story import START as BEGIN
from tests.services.analytics.story import facts
from tests.services.analytics.test_events import show
from tests.services.analytics.test_views import write

ZONE = ZoneInfo("UTC")
ALL = Which(process="p", since=date(2026, 3, 1), until=date(2026, 4, 10))
WHICH = [ALL, Which(process="p", since=date(2026, 3, 6), until=date(2026, 3, 20)), replace(ALL, version=2)]


@pytest.fixture
async def client(database_url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with desk(database_url, month(), NOW) as client:
        yield client


@pytest.fixture
async def pool(client: httpx.AsyncClient, database_url: str) -> AsyncIterator[Any]:
    async with asyncpg.create_pool(database_url, min_size=1, max_size=1) as pool:
        yield pool


@pytest.mark.parametrize("which", WHICH)
async def test_the_steps_are_those_of_a_recount(pool: Any, which: Which) -> None:
    found, again = await walked(pool, which, ZONE), await recounted(pool, which)
    assert (found.cases, found.over) == (again.cases, again.over) and found.cases
    assert {
        (one.source, one.target): (one.count, one.timed, one.by_clock, one.median_us, one.late, one.decided)
        for one in found.steps
    } == again.steps
    assert found.paths_in_all == len(again.paths)
    assert [one.cases for one in found.paths] == sorted(again.paths.values(), reverse=True)[:10]
    assert all(again.paths[one.nodes] == one.cases for one in found.paths)


async def test_the_stories_have_what_a_map_must_show(pool: Any) -> None:
    steps = (await recounted(pool, ALL)).steps
    assert {("n2", "n2"), ("n2", "n4"), (START, END), ("n4", HERE), ("n4", END)} <= steps.keys()
    assert any(late for *_, late, _ in steps.values()) and any(0 < by_clock < timed for _, timed, by_clock, *_ in steps.values())


@pytest.mark.parametrize("which", WHICH[:2])
async def test_every_step_node_and_path_leads_to_its_cases(pool: Any, which: Which) -> None:
    again = await recounted(pool, which)
    for (source, target), expected in again.members.items():
        found = await cases_of(pool, which, Took(source=source, target=target), ZONE)
        assert {one.case_id for one in found} == expected, (source, target)
    for node in ("n1", "n3"):
        found = await cases_of(pool, which, Took(node=node), ZONE)
        assert {one.case_id for one in found} == {
            one for (source, _), members in again.members.items() if source == node for one in members
        }
    for path, cases in again.paths.items():
        assert len(await cases_of(pool, which, Took(path=path), ZONE)) == cases
    newest = [one.received_at for one in await cases_of(pool, which, Took(), ZONE)]
    assert newest == sorted(newest, reverse=True) and len(newest) == again.cases


async def test_the_page_has_the_numbers_of_the_recount_and_its_marks_the_addresses_of_their_cases(
    client: httpx.AsyncClient, pool: Any
) -> None:
    await process_map(client, pool, ALL)


async def test_two_versions_lie_over_each_other(client: httpx.AsyncClient) -> None:
    got = await client.get(
        "/processes/p", params={"lang": "en", "since": "2026-03-01", "until": "2026-04-10", "version": "2", "versus": "1"}
    )
    assert EN.steps_before in tables(got.text)[0][0] and "Compared with version 1" in got.text


async def test_a_list_says_that_there_are_more(pool: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    everything = await cases_of(pool, ALL, Took(), ZONE)
    assert 0 < len(everything) <= CASES_MAX
    monkeypatch.setattr("services.analytics.queries.cases_of.CASES_MAX", len(everything) - 1)
    assert len(await cases_of(pool, ALL, Took(), ZONE)) == len(everything)  # one more than are shown


async def test_the_days_are_the_desks(pool: Any) -> None:
    zone = ZoneInfo("Pacific/Auckland")
    version = await pool.fetchval("select version from analytics_core.live")
    await write(pool, {key: facts(story, key) for key, story in month().items()}, f"analytics_v{version}", zone)
    rows = await pool.fetch("select received_at from analytics.cases where process_id = 'p'")
    local = Counter(row["received_at"].astimezone(zone).date() for row in rows)
    assert local != Counter(row["received_at"].date() for row in rows)
    for day, count in local.items():
        found = await walked(pool, Which(process="p", since=day, until=day + timedelta(1)), zone)
        assert (
            found.cases
            == count
            == sum(one.cases for one in found.paths)
            + sum(one.count for one in found.steps if one.source == START and one.target in (END, HERE))
        )


async def test_the_nodes_are_called_as_the_standard_calls_them(database_url: str) -> None:
    async with desk(database_url, {}, NOW) as client:
        connection = await asyncpg.connect(database_url)
        await show(connection, PROCESSES, [draft(ProcessPublished(standard=STANDARD), STANDARD.process_id, BEGIN)])
        names = [one.name for one in await nodes_of(connection, STANDARD.process_id, "zh")]
        await connection.close()
        got = await client.get(f"/processes/{STANDARD.process_id}", params={"lang": "zh"})
    assert names and [one.name.zh for one in STANDARD.nodes] == names
    assert all(name in got.text for name in names) and "0" in got.text


NODES = [
    StandardNode("n1", "One", 2),
    StandardNode("n3", "Three", 2),
    StandardNode("n1", "Eins", 1),
    StandardNode("n2", "Two", 1),
]


@pytest.mark.parametrize(
    ("version", "order"),
    [(None, ["One", "Three", "Two"]), (2, ["One", "Three", "Two"]), (1, ["Eins", "Two", "Three"]), (9, ["One", "Three", "Two"])],
)
def test_the_spine_has_the_order_of_the_version_and_other_versions_nodes_behind(version: int | None, order: list[str]) -> None:
    assert [one.name for one in in_order(NODES, version)] == order


def test_the_spine_begins_and_ends_and_knows_what_the_standard_does_not_have() -> None:
    found = Walked(
        5,
        3,
        [Step(START, "n1", 5), Step("n1", "x", 4), Step("n1", HERE, 1), Step("x", END, 3), Step("x", HERE, 1)],
        [Path(("n1", "x"), 4)],
        1,
    )
    words = {"start": "Registered", "end": "Over", "stand here": "{count} stand here"}
    what = Map(in_order(NODES, 2), found, None, linking("", ALL), words)
    assert [(one.label, one.visits, one.note, one.planned) for one in spine(what)] == [
        ("Registered", 5, "", True),
        ("One", 5, "1 stand here", True),
        ("Three", 0, "", True),
        ("Two", 0, "", False),
        ("x", 4, "1 stand here", False),
        ("Over", 3, "", True),
    ]
    assert [(one.source, one.target, one.count) for one in steps(what, found)] == [
        (START, "n1", 5),
        ("n1", "x", 4),
        ("x", END, 3),
    ]


@pytest.mark.parametrize(
    ("since", "until", "found"),
    [
        (None, None, (date(2026, 3, 2), date(2026, 4, 1), False)),
        (None, date(2026, 3, 31), (date(2026, 3, 1), date(2026, 3, 31), False)),
        (date(2025, 12, 22), None, (date(2025, 12, 22), date(2026, 4, 1), False)),
        (date(2025, 12, 21), None, (date(2025, 12, 22), date(2026, 4, 1), True)),
    ],
)
def test_a_period_is_bounded(since: date | None, until: date | None, found: tuple[date, date, bool]) -> None:
    assert days(since, until, date(2026, 3, 31), 30, 100) == found


def test_a_mark_leads_to_an_address_that_says_what_it_is() -> None:
    link = linking("/figures", ALL)({"path": ("n1", "ü &")})
    assert link == "/figures/cases?process=p&since=2026-03-01&until=2026-04-10&path=n1&path=%C3%BC%20%26"
