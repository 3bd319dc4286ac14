"""The links that customers get, asked for with every key there is, of a real PostgreSQL."""

from types import SimpleNamespace

import asyncpg
import httpx
import pytest
import yaml

from libs.events.catalogue.survey import SurveyAnswered, SurveyExpired, SurveySent
from libs.events.store.postgres import PostgresStore
from libs.events.store.values import Changes
from libs.events.upkeep.bootstrap import bootstrap
from libs.service.app import app_of
from libs.service.running import RunningService
from libs.service.settings import StoreSettings
from libs.web.keys import new_key
from libs.web.settings import WebSettings
from services.survey.api import routes
from services.survey.books import CASES
from services.survey.domain.comment import comment_row
from services.survey.domain.link import Link, token
from services.survey.service import SERVICE
from services.survey.tables import TABLES, VAULT
from tests.safety.scopes import SCOPES
from tests.services.survey.story import KEY, REGISTERED, day, fact

SECRET, URL = "secret", "https://survey.example"
OPEN, ANSWERED, ENDED, IMPORTED, OVER = (f"00000000-0000-4000-8000-00000000000{n}" for n in range(5))


def facts():
    yield fact(0, REGISTERED)
    for survey_id, expires, origin in (
        (OPEN, 17, "live"),
        (ANSWERED, 17, "live"),
        (ENDED, 17, "live"),
        (IMPORTED, 17, "import"),
        (OVER, 5, "live"),
    ):
        yield fact(3, SurveySent(survey_id=survey_id, channel="web", expires_at=day(expires)), origin=origin)
    yield fact(4, SurveyAnswered(survey_id=ANSWERED, overall=2, commented=True))
    yield fact(4, SurveyExpired(survey_id=ENDED, reason="reopened"))


@pytest.fixture
async def http(database_url, tmp_path):
    """Ask survey, at day 6, with the key of one scope."""
    version = await bootstrap(database_url, SERVICE)
    plain, entries = {}, []
    for scope in (*SCOPES, "*"):
        plain[scope], entry = new_key(scope, [scope])
        entries.append(entry)
    (tmp_path / "keys.yaml").write_text(yaml.safe_dump(entries))
    async with asyncpg.create_pool(database_url, min_size=1, max_size=2) as pool:
        store = PostgresStore(pool, "survey", TABLES, version, vault=VAULT)
        changes = Changes(private=[comment_row(KEY, ANSWERED, "too slow", at=day(4))])
        changes.upserts += CASES.rows(KEY, CASES.of(KEY, facts()))
        async with store.transaction() as transaction:
            await transaction.change(changes)
        running = RunningService(SERVICE, StoreSettings())
        running._opened = SimpleNamespace(pool=pool, instance=SimpleNamespace(clock=lambda: day(6), watermark=lambda: None))
        settings = WebSettings(keys_file=tmp_path / "keys.yaml")
        app = app_of(running, "survey", [routes(running, SECRET, URL)], settings)

        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://127.0.0.1") as client:

            async def ask(path, scope, method="GET"):
                return await client.request(method, path, headers={"Authorization": f"Bearer {plain[scope]}"})

            yield ask


async def test_the_sender_of_invitations_gets_the_links_of_the_open_ones(http):
    found = (await http("/invitations", "surveys:link")).json()["items"]
    assert found == [
        {
            "case_id": KEY,
            "survey_id": OPEN,
            "channel": "web",
            "sent_at": "2025-07-04T00:00:00Z",
            "expires_at": "2025-07-18T00:00:00Z",
            "link": f"{URL}/s/{token(Link(KEY, OPEN), secret=SECRET)}",
        }
    ]
    assert (await http("/invitations?case_id=none", "surveys:link")).json()["items"] == []


async def test_to_read_is_not_to_answer_for_the_customer(http):
    """No other scope gets a link, by any question and in any state of the survey."""
    tokens = [token(Link(KEY, one), secret=SECRET) for one in (OPEN, ANSWERED, ENDED, IMPORTED, OVER)]
    paths = ["/surveys", *(f"/surveys/{one}" for one in (OPEN, ANSWERED, ENDED, IMPORTED)), "/invitations", "/openapi.json"]
    told = 0
    for scope in SCOPES.keys() - {"surveys:link"}:
        for path in paths:
            answer = await http(path, scope)
            told += answer.status_code == 200
            assert not any(one in answer.text for one in tokens) and "/s/" not in answer.text.replace("/s/{signed}", "")
    assert told >= len(SCOPES) + 4


async def test_a_link_tells_neither_the_customer_nor_the_answer(http):
    given = (await http("/invitations", "surveys:link")).text
    assert "too slow" not in given and "overall" not in given and ANSWERED not in given


async def test_words_need_the_right_to_read_personal_data(http):
    assert (await http(f"/surveys/{ANSWERED}", "surveys:personal")).json()["comment"] == "too slow"
    assert (await http(f"/surveys/{ANSWERED}", "surveys:read")).status_code == 403
