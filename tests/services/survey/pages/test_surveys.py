"""survey's page says what its JSON says, and the customers' words only to who may read them."""

import re
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import asyncpg
import httpx
import pytest
import yaml

import services.survey.pages
from libs.events.catalogue.standard import Label
from libs.events.catalogue.survey import SurveyAnswered, SurveyExpired, SurveyScheduled, SurveySent
from libs.events.store.postgres import PostgresStore
from libs.events.store.values import Changes
from libs.events.testing.sample_standard import STANDARD
from libs.events.testing.spec import knowing
from libs.events.upkeep.bootstrap import bootstrap
from libs.events.words.now import derived_id
from libs.service.app import app_of
from libs.service.running import RunningService
from libs.service.settings import StoreSettings
from libs.web.keys import new_key
from libs.web.settings import WebSettings
from services.survey.api import routes
from services.survey.books import CASES
from services.survey.domain.comment import comment_row
from services.survey.pages import page_routes
from services.survey.pages.figures import Sums, grouped, summed
from services.survey.queries import Tally
from services.survey.service import SERVICE
from tests.services.survey.story import REGISTERED, RESOLVED, day, fact

NOBODY = replace(REGISTERED, customer_ref="anonymous")
HOSTILE = "<script>alert(1)</script>\"'& \u202e مرحبا 🎉"
CANARY = "the parrot of the neighbour"
BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
FOLDER = Path(services.survey.pages.__file__).parent


def rows_of(case, sent_on, *, overall=None, ends="", team="quality", agent=HOSTILE):
    sent = SurveySent(survey_id=f"s-{case}", channel="web", agent=agent, team=team, expires_at=day(30))
    facts = [fact(0, REGISTERED), fact(sent_on, sent)]
    if overall:
        facts.append(
            fact(9, SurveyAnswered(survey_id=sent.survey_id, overall=overall, scores={}, commented=case in ("c1", "c2")))
        )
    if ends:
        facts.append(fact(20, SurveyExpired(survey_id=sent.survey_id, reason="" if ends == "time" else ends)))
    return list(CASES.rows(case, CASES.of(case, facts)))


ROWS = [
    *rows_of("c1", 1, overall=5), *rows_of("c2", 2, overall=2), *rows_of("c3", 3, overall=4, team=HOSTILE),
    *rows_of("c4", 4), *rows_of("c5", 5, ends="time"), *rows_of("c6", 6, ends="reopened"),
]  # fmt: skip
ENDED = {"c7": (7, NOBODY, None), "c8": (7, REGISTERED, None), "c9": (7, REGISTERED, 30), "c10": (7, REGISTERED, 8)}
"""Cases whose customers were not asked: when they ended, how they began, and on which day an invitation was to be sent."""


def ended_of(case, ended_on, began, send_on):
    resolved = fact(ended_on, RESOLVED)
    scheduled = SurveyScheduled(survey_id=str(derived_id("survey", resolved.id)), send_at=day(send_on or 0))
    facts = [fact(0, began), resolved, *([fact(ended_on, scheduled, sequence=2)] if send_on else [])]
    return list(CASES.rows(case, CASES.of(case, facts)))


UNASKED = [row for case, told in ENDED.items() for row in ended_of(case, *told)]
TOLD = {
    "rows": ROWS + UNASKED,
    "comments": [comment_row("c1", "s-c1", HOSTILE, at=day(9)), comment_row("c2", "s-c2", f"{CANARY} " * 60, at=day(9))],
    "known": knowing(replace(STANDARD, name=Label(en=HOSTILE, zh=f"流程{HOSTILE}"))),
}
"""What most pages are tried with."""


@cache
def app(keys_file):
    running = RunningService(SERVICE, StoreSettings())
    routers = [routes(running, "secret", "http://survey"), *page_routes(running)]
    return running, app_of(running, "survey", routers, WebSettings(keys_file=keys_file), pages=FOLDER)


