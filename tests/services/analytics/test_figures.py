"""GET /figures/{name} on a real PostgreSQL: grouped as asked, exact, as of any day, and refused with the nearest word."""

import csv
import io
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from statistics import quantiles
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg
import httpx
import pytest

from libs.events.catalogue import intake, routing, survey
from libs.events.engine.known import Known
from libs.events.upkeep.bootstrap import bootstrap
from libs.service.app import app_of
from libs.service.running import RunningService
from libs.service.settings import StoreSettings
from libs.web.settings import WebSettings
from services.analytics import queries
from services.analytics.api import routes
from services.analytics.domain.figures import FIGURES
from services.analytics.queries import FigureFilter
from services.analytics.queries.lately import COUNTED_LATELY
from services.analytics.service import service_in
from tests.services.analytics.story import answer, assigned, at, facts, resolved
from tests.services.analytics.test_views import TOLD, write

HOUR, DAY = 60, 24 * 60
NOON = at(40 * DAY)
"""When these questions are asked; 2026-03-02, a Monday, at nine is minute 0."""

MINUTES = {"a": (10, 25, 70), "b": (5, 15, 300, 8)}
"""Team → after how many minutes its cases were answered, one case each day."""


def registered(**words: Any) -> intake.CaseRegistered:
    return intake.CaseRegistered(**({"channel": "web", "customer_ref": "c", "process_id": "p", "process_version": 1} | words))


def answered(team: str, day: int, after: int) -> list[tuple[float, Any]]:
    begin = day * DAY
    graded = (begin, routing.CaseGraded(grade="high" if after > HOUR else "low"))
    return [(begin, registered()), graded, (begin + 1, assigned(team)), (begin + after, answer(agent=f"{team}-1"))]


STORIES = {f"{team}{n}": answered(team, n, after) for team, all_ in MINUTES.items() for n, after in enumerate(all_)}
STORIES["a0"] += [(HOUR, resolved()), (HOUR, survey.SurveyAnswered(survey_id="s", overall=5))]
for n in range(10):
    STORIES[f"q{n}"] = [
        (0, registered(process_id="q")),
        (0, routing.CaseClassified(service_class="routine" if n < 8 else "urgent")),
    ]


@pytest.fixture
async def client(database_url: str) -> AsyncIterator[httpx.AsyncClient]:
    """HTTP of a desk that has these stories behind it."""
    service = service_in(ZoneInfo("UTC"))
    data = f"analytics_v{await bootstrap(database_url, service)}"
    TOLD.clear()
    async with asyncpg.create_pool(database_url, min_size=1, max_size=2) as pool:
        await write(pool, {key: facts(story, key) for key, story in STORIES.items()}, data)
        running = RunningService(service, StoreSettings())
        running._opened = SimpleNamespace(pool=pool, instance=SimpleNamespace(known=Known(), watermark=lambda: NOON))
        app = app_of(running, "analytics", [routes(running, ZoneInfo("UTC"))], WebSettings())
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://127.0.0.1") as asking:
            yield asking


async def ask(client: httpx.AsyncClient, name: str, **words: Any) -> dict[str, Any]:
    found: dict[str, Any] = (await client.get(f"/figures/{name}", params=words)).raise_for_status().json()
    return found


async def test_a_figure_by_week_and_team_says_mean_and_exact_quantiles(client: httpx.AsyncClient) -> None:
    found = await ask(client, "first_answer", by="week,team")
    assert [(row["week"], row["team"], row["n"], row["numerator"]) for row in found["rows"]] == [
        ("2026-W10", team, len(all_), sum(all_) * 60_000_000) for team, all_ in MINUTES.items()
    ]
    for row, all_ in zip([*found["rows"], found["total"]], [*MINUTES.values(), sum(MINUTES.values(), ())], strict=True):
        deciles = quantiles([minutes * 60_000_000 for minutes in all_], n=10, method="inclusive")
        assert (row["p50"], row["p90"]) == (round(deciles[4]), round(deciles[8]))
        assert row["value"] == round(row["numerator"] / row["n"], 6)
    assert (found["kpi"], found["unit"], found["direction"], found["zone"]) == ("K02", "microseconds", "down", "UTC")
    assert found["definition"]["zh"] and found["definition_version"] == 1


