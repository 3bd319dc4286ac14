"""What people read of the work and of the standards says what the JSON says, in both languages, and nothing breaks it."""

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape

import pytest

from libs.events.catalogue.standard import Gate, Label
from services.routing import queries
from tests.services.routing.pages.conftest import HOSTILE, NINE
from tests.services.routing.samples import COMPLAINT, page

PAGES = ["/work", "/processes", "/processes/complaint-quality", "/processes/complaint-quality?version=3&before=1",
         "/processes/hostile"]  # fmt: skip


def shape(html):
    """Return the tags of a page."""
    return re.findall(r"</?[a-z0-9]+", html)


def cases(html):
    return re.findall(r'href="/cases/([^"]+)"', html)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("path", PAGES)
async def test_a_page_is_there_in_both_languages(desk, path, lang):
    page = await desk.page(path, **{"Accept-Language": lang})
    assert page.status_code == 200 and page.headers["content-language"] == lang
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert re.search(r'\sstyle=|<script>|\son\w+="', page.text) is None
    assert len(re.findall("<h1", page.text)) == 1


@pytest.mark.parametrize("path", ["/work", "/processes"])
async def test_programs_get_the_json_of_the_same_address(desk, path):
    assert "items" in await desk.json(path)


@pytest.mark.parametrize("query", ["", "?team=customer_service", "?agent=nobody", "?process=hostile", "?node_role=cs_agent",
                                   "?node_role=quality_engineer", "?limit=2", "?phase=resolved"])  # fmt: skip
async def test_the_page_lists_what_the_json_lists_in_its_order(desk, query):
    told = await desk.json(f"/work{query}")
    page = await desk.page(f"/work{query}")
    assert cases(page.text) == [one["case_id"] for one in told["items"]]
    assert ('rel="next"' in page.text) == bool(told["next"])


async def test_the_next_page_goes_on(desk):
    first = await desk.page("/work?limit=2")
    (query,) = re.findall(r'rel="next" href="(\?[^"]+)"', first.text)
    second = await desk.page(f"/work{unescape(query)}")
    assert cases(first.text) + cases(second.text) == cases((await desk.page("/work?limit=4")).text)


async def test_fields_that_nobody_filled_in_ask_for_nothing(desk):
    blank = await desk.page("/work?agent=&team=&node_role=&process=&phase=")
    assert cases(blank.text) == cases((await desk.page("/work")).text) != []


async def test_a_row_says_what_its_node_owes_and_how_long_it_may_take(desk):
    page = await desk.page("/work?process=complaint-quality")
    assert "Receive the complaint and verify it" in page.text and "接收投诉并核实信息" in page.text
    assert "complaint_register" in page.text and "15 min" in page.text


async def test_what_falls_due_first_stands_in_front_and_says_what_was_promised(desk):
    later, past = desk.running.now() + timedelta(days=1), NINE + timedelta(minutes=15)
    before = cases((await desk.page("/work?limit=200")).text)
    others = [one for one in before if one not in ("c2", "c3")]
    await desk.due("c2", later, "cycle")
    await desk.due("c3", past)
    whole = (await desk.json("/work?limit=200"))["items"]
    pages, path = [], "/work?limit=1"
    while path:
        told = await desk.json(path)
        pages += told["items"]
        path = told["next"] and f"/work?limit=1&cursor={told['next']}"
    page = (await desk.page("/work?limit=200")).text
    await desk.running.pool.execute("delete from routing.dues")
    assert [one["case_id"] for one in whole] == ["c3", "c2", *others] == cases(page) and pages == whole
    assert [one["due_kind"] for one in whole] == ["node", "cycle", *(None for _ in others)]
    assert whole[0]["due_at"] == "2025-04-01T09:15:00Z"
    assert re.findall(r'<span class="broken"><time datetime="([^"]+)"', page) == ["2025-04-01T09:15:00+00:00"]
    assert "Whole cycle" in page and cases((await desk.page("/work?limit=200")).text) == before


