"""A form asks for what the API asks for: by the same rules, refused in the same words, once."""

import re
from html import unescape
from itertools import count

import pytest

from services.routing.api import COMMANDS
from services.routing.pages.forms import outputs
from tests.services.routing.pages.conftest import HOSTILE

_cases = count(1)


@pytest.fixture
async def case(desk):
    """A new case of the complaint process, version 1."""
    case_id = f"f{next(_cases)}"
    await desk.case(case_id, "complaint-quality")
    return case_id


def forms(html):
    """Return verb → the hidden fields of its form."""
    found = {}
    for verb, inside in re.findall(r'action="[^"]*/forms/(\w+)">(.*?)</form>', html, re.DOTALL):
        hidden = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', inside)
        found[verb] = {name: unescape(value) for name, value in hidden}
    return found


async def seen(desk, case, key=None):
    return forms((await desk.page(f"/cases/{case}", key)).text)


async def send(desk, case, verb, fields, key=None, **headers):
    async with desk.client(key, **headers) as client:
        return await client.post(f"/cases/{case}/forms/{verb}", data=fields)


async def do(desk, case, verb, **fields):
    """Fill in a form of the page as it is now, and send it."""
    return await send(desk, case, verb, (await seen(desk, case))[verb] | fields)


async def ask(desk, case, path, body):
    """Ask the API for the same."""
    headers = {"Accept": "application/json", "Idempotency-Key": f"k{next(_cases)}"}
    async with desk.client(**headers) as client:
        return await client.post(f"/cases/{case}/{path}", json=body)


async def called(desk, path):
    """Return who is called in which case; the other tests have cases of their own at this desk."""
    return {one["case_id"]: one["called"] for one in (await desk.json(path))["items"]}


async def test_a_case_goes_on_by_its_forms(desk, case):
    assert (await do(desk, case, "start", node="n1", agent="ann")).status_code == 303
    done = await do(desk, case, "complete", **{"done.complaint_register": "1", "agent": "ann"})
    assert (done.status_code, done.headers["location"]) == (303, f"/cases/{case}")
    assert (await do(desk, case, "assign", team="quality", agent="bo")).status_code == 303
    assert (await do(desk, case, "note", kind="help", note="Nobody <b>knows</b> it")).status_code == 303
    page = (await desk.page(f"/cases/{case}")).text
    assert "Nobody &lt;b&gt;knows&lt;/b&gt; it" in page and "help needed" in page
    assert "knows" not in (await desk.page(f"/cases/{case}", key="reader")).text
    told = (await desk.json(f"/cases/{case}/notes"))["items"]
    assert [(one["node"], one["kind"], one["note"]) for one in told] == [("n2", "help", "Nobody <b>knows</b> it")]
    assert (await do(desk, case, "handover", team="lab", agent="lea", reason="A test")).status_code == 303
    assert (await desk.json("/work?team=lab&agent=lea"))["items"][0]["case_id"] == case
    assert (await do(desk, case, "grade", grade="urgent", reason="A batch")).status_code == 303
    assert (await do(desk, case, "raise", code="awaiting_customer")).status_code == 303
    assert (await do(desk, case, "clear", code="awaiting_customer")).status_code == 303
    assert (await do(desk, case, "escalate", to_role="cs_supervisor", kind="functional", reason="Help me")).status_code == 303
    assert "Help me" in (await desk.page(f"/cases/{case}")).text
    assert (await called(desk, "/work?escalated=cs_supervisor"))[case] == ["cs_supervisor"]
    assert case in await called(desk, "/work?task_of=cs_supervisor")
    assert case in (await desk.page("/work?task_of=cs_supervisor")).text
    assert (await desk.json("/work?task_of=nobody"))["items"] == []
    assert (await do(desk, case, "acknowledge", number="1", agent="max")).status_code == 303
    assert case not in await called(desk, "/work?escalated=cs_supervisor")
    assert (await do(desk, case, "return", to_node="n1", reason="Wrong number")).status_code == 303
    assert (await do(desk, case, "classify", category="other")).status_code == 303
    assert (await do(desk, case, "close", outcome="rejected", reason="No fault")).status_code == 303
    assert (await do(desk, case, "reopen", reason="A mistake")).status_code == 303
    assert (await do(desk, case, "resolve", outcome="unreachable", reason="Moved away")).status_code == 303
    assert "Moved away" in (await desk.page(f"/cases/{case}")).text
    assert "Moved away" not in (await desk.page(f"/cases/{case}", key="reader")).text
    told = await desk.json(f"/cases/{case}")
    names = ("phase", "team", "agent", "grade", "category", "escalations", "visit")
    assert tuple(told[name] for name in names) == ("resolved", "quality", "bo", "urgent", "other", 1, 3)


