"""sla's pages say what its JSON says, in both languages, and whatever somebody has written stays text."""

import re

import pytest

from libs.events.catalogue.promise import AT_RISK_SHARE
from services.sla import questions
from services.sla.alarms import settle
from services.sla.pages.wording import exactly
from tests.services.sla.pages.desk import CASE_IDS, HOSTILE, desk
from tests.services.sla.samples import RESPONSE, at, fact, facts, state_of

PATHS = [
    "/board", "/board?process=p&team=north", "/clocks?status=running&due_from=2025-01-01T00:00:00Z&paused_by=x&team=y",
    "/clocks", "/clocks?stand=all", "/clocks?stand=breached", "/clocks?stand=waiting&by=node", "/clocks?by=grade",
    "/clocks?by=kind&process=p&status=running&due_before=2026-01-01T00:00:00Z",
    "/breaches", "/breaches?process=p&since=2020-01-01T00:00:00Z&until=2020-01-02T00:00:00Z&limit=1",
    "/clocks/c1", "/clocks/c3", "/clocks/c1/response/explain", "/clocks/c3/review/explain", "/clocks/c1/whole/explain",
    "/clocks/c2/response/explain", "/clocks/c1/%3Cscript%3Ealert(1)%3C%2Fscript%3E%22'&/explain",
]  # fmt: skip

BORDER = 120 * (1 - AT_RISK_SHARE)
"""The minute at which a promise of two hours has exactly the share left of which less is at risk."""