@asynccontextmanager
async def desk(database_url, monkeypatch, keys_file=None, told=TOLD, **headers):
    running, made = app(keys_file)
    version = await bootstrap(database_url, SERVICE)
    changes = Changes()
    changes.upserts += told["rows"]
    changes.private += told["comments"]
    async with asyncpg.create_pool(database_url, min_size=1, max_size=2) as pool:
        store = PostgresStore(pool, "survey", SERVICE.tables, version, vault=SERVICE.vault)
        async with store.transaction() as transaction:
            await transaction.change(changes)
        instance = SimpleNamespace(known=told["known"], clock=lambda: day(21), watermark=lambda: day(21))
        monkeypatch.setattr(running, "_opened", SimpleNamespace(pool=pool, instance=instance))
        transport = httpx.ASGITransport(app=made)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", headers=headers) as http:
            yield http


def tiles(page):
    return [re.sub(r"<[^>]+>", "", one).strip() for one in re.findall(r"<dd>(.*?)</dd>", page.partition("<h2>")[0])]


def listed(page):
    return re.findall(r"/cases/(c\d)\"", page)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize(
    "asked", ["", "?by=team", "?by=agent", "?status=answered&limit=1", "?since=2025-07-03&until=2025-07-05T00:00:00Z"]
)
async def test_the_page_answers_in_both_languages_and_what_is_written_stays_text(database_url, monkeypatch, lang, asked):
    async with desk(database_url, monkeypatch) as http:
        page = await http.get(f"/surveys{asked}", headers=BROWSER | {"Accept-Language": lang})
    assert (page.status_code, page.headers["content-language"]) == (200, lang), page.text
    assert "<script>alert" not in page.text and " style=" not in page.text and "<style" not in page.text
    assert "&lt;script&gt;" in page.text


async def test_the_page_adds_up_what_the_list_has(database_url, monkeypatch):
    async with desk(database_url, monkeypatch) as http:
        page = (await http.get("/surveys", headers=BROWSER)).text
        items = (await http.get("/surveys")).json()["items"]
    scores = [one["overall"] for one in items if one["overall"]]
    assert tiles(page) == [str(len(items)), f"{len(scores)} 50.0%", "66.7%", f"{sum(scores) / len(scores):.2f}"]
    for score in range(1, 6):
        row = re.search(rf'<th scope="row">{score} <span.*?</td><td class="number">', page, re.DOTALL)[0]
        assert f'<td class="number">{scores.count(score)}</td>' in row
    assert listed(page) == [one["case_id"] for one in reversed(items)]


@pytest.mark.parametrize(
    ("why", "asked", "stages"),
    [
        ("all",                              "",                 ["10", "7", "6", "3", "2"]),
        ("a team of which some were asked",  "team=quality",     ["5", "5", "5", "2", "2"]),
        ("from a day on",                    "since=2025-07-09", ["2", "1", "0", "0", "0"]),
        ("the list's status is not meant",   "status=expired",   ["10", "7", "6", "3", "2"]),
        ("another process",                  "process=none",     ["0", "0", "0", "0", "0"]),
    ],
)  # fmt: skip
async def test_the_funnel_begins_where_the_case_ends(database_url, monkeypatch, why, asked, stages):
    async with desk(database_url, monkeypatch) as http:
        page = (await http.get(f"/surveys?{asked}", headers=BROWSER)).text
    table = re.search(r"<details>.*?</details>", page, re.DOTALL)[0]
    rows = re.findall(r'<th scope="row">([^<]*)</th><td>(\d+)</td>', table)
    names = ("Case ended", "To be asked", "Asked", "Answered", "With words")
    assert [dict(rows)[name] for name in names] == stages, why
    if not asked:
        losses = {name.rpartition(": ")[2]: number for name, number in rows if ": " in name}
        assert losses.items() >= {"No customer known": "1", "The standard does not ask": "2", "Not sent yet": "1"}.items()


async def test_pages_of_the_list_meet_without_gap_or_repetition(database_url, monkeypatch):
    async with desk(database_url, monkeypatch) as http:
        seen, path = [], "/surveys?limit=2"
        while path:
            page = (await http.get(path, headers=BROWSER)).text
            seen += listed(page)
            following = re.search(r'rel="next" href="([^"]+)"', page)
            path = "/surveys" + following[1].replace("&amp;", "&") if following else ""
    assert seen == ["c6", "c5", "c4", "c3", "c2", "c1"]