@pytest.mark.parametrize("lang", ["en", "zh"])
async def test_the_page_says_what_the_json_says(desk, case, lang):
    page, told = await desk.page(f"/cases/{case}", **{"Accept-Language": lang}), await desk.json(f"/cases/{case}")
    assert page.status_code == 200 and page.headers["content-language"] == lang
    assert told["case_id"] in page.text and told["team"] in page.text and 'aria-current="step"' in page.text


async def test_only_what_is_possible_is_offered(desk, case):
    assert "complete" not in await seen(desk, case)
    await do(desk, case, "start", node="n1")
    assert {"complete", "assign"} <= (await seen(desk, case)).keys() and "start" not in await seen(desk, case)
    await do(desk, case, "close", outcome="withdrawn", reason="She said so")
    assert set(await seen(desk, case)) == {"reopen"}


@pytest.mark.parametrize(
    ("lang", "script", "question", "lacks"),
    [
        ("en", "Your case {case} is handled", "Does this meet your expectation?", "asked whether it meets her expectation</a>"),
        ("zh", "您的工单 {case} 已处理", "请问该结果是否符合您的期望？", "告知客户结果并询问是否符合期望</a>"),
    ],
)
async def test_the_question_stands_beside_the_script_and_is_owed(desk, lang, script, question, lacks):
    case_id = f"f{next(_cases)}"
    await desk.case(case_id, "telling")
    await do(desk, case_id, "start", node="n1")
    page = (await desk.page(f"/cases/{case_id}", **{"Accept-Language": lang})).text
    assert f"{script.format(case=case_id)} <b>" in page and question in page and lacks in page
    assert page.count(f"/cases/{case_id}/contacts/new") == 2 and "complete" not in forms(page)
    refused = (await ask(desk, case_id, "nodes/n1/complete", {"outputs": ["complaint_register"]})).json()
    assert [(one["name"], one["code"]) for one in refused["errors"]] == [("result-notice", "notice-missing")]


@pytest.mark.parametrize(("lang", "name", "lacks"), [("en", "Register &lt;i&gt;", "not filled in"), ("zh", "登记表", "未填写")])
async def test_what_is_owed_is_named_and_a_form_is_filled_in_where_it_belongs(desk, lang, name, lacks):
    case_id = f"f{next(_cases)}"
    await desk.case(case_id, "formed")
    await do(desk, case_id, "start", node="n1")
    page = (await desk.page(f"/cases/{case_id}", **{"Accept-Language": lang})).text
    assert f'/cases/{case_id}/records/new?form=complaint_register">{name}</a>' in page and lacks in page
    assert "complete" not in forms(page), "it is not offered before the record is there"
    refused = (await ask(desk, case_id, "nodes/n1/complete", {})).json()
    assert (refused["status"], refused["type"]) == (409, "/problems/node-incomplete")
    assert [(one["name"], one["code"]) for one in refused["errors"]] == [("complaint_register", "record-missing")]
    centre = (await desk.page("/processes/formed", **{"Accept-Language": lang})).text
    assert {"en": "Model &lt;b&gt;", "zh": "型号"}[lang] in centre


