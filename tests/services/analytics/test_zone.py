"""A day is a date in the desk's zone: for new facts, for old ones, and in every answer made of days."""

import asyncio
import csv
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg
import httpx
import pytest

from libs.events.catalogue.intake import CaseRegistered
from libs.events.catalogue.routing import CaseAssigned, CaseResolved, NodeCompleted
from libs.events.catalogue.sla import ClockMet
from libs.events.catalogue.survey import SurveyAnswered
from libs.events.engine.known import Known
from libs.events.log.envelope import draft
from libs.events.log.opening import open_log
from libs.events.testing.toy import TOY
from libs.events.upkeep.bootstrap import bootstrap
from libs.events.upkeep.rebuild import OtherRelease, rebuild
from libs.service.app import app_of
from libs.service.running import RunningService
from libs.service.settings import StoreSettings
from libs.web.environment import BadSetting, from_environment
from libs.web.settings import WebSettings
from libs.web.zone import ZoneSettings
from services.analytics import queries
from services.analytics.api import ROLLUPS, routes
from services.analytics.queries import Filter
from services.analytics.service import SERVICE, configured, service_in
from tests.services.analytics.test_views import TOLD, write

EVENING = datetime(2026, 7, 31, 17, tzinfo=UTC)
"""Saturday already in Shanghai, where it is one o'clock; a Friday in Greenwich."""

DAYS = [
    ("UTC", "2026-07-31", "2026-W31"),
    ("Asia/Shanghai", "2026-08-01", "2026-W31"),
    ("America/New_York", "2026-07-31", "2026-W31"),
]


async def come(intake: RunningService, key: str) -> None:
    """Register a case at that hour and send it to the log."""
    came = CaseRegistered(channel="phone", customer_ref="li", process_id="p", process_version=1)
    await intake.instance.work.say([draft(came, key, EVENING)])


@asynccontextmanager
async def desk(url: str, zone: str, cases: int) -> AsyncIterator[RunningService]:
    """Run analytics in that zone until it knows so many cases."""
    running = RunningService(service_in(ZoneInfo(zone)), StoreSettings(database_url=url, lease_seconds=1.0))
    async with running.open(), asyncio.timeout(60):
        await until(running, cases)
        yield running


async def until(running: RunningService, cases: int) -> None:
    while await running.pool.fetchval("select count(*) from analytics.cases") < cases:  # noqa: ASYNC110  a state, not a signal
        await asyncio.sleep(0.02)


async def shown(running: RunningService) -> list[tuple[str, str, str, int]]:
    """Return zone, day, ISO week and registrations."""
    rows = await running.pool.fetch("select zone, day::text, week, sum(registered)::int from analytics.workload group by 1, 2, 3")
    return [tuple(row) for row in rows]


@pytest.mark.slow
async def test_a_day_is_that_of_the_desk_live_and_rebuilt_in_another_zone(database_url: str) -> None:
    settings = StoreSettings(database_url=database_url, lease_seconds=1.0)
    async with (intake := RunningService(TOY, settings)).open():
        await come(intake, "case-0")
        for cases, (zone, day, week) in enumerate(DAYS, 1):
            async with desk(database_url, zone, cases) as running:
                assert await shown(running) == [(zone, day, week, cases)], "what was there before"
                await come(intake, f"case-{cases}")
                await until(running, cases + 1)
                assert await shown(running) == [(zone, day, week, cases + 1)], "what comes in"
                at = datetime.fromisoformat(day).date()
                of_that_day = await queries.figures(running.pool, Filter(since=at, until=at + timedelta(days=1)))
                assert of_that_day["cases"] == cases + 1
    log = open_log(settings.log_url)
    try:
        assert all(one.is_equal for one in await rebuild(database_url, service_in(ZoneInfo(DAYS[-1][0])), log))
        with pytest.raises(OtherRelease):
            await rebuild(database_url, service_in(ZoneInfo("UTC")), log)
    finally:
        await log.close()


@pytest.mark.parametrize(("zone", "day", "week"), [*DAYS, ("Pacific/Kiritimati", "2026-08-01", "2026-W31")])
async def test_every_view_of_days_says_its_zone_and_the_week(database_url: str, zone: str, day: str, week: str) -> None:
    await bootstrap(database_url, service_in(ZoneInfo(zone)))
    db = await asyncpg.connect(database_url)
    having = "select table_name from information_schema.columns where table_schema = 'analytics' and column_name = $1"
    views = {name: {row[0] for row in await db.fetch(having, name)} for name in ("day", "week", "zone")}
    assert views["day"] and views["week"] == views["day"] | {"figures_by_week"}
    assert views["zone"] == views["week"] | {"figures_by_month"}
    assert str(await db.fetchval("select analytics.day_of($1)", EVENING)) == day
    definitions = "select string_agg(pg_get_viewdef(oid), '') from pg_class where relnamespace = 'analytics'::regnamespace"
    assert zone == "UTC" or "'UTC'" not in await db.fetchval(definitions)
    await db.close()


SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture
async def client(database_url: str) -> AsyncIterator[httpx.AsyncClient]:
    """HTTP of a desk in Shanghai that took a call, answered and solved it on Saturday at one o'clock in the morning."""
    service = service_in(SHANGHAI)
    data = f"analytics_v{await bootstrap(database_url, service)}"
    solved = [CaseAssigned(team="a", agent="ann"), NodeCompleted(node="n1"), CaseResolved()]
    kept = ClockMet(clock="resolution", due_at=EVENING, used_us=1, paused_us=0)
    came = CaseRegistered(channel="phone", customer_ref="li", process_id="p", process_version=1)
    told = [came, *solved, kept, SurveyAnswered(survey_id="s", overall=5)]
    async with asyncpg.create_pool(database_url, min_size=1, max_size=2) as pool:
        facts = [draft(said, "c1", EVENING, sequence=n) for n, said in enumerate(told, 1)]
        TOLD.clear()
        await write(pool, {"c1": facts}, data, SHANGHAI)
        running = RunningService(service, StoreSettings())
        running._opened = SimpleNamespace(pool=pool, instance=SimpleNamespace(known=Known(), watermark=lambda: None))
        app = app_of(running, "analytics", [routes(running, SHANGHAI)], WebSettings())
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://127.0.0.1") as asking:
            yield asking


async def test_every_answer_made_of_days_says_the_desks_zone(client: httpx.AsyncClient) -> None:
    for path in ROLLUPS:
        on_saturday, on_friday = [
            (await client.get(path, params={"since": day, "until": after})).raise_for_status().json()
            for day, after in (("2026-08-01", "2026-08-02"), ("2026-07-31", "2026-08-01"))
        ]
        assert on_saturday["zone"] == on_friday["zone"] == SHANGHAI.key, path
        assert on_friday["rows"] == [], path
        assert {(row["day"], row["zone"]) for row in on_saturday["rows"]} == {("2026-08-01", SHANGHAI.key)}, path
        table = (await client.get(path, headers={"Accept": "text/csv"})).raise_for_status()
        assert table.headers["Content-Type"] == "text/csv; charset=utf-8"
        rows = list(csv.DictReader(io.StringIO(table.text)))
        assert {(row["day"], row["zone"]) for row in rows} == {("2026-08-01", SHANGHAI.key)}, path


async def test_figures_are_of_the_days_of_the_desks_zone(client: httpx.AsyncClient) -> None:
    for since, until, cases in (("2026-08-01", "2026-08-02", 1), ("2026-07-31", "2026-08-01", 0)):
        found = (await client.get("/figures", params={"since": since, "until": until})).json()
        assert (found["zone"], found["cases"]) == (SHANGHAI.key, cases)


def test_another_zone_is_another_code_and_none_is_that_of_before() -> None:
    codes = [service_in(ZoneInfo(zone)).code for zone, _, _ in DAYS]
    assert len(set(codes)) == len(codes) and codes[0] == SERVICE.version and max(codes) < 2**31


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("Asia/Shanghia", "Did you mean Asia/Shanghai?"),
        ("+08:00", "Such a name is Europe/Berlin or Asia/Shanghai."),
        ("../etc/passwd", "Such a name is Europe/Berlin or Asia/Shanghai."),
        ("asia/shanghai", "Did you mean Asia/Shanghai?"),
        ("localtime", "Such a name is Europe/Berlin or Asia/Shanghai."),
    ],
)
def test_what_is_no_zone_stops_the_start_and_says_what_to_give(given: str, told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOOPDESK_ZONE", given)
    with pytest.raises(BadSetting, match="LOOPDESK_ZONE must be a time zone of the IANA database") as no:
        configured()
    assert str(no.value).endswith(told)


def test_the_zone_may_be_that_of_analytics_alone() -> None:
    environment: dict[str, Any] = {"LOOPDESK_ANALYTICS_ZONE": "Asia/Shanghai", "LOOPDESK_ZONE": "Europe/Berlin"}
    assert from_environment(ZoneSettings, environment, service="analytics").zone == ZoneInfo("Asia/Shanghai")
    assert from_environment(ZoneSettings, {}, service="analytics").zone == ZoneInfo("UTC")
