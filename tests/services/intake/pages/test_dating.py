"""The dates by which a case is due are set on a page as by POST /cases/{id}/due: in the desk's zone, and once only."""

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import asyncpg
import pytest

from libs.events.log.envelope import fact_of
from libs.events.testing.sample_standard import STANDARD
from libs.events.words.now import real_now
from libs.events.words.refusal import Refused
from services.intake.pages.dating import place_of
from tests.services.intake.pages.desk import HOSTILE, case, desk
from tests.services.intake.pages.test_new import browsing

JSON = {"Accept": "application/json"}


@pytest.fixture
async def browser(database_url, monkeypatch):
    """A browser of a desk in Shanghai."""
    monkeypatch.setenv("LOOPDESK_ZONE", "Asia/Shanghai")
    async with browsing(database_url) as http:
        yield http


async def registered(browser, key="k"):
    sent = {"channel": "phone", "process_id": STANDARD.process_id}
    return (await browser.post("/cases", json=sent, headers=JSON | {"Idempotency-Key": key})).json()["case_id"]


async def held(browser, case_id):
    told = (await browser.get(f"/cases/{case_id}", headers=JSON)).json()
    return told["agreed_due_at"], told["legal_due_at"]


async def said(database_url):
    connection = await asyncpg.connect(database_url)
    rows = await connection.fetch("select body from intake_core.outbox order by seq")
    words = await connection.fetch("select words from intake_core.words")
    await connection.close()
    facts = [fact_of(row["body"]) for row in rows]
    return [one for one in facts if one.kind.name == "case.due_changed"], [row["words"] for row in words]


@pytest.mark.parametrize(
    ("lang", "link", "none", "holds", "day"),
    [
        ("en", "Set or change a due date", "None is set yet.", "If you leave this empty, it stays.", "5 Mar 2099 18:00"),
        ("zh", "设定或变更期限", "尚未设定。", "留空则保持不变。", "2099年3月5日 18:00"),
    ],
)
async def test_a_date_is_set_on_a_page_and_the_case_shows_it(browser, database_url, lang, link, none, holds, day):
    case_id = await registered(browser)
    address = f"/cases/{case_id}/due/new"
    assert f'href="{address}">{link}</a>' in (await browser.get(f"/cases/{case_id}?lang={lang}")).text
    form = (await browser.get(f"{address}?lang={lang}")).text
    assert (form.count(none), form.count(holds), form.count("Asia/Shanghai")) == (2, 0, 2)
    (key,) = re.findall(r'name="key" value="([^"]+)"', form)
    given = {"key": key, "agreed_due_at": "2099-03-05T18:00", "legal_due_at": "", "occurred_at": "", "reason": "Li is ill"}
    first, again = [await browser.post(address, data=given) for _ in range(2)]
    assert (first.status_code, again.status_code, first.headers["location"]) == (303, 303, f"/cases/{case_id}")
    assert await held(browser, case_id) == ("2099-03-05T10:00:00Z", None)
    facts, words = await said(database_url)
    assert (len(facts), words) == (1, ["Li is ill"]), "it is said once"
    for page in (f"/cases/{case_id}?lang={lang}", f"{address}?lang={lang}"):
        assert f'<time datetime="2099-03-05T10:00:00+00:00">{day}</time>' in (await browser.get(page)).text
    form = (await browser.get(f"{address}?lang={lang}")).text
    assert (form.count(none), form.count(holds)) == (1, 1)


PAST, LATER, LATEST = "2025-03-02T20:00", "2099-03-05T18:00", "2099-12-31T00:00"
LONG = "x" * 201