async def test_the_list_shows_and_finds_what_warns_somebody(desk):
    at = desk.running.now() + timedelta(minutes=5)
    await desk.due("c2", at, warns=["agent"])
    await desk.due("c3", at, warns=["agent", "supervisor"])
    asked = {to: await desk.json(f"/work?warned={to}") for to in ("agent", "owner", "supervisor")}
    pages = {to: (await desk.page(f"/work?warned={to}")).text for to in asked}
    nobody = await desk.page("/work?warned=nobody")
    others = {one["case_id"]: one["warns"] for one in (await desk.json("/work?limit=200"))["items"]}
    await desk.running.pool.execute("delete from routing.dues")
    assert {to: [one["case_id"] for one in told["items"]] for to, told in asked.items()} == {
        "agent": ["c2", "c3"],
        "owner": [],
        "supervisor": ["c3"],
    }
    assert {to: cases(page) for to, page in pages.items()} == {"agent": ["c2", "c3"], "owner": [], "supervisor": ["c3"]}
    assert pages["agent"].count(">due soon</span>") == 2 and ">due soon: to the supervisor</span>" in pages["agent"]
    assert (others.pop("c2"), others.pop("c3")) == (["agent"], ["agent", "supervisor"]) and not any(others.values())
    assert nobody.status_code == 422 and "warned" in nobody.text


async def test_the_list_shows_that_it_is_time_to_remind_a_customer_though_nothing_runs(desk):
    await desk.due("c2", None, kind="", reminders=2)
    shown = {
        one["case_id"]: (one["due_at"], one["due_kind"], one["reminders"])
        for one in (await desk.json("/work?limit=200"))["items"]
    }
    page = (await desk.page("/work?limit=200")).text
    chinese = (await desk.page("/work?limit=200", **{"Accept-Language": "zh"})).text
    await desk.running.pool.execute("delete from routing.dues")
    assert shown.pop("c2") == (None, None, 2) and {reminders for _, _, reminders in shown.values()} == {0}
    assert page.count(">remind the customer (2)</span>") == 1 and ">提醒客户（第2次）</span>" in chinese


async def test_what_cannot_be_asked_is_refused_in_words(desk):
    page = await desk.page("/work?phase=closed")
    assert page.status_code == 422 and "text/html" in page.headers["content-type"] and "phase" in page.text


@pytest.mark.parametrize("query", ["?version=9", "?version=1&before=9"])
async def test_a_version_that_is_not_there_is_refused(desk, query):
    page = await desk.page(f"/processes/complaint-quality{query}")
    assert page.status_code == 404 and "has no version 9 (there is 1, 2, 3)" in page.text


async def test_a_standard_that_is_not_there_is_refused(desk):
    assert (await desk.page("/processes/nothing")).status_code == 404


async def test_the_newest_published_version_comes_first_and_says_what_it_changed(desk):
    page = (await desk.page("/processes/complaint-quality")).text
    assert "version 2: published" in page and "version 1 → 2" in page
    changed = page[page.index('id="changes"') : page.index('id="about"')]
    assert "Quality engineer" in changed and "Sales representative" in changed and changed.count("<tr>") == 2


async def test_a_standard_is_whole_on_its_page(desk):
    page = unescape((await desk.page("/processes/complaint-quality?version=1")).text)
    for node in COMPLAINT.nodes:
        assert {node.name.en, node.name.zh, *node.inputs, *node.outputs} <= set(re.split(r"[<>]|\d\. | · ", page)), node.id
    for one in COMPLAINT.exceptions:
        assert one.name.en in page and one.action in page
    assert page.count("<svg") == 2 and "5 working days" in page


@pytest.mark.parametrize("path", ["/work", "/processes", "/processes/hostile"])
async def test_hostile_names_change_no_structure(desk, path):
    page = (await desk.page(path)).text
    assert HOSTILE not in page and "alert(1)" in page and "<script>" not in page
    assert shape(page).count("<script") == (3 if path == "/work" else 1) and "{{ 7 * 7 }}" in page


