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
    ("why", "no", "says"),
    [
        (
            "others were quicker",
            Refused("conflict", "It keeps being changed by others; try again.", 409),
            "Send it again",
        ),
        ("too many wait", Refused("busy", "Too many requests are waiting; try again in a second.", 503), "try again"),
    ],
)
async def test_what_passes_asks_to_send_it_again(monkeypatch, why, no, says):
    answered = await send(monkeypatch, no)
    assert (answered.status_code, answered.headers["Retry-After"], answered.json()["type"]) == (503, "5", "/problems/busy"), why
    assert says in answered.json()["detail"]
    assert WORDS["en"]["gone_expired"] not in answered.text


async def test_any_other_no_is_not_called_the_end_of_the_survey(monkeypatch):
    answered = await send(monkeypatch, Refused("unstorable", "The database cannot hold a value.", 422))
    assert (answered.status_code, answered.json()["type"]) == (422, "/problems/unstorable")
