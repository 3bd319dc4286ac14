"""What sla answers about one case over HTTP, now and as it stood."""

from urllib.parse import quote

import pytest

from tests.services.sla.pages.desk import CASE_IDS, desk
from tests.services.sla.samples import at

MINUTE_US = 60_000_000


def asked(**instants):
    return "?" + "&".join(f"{name}={quote(at(minute).isoformat())}" for name, minute in instants.items())


async def of(opened, case, clock, query=""):
    return next(one for one in await opened.items(f"/clocks/{case}{query}") if one["clock"] == clock)


@pytest.mark.parametrize(
    ("why", "minute", "case", "clock", "shown"),
    [
        ("a running one",              30,  "c1", "response", ("running", 30, 30, 50.0)),
        ("an hour later, by itself",   90,  "c1", "response", ("breached", 90, -30, 150.0)),
        ("a kept one keeps its own",   90,  "c2", "response", ("met", 50, 10, 83.3)),
        ("a paused one stands still",  90,  "c3", "review", ("paused", 30, 90, 25.0)),
        ("however long",               900, "c3", "review", ("paused", 30, 90, 25.0)),
    ],
)  # fmt: skip
async def test_a_promise_says_what_it_has_used_now(database_url, monkeypatch, why, minute, case, clock, shown):
    async with desk(database_url, monkeypatch, minute) as opened:
        one = await of(opened, case, clock)
        status, used, left, percent = shown
        told = (one["status"], one["used_us"], one["remaining_us"], one["used_percent"])
        assert told == (status, used * MINUTE_US, left * MINUTE_US, percent), why
        assert (one["used_hours"], one["remaining_hours"]) == (round(used / 60, 2), round(left / 60, 2))


async def test_a_promise_that_waits_for_a_calendar_says_null_and_what_to_publish(database_url, monkeypatch):
    async with desk(database_url, monkeypatch) as opened:
        one = await of(opened, "c1", "whole")
        assert [one[name] for name in ("used_us", "remaining_us", "used_hours", "used_percent")] == [None] * 4
        assert "POST /calendars" in one["waits_because"]


@pytest.mark.parametrize("case", CASE_IDS)
async def test_the_list_and_the_explanation_have_the_same_figures(database_url, monkeypatch, case):
    async with desk(database_url, monkeypatch) as opened:
        for one in await opened.items(f"/clocks/{case}"):
            told = (await opened.http.get(f"/clocks/{case}/{quote(one['clock'], safe='')}/explain")).json()
            assert one["used_us"] in (None, told["used_us"]) and one["paused_us"] in (None, told["paused_us"])
            assert one["status"] == told["status"]


@pytest.mark.parametrize("case", CASE_IDS)
@pytest.mark.parametrize("query", [asked(as_of=70), asked(known_at=70), asked(as_of=70, known_at=70)])
async def test_as_of_now_is_the_answer_about_now(database_url, monkeypatch, case, query):
    async with desk(database_url, monkeypatch) as opened:
        for path in (f"/clocks/{case}", f"/clocks/{case}/response/explain", f"/clocks/{case}/whole/explain"):
            assert (await opened.http.get(path + query)).json() == (await opened.http.get(path)).json(), path


@pytest.mark.parametrize("then", [5, 49.5, 55, 60, 61])
async def test_as_of_a_day_is_what_was_answered_on_that_day(database_url, monkeypatch, then):
    for case in CASE_IDS:
        async with desk(database_url, monkeypatch, then) as opened:
            before = await opened.items(f"/clocks/{case}")
            why = (await opened.http.get(f"/clocks/{case}/review/explain")).json()
        async with desk(database_url, monkeypatch, 300) as opened:
            assert await opened.items(f"/clocks/{case}{asked(as_of=then)}") == before
            assert (await opened.http.get(f"/clocks/{case}/review/explain{asked(as_of=then)}")).json() == why


async def test_what_came_later_was_not_known(database_url, monkeypatch):
    async with desk(database_url, monkeypatch, 300) as opened:
        happened = await of(opened, "c2", "response", asked(as_of=50.5))
        known = await of(opened, "c2", "response", asked(as_of=50.5, known_at=50.5))
        assert (happened["status"], known["status"]) == ("met", "running"), "it was recorded a minute after it happened"
        page = (await opened.page(f"/clocks/c2{asked(as_of=50.5, known_at=50.5)}")).text
        assert "As it stood on" in page and "By what was known on" in page and "Running" in page


