"""Corrections and risks over HTTP on a real PostgreSQL: questions about promises answer for them, and pages show them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from itertools import count
from types import SimpleNamespace
from typing import Any

import httpx
import msgspec
import pytest

from libs.events.catalogue.promise import Policy
from libs.events.catalogue.references import POLICY
from libs.events.engine.known import Known
from libs.events.engine.work import Work
from libs.events.engine.writer import Writer
from libs.events.log.envelope import record_of
from libs.events.store.postgres import PostgresStore, open_pool
from libs.events.testing.spec import knowing
from libs.events.testing.told import Teller
from libs.events.upkeep.bootstrap import bootstrap
from libs.events.words.now import SharedClock, real_now
from services.sla import queries
from services.sla.domain.terms_apart import OF_CORRECTIONS, OF_RISKS
from services.sla.reckonings.work import Job
from services.sla.service import SERVICE
from tests.services.sla.pages.desk import BROWSER, app
from tests.services.sla.samples import REGISTERED, START, standard, target
from tests.services.sla.watched import CHECKED, OPENED, STARTED, assessed, registered

CORRECTION, RISK, CASE = (f"9c1d2e3f-0000-7000-8000-00000000000{n}" for n in (1, 2, 3))
NOW = 30.0
STORIES: Any = {
    CORRECTION: [(OPENED, 0)],
    RISK: [(registered("high"), 20), (CHECKED, 20.5), (assessed("medium"), 21)],
    CASE: [(REGISTERED, 0)],
}


def at(hour: float) -> Any:
    return START + timedelta(hours=hour)


class Desk:
    """sla over a real PostgreSQL, at one hour."""

    def __init__(self, http: httpx.AsyncClient, running: Any, store: PostgresStore, known: Known) -> None:
        self.http, self.running, self.store, self.known, self._keys = http, running, store, known, count(1)

    async def tell(self, key: str, *events: Any) -> None:
        """Let it hear these facts, and judge what follows now."""
        subject = ("cases" if key == CASE else "quality", key)
        facts = Teller(key, START, timedelta(hours=1)).facts((hour, event) for event, hour in events)

        async def hear(unit: Any) -> None:
            for fact in facts:
                unit.hear(fact, record_of(fact, fact.time).body)
            await unit.settle(subject, until=at(NOW))

        await Work(SERVICE, self.store, self.known, asyncio.Event()).do([subject], hear)

    async def get(self, path: str, lang: str = "en", **asked: Any) -> Any:
        answer = await self.http.get(path, params=asked, headers={"Accept-Language": lang})
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def items(self, path: str, **asked: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self.get(path, **asked))["items"]
        return found

    async def page(self, path: str, lang: str) -> str:
        answer = await self.http.get(path, headers=BROWSER | {"Accept-Language": lang})
        assert answer.status_code == 200, answer.text
        return answer.text

    async def post(self, path: str, status: int, **body: Any) -> Any:
        answer = await self.http.post(path, json=body, headers={"Idempotency-Key": f"key {next(self._keys)}"})
        assert answer.status_code == status, answer.text
        return answer.json()

    async def reckon(self, **asked: Any) -> list[dict[str, Any]]:
        """Ask for a reckoning, work until it is over, and return its rows."""
        id = (await self.post("/reckonings", 202, **asked))["reckoning_id"]
        job = Job(self.running, 90)
        while await job.step():
            pass
        return await self.items(f"/reckonings/{id}/rows")

    async def topics(self) -> set[tuple[str, str]]:
        rows = await self.store.pool.fetch("select distinct topic, key from sla_core.outbox")
        return {(row["topic"], row["key"]) for row in rows}


@asynccontextmanager
async def opened(database_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    running, made = app()
    known = knowing(OF_CORRECTIONS, OF_RISKS, standard(target("60m")))
    version = await bootstrap(database_url, SERVICE)
    async with open_pool(database_url) as pool:
        store = PostgresStore(pool, SERVICE.name, SERVICE.tables, version, vault=SERVICE.vault)
        writer = Writer(Work(SERVICE, store, known, asyncio.Event()), SharedClock(real_now))
        parts = {"known": known, "store": store, "writer": writer, "relay": SimpleNamespace(unsent=0)}
        instance = SimpleNamespace(clock=lambda: at(NOW), watermark=lambda: at(NOW), **parts)
        monkeypatch.setattr(running, "_opened", SimpleNamespace(pool=pool, instance=instance))
        writing = asyncio.create_task(writer.run())
        try:
            async with httpx.AsyncClient(transport=httpx.ASGITransport(app=made), base_url="http://127.0.0.1") as http:
                desk = Desk(http, running, store, known)
                for key, story in STORIES.items():
                    await desk.tell(key, *story)
                yield desk
        finally:
            writing.cancel()


@pytest.fixture
async def desk(database_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    async with opened(database_url, monkeypatch) as found:
        yield found


async def test_the_clocks_of_one_and_of_all(desk: Desk) -> None:
    [start] = await desk.items(f"/clocks/{CORRECTION}")
    told = {name: start[name] for name in ("case_id", "clock", "kind", "status", "process_id", "warns", "used_hours")}
    assert told == {
        "case_id": CORRECTION, "clock": "start", "kind": "correction", "status": "breached", "process_id": "correction",
        "warns": ["owner"], "used_hours": 30.0,
    }  # fmt: skip
    checks = [(one["clock"], one["status"]) for one in await desk.items(f"/clocks/{RISK}")]
    assert checks == [("check_high", "met"), ("check_high", "cancelled"), ("check_medium", "running")]
    assert [one["case_id"] for one in await desk.items("/clocks", process="risk", status="running")] == [RISK]
    assert {one["process_id"] for one in await desk.items("/clocks")} == {"correction", "risk", "p"}
    assert ("risk", "check", "running", "", 1) in await queries.open_clocks(desk.store.pool, at(NOW))


async def test_a_breach_is_told_with_whose_it_is(desk: Desk) -> None:
    """S-08: in the list, in the feed, as one of a case is."""
    [breach] = await desk.items("/breaches", process="correction")
    assert (breach["case_id"], breach["agent"], breach["breached_at"], breach["overrun_hours"]) == (
        CORRECTION, "li", "2025-06-03T01:00:00Z", 6.0,
    )  # fmt: skip
    fed = [(one["what"], one["case_id"], one["process_id"], one["agent"]) for one in await desk.items("/breaches/feed")]
    assert sorted(fed) == sorted([("breached", CASE, "p", ""), ("breached", CORRECTION, "correction", "li")])
    cursor = (await desk.get("/breaches/feed"))["resume"]
    await desk.tell(CORRECTION, (STARTED, 23))
    [gone] = await desk.items("/breaches/feed", cursor=cursor)
    assert (gone["what"], gone["case_id"]) == ("withdrawn", CORRECTION)


async def test_it_stood_otherwise_before(desk: Desk) -> None:
    [start] = await desk.items(f"/clocks/{CORRECTION}", as_of=at(20).isoformat())
    assert (start["status"], start["used_hours"], start["warns"]) == ("running", 20.0, ["owner"])
    [check] = await desk.items(f"/clocks/{RISK}", as_of=at(20.2).isoformat())
    assert (check["clock"], check["status"]) == ("check_high", "running")


@pytest.mark.parametrize(
    ("lang", "begun", "broken", "lapsed"),
    [
        ("en", "Version 1 of the standard “Corrections” allows 24 hours.", "It is broken", "assessed at another level."),
        ("zh", "流程标准《整改》第 1 版规定的时限为 24 小时。", "已超时", "调整等级，承诺失效。"),
    ],
)
async def test_why_it_stands_so(desk: Desk, lang: str, begun: str, broken: str, lapsed: str) -> None:
    told = await desk.get(f"/clocks/{CORRECTION}/start/explain", lang)
    assert begun in told["sentences"][0] and any(broken in one for one in told["sentences"])
    assert sum(one["length_us"] for one in told["intervals"]) == told["used_us"] == 30 * 3_600_000_000
    assert any(lapsed in one for one in (await desk.get(f"/clocks/{RISK}/check_high/2/explain", lang))["sentences"])
    history = await desk.items(f"/clocks/{CORRECTION}/start/history")
    assert [one["what"] for one in history] == ["started", "warned", "breached"]


@pytest.mark.parametrize(("lang", "words"), [("en", ("Correction", "Start of a correction", "Risk", "Check of a risk")),
                                             ("zh", ("整改", "启动整改", "风险", "风险检查"))])  # fmt: skip
async def test_pages_show_them_and_no_link_is_dead(desk: Desk, lang: str, words: tuple[str, ...]) -> None:
    pages = [await desk.page(path, lang) for path in ("/board", "/clocks", "/breaches", "/clocks?by=node")]
    pages += [await desk.page(f"/clocks/{CORRECTION}", lang), await desk.page(f"/clocks/{CORRECTION}/start/explain", lang)]
    pages += [await desk.page(f"/clocks/{RISK}", lang), await desk.page(f"/clocks/{RISK}/check_medium/explain", lang)]
    for page in pages:
        assert f"/cases/{CORRECTION}" not in page and f"/cases/{RISK}" not in page
        assert "/processes/correction" not in page and "/processes/risk" not in page
    assert f"/cases/{CASE}" in pages[1], "that of a case leads to its life"
    for word in words:
        assert any(word in page for page in pages[:2])
    assert ("Promises of correction" if lang == "en" else "整改的时效承诺") in pages[4]


async def test_a_reckoning_counts_them_too(desk: Desk) -> None:
    rows = await desk.reckon(name="half a day", limits={"start": "48h", "check_medium": "5h"})
    found = {(row["case_id"], row["clock"], row["occurrence"]): (row["asked_status"], row["flips"]) for row in rows}
    assert found == {
        (CASE, "response", 1): ("breached", False),
        (CORRECTION, "start", 1): ("running", True),
        (RISK, "check_high", 1): ("met", False),
        (RISK, "check_high", 2): ("cancelled", False),
        (RISK, "check_medium", 1): ("breached", True),
    }
    [then] = await desk.reckon(name="then", as_of=at(20).isoformat(), scope={"process": "correction"})
    assert (then["case_id"], then["asked_status"], then["contracted_status"]) == (CORRECTION, "running", "breached")
    assert {row["case_id"] for row in await desk.reckon(name="one", scope={"case_ids": [RISK]})} == {RISK}


async def test_a_policy_is_published_and_restated_for_what_is_open(desk: Desk) -> None:
    rule = {"id": "two-days", "then": {"clock": "start", "limit": "48h"}}
    published = await desk.post("/policies", 201, policy={"process": "correction", "version": 1, "rules": [rule]})
    assert published["process_id"] == "correction"
    desk.known.put(POLICY, msgspec.convert(published, Policy))
    [shown] = await desk.items("/policies/correction/versions/1/restating")
    assert [(one["clock"], one["status"], one["new_status"]) for one in shown["changes"]] == [("start", "breached", "running")]
    await desk.post("/policies/correction/versions/1/restate", 200, case_ids=[CORRECTION])
    [start] = await desk.items(f"/clocks/{CORRECTION}")
    assert (start["status"], start["rule"], start["due_at"]) == ("running", "two-days", "2025-06-04T01:00:00Z")
    assert await desk.topics() == {("quality", CORRECTION), ("quality", RISK), ("cases", CASE), ("standards", "correction")}