def cells(page, tag="tr"):
    """Return the rows of a page's tables as texts."""
    rows = re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
    return [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", row)).strip() for row in rows]


def tabs(page):
    """Return how many promises each tab counts."""
    found = re.findall(r'<li><a href="([^"]*)"[^>]*>[^<]*<b class="number[^"]*">(\d+)</b>', page)
    return {(re.search(r"stand=(\w+)", href) or [None, ""])[1]: int(number) for href, number in found}


@pytest.mark.parametrize("lang", ["en", "zh"])
async def test_every_page_answers_in_both_languages_and_what_is_written_stays_text(database_url, monkeypatch, lang):
    async with desk(database_url, monkeypatch) as opened:
        for path in PATHS:
            page = await opened.page(path, lang)
            assert page.status_code == 200, (path, page.text)
            assert page.headers["content-language"] == lang
            assert HOSTILE not in page.text and "<script>alert" not in page.text, path
            assert " style=" not in page.text and "<style" not in page.text, path
        assert "&lt;script&gt;" in page.text
        assert ("等李先生" if lang == "zh" else "Waits for Li") in (await opened.page("/clocks/c3/review/explain", lang)).text


@pytest.mark.parametrize(
    ("lang", "words"), [("en", "likely 1:20:00 more, nine of ten at most 1:20:00"), ("zh", "预计还需 1:20:00")]
)
async def test_the_page_of_a_case_says_what_is_foreseen(database_url, monkeypatch, lang, words):
    """Another one took 150 minutes; this one has used 70 of its 60."""
    monkeypatch.setattr(questions, "ALIKE_MIN", 1)
    async with desk(database_url, monkeypatch, until=70) as opened:
        await opened.running.pool.execute("update sla.clocks set used_us = used_us * 3 where used_us = 50 * 60000000::bigint")
        [row] = [one for one in await opened.items("/clocks/c1") if one["clock"] == "response"]
        assert (row["foreseen_from"], row["median_more_us"], row["breaks_percent"]) == (1, 80 * 60 * 10**6, 100.0)
        assert words in (await opened.page("/clocks/c1", lang)).text
        [over] = [one for one in await opened.items("/clocks/c2") if one["clock"] == "response"]
        assert over["foreseen_from"] is None, "it is over"
        past = await opened.items(f"/clocks/c1?as_of={at(69).isoformat().replace('+00:00', 'Z')}")
        assert [one["foreseen_from"] for one in past] == [None] * len(past)


@pytest.mark.parametrize("lang", ["en", "zh"])
async def test_what_warned_is_shown_and_found(database_url, monkeypatch, lang):
    """Of the three reviews, due after two hours, one waits since minute 30."""
    async with desk(database_url, monkeypatch, until=70) as opened:
        found = [(one["case_id"], one["clock"], one["warns"]) for one in await opened.items("/clocks?warned=owner")]
        assert found == [("c1", "review", ["owner"]), ("c2", "review", ["owner"])]
        assert await opened.items("/clocks?warned=agent") == []
        [row] = [one for one in await opened.items("/clocks/c1") if one["clock"] == "review"]
        assert row["warned_at"] == at(60).isoformat().replace("+00:00", "Z")
        words = {"en": ("warned", "who answers for the case"), "zh": ("预警", "负责人")}[lang]
        listed = (await opened.page("/clocks?warned=owner", lang)).text
        assert listed.count(f'<span class="badge risk">{words[0]}</span>') == 2
        assert f'<option value="owner" selected>{words[1]}</option>' in listed
        case = (await opened.page("/clocks/c1", lang)).text
        [cell] = [one for one in re.findall(r"<td.*?</td>", case, re.DOTALL) if words[0] in one]
        assert f'datetime="{at(60).isoformat()}"' in cell
        assert words[0] not in (await opened.page("/clocks/c3", lang)).text


@pytest.mark.parametrize(("minute", "found"), [(60 - 1 / 60, []), (60, ["c1", "c2"]), (60 + 1 / 60, ["c1", "c2"])])
async def test_the_list_finds_what_warned_from_its_mark_on(database_url, monkeypatch, minute, found):
    async with desk(database_url, monkeypatch, until=minute) as opened:
        assert [one["case_id"] for one in await opened.items("/clocks?warned=owner")] == found


async def test_the_page_counts_what_the_list_and_the_metric_count(database_url, monkeypatch):
    async with desk(database_url, monkeypatch) as opened:
        page = (await opened.page("/clocks")).text
        items = [one for one in await opened.items("/clocks?limit=200") if one["ended_at"] is None]
        by_status = {one: sum(item["status"] == one for item in items) for one in ("breached", "running", "paused", "waiting")}
        found = tabs(page)
        assert found[""] == len(items) == sum(found.values()) - found[""]
        assert found["breached"] == by_status["breached"] > 0
        assert (found["paused"], found["waiting"]) == (by_status["paused"], by_status["waiting"])
        assert found["at_risk"] + found["running"] == by_status["running"]
        for one in items:
            assert f"/clocks/{one['case_id']}" in page
        for stand, number in found.items():
            only = (await opened.page(f"/clocks?stand={stand}")).text
            assert len(re.findall(r'<td data-name="Due">', only)) == number, stand


@pytest.mark.parametrize(("minute", "at_risk"), [(BORDER, 0), (BORDER + 1 / 60, 1), (120.0, 1), (120.1, 0)])
async def test_at_risk_begins_with_less_than_its_share_left_and_ends_with_the_breach(database_url, monkeypatch, minute, at_risk):
    async with desk(database_url, monkeypatch, minute) as opened:
        assert tabs((await opened.page("/clocks?clock=review&case_id=c1")).text)["at_risk"] == at_risk


@pytest.mark.parametrize(
    ("why", "asked", "shown"),
    [
        ("nothing is chosen", "process=&node=&kind=&grade=", 10),
        ("a process", "process=p", 10),
        ("another process", "process=q", 0),
        ("a node", "process=p&node=n1", 3),
        ("a kind", "kind=resolution", 3),
        ("a grade that nobody has", "grade=urgent", 0),
        ("a case", "case_id=c2", 3),
    ],
)
async def test_the_page_can_be_narrowed_and_an_empty_field_asks_for_nothing(database_url, monkeypatch, why, asked, shown):
    async with desk(database_url, monkeypatch) as opened:
        page = (await opened.page(f"/clocks?{asked}")).text
        assert len(re.findall(r'<td data-name="Due">', page)) == tabs(page)[""] == shown, why


async def test_pages_of_the_list_meet_without_gap_or_repetition(database_url, monkeypatch):
    async with desk(database_url, monkeypatch) as opened:
        for stand in ("", "all"):
            whole = re.findall(r'<th scope="row"><a href="([^"]+)"', (await opened.page(f"/clocks?stand={stand}")).text)
            seen, path = [], f"/clocks?stand={stand}&limit=2"
            while path:
                page = (await opened.page(path)).text
                seen += re.findall(r'<th scope="row"><a href="(/clocks/[^"]+)"', page)
                following = re.search(r'rel="next" href="([^"]+)"', page)
                path = "/clocks" + following[1].replace("&amp;", "&") if following else ""
            assert seen == [one for one in whole if one.startswith("/clocks/")], stand


@pytest.mark.parametrize("case", CASE_IDS)
async def test_the_pages_of_a_case_have_the_figures_of_the_json(database_url, monkeypatch, case):
    async with desk(database_url, monkeypatch) as opened:
        page = (await opened.page(f"/clocks/{case}")).text
        for item in await opened.items(f"/clocks/{case}"):
            for figure in (item["used_us"], item["paused_us"]):
                assert figure is None or f'class="number">{exactly(figure)}</td>' in page
        told = (await opened.http.get(f"/clocks/{case}/review/explain")).json()
        explained = (await opened.page(f"/clocks/{case}/review/explain")).text
        rows = cells(explained)
        assert f"Counted in all {exactly(told['used_us'])}" in rows
        assert f"Paused in all {exactly(told['paused_us'])}" in rows
        assert len([row for row in rows if row.endswith(tuple(exactly(one["length_us"]) for one in told["intervals"]))]) >= 1


@pytest.mark.parametrize(("lang", "gone"), [("en", "<s>broken</s>"), ("zh", "<s>超时</s>")])
async def test_what_was_said_and_withdrawn_stays_readable(database_url, monkeypatch, lang, gone):
    async with desk(database_url, monkeypatch) as opened:
        told = facts()
        for late, until in ((), 70), ((fact(RESPONSE, 50),), 80):
            told += [*late, *settle("case-1", state_of([*told, *late]), opened.running.known, at(until))]
        opened.states["c1"] = state_of(told)
        history = await opened.items("/clocks/c1/response/history")
        assert [(one["what"], one["withdrawn"]) for one in history] == [("started", False), ("met", False), ("breached", True)]
        assert gone in (await opened.page("/clocks/c1/response/explain", lang)).text
        assert "<s>" not in (await opened.page("/clocks/c2/response/explain", lang)).text, "nothing was withdrawn"


@pytest.mark.parametrize("lang", ["en", "zh"])
async def test_what_waits_says_what_to_publish(database_url, monkeypatch, lang):
    async with desk(database_url, monkeypatch) as opened:
        for path in ("/clocks", "/clocks/c1", "/clocks/c1/whole/explain"):
            assert "POST /calendars" in (await opened.page(path, lang)).text, path


@pytest.mark.parametrize("path", ["/clocks/none", "/clocks/none/response/explain", "/clocks/c1/none/explain", "/clocks?cursor=x"])
async def test_a_refusal_is_a_page(database_url, monkeypatch, path):
    async with desk(database_url, monkeypatch) as opened:
        page, json = await opened.page(path), await opened.http.get(path)
        assert page.headers["content-type"].startswith("text/html") and page.status_code == json.status_code >= 400


@pytest.mark.parametrize(
    ("why", "minute", "asked"),
    [
        ("nothing is broken yet",     5,   ""),
        ("some are",                  70,  ""),
        ("more are, some long over",  300, ""),
        ("of one case",               300, "case_id=c2"),
        ("fields that nobody filled", 300, "process=&since="),
        ("before the desk was there", 300, "until=2000-01-01T00:00:00Z"),
    ],
)  # fmt: skip
async def test_breaches_are_a_list_and_a_page_at_one_address(database_url, monkeypatch, why, minute, asked):
    async with desk(database_url, monkeypatch, minute) as opened:
        page = await opened.page(f"/breaches?{asked}")
        items = await opened.items("/breaches?" + "&".join(one for one in asked.split("&") if not one.endswith("=")))
        shown = re.findall(r'<td data-name="Case"><a href="/clocks/(\w+)"', page.text)
        assert (page.status_code, shown) == (200, [one["case_id"] for one in items]), why
        data = await opened.http.get("/breaches")
        assert "Accept" in page.headers["vary"] and page.headers["etag"] != data.headers.get("etag")


async def test_pages_of_breaches_meet_without_gap_or_repetition(database_url, monkeypatch):
    async with desk(database_url, monkeypatch, 300) as opened:
        link = r'<th scope="row"><a href="(/clocks/[^"]+)"'
        whole, seen, path = re.findall(link, (await opened.page("/breaches")).text), [], "/breaches?limit=1"
        while path:
            page = (await opened.page(path)).text
            seen += re.findall(link, page)
            following = re.search(r'rel="next" href="([^"]+)"', page)
            path = "/breaches" + following[1].replace("&amp;", "&") if following else ""
        assert len(whole) > 1 and seen == whole
