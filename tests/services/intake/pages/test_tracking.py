"""A customer follows her case by a link of ours: what she sees has no names, nobody makes another's link, and it has an end."""

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape

import pytest

from libs.events.catalogue.intake import CaseCancelled, ContactLogged
from libs.events.catalogue.routing import CaseClosed, CaseReopened, CaseResolved, ExceptionRaised, NodeCompleted, NodeEntered
from libs.events.catalogue.sla import ClockStarted
from libs.events.testing.sample_standard import STANDARD
from libs.web.rates import Rate
from services.intake.domain.customer import Customer
from services.intake.domain.link import Links, opened, token
from tests.libs.web.pages.site import BROWSER
from tests.services.intake.pages.desk import AT, HOSTILE, MAIL, SECRET, case, desk


@pytest.mark.parametrize("case_id", ["c1", "09bddbbc-ef69-55c8-adf1-3a687bc90c4e"])
def test_a_link_names_its_case(case_id):
    assert opened(token(case_id, secret="s"), secret="s") == case_id


@pytest.mark.parametrize(
    "made",
    ["", ".", "c1", "c1.", f"c2.{token('c1', secret='s').partition('.')[2]}", token("c1", secret="other"), "é.é",
     token("c1", secret="s") + "=", "x" + token("c1", secret="s")],
)  # fmt: skip
def test_a_link_that_we_did_not_make_names_nothing(made):
    assert opened(made, secret="s") is None


def test_without_a_secret_no_link_is_made_and_none_opens():
    assert Links().path("c1") == ""
    assert opened(token("c1", secret="s"), secret="") is None


@pytest.mark.parametrize(
    ("why", "ended", "days", "over"),
    [
        ("it runs", None, 30, False),
        ("a moment before", timedelta(days=30, microseconds=-1), 30, False),
        ("from then on", timedelta(days=30), 30, True),
        ("the longest", timedelta(days=36_500, microseconds=-1), 36_500, False),
    ],
)  # fmt: skip
def test_a_link_ends_some_days_after_its_case(why, ended, days, over):
    assert Links("s", days).is_over(ended and AT - ended, at=AT) is over


N1, N2 = STANDARD.nodes[:2]
RESULT = ContactLogged(direction="outbound", channel="phone", purpose="result", agent="mei")
PROMISE = ClockStarted(clock="response", kind="response", limit="2h", due_at=AT + timedelta(minutes=130), process_version=1)
TOLD = [
    case(0, "the printer smokes", external_ref="7-1", then=[NodeEntered(node=N1.id), PROMISE]),
    case(1, then=[NodeEntered(node=N1.id), PROMISE, ExceptionRaised(code="awaiting_customer")]),
    case(2, then=[NodeEntered(node=N1.id), NodeCompleted(node=N1.id), NodeEntered(node=N2.id), CaseResolved(outcome="rejected")]),
    case(3, HOSTILE, external_ref=HOSTILE, kind=HOSTILE, then=[NodeEntered(node=HOSTILE)]),
    case(4, then=[CaseResolved(), CaseClosed()]),
    case(5, then=[CaseResolved(), CaseClosed(), CaseReopened(reason="again")]),
    case(6, then=[CaseCancelled(reason="calm down")]),
    case(7, then=[CaseCancelled(reason="calm down"), CaseClosed(outcome="rejected")]),
    case(8, then=[CaseCancelled(reason="calm down"), CaseClosed(outcome="withdrawn")]),
    case(9, then=[replace(RESULT, meets_expectation=True)]),
    case(10, then=[replace(RESULT, meets_expectation=False)]),
]
ZH, EN = "zh", "en"
SHOWN = [
    (0, 0, EN, [N1.name.en, f"1 of {len(STANDARD.nodes)}", N2.name.en, "You get a first answer by", "in 2 h 10 min", "7-1",
                "Nothing is needed from you now", "we contacted you"]),
    (0, 0, ZH, [N1.name.zh, N2.name.zh, "首次答复时限", "剩余", "目前无需您操作", "我们联系了您"]),
    (0, 3, EN, ["This is 50 min late, and we are sorry."]),
    (0, 3, ZH, ["已超时 50 分钟，非常抱歉"]),
    (1, 2, EN, ["We are waiting for your answer", "Please answer what we last asked you"]),
    (1, 2, ZH, ["我们正在等待您的答复", "请通过原渠道答复"]),
    (2, 3, EN, ["We have done our work", "We could not do what you asked for", N2.name.en, "See whether all is well"]),
    (2, 3, ZH, ["已处理完毕", "未能满足您的请求", N2.name.zh]),
    (4, 5, EN, ["Your request was closed on", "If it is not well after all"]),
    (4, 5, ZH, ["已办结", "如问题仍未解决"]),
    (5, 6, EN, ["working on your request again, since"]),
    (5, 6, ZH, ["已重新处理"]),
    (6, 7, EN, ["We have received your wish to withdraw it", "You see here what becomes of it"]),
    (6, 7, ZH, ["已收到您的撤销申请", "处理结果会显示在此页面"]),
    (7, 8, EN, ["Your request was closed on", "It ended in this way before we could withdraw it"]),
    (7, 8, ZH, ["已办结", "您曾申请撤销"]),
    (8, 9, EN, ["Your request was withdrawn on"]),
    (8, 9, ZH, ["您的请求已撤销"]),
    (9, 10, EN, ["it meets your expectation"]),
    (9, 10, ZH, [" · 符合您的期望"]),
    (10, 11, EN, ["it does not meet your expectation"]),
    (10, 11, ZH, ["不符合您的期望"]),
]  # fmt: skip


