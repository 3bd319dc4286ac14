"""What a customer is answered who sends the form while something is in the way."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import httpx
import pytest

from libs.events.refusal import Refused
from libs.web.host import Host, StoreSettings, hosted
from libs.web.settings import WebSettings
from services.survey import queries
from services.survey.api import routes
from services.survey.domain.link import Link, token
from services.survey.domain.wording import WORDS
from services.survey.service import SERVICE

NOW = datetime(2026, 12, 1, tzinfo=UTC)
LINK = Link("0b0e7a3c-5a2f-4f4e-9b57-7d6f3c1d2e4f", "6f1d2c3b-4a59-4e68-8776-95a4b3c2d1e0")
SECRET = "secret"


async def send(monkeypatch, no, lang="en"):
    """Send the form of an open survey; the write ends with `no`."""

    async def survey(*arguments, **more):
        return SimpleNamespace(case_id=LINK.case_id, survey_id=LINK.survey_id, expires_at=NOW + timedelta(days=1))

    async def execute(command):
        if no is not None:
            raise no

    host = Host(SERVICE, StoreSettings(), lambda: NOW)
    host._pool, host.execute = SimpleNamespace(), execute
    monkeypatch.setattr(queries, "survey", survey)
    app = hosted(host, "survey", [routes(host, SECRET, "http://survey")], WebSettings())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://127.0.0.1") as http:
        return await http.post(f"/s/{token(LINK, secret=SECRET)}?lang={lang}", data={"overall": "4"})


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize(
    ("why", "no", "status", "word"),
    [
        ("nothing in the way", None, 200, "thanks"),
        ("the time is over", Refused("survey-expired", "over", 410), 410, "gone_expired"),
        ("nobody was asked", Refused("unknown-survey", "none", 404), 410, "gone_expired"),
    ],
)
async def test_a_customer_reads_a_page(monkeypatch, why, no, status, word, lang):
    answered = await send(monkeypatch, no, lang)
    assert (answered.status_code, answered.headers["Content-Type"]) == (status, "text/html; charset=utf-8"), why
    assert WORDS[lang][word] in answered.text


@pytest.mark.parametrize(
    "no",
    [
        Refused("conflict", "It keeps being changed by others; try again.", 409),
        Refused("unstorable", "The database cannot hold a value.", 422),
        Refused("busy", "Too many requests are waiting; try again in a second.", 503),
    ],
)
async def test_any_other_no_is_said_as_it_is_and_not_called_the_end_of_the_survey(monkeypatch, no):
    answered = await send(monkeypatch, no)
    told = answered.json()
    assert (answered.status_code, told["type"], told["detail"]) == (no.status, f"/problems/{no.code}", str(no))