REASON, NO_REASON = {"to_node": "n2", "reason": "r"}, {"to_node": "n1", "reason": ""}
HELP, BARE_HELP = {"to_role": "x", "reason": "r"}, {"to_role": "x"}
REFUSED = [
    ("complete", "nodes/n1/complete", {"node": "n1"}, {"outputs": []}, "node-not-started"),
    ("start", "nodes/n5/start", {"node": "n5"}, {}, "key-node-open"),
    ("start", "nodes/n99/start", {"node": "n99"}, {}, "unknown-node"),
    ("return", "nodes/n3/return", {"node": "n3"}, REASON, "not-at-node"),
    ("return", "nodes/n1/return", {"node": "n1"}, NO_REASON, "invalid-request"),
    ("escalate", "escalate", {}, HELP, "unknown-role"),
    ("escalate", "escalate", {}, BARE_HELP, "invalid-request"),
    ("acknowledge", "escalations/9/acknowledge", {"number": "9"}, {}, "unknown-escalation"),
    ("assign", "assign", {}, {}, "owner-missing"),
    ("handover", "nodes/n1/handover", {"node": "n1"}, {"team": "lab"}, "reason-missing"),
    ("request", "nodes/n1/gates/plan/request", {"node": "n1", "gate": "plan"}, {}, "unknown-gate"),
    ("decide", "nodes/n1/gates/plan/decide", {"node": "n1", "gate": "plan"}, {"decision": "approved"}, "unknown-gate"),
    ("note", "nodes/n1/note", {"node": "n1"}, {}, "invalid-request"),
    ("note", "nodes/n5/note", {"node": "n5"}, {"note": "x"}, "not-at-node"),
    ("skip", "nodes/n1/skip", {"node": "n1"}, {}, "reason-missing"),
    ("grade", "grade", {}, {"grade": "urgent"}, "reason-missing"),
    ("classify", "classify", {}, {"severity": "x"}, "unknown-severity"),
    ("raise", "exceptions/strike/raise", {"code": "strike"}, {}, "unknown-exception"),
    ("resolve", "resolve", {}, {"outcome": "resolved"}, "key-node-open"),
    ("close", "close", {}, {"outcome": "resolved"}, "not-resolved"),
    ("close", "close", {}, {"outcome": "rejected"}, "reason-missing"),
    ("resolve", "resolve", {}, {"outcome": "duplicate", "reason": "r"}, "repeated-case-missing"),
    ("resolve", "resolve", {}, {"outcome": "rejected", "repeats": "c9"}, "repeated-case-unknown"),
]


@pytest.mark.parametrize(("verb", "path", "place", "body", "code"), REFUSED)
async def test_it_is_refused_as_the_api_refuses_it(desk, case, verb, path, place, body, code):
    told = (await ask(desk, case, path, body)).json()
    given = next(iter((await seen(desk, case)).values()))
    common = {name: given[name] for name in ("key", "version")}
    page = await send(desk, case, verb, common | place | {one: said for one, said in body.items() if one != "outputs"})
    assert told["type"].endswith(f"/{code}") and page.status_code == told["status"]
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    shown = unescape(page.text)
    assert told["detail"] in shown and all(one["detail"] in shown for one in told.get("errors", ()))
    assert f'href="/cases/{case}"' in page.text, "there is a way back"


def test_every_verb_but_those_that_say_nothing_twice_is_tried():
    # To clear what is not raised, and to take up what is in work, is no refusal: it is so already.
    assert {one[0] for one in REFUSED} | {"clear", "reopen"} == COMMANDS.keys()


async def test_a_double_click_says_it_once(desk, case):
    given = (await seen(desk, case))["escalate"] | {"to_role": "cs_supervisor", "reason": "Help"}
    first, second = await send(desk, case, "escalate", given), await send(desk, case, "escalate", given)
    assert (first.status_code, second.status_code) == (303, 303)
    assert (await desk.json(f"/cases/{case}"))["escalations"] == 1


async def test_a_form_that_is_out_of_date_is_refused_with_a_way_back(desk, case):
    stale = await seen(desk, case)
    await do(desk, case, "start", node="n1")
    page = await send(desk, case, "assign", stale["assign"] | {"agent": "bo"})
    assert page.status_code == 412 and "has changed since" in page.text and f'href="/cases/{case}"' in page.text
    assert (await desk.json(f"/cases/{case}"))["agent"] != "bo"


