"""The page of a case says what the tables say, shows text as text, and answers for a case that is not known."""

import re
from typing import Any

import asyncpg
import pytest

from libs.events.catalogue import intake, routing, sla, survey
from libs.events.catalogue.references import PROCESS
from libs.events.engine.known import Known
from libs.events.testing.sample_standard import STANDARD
from libs.web.pages.naming import named
from libs.web.problems import Language
from tests.services.analytics.pages import recount
from tests.services.analytics.pages.desk import desk
from tests.services.analytics.pages.month import NOW, month
from tests.services.analytics.story import answer, assigned, at, resolved

HOSTILE = '"><script>alert(1)</script>\u202e😀' + "x" * 200
STORY = [
    (0, intake.CaseRegistered(channel="web", customer_ref="c", process_id="p", process_version=1, external_ref=HOSTILE)),
    (0, sla.ClockStarted(clock="cycle", kind="cycle", limit="4h", due_at=at(240), process_version=1)),
    (1, assigned(HOSTILE[:60], "ann")),
    (30, answer()),
    (40, routing.NodeEntered(node="n1")),
    (50, routing.NodeStarted(node="n1", agent="ann")),
    (60, routing.NodeCompleted(node="n1", agent="ann")),
    (60, resolved()),
    (60, sla.ClockMet(clock="cycle", due_at=at(240), used_us=60 * 60_000_000, paused_us=0)),
    (70, survey.SurveySent(survey_id="s1", channel="email", agent="ann", team="a", expires_at=at(9000))),
    (80, survey.SurveyAnswered(survey_id="s1", overall=5)),
    (90, routing.CaseClosed()),
]


@pytest.mark.parametrize("lang", ["en", "zh"])
async def test_the_page_of_a_case_says_what_is_known_of_it(database_url: str, lang: str) -> None:
    async with desk(database_url, {"c1": STORY}, at(100)) as client:
        page = await client.get("/cases/c1", params={"lang": lang})
        facts = (await client.get("/cases/c1/timeline", headers={"Accept": "application/json"})).json()["items"]
    assert page.status_code == 200 and len(page.content) < 100_000
    assert "<script>alert" not in page.text and "\u202e" not in page.text.split("</figure>")[0].split("<figure")[-1]
    assert re.findall(r'id="fact-([0-9a-f-]+)"', page.text) == [one["id"] for one in facts]
    assert ("kept" if lang == "en" else "已达成") in page.text and "5/5" in page.text
    assert len(re.findall(r'<svg[^>]* role="group"', page.text)) == 4, "two pictures, each wide and narrow"


@pytest.mark.parametrize(("facts", "is_counted"), [(1, False), (len(STORY), True)])
async def test_a_case_that_no_figure_counts_yet_has_no_empty_table(database_url: str, facts: int, is_counted: bool) -> None:
    async with desk(database_url, {"c1": STORY[:facts]}, at(100)) as client:
        page = await client.get("/cases/c1", params={"lang": "en"})
    assert ("No figure counts it yet." not in page.text) == ('<table class="why">' in page.text) == is_counted


async def test_a_case_that_is_not_known_is_said_on_a_page(database_url: str) -> None:
    async with desk(database_url, {}, at(0)) as client:
        page = await client.get("/cases/none")
    assert page.status_code == 404 and page.headers["content-type"].startswith("text/html") and "none" in page.text


@pytest.mark.parametrize("lang", ["en", "zh"])
async def test_what_a_case_waits_for_is_called_as_its_standard_calls_it(database_url: str, lang: Language) -> None:
    (rule, *_), known, of = STANDARD.exceptions, Known(), {"process_id": STANDARD.process_id, "process_version": STANDARD.version}
    known.put(PROCESS, STANDARD)
    story: list[tuple[float, Any]] = [
        (0, intake.CaseRegistered(channel="web", customer_ref="c", **of)),
        (0, sla.ClockStarted(clock="cycle", kind="cycle", limit="4h", due_at=at(240), process_version=STANDARD.version)),
        (5, routing.ExceptionRaised(code=rule.code)),
        (5, sla.ClockPaused(clock="cycle", reason=rule.code)),
    ]
    async with desk(database_url, {"c1": story}, at(100), known=known) as client:
        board, life = [(await client.get(path, params={"lang": lang})).text for path in ("/", "/cases/c1")]
    name, words = named(rule.name, lang), life.partition('<h2 id="people">')[0]
    assert name != rule.code and name in board and words.count(name) >= 2, "on the card, beside the case, in its bar"
    assert rule.code not in board and rule.code not in words


async def test_every_page_of_a_case_says_what_the_views_and_its_timeline_say(database_url: str) -> None:
    async with desk(database_url, month(), NOW) as client, asyncpg.create_pool(database_url, min_size=1, max_size=1) as pool:
        for case_id in month():
            await recount.life(client, pool, case_id)
