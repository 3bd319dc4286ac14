"""The form answers once, to its customer, and never more than it must."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from types import SimpleNamespace

import asyncpg
import httpx
import pytest

from libs.events.catalogue.standard import SurveyPolicy
from libs.events.catalogue.survey import SurveyAnswered, SurveyExpired, SurveySent
from libs.events.log.envelope import draft
from libs.events.log.port import Partition
from libs.events.store.asked import read
from libs.events.store.port import StoreUnavailable
from libs.events.store.values import Position
from libs.events.testing.sample_standard import STANDARD
from libs.events.testing.spec import knowing
from libs.events.words.refusal import Refused
from libs.service.app import app_of
from libs.service.running import RunningService
from libs.service.settings import StoreSettings
from libs.web.settings import WebSettings
from services.survey import queries
from services.survey.api import routes
from services.survey.books import CASES
from services.survey.domain.link import Link, token
from services.survey.domain.wording import WORDS
from services.survey.form import LATE
from services.survey.service import SERVICE
from services.survey.tables import SurveyRow
from tests.services.survey.story import REGISTERED

NOW = datetime(2026, 12, 1, tzinfo=UTC)
LINK = Link("0b0e7a3c-5a2f-4f4e-9b57-7d6f3c1d2e4f", "6f1d2c3b-4a59-4e68-8776-95a4b3c2d1e0")
SECRET = "secret"
SIGNED = token(LINK, secret=SECRET)


POSITION = Position("survey", Partition("cases", 7), 1, 4711)


@cache
def served(seconds=60.0):
    """Return a running service and its app, the same for every desk: making an app takes longer than the requests do."""
    running = RunningService(SERVICE, StoreSettings())
    return running, app_of(
        running, "survey", [routes(running, SECRET, "http://survey")], WebSettings(answer_seconds=seconds), late=LATE
    )


class Desk:
    """survey's app over one case in memory. The next write fails with `no`."""

    def __init__(self, monkeypatch, *, changes=False, no=None, seconds=60.0):
        self.no, self.comment, self.now = no, "", NOW
        sent = SurveySent(survey_id=LINK.survey_id, channel="web", expires_at=NOW + timedelta(days=1))
        self.facts = [draft(REGISTERED, LINK.case_id, NOW), draft(sent, LINK.case_id, NOW)]
        policy = SurveyPolicy(changes=changes)
        running, self.app = served(seconds)
        shelf = knowing(replace(STANDARD, survey=policy))
        monkeypatch.setattr(running, "execute", self.execute, raising=False)
        instance = SimpleNamespace(known=shelf, clock=lambda: self.now, watermark=lambda: None)
        monkeypatch.setattr(running, "_opened", SimpleNamespace(pool=None, instance=instance))
        monkeypatch.setattr(queries, "survey", self.survey)

    @property
    def state(self):
        return CASES.of(LINK.case_id, self.facts)

    async def survey(self, *arguments, **more):
        (row,) = CASES.rows(LINK.case_id, self.state)
        record = dict(zip(SurveyRow.__struct_fields__, row.key + row.values, strict=True))
        return read(SurveyRow, record), queries.Written(comment=self.comment)

    async def execute(self, command):
        if self.no is not None:
            raise self.no
        self.facts += command.decide(self.state)
        for row in command.private(None):
            self.comment = row.values[0]
        return command.answer(SimpleNamespace(position=POSITION))

    async def ask(self, method, form=None, lang="en", signed=SIGNED):
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=self.app), base_url="http://127.0.0.1") as http:
            return await http.request(method, f"/s/{signed}?lang={lang}", data=form)


async def send(monkeypatch, no, lang="en"):
    """Send the form of an open survey; the write ends with `no`."""
    return await Desk(monkeypatch, no=no).ask("POST", {"overall": "4"}, lang)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize(
    ("why", "no", "status", "word"),
    [
        ("nothing in the way", None, 200, "thanks"),
        ("the time is over", Refused("survey-expired", "over", 410), 410, "gone_expired"),
        ("nobody was asked", Refused("unknown-survey", "none", 404), 410, "gone_expired"),
        ("others keep changing it", Refused("conflict", "It keeps being changed by others.", 409), 503, "gone_away"),
        ("too much to do", Refused("busy", "Too many requests are waiting.", 503), 503, "gone_away"),
        ("the database is away", StoreUnavailable("PostgreSQL cannot be reached: refused"), 503, "gone_away"),
        ("it went in the middle of an answer", asyncpg.InternalClientError("cannot switch to state 15"), 503, "gone_away"),
    ],
)
async def test_a_customer_reads_a_page(monkeypatch, why, no, status, word, lang):
    answered = await send(monkeypatch, no, lang)
    assert (answered.headers.get("Retry-After") is not None) is (status == 503), why
    assert (answered.status_code, answered.headers["Content-Type"]) == (status, "text/html; charset=utf-8"), why
    assert WORDS[lang][word] in answered.text


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("error", [ConnectionRefusedError(111, "refused"), asyncpg.InterfaceError("connection is closed")])
async def test_a_customer_reads_a_page_also_while_nothing_can_be_read(monkeypatch, error, method, lang):
    desk = Desk(monkeypatch)

    async def away(*arguments, **more):
        raise error

    monkeypatch.setattr(queries, "survey", away)
    answered = await desk.ask(method, {"overall": "4"} if method == "POST" else None, lang)
    assert (answered.status_code, answered.headers["Content-Type"]) == (503, "text/html; charset=utf-8")
    assert answered.headers["Retry-After"] and WORDS[lang]["gone_away_text"] in answered.text


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_customer_does_not_wait_for_a_database_that_never_answers(monkeypatch, method):
    asked, ended, desk = asyncio.Event(), asyncio.Event(), Desk(monkeypatch, seconds=0.01)

    async def silent(*arguments, **more):
        asked.set()
        await ended.wait()

    monkeypatch.setattr(queries, "survey", silent)
    answered = await desk.ask(method, {"overall": "4"} if method == "POST" else None)
    assert asked.is_set() and answered.status_code == 503 and WORDS["en"]["gone_away_text"] in answered.text
    ended.set()