async def read(at, path, lang):
    page = await at.http.get(path, headers=BROWSER | {"Accept-Language": lang})
    return page, " ".join(unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


async def test_the_customer_reads_how_it_stands(database_url, tmp_path):
    async with desk(database_url, tmp_path, TOLD) as at:
        for number, hours, lang, wanted in SHOWN:
            at.now = AT + timedelta(hours=hours)
            page, told = await read(at, f"/track/{token(f'c{number}', secret=SECRET)}", lang)
            assert page.status_code == 200 and page.headers["cache-control"] == "no-store"
            assert [one for one in wanted if one not in told] == [], told
            assert [one for one in ("mei", "smokes", "/cases", "calm down") if one in page.text] == []


async def test_the_link_is_on_the_page_and_in_the_answer_and_asks_for_no_key(database_url, tmp_path):
    async with desk(database_url, tmp_path) as at:
        sheet = await at.page("/cases/c0")
        link = re.search(r'href="(http://127.0.0.1:8001/track/[^"]+)"', sheet.text)[1]
        assert (await at.json("/cases/c0"))["tracking"] == link
        page, told = await read(at, link.removeprefix("http://127.0.0.1:8001"), "en")
        hostile, _ = await read(at, f"/track/{token('c3', secret=SECRET)}", "en")
    assert page.status_code == 200 and "we contacted you" in told and "7-1" in told
    assert not [word for word in ("李娜", MAIL, "smokes", "mei", "/cases") if word in page.text]
    assert hostile.status_code == 200 and HOSTILE not in hostile.text


HERS = Customer(name="李娜", email=MAIL)
LINKED = [
    case(0, "the printer smokes", HERS),
    case(1, "it smokes again", HERS, follows="c0"),
    case(2, "another's", Customer(name="王伟"), follows="c0"),
    case(3, "nobody's"),
    case(4, "nobody's again", follows="c3"),
]


@pytest.mark.parametrize(
    ("id", "earlier", "shown"), [("c1", "c0", True), ("c2", "c0", False), ("c4", "c3", False), ("c0", "c0", False)]
)
async def test_a_customer_is_led_to_the_case_that_hers_follows_and_to_no_other(database_url, tmp_path, id, earlier, shown):
    async with desk(database_url, tmp_path, LINKED) as at:
        page, _ = await read(at, f"/track/{token(id, secret=SECRET)}", EN)
    assert (f"/track/{token(earlier, secret=SECRET)}" in page.text) is shown


async def test_a_case_and_those_that_follow_it_lead_to_each_other(database_url, tmp_path):
    async with desk(database_url, tmp_path, LINKED) as at:
        first, second = (await at.page("/cases/c0")).text, (await at.page("/cases/c1")).text
        assert [one["case_id"] for one in (await at.json("/cases?follows=c0"))["items"]] == ["c1", "c2"]
    assert '/cases/c1"' in first and '/cases/c0"' in second


@pytest.mark.parametrize("made", ["c0", "c0.xyz", token("none", secret=SECRET)])
async def test_another_link_shows_nothing(database_url, tmp_path, made):
    async with desk(database_url, tmp_path) as at:
        page = await at.http.get(f"/track/{made}", headers=BROWSER)
    assert page.status_code == 404 and "7-1" not in page.text


async def test_an_old_link_says_that_it_has_ended_and_what_to_do(database_url, tmp_path):
    path = f"/track/{token('c4', secret=SECRET)}"
    async with desk(database_url, tmp_path, TOLD) as at:
        at.now = AT + timedelta(days=30, hours=4)
        (page, told), (_, chinese) = await read(at, path, EN), await read(at, path, ZH)
        assert page.status_code == 410 and page.headers["cache-control"] == "no-store"
        assert "ended more than 30 days ago" in told and "contact us as you did before" in told
        assert "30 天" in chinese and "请通过原渠道联系我们" in chinese
        at.now -= timedelta(microseconds=1)
        assert (await read(at, path, EN))[0].status_code == 200
        at.now += timedelta(days=900)
        assert (await read(at, f"/track/{token('c5', secret=SECRET)}", EN))[0].status_code == 200, "it was taken up again"


@pytest.mark.parametrize(("lang", "says"), [(EN, "Retry-After"), (ZH, "过于频繁")])
async def test_who_asks_too_often_is_asked_to_wait(database_url, tmp_path, lang, says):
    # What opens nothing is counted, too: nobody tries out links.
    paths = [f"/track/{token('c0', secret=SECRET)}", "/track/c0.xyz", f"/track/{token('c0', secret=SECRET)}"]
    async with desk(database_url, tmp_path, rate=Rate(2, 3600)) as at:
        *allowed, (refused, told) = [await read(at, path, lang) for path in paths]
    assert [page.status_code for page, _ in allowed] == [200, 404]
    assert refused.status_code == 429 and 0 < int(refused.headers["retry-after"]) <= 3600
    assert refused.headers["content-type"].startswith("text/html") and says in told and "7-1" not in told