async def test_an_unnamed_process_and_the_hostile_one_have_the_same_tags(desk):
    plain, hostile = await desk.page("/processes/complaint-quality?version=1"), await desk.page("/processes/hostile")
    at = plain.text.index('id="nodes"'), plain.text.index('id="promises"')
    there = hostile.text.index('id="nodes"'), hostile.text.index('id="promises"')
    assert shape(plain.text[slice(*at)]) == shape(hostile.text[slice(*there)])


@pytest.mark.parametrize("path", PAGES)
async def test_a_page_needs_the_scope_of_its_json(desk, path):
    assert (await desk.page(path, "reader")).status_code == 200
    assert (await desk.page(path, "nobody")).status_code == 403


@pytest.mark.parametrize(
    ("role", "nodes"),
    [("quality_engineer", {"n4"}), ("cs_supervisor", {"n2"}), ("nobody", set()), ("$responsible_department", {"n6"})],
)
def test_a_role_works_at_its_nodes(role, nodes):
    assert {place.split("\x1f")[2] for place in queries.workplaces(role, [COMPLAINT])} == nodes


async def test_the_list_of_work_asks_the_same_again_when_something_changed(desk):
    page = (await desk.page("/work?phase=in_work&lang=zh&limit=2")).text
    (again,) = re.findall(r'id="live" data-live="/live" hx-get="([^"]+)"', page)
    assert unescape(again) == "/work?phase=in_work&limit=2"
    assert re.search(r"<button[^>]+data-pause[^>]*hidden", page), "without a script there is nothing to pause"


async def test_what_tells_of_a_change_differs_after_one_and_only_then(desk):
    async def stamp():
        return await queries.work_stamp(desk.running.pool)

    before = await stamp()
    assert before == await stamp() and before[0] > 0
    await desk.running.pool.execute("update routing.cases set agent = agent || 'x' where phase = 'in_work'")
    changed = await stamp()
    assert (changed[0], changed != before) == (before[0], True)
    await desk.running.pool.execute("update routing.cases set agent = left(agent, -1) where phase = 'in_work'")
    assert await stamp() == before


async def test_a_version_is_told_as_its_author_wrote_it(desk):
    written = page("complaint-quality") | {"id": "written", "purpose": {"en": HOSTILE[:100], "zh": "为何"}}
    async with desk.client(Accept="application/json", **{"Idempotency-Key": "w"}) as client:
        assert (await client.post("/processes", json={"standard": written})).status_code == 201
    told = await desk.json("/processes/written/versions/1")
    assert (told["state"], told["standard"]) == ("drafted", written)
    shown = (await desk.page("/processes/written")).text
    assert "<script>alert" not in shown and "&lt;script&gt;" in shown
    assert (await desk.json("/processes/complaint-quality/versions/1"))["standard"] is None
    for gone in ("/processes/written/versions/2", "/processes/nothing/versions/1"):
        assert (await desk.page(gone, Accept="application/json")).status_code == 404


async def test_who_decides_finds_what_waits_for_them(desk):
    gate = Gate(id="go", name=Label(en="Go", zh="放行"), approver="cs_supervisor")
    await desk.publish(
        replace(COMPLAINT, process_id="gated", nodes=(replace(COMPLAINT.nodes[0], gates=(gate,)), *COMPLAINT.nodes[1:]))
    )
    await desk.case("gated-1", "gated")

    async def waiting(role):
        listed = [one["case_id"] for one in (await desk.json(f"/work?decides={role}"))["items"]]
        shown = (await desk.page(f"/work?decides={role}")).text
        assert f'<option value="{role}" selected>' in shown or role != "cs_supervisor"
        assert all(f"/cases/{one}" in shown for one in listed)
        return listed

    async def say(verb, **words):
        async with desk.client(Accept="application/json", **{"Idempotency-Key": f"gated {verb}"}) as client:
            answer = await client.post(f"/cases/gated-1/nodes/n1/{verb}", json=words)
        assert answer.status_code == 200, answer.text

    await say("start", agent="ana")
    assert await waiting("cs_supervisor") == []
    await say("gates/go/request", agent="ana")
    assert (await waiting("cs_supervisor"), await waiting("quality_manager")) == (["gated-1"], [])
    await say("gates/go/decide", agent="eva", decision="approved")
    assert await waiting("cs_supervisor") == []