async def test_after_a_refusal_the_same_form_may_say_something_else(desk, case):
    given = (await seen(desk, case))["assign"]
    assert (await send(desk, case, "assign", given)).status_code == 422
    assert (await send(desk, case, "assign", given | {"agent": "bo"})).status_code == 303


@pytest.mark.parametrize(
    ("why", "changed", "status"),
    [
        ("no version", {"version": ""}, 400),
        ("a version that is none", {"version": "²"}, 400),
        ("no key", {"key": ""}, 400),
        ("a key of another kind", {"key": "é"}, 400),
        ("a NUL", {"agent": "a\0b"}, 422),
        ("a name that is too long", {"agent": "x" * 201}, 422),
    ],
)
async def test_a_form_of_nobodys_is_refused(desk, case, why, changed, status):
    given = (await seen(desk, case))["assign"] | {"agent": "bo"} | changed
    assert (await send(desk, case, "assign", given)).status_code == status, why


@pytest.mark.parametrize(
    ("verb", "changed", "status"),
    [
        ("assign", {"node": "n1", "number": "7", "agent": "bo"}, 303),
        ("start", {"node": ""}, 422),
        ("note", {"gate": "plan", "note": "x"}, 422),
    ],
)
async def test_a_place_is_asked_for_where_the_command_has_one_and_passed_over_elsewhere(desk, case, verb, changed, status):
    given = {name: (await seen(desk, case))["assign"][name] for name in ("key", "version")}
    assert (await send(desk, case, verb, given | changed)).status_code == status


async def test_a_verb_or_a_case_that_is_not_there_is_refused(desk, case):
    given = (await seen(desk, case))["assign"]
    assert (await send(desk, case, "explode", given)).status_code == 404
    assert (await send(desk, "nobody", "assign", given | {"agent": "bo"})).status_code in (404, 412)
    assert (await desk.page("/cases/nobody")).status_code == 404
    assert (await send(desk, case, "assign", {f"x{n}": "1" for n in range(300)})).status_code == 400


async def test_forms_are_only_for_those_who_may_write(desk, case):
    assert await seen(desk, case, "reader") == {} and "assign" in await seen(desk, case, "writer")
    given = (await seen(desk, case, "writer"))["assign"] | {"agent": "bo"}
    assert (await send(desk, case, "assign", given, "reader")).status_code == 403
    assert (await desk.page(f"/cases/{case}", "nobody")).status_code == 403
    assert (await send(desk, case, "assign", given, "writer")).status_code == 303


async def test_another_sites_page_changes_nothing(desk, case):
    given = (await seen(desk, case))["assign"] | {"agent": "bo"}
    page = await send(desk, case, "assign", given, **{"Sec-Fetch-Site": "cross-site"})
    assert page.status_code == 403 and (await desk.json(f"/cases/{case}"))["agent"] == ""


async def test_what_people_write_stays_in_the_vault_and_hostile_names_are_words(desk, case):
    await do(desk, case, "escalate", to_role="cs_supervisor", reason=HOSTILE)
    await do(desk, case, "assign", team=HOSTILE[:150], agent=HOSTILE[:150])
    page, work = await desk.page(f"/cases/{case}", "reader"), await desk.page("/work", "reader")
    for shown in (page.text, work.text):
        assert "<script>" not in shown and shown.count("<script") == shown.count("<script src=")
    assert "x" * 250 not in page.text, "a reason is personal"


async def test_the_hostile_standards_case_is_whole(desk):
    page = (await desk.page("/cases/c3")).text
    assert "<script>" not in page and page.count("</html>") == 1 and "start" in forms(page)


@pytest.mark.parametrize(
    ("why", "form", "given"),
    [
        ("nothing", {"agent": "ann"}, []),
        ("a tick", {"done.a": "1", "value.a": ""}, ["a"]),
        ("a value is a tick, too", {"value.a": " b "}, ["a=b"]),
        ("in the order of the form, once", {"value.b": "1", "done.b": "1", "done.a": "1"}, ["b=1", "a"]),
        ("an output with a point", {"done.a.b": "1"}, ["a.b"]),
    ],
)
def test_outputs_are_read(why, form, given):
    assert list(outputs(form)) == given, why