@pytest.mark.parametrize(
    ("why", "path", "status", "code"),
    [
        ("the future has not happened",  "/clocks/c1" + asked(as_of=70.1), 422, "future-time"),
        ("nor is it known",              "/clocks/c1" + asked(known_at=70.1), 422, "future-time"),
        ("of an explanation, too",       "/clocks/c1/response/explain" + asked(as_of=70.1), 422, "future-time"),
        ("before the case came",         "/clocks/c1" + asked(as_of=-1), 404, "unknown-case"),
        ("before anybody knew of it",    "/clocks/c1" + asked(known_at=0.5), 404, "unknown-case"),
        ("no case",                      "/clocks/none" + asked(as_of=1), 404, "unknown-case"),
        ("an instant without an offset", "/clocks/c1?as_of=2025-06-02T01:00:00", 422, "invalid-request"),
    ],
)  # fmt: skip
async def test_an_instant_that_nothing_can_be_said_of_is_refused(database_url, monkeypatch, why, path, status, code):
    async with desk(database_url, monkeypatch) as opened:
        response = await opened.http.get(path)
        assert (response.status_code, response.json()["type"].rpartition("/")[2]) == (status, code), why


@pytest.mark.parametrize(
    ("asked_for", "lang", "said"),
    [(None, "en", "It runs and is due on"), ("zh-CN,en;q=0.5", "zh", "正在计时"), ("fr, zh;q=0.1", "zh", "正在计时")],
)
async def test_an_explanation_is_told_in_the_language_asked_for(database_url, monkeypatch, asked_for, lang, said):
    async with desk(database_url, monkeypatch, 30) as opened:
        headers = {"Accept-Language": asked_for} if asked_for else {}
        response = await opened.http.get("/clocks/c1/response/explain", headers=headers)
        assert response.headers["content-language"] == lang and "Accept-Language" in response.headers["vary"]
        sentences = response.json()["sentences"]
        assert any(one.startswith(said) for one in sentences)
        page = (await opened.page("/clocks/c1/review/explain", lang)).text
        told = (await opened.http.get("/clocks/c1/review/explain", headers={"Accept-Language": lang})).json()["sentences"]
        assert " ".join(told[1:]) in page


async def test_operations_see_how_promises_stand_by_process_kind_and_what_pauses_them(database_url, monkeypatch):
    async with desk(database_url, monkeypatch, 80, text="other") as opened:
        shown = (await opened.http.get("/metrics")).text
        found = {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in shown.splitlines() if "clocks_open{" in line}
        assert found == {
            series("response", "breached"): 1,
            series("node", "running"): 2,
            series("node", "paused", "awaiting_customer"): 1,
            series("resolution", "waiting"): 3,
            series("other", "at_risk"): 3,
        }


def series(kind, status, reason=""):
    return f'loopdesk_clocks_open{{kind="{kind}",process="p",reason="{reason}",service="sla",status="{status}"}}'


async def breach_of(opened, clock, query=""):
    return [one for one in await opened.items(f"/breaches{query}") if one["clock"] == clock]


@pytest.mark.parametrize(
    ("why", "minute", "clock", "role", "over"),
    [
        ("of a node, open: it goes on with now",    130, "review", "handler", 10),
        ("an hour later, by itself",                190, "review", "handler", 70),
        ("of the whole case",                       130, "response", "", 70),
    ],
)  # fmt: skip
async def test_a_breach_says_whose_it_was_and_how_far_it_is_overrun(database_url, monkeypatch, why, minute, clock, role, over):
    async with desk(database_url, monkeypatch, minute) as opened:
        one = next(one for one in await breach_of(opened, clock) if one["case_id"] == "c1")
        assert (one["role"], one["overrun_us"], one["overrun_hours"]) == (role, over * MINUTE_US, round(over / 60, 2)), why
        assert (one["team"], one["agent"], one["when"]) == ("north", "li", "")
        remaining = (await of(opened, "c1", clock))["remaining_us"]
        assert remaining == -one["overrun_us"], "the case's own list says the same"


@pytest.mark.parametrize(
    ("asked_for", "found"),
    [
        ("role=handler", {"review"}),
        ("role=nobody", set()),
        ("role=handler&clock=response", set()),
        ("role=handler&process=q", set()),
        ("role=handler&team=north&agent=li", {"review"}),
        ("team=south", set()),
        ("agent=wu", set()),
    ],
)
async def test_breaches_can_be_narrowed_to_a_role(database_url, monkeypatch, asked_for, found):
    async with desk(database_url, monkeypatch, 130) as opened:
        assert {one["clock"] for one in await opened.items(f"/breaches?{asked_for}")} == found
        page = (await opened.page(f"/breaches?{asked_for}")).text
        assert ('value="handler"' in page) == ("role=handler" in asked_for)
        assert ("review/explain" in page) == ("review" in found)


async def test_the_list_since_the_last_breach_that_was_seen_is_a_feed(database_url, monkeypatch):
    async with desk(database_url, monkeypatch, 70) as opened:
        seen = await opened.items("/breaches")
    async with desk(database_url, monkeypatch, 130) as opened:
        everything = await opened.items("/breaches")
        feed = await opened.items(f"/breaches?since={quote(seen[-1]['breached_at'])}")
        names = [[(one["case_id"], one["clock"]) for one in rows] for rows in (everything, feed)]
        assert names[1] == names[0][len(seen) - 1 :] and len(names[1]) > 1