@pytest.mark.parametrize(
    "no",
    [
        Refused("unstorable", "The database cannot hold a value.", 422),
        Refused("body-too-large", "Send less.", 413),
    ],
)
async def test_any_other_no_is_said_as_it_is_and_not_called_the_end_of_the_survey(monkeypatch, no):
    answered = await send(monkeypatch, no)
    told = answered.json()
    assert (answered.status_code, told["type"], told["detail"]) == (no.status, f"/problems/{no.code}", str(no))


@pytest.mark.parametrize("changes", [False, True])
async def test_words_once_sent_are_not_shown_to_a_reader_with_only_the_link(monkeypatch, changes):
    desk = Desk(monkeypatch, changes=changes)
    canary = "my neighbour's parrot"
    assert "<form" in (await desk.ask("GET")).text
    pages = [await desk.ask("POST", {"overall": "2", "comment": canary}), await desk.ask("GET")]
    pages.append(await desk.ask("POST", {"overall": "5"}))
    pages.append(await desk.ask("POST", {"content": "5"}))
    desk.now += timedelta(days=2)
    pages.append(await desk.ask("GET"))
    assert desk.comment == canary
    assert [page.status_code for page in pages if "parrot" in page.text] == []


@pytest.mark.parametrize(
    ("why", "changes", "again", "status", "overall", "comment"),
    [
        ("the same once more", False, {"overall": "2", "comment": "slow"}, 200, 2, "slow"),
        ("another mark", False, {"overall": "5", "comment": "slow"}, 409, 2, "slow"),
        ("other words", False, {"overall": "2", "comment": "quick"}, 409, 2, "slow"),
        ("another mark where it may be changed", True, {"overall": "5"}, 200, 5, "slow"),
        ("other words where they may be changed", True, {"overall": "2", "comment": "quick"}, 200, 2, "quick"),
    ],
)
async def test_the_link_does_not_let_overwrite_an_answer_unless_the_standard_does(
    monkeypatch, why, changes, again, status, overall, comment
):
    desk = Desk(monkeypatch, changes=changes)
    thanks = await desk.ask("POST", {"overall": "2", "comment": "slow"})
    assert (thanks.status_code, thanks.headers["Position"]) == (200, "survey:cases-7:1:4711")
    desk.now += timedelta(seconds=1)
    answered = await desk.ask("POST", again)
    assert (answered.status_code, answered.headers["Content-Type"]) == (status, "text/html; charset=utf-8"), why
    assert (desk.state.surveys[LINK.survey_id].overall, desk.comment) == (overall, comment), why
    assert {fact.actor for fact in desk.facts if isinstance(fact.data, SurveyAnswered)} == {"customer"}


async def test_a_form_that_is_sent_twice_at_once_is_thanked_for_twice_and_said_once(monkeypatch):
    desk, form = Desk(monkeypatch), {"overall": "2", "comment": "slow"}
    looks = [await desk.survey()]  # the second request saw this before the first was written

    async def survey(*arguments, **more):
        return looks.pop() if looks else await desk.survey()

    assert (await desk.ask("POST", form)).status_code == 200
    monkeypatch.setattr(queries, "survey", survey)
    assert (await desk.ask("POST", form)).status_code == 200
    assert sum(isinstance(fact.data, SurveyAnswered) for fact in desk.facts) == 1


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_the_form_of_a_reopened_case_is_gone(monkeypatch, method):
    desk = Desk(monkeypatch)
    desk.facts.append(draft(SurveyExpired(survey_id=LINK.survey_id, reason="reopened"), LINK.case_id, NOW))
    page = await desk.ask(method, {"overall": "4"} if method == "POST" else None)
    assert page.status_code == 410 and WORDS["en"]["gone_reopened"] in page.text


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    ("why", "signed"),
    [
        ("cut off", SIGNED[:-1]),
        ("its last sign", SIGNED[:-1] + "_"),
        ("padded", SIGNED + "="),
        ("the end of the sentence", SIGNED + "."),
        ("a message ran into it", SIGNED + "请点击此链接" * 100),
        ("another secret", token(LINK, secret="another")),
    ],
)
async def test_a_link_that_is_none_of_ours_leads_to_a_page(monkeypatch, why, signed, method):
    answered = await Desk(monkeypatch).ask(method, {"overall": "4"} if method == "POST" else None, signed=signed)
    assert (answered.status_code, answered.headers["Content-Type"]) == (404, "text/html; charset=utf-8"), why
    assert WORDS["en"]["gone_unknown_text"] in answered.text
