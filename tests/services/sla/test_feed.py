"""The feed of breaches: each once, in the order in which it was recorded, and what was withdrawn as an entry of its own."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from libs.events.catalogue.routing import CaseAssigned
from libs.events.catalogue.standard import Label, Node
from libs.events.engine.work import Work
from libs.events.log.envelope import record_of
from libs.events.log.port import partition_for
from libs.events.store.postgres import PostgresStore, open_pool
from libs.events.testing.spec import knowing
from libs.events.testing.told import Teller
from libs.events.upkeep.bootstrap import bootstrap
from libs.web.paging import sealed
from services.sla.feed import PLACES
from services.sla.service import SERVICE
from tests.services.sla.pages.desk import app
from tests.services.sla.samples import REGISTERED, RESPONSE, START, at, standard, target

NODE = Node(id="n1", name=Label(en="Look", zh="查看"), role="handler", approver="")
REVIEW = target("2h", "resolved", clock="review", kind="node", node="n1")
KNOWN = knowing(replace(standard(target("60m"), REVIEW), nodes=(NODE,)))
ASSIGNED = CaseAssigned(team="north", agent="li")
ONE = "case-1"
TWO = next(f"case-{n}" for n in range(2, 99) if partition_for("cases", f"case-{n}") != partition_for("cases", ONE))
"""Two cases of different partitions."""


class Sla:
    """sla over a real PostgreSQL."""

    def __init__(self, http: httpx.AsyncClient, store: PostgresStore) -> None:
        self.http, self.store, self._told = http, store, 0

    async def tell(self, case: str, *events: tuple[Any, float], until: float, held: Any = None) -> None:
        """Let it hear these facts, and judge the case as it is at that minute; `held` is awaited before the commit."""
        self._told += 1
        facts = [Teller(case, START).fact(when, event, sequence=self._told) for event, when in events]

        async def hear(unit: Any) -> None:
            for fact in facts:
                unit.hear(fact, record_of(fact, at(0)).body)
            await unit.settle(("cases", case), until=at(until))

        async def conclude(unit: Any, appended: Any) -> None:
            if held is not None:
                await held()

        await Work(SERVICE, self.store, KNOWN, asyncio.Event()).do([("cases", case)], hear, conclude)

    async def page(self, **asked: Any) -> dict[str, Any]:
        response = await self.http.get("/breaches/feed", params=asked)
        assert response.status_code == 200, response.text
        page: dict[str, Any] = response.json()
        assert ("link" in response.headers) is (page["next"] is not None)
        assert page["next"] in (None, page["resume"])
        return page

    async def follow(self, cursor: str | None = None, **asked: Any) -> tuple[list[dict[str, Any]], str]:
        """Return all that follows, and where to go on later."""
        found: list[dict[str, Any]] = []
        while True:
            page = await self.page(**asked, **({"cursor": cursor} if cursor else {}))
            found, cursor = [*found, *page["items"]], page["next"]
            if cursor is None:
                return found, page["resume"]


@asynccontextmanager
async def opened(database_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Sla]:
    running, made = app()
    version = await bootstrap(database_url, SERVICE)
    async with open_pool(database_url) as pool:
        store = PostgresStore(pool, SERVICE.name, SERVICE.tables, version)
        instance = SimpleNamespace(known=KNOWN, clock=lambda: at(500), watermark=lambda: at(500), store=store)
        monkeypatch.setattr(running, "_opened", SimpleNamespace(pool=pool, instance=instance))
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=made), base_url="http://127.0.0.1") as http:
            yield Sla(http, store)


@pytest.fixture
async def sla(database_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Sla]:
    async with opened(database_url, monkeypatch) as found:
        yield found


def story(items: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    return [(one["what"], one["case_id"], one["clock"]) for one in items]


@pytest.mark.parametrize("limit", [1, 2, 50])
async def test_each_breach_is_there_once_in_the_order_of_recording(sla: Sla, limit: int) -> None:
    assert await sla.follow(limit=limit) == ([], (await sla.page())["resume"])
    await sla.tell(TWO, (REGISTERED, 0), until=70)
    await sla.tell(ONE, (REGISTERED, -500), until=70)
    await sla.tell(TWO, until=130)
    items, resume = await sla.follow(limit=limit)
    assert story(items[:1]) == [("breached", TWO, "response")]
    assert sorted(story(items[1:3])) == [("breached", ONE, "response"), ("breached", ONE, "review")]
    assert story(items[3:]) == [("breached", TWO, "review")]
    assert [one["recorded_at"] for one in items] == sorted(one["recorded_at"] for one in items)
    assert await sla.follow(resume, limit=limit) == ([], resume)


async def test_a_breach_that_comes_to_light_late_follows_though_it_happened_before(sla: Sla) -> None:
    await sla.tell(TWO, (REGISTERED, 0), until=70)
    _, resume = await sla.follow()
    await sla.tell(ONE, (REGISTERED, -200), until=-130)
    items, resume = await sla.follow(resume)
    assert story(items) == [("breached", ONE, "response")]
    assert items[0]["breached_at"] == at(-140).isoformat().replace("+00:00", "Z")
    assert await sla.follow(resume) == ([], resume)


async def test_what_was_withdrawn_is_an_entry_of_its_own_that_names_the_breach(sla: Sla) -> None:
    await sla.tell(ONE, (REGISTERED, 0), (ASSIGNED, 1), until=130)
    before, resume = await sla.follow()
    await sla.tell(ONE, (RESPONSE, 30), until=130)
    [gone], resume = await sla.follow(resume)
    [breach] = [one for one in before if one["clock"] == "response"]
    assert (gone["what"], gone["breach_id"], gone["clock"]) == ("withdrawn", breach["id"], "response")
    same = before[0].keys() - {"id", "what", "recorded_at"}
    assert {name: gone[name] for name in same} == {name: breach[name] for name in same}, "also whose it was"
    assert gone["id"] != breach["id"] == breach["breach_id"]
    assert (await sla.follow())[0] == [*before, gone]
    assert await sla.follow(resume) == ([], resume)


async def test_what_an_entry_says(sla: Sla) -> None:
    await sla.tell(ONE, (REGISTERED, 0), (ASSIGNED, 1), until=130)
    one = next(one for one in (await sla.follow())[0] if one["clock"] == "review")
    assert {name: one[name] for name in ("kind", "node", "role", "team", "agent", "process_id", "process_version", "grade")} == {
        "kind": "node",
        "node": "n1",
        "role": "handler",
        "team": "north",
        "agent": "li",
        "process_id": "p",
        "process_version": 1,
        "grade": "",
    }
    assert (one["occurrence"], one["imported"]) == (1, False)


@pytest.mark.parametrize(
    ("asked", "clocks"),
    [
        ({"process": "p"}, ["response", "review"]),
        ({"process": "q"}, []),
        ({"kind": "node"}, ["review"]),
        ({"role": "handler"}, ["review"]),
        ({"role": "nobody"}, []),
        ({"team": "north"}, ["response", "review"]),
        ({"team": "south"}, []),
        ({"team": "north", "kind": "response"}, ["response"]),
    ],
)
async def test_the_feed_can_be_narrowed_and_its_place_is_the_same(sla: Sla, asked: dict[str, str], clocks: list[str]) -> None:
    await sla.tell(ONE, (REGISTERED, 0), (ASSIGNED, 1), until=70)
    await sla.tell(ONE, until=130)
    items, resume = await sla.follow(limit=1, **asked)
    assert [one["clock"] for one in items] == clocks
    assert (await sla.follow())[1] == resume, "what a filter leaves out is passed, too"


async def test_of_two_writers_at_once_none_is_passed_over(sla: Sla) -> None:
    written, go = asyncio.Event(), asyncio.Event()

    async def held() -> None:
        written.set()
        await go.wait()

    slow = asyncio.create_task(sla.tell(ONE, (REGISTERED, 0), until=70, held=held))
    await written.wait()
    await sla.tell(TWO, (REGISTERED, 0), until=70)
    items, resume = await sla.follow()
    assert story(items) == [("breached", TWO, "response")]
    go.set()
    await slow
    assert story((await sla.follow(resume))[0]) == [("breached", ONE, "response")], "it was written before, and committed after"


async def test_many_writers_and_who_polls_meanwhile(sla: Sla) -> None:
    cases, over = [f"case-{n}" for n in range(30)], asyncio.Event()

    async def poll() -> list[dict[str, Any]]:
        found, resume = list[dict[str, Any]](), None
        while True:
            last = over.is_set()
            items, resume = await sla.follow(resume, limit=3)
            found += items
            if last:
                return found

    polling = asyncio.create_task(poll())
    for some in (cases[::2], cases[1::2]):
        await asyncio.gather(*(sla.tell(case, (REGISTERED, 0), until=70) for case in some))
    over.set()
    assert sorted(story(await polling)) == sorted(("breached", case, "response") for case in cases)


async def test_its_place_does_not_depend_on_the_tables_that_a_rebuild_replaces(sla: Sla) -> None:
    await sla.tell(ONE, (REGISTERED, 0), until=70)
    before, resume = await sla.follow()
    for table in ("clocks", "cases", "pauses", "checkpoint", "timer"):
        await sla.store.pool.execute(f"truncate {sla.store.data}.{table}")
    assert await sla.follow() == (before, resume) and await sla.follow(resume) == ([], resume)


def place(number: int) -> str:
    return sealed((1, number) * len(PLACES))


@pytest.mark.parametrize(
    ("why", "cursor", "says"),
    [
        ("no cursor",                     "!!", "not from this list"),
        ("of another list",               sealed((at(0), "c1", "response", 1)), "not from this list"),
        ("of too few partitions",         sealed((1, 0) * 3), "not from this list"),
        ("of a database with more in it", place(4), "a backup was restored"),
    ],
)  # fmt: skip
async def test_a_place_that_is_not_from_here_is_refused(sla: Sla, why: str, cursor: str, says: str) -> None:
    response = await sla.http.get("/breaches/feed", params={"cursor": cursor})
    told = response.json()
    assert (response.status_code, told["type"].rpartition("/")[2]) == (400, "cursor-invalid"), why
    assert says in told["detail"], why