@pytest.mark.parametrize(
    ("why", "words", "shown"),
    [
        ("by day", {"by": "day", "team": "a"}, [("2026-03-02", 1), ("2026-03-03", 1), ("2026-03-04", 1)]),
        ("by month", {"by": "month"}, [("2026-03", 7)]),
        ("from a day to one that is left out", {"by": "day", "from": "2026-03-03", "to": "2026-03-04"}, [("2026-03-03", 2)]),
        ("by grade, as it was when it was answered", {"by": "grade"}, [("high", 2), ("low", 5)]),
        ("of one grade", {"by": "team", "grade": "high"}, [("a", 1), ("b", 1)]),
        ("of no class", {"by": "process", "class": ""}, [("p", 7)]),
        ("as of a past day", {"by": "month", "as_of": "2026-03-03"}, [("2026-03", 4)]),
        ("no words at all", {"by": ""}, [(None, 7)]),
    ],
)
async def test_a_figure_is_told_apart_and_narrowed_as_asked(
    client: httpx.AsyncClient, why: str, words: dict[str, str], shown: list[tuple[Any, int]]
) -> None:
    found = await ask(client, "first_answer", **words)
    rows = found["rows"] or [found["total"]]
    assert [(row[words["by"]] if words["by"] else None, row["n"]) for row in rows] == shown, why
    assert found["total"]["n"] == sum(row["n"] for row in rows), why


@pytest.mark.parametrize(
    ("why", "by", "to", "now", "final"),
    [
        ("a day that is over", "day", "2026-03-03", datetime(2026, 3, 3, tzinfo=UTC), True),
        ("not before it is over", "day", "2026-03-03", datetime(2026, 3, 2, 23, 59, 59, 999999, tzinfo=UTC), False),
        ("a week that goes on", "week", None, datetime(2026, 3, 8, 23, 59, 59, 999999, tzinfo=UTC), False),
        ("a week that is over", "week", None, datetime(2026, 3, 9, tzinfo=UTC), True),
        ("a month that goes on", "month", None, datetime(2026, 3, 31, tzinfo=UTC), False),
        ("a month that is over", "month", None, datetime(2026, 4, 1, tzinfo=UTC), True),
    ],
)
async def test_a_row_says_whether_it_is_final(
    client: httpx.AsyncClient, why: str, by: str, to: str | None, now: datetime, final: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"{__name__}.NOON", now)
    found = await ask(client, "first_answer", by=by, **({"to": to} if to else {}))
    assert [row["provisional"] for row in found["rows"][:1]] == [not final], why
    assert found["data_as_of"] == now.isoformat().replace("+00:00", "Z")


async def test_every_figure_that_is_counted_by_day_answers_and_its_total_is_its_rows(client: httpx.AsyncClient) -> None:
    for name, one in FIGURES.items():
        if one.is_askable:
            found = await ask(client, name, by=",".join(("day", *one.dimensions)))
            assert found["total"]["numerator"] == sum(row["numerator"] for row in found["rows"]), name
    [row] = (await ask(client, "satisfaction", by="month,grade"))["rows"]
    assert (row["value"], row["n"], row["grade"]) == (1.0, 1, "low")


async def test_a_share_says_what_is_expected_of_it_and_whether_it_drifts(client: httpx.AsyncClient) -> None:
    found = await ask(client, "class_mix", by="process")
    assert [
        tuple(row[name] for name in ("process", "class", "n", "denominator", "expected", "drifts")) for row in found["rows"]
    ] == [
        ("p", "", 7, 7, None, None),
        ("q", "routine", 8, 10, 0.7, True),
        ("q", "urgent", 2, 10, 0.2, False),
    ]
    assert "drifts" not in found["total"]
    other = (await ask(client, "first_answer", by="team"))["rows"]
    assert {(row["expected"], row["drifts"]) for row in other} == {(None, None)}


