"""survey's questions, put to a real PostgreSQL."""

import asyncpg
import pytest

from libs.events.catalogue.survey import SurveyAnswered, SurveySent
from libs.events.engine.service import Service
from libs.events.store.postgres import PostgresStore
from libs.events.store.values import Changes
from libs.events.upkeep.bootstrap import bootstrap
from services.survey import queries
from services.survey.books import CASES
from services.survey.domain.comment import comment_row
from services.survey.tables import TABLES, VAULT
from tests.services.survey.story import REGISTERED, day, fact

SERVICE = Service(name="survey", books=(CASES,), tables=TABLES, version=1, vault=VAULT)


def rows_of(case, survey_id, number, *, overall=None):
    facts = [fact(0, REGISTERED), fact(number, SurveySent(survey_id=survey_id, channel="web", expires_at=day(30)))]
    if overall:
        facts.append(fact(9, SurveyAnswered(survey_id=survey_id, overall=overall, scores={"content": 5}, commented=True)))
    return list(CASES.rows(case, CASES.of(case, facts)))


@pytest.fixture
async def pool(database_url):
    version = await bootstrap(database_url, SERVICE)
    changes = Changes()
    changes.upserts += rows_of("c1", "s1", 3, overall=2) + rows_of("c2", "s2", 3) + rows_of("c3", "s1", 2)
    changes.private.append(comment_row("c1", "s1", "太慢", at=day(9)))
    async with asyncpg.create_pool(database_url, min_size=1, max_size=2) as pool:
        async with PostgresStore(pool, "survey", TABLES, version, vault=VAULT).transaction() as transaction:
            await transaction.change(changes)
        yield pool


async def test_one_survey_with_its_comment(pool):
    survey, written = await queries.survey(pool, "s1", case_id="c1")
    assert (survey.case_id, survey.status, survey.overall, survey.scores) == ("c1", "answered", 2, {"content": 5})
    assert (survey.sent_at, written.comment) == (day(3), "太慢")


async def test_one_id_in_two_cases(pool):
    assert (await queries.survey(pool, "s1", case_id="c3"))[1].comment == ""
    assert (await queries.survey(pool, "s1"))[0].case_id == "c1"


@pytest.mark.parametrize(("survey_id", "case_id"), [("s9", ""), ("s1", "c2")])
async def test_no_survey(pool, survey_id, case_id):
    assert await queries.survey(pool, survey_id, case_id=case_id) is None


async def test_pages_meet_without_gap_or_repetition(pool):
    first = await queries.surveys(pool, fetch=2)
    last = first[-1]
    rest = await queries.surveys(pool, after=(last.sent_at, last.case_id, last.survey_id))
    assert [one.case_id for one in first + rest] == ["c3", "c1", "c2"]


@pytest.mark.parametrize(
    ("why", "asked", "cases"),
    [
        ("by status", {"status": "answered"}, ["c1"]),
        ("by case", {"case_id": "c2"}, ["c2"]),
        ("neither", {"status": "expired"}, []),
    ],
)  # fmt: skip
async def test_a_list_can_be_narrowed(pool, why, asked, cases):
    assert [one.case_id for one in await queries.surveys(pool, chosen=queries.Filter(**asked))] == cases, why


async def test_erasing_what_was_written_leaves_every_figure(pool):
    before = await queries.surveys(pool)
    assert await queries.comment(pool, "c1", "s1") == "太慢"
    assert await queries.erase(pool, "c1") == 1
    assert await queries.comment(pool, "c1", "s1") == ""
    assert await queries.surveys(pool) == before
