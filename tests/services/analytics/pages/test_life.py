"""The page of a case says what the tables say, shows text as text, and answers for a case that is not known."""

import re

import pytest

from libs.events.catalogue import intake, routing, sla, survey
from tests.services.analytics.pages.desk import desk
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