async def test_as_csv_and_nothing_else(client: httpx.AsyncClient) -> None:
    table = await client.get("/figures/first_answer", params={"by": "team"}, headers={"Accept": "text/csv"})
    rows = list(csv.DictReader(io.StringIO(table.text)))
    assert [(row["team"], row["n"], row["zone"], row["definition_version"]) for row in rows] == [
        ("a", "3", "UTC", "1"),
        ("b", "4", "UTC", "1"),
    ]
    no = await client.get("/figures/first_answer", headers={"Accept": "image/png"})
    assert (no.status_code, no.json()["type"]) == (406, "/problems/not-acceptable")
    assert (await client.get("/figures/first_answer", headers={"Accept": "image/png, */*;q=0.1"})).status_code == 200


@pytest.mark.parametrize(
    ("why", "name", "words", "status", "told"),
    [
        ("no figure", "first_anser", {}, 404, "There is no figure first_anser. Did you mean first_answer?"),
        ("a column of cases", "resolution_us", {}, 404, "resolution_us is no sum of days. It is a column of analytics.cases"),
        ("no dimension", "first_answer", {"by": "day,taem"}, 422, "Did you mean team?"),
        ("another figure's dimension", "first_answer", {"by": "node"}, 422, "There is no dimension node; use one of day"),
        ("two times", "first_answer", {"by": "day,week"}, 422, "Name one of day, week and month"),
        ("no part", "first_answer", {"part": "n1"}, 422, "has no dimension of its own"),
        ("no day", "first_answer", {"from": "2026-03-02", "to": "2026-03-02"}, 422, "No day lies from 2026-03-02 to 2026-03-02"),
        ("back in time", "first_answer", {"from": "2026-03-03", "to": "2026-03-02"}, 422, "Send a later `to`."),
        ("an unknown part", "timeliness", {"part": "n1"}, 422, "Nothing here has the clock n1."),
        ("an unknown grade", "first_answer", {"grade": "hihg"}, 422, "Nothing here has the grade hihg. Did you mean high?"),
        ("an unknown team", "first_answer", {"team": "zz"}, 422, "Nothing here has the team zz."),
    ],
)
async def test_a_question_that_cannot_be_answered_is_refused_with_the_nearest_word(
    client: httpx.AsyncClient, why: str, name: str, words: dict[str, str], status: int, told: str
) -> None:
    no = await client.get(f"/figures/{name}", params=words)
    assert (no.status_code, told in no.json()["detail"]) == (status, True), (why, no.text)


async def test_views_by_week_and_month_are_the_days_summed(client: httpx.AsyncClient, database_url: str) -> None:
    db = await asyncpg.connect(database_url)
    for by in ("week", "month"):
        days = f"select {by}, sum(num), sum(den) from analytics.figures where figure = 'first_answer' group by 1"
        whole = f"select {by}, sum(num), sum(den) from analytics.figures_by_{by} where figure = 'first_answer' group by 1"
        assert await db.fetch(days) == await db.fetch(whole) != []
    await db.close()


async def test_a_question_reads_only_what_its_figures_are_made_of(database_url: str) -> None:
    await bootstrap(database_url, service_in(ZoneInfo("UTC")))
    db = await asyncpg.connect(database_url)
    heard = _Planned(db)
    for one in FIGURES.values():
        if one.is_askable:
            await queries.figure(heard, queries.asked_of(one.name, "week,team", FigureFilter(), None), NOON, ZoneInfo("UTC"))  # type: ignore[arg-type]
            assert heard.scans() == [1] * (2 if one.quantiles else 1), one.name
    for lately in COUNTED_LATELY:
        await lately.count(heard, NOON.date())  # type: ignore[arg-type]
        assert heard.scans() == [len(lately.takes)], lately.name
    await db.close()


class _Planned:
    """Plans questions once for all values, as PostgreSQL does with those that it is asked often."""

    def __init__(self, db: "asyncpg.Connection[Any]") -> None:
        self._db, self._plans = db, list[str]()

    async def fetch(self, statement: str, *values: Any) -> list[asyncpg.Record]:
        self._plans.append(await self._db.fetchval(f"explain (generic_plan, format json) {statement}", *values))
        return await self._db.fetch(statement, *values)

    def scans(self) -> list[int]:
        """Return how many tables each question since the last time reads."""
        found = [plan.count('"Relation Name"') for plan in self._plans]
        self._plans.clear()
        return found