@pytest.mark.parametrize(
    ("why", "given", "body", "place"),
    [
        ("one date",            {"agreed_due_at": LATER}, {"agreed_due_at": f"{LATER}+08:00"}, None),
        ("both",                {"agreed_due_at": LATER, "legal_due_at": LATEST},
            {"agreed_due_at": f"{LATER}+08:00", "legal_due_at": f"{LATEST}+08:00"}, None),
        ("in the zone it has",  {"legal_due_at": f"{LATER}Z"}, {"legal_due_at": f"{LATER}Z"}, None),
        ("it has passed",       {"agreed_due_at": PAST}, {"agreed_due_at": f"{PAST}+08:00"}, "agreed_due_at"),
        ("so has the law's",    {"legal_due_at": PAST}, {"legal_due_at": f"{PAST}+08:00"}, "legal_due_at"),
        ("no date",             {}, {}, ""),
        ("no reason",           {"agreed_due_at": LATER, "reason": " "}, {"agreed_due_at": f"{LATER}Z", "reason": " "}, "reason"),
        ("too long a reason",   {"agreed_due_at": LATER, "reason": LONG},
            {"agreed_due_at": f"{LATER}Z", "reason": LONG}, "reason"),
        ("words",               {"agreed_due_at": "on Friday"}, {"agreed_due_at": "on Friday"}, "agreed_due_at"),
        ("a day alone",         {"legal_due_at": "2099-03-05"}, {"legal_due_at": "2099-03-05"}, "legal_due_at"),
        ("agreed in future",    {"agreed_due_at": LATEST, "occurred_at": LATER},
            {"agreed_due_at": f"{LATEST}Z", "occurred_at": f"{LATER}Z"}, "occurred_at"),
        ("before the case",     {"agreed_due_at": LATER, "occurred_at": PAST},
            {"agreed_due_at": f"{LATER}Z", "occurred_at": f"{PAST}Z"}, "occurred_at"),
    ],
)  # fmt: skip
async def test_the_page_takes_and_refuses_what_the_api_does(browser, why, given, body, place):
    by_api, by_page = await registered(browser), await registered(browser, "l")
    because = {"reason": "Li is ill"}
    answer = await browser.post(f"/cases/{by_api}/due", json=because | body, headers=JSON | {"Idempotency-Key": "a"})
    page = await browser.post(f"/cases/{by_page}/due/new", data={"key": "p"} | because | given)
    assert (answer.status_code == 200) is (page.status_code == 303) is (place is None), (why, answer.text)
    assert await held(browser, by_page) == await held(browser, by_api), why
    if place is not None:
        assert page.status_code == answer.status_code == 422 and await held(browser, by_page) == (None, None)
        assert 'role="alert"' in page.text
        assert re.findall(r'id="wrong-(\w+)"', page.text) == [place] * bool(place), why
        assert all(f'value="{text}"' in page.text for text in given.values()), "what was written stands there still"


async def test_when_it_was_agreed_is_a_time_of_the_desk_too(browser, database_url):
    case_id = await registered(browser)
    soon = real_now().replace(second=0, microsecond=0) + timedelta(minutes=2)
    agreed = f"{soon.astimezone(ZoneInfo('Asia/Shanghai')):%Y-%m-%dT%H:%M}"
    given = {"key": "p", "legal_due_at": LATER, "occurred_at": agreed, "reason": "the law"}
    assert (await browser.post(f"/cases/{case_id}/due/new", data=given)).status_code == 303
    ((fact,), _) = await said(database_url)
    assert fact.time == soon


async def test_what_was_refused_is_mended_and_sent_again(browser):
    case_id = await registered(browser)
    wrong = await browser.post(f"/cases/{case_id}/due/new", data={"key": "p", "agreed_due_at": PAST, "reason": "Li is ill"})
    assert wrong.status_code == 422 and 'name="key" value="p"' in wrong.text
    mended = await browser.post(f"/cases/{case_id}/due/new", data={"key": "p", "agreed_due_at": LATER, "reason": "Li is ill"})
    assert mended.status_code == 303 and (await held(browser, case_id))[0] == "2099-03-05T10:00:00Z"


async def test_what_strangers_write_is_text(browser):
    case_id = await registered(browser)
    given = {"key": "p", "agreed_due_at": HOSTILE, "reason": HOSTILE, "occurred_at": HOSTILE}
    page = await browser.post(f"/cases/{case_id}/due/new", data=given)
    assert page.status_code == 422 and "<script>alert" not in page.text
    assert page.text.count("&lt;script&gt;alert(1)&lt;/script&gt;") == 3


async def test_other_sites_set_no_date_and_no_case_has_none(browser):
    case_id = await registered(browser)
    given = {"key": "p", "agreed_due_at": LATER, "reason": "Li is ill"}
    theirs = await browser.post(f"/cases/{case_id}/due/new", data=given, headers={"Sec-Fetch-Site": "cross-site"})
    assert theirs.status_code == 403 and await held(browser, case_id) == (None, None)
    assert (await browser.get("/cases/nobody/due/new")).status_code == 404
    assert (await browser.post("/cases/nobody/due/new", data=given)).status_code == 404


async def test_who_may_not_write_gets_no_form_and_who_may_not_see_is_led_back_to_it(database_url, tmp_path):
    async with desk(database_url, tmp_path, [case(0)]) as told:
        assert (await told.page("/cases/c0/due/new", "lister")).status_code == 403
        assert (await told.page("/cases/c0/due/new", "agent")).status_code == 200
        assert "It is recorded." in (await told.page("/cases/c0/due/new?done=true", "agent")).text


@pytest.mark.parametrize(
    ("code", "detail", "place"),
    [
        ("due-in-the-past", "legal_due_at is 2026-03-01, and had passed.", "legal_due_at"),
        ("due-missing", "Send agreed_due_at, legal_due_at or both.", ""),
        ("future-time", "2026-03-03 lies in the future.", "occurred_at"),
        ("case-closed", "The case was closed.", ""),
    ],
)
def test_where_a_refusal_is_shown(code, detail, place):
    assert place_of(Refused(code, detail, 422)) == place