@pytest.mark.parametrize(
    ("why", "asked", "shown", "counted"),
    [
        ("nothing is chosen", "process=&team=&agent=&since=&until=&status=", ["c6", "c5", "c4", "c3", "c2", "c1"], "6"),
        ("a day begins at midnight of the desk", "since=2025-07-03", ["c6", "c5", "c4", "c3", "c2"], "5"),
        ("the instant of the list", "since=2025-07-03T00:00:00.000001Z", ["c6", "c5", "c4", "c3"], "4"),
        ("before a day", "until=2025-07-03", ["c1"], "1"),
        ("a team", "team=quality", ["c6", "c5", "c4", "c2", "c1"], "5"),
        ("a status narrows the list alone", "status=expired", ["c6", "c5"], "6"),
        ("another process", "process=none", [], "0"),
    ],
)
async def test_the_page_can_be_narrowed(database_url, monkeypatch, why, asked, shown, counted):
    async with desk(database_url, monkeypatch) as http:
        page = (await http.get(f"/surveys?{asked}", headers=BROWSER)).text
    assert (listed(page), tiles(page)[0]) == (shown, counted), why


@pytest.mark.parametrize(
    ("scopes", "status", "reads"),
    [(["surveys:read"], 200, False), (["surveys:read", "surveys:personal"], 200, True), (["surveys:personal"], 403, False)],
)
async def test_without_the_scope_no_customer_s_word_is_in_the_source(database_url, monkeypatch, tmp_path, scopes, status, reads):
    plain, entry = new_key("somebody", scopes)
    (tmp_path / "keys.yaml").write_text(yaml.safe_dump([entry]))
    async with desk(database_url, monkeypatch, tmp_path / "keys.yaml", Authorization=f"Bearer {plain}") as http:
        page = await http.get("/surveys", headers=BROWSER)
    assert (page.status_code, CANARY in page.text, "مرحبا 🎉</span>" in page.text) == (status, reads, reads)
    if status == 200:
        assert (page.headers["cache-control"] == "no-store") is reads, "what is personal is kept nowhere"


def test_sums_of_nothing_are_no_figure():
    assert (Sums().answer_share, Sums().satisfied_share, Sums().mean) == ("–", "–", "–")


def test_groups_add_up_to_the_whole():
    found = [
        Tally("a", "answered", "", 3, True, 2),
        Tally("b", "open", "", None, False, 3),
        Tally("b", "answered", "", 4, False, 1),
    ]
    whole, groups = summed(found), grouped(found)
    assert [name for name, _ in groups] == ["b", "a"]
    for part in ("asked", "answered", "open", "expired", "reopened", "commented"):
        assert getattr(whole, part) == sum(getattr(sums, part) for _, sums in groups)
    assert (whole.satisfied_share, whole.mean) == ("33.3%", "3.33")


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize(
    ("why", "case", "scopes", "status", "reads"),
    [
        ("all of it",                       "c2", ["surveys:read", "surveys:personal"], 200, True),
        ("without the customer's words",    "c2", ["surveys:read"],                     200, False),
        ("it has no words",                 "c3", ["surveys:read", "surveys:personal"], 200, False),
        ("not answered",                    "c4", ["surveys:read"],                     200, False),
        ("only the words are not enough",   "c2", ["surveys:personal"],                 403, False),
        ("there is none",                   "c7", ["surveys:read"],                     404, False),
    ],
)  # fmt: skip
async def test_one_survey_has_its_page(database_url, monkeypatch, tmp_path, lang, why, case, scopes, status, reads):
    plain, entry = new_key("somebody", scopes)
    (tmp_path / "keys.yaml").write_text(yaml.safe_dump([entry]))
    async with desk(database_url, monkeypatch, tmp_path / "keys.yaml", Authorization=f"Bearer {plain}") as http:
        page = await http.get(f"/surveys/s-{case}", headers=BROWSER | {"Accept-Language": lang})
    assert (page.status_code, page.headers["content-language"], CANARY in page.text) == (status, lang, reads), why
    assert "<script>alert" not in page.text
    if status == 200:
        assert ("no-store" in page.headers["cache-control"], "etag" in page.headers) == (len(scopes) == 2, len(scopes) == 1)


async def test_one_survey_has_one_address(database_url, monkeypatch):
    async with desk(database_url, monkeypatch) as http:
        page, data = [await http.get("/surveys/s-c2", headers=one) for one in (BROWSER, {})]
    assert (data.json()["overall"], "<b>2</b>" in page.text) == (2, True)
    assert "Accept" in page.headers["vary"] and page.headers["content-type"] != data.headers["content-type"]
