"""A form is filled in on a page as by POST /cases/{id}/records: the same record, the same refusals, once only."""

import re
from dataclasses import replace

import pytest

from libs.events.catalogue.forms import bounded
from libs.events.catalogue.routing import CaseGraded
from libs.events.testing.sample_standard import STANDARD
from services.intake.pages.filling import places, written
from services.intake.pages.talking import words
from tests.services.intake.pages import test_new
from tests.services.intake.pages.desk import HOSTILE, case, desk

browser = test_new.browser
FORM = "solution_report"
SCHEMA = bounded(
    {
        "type": "object",
        "required": ["cause", "safe"],
        "properties": {
            "cause": {"type": "string", "title": "Cause", "x-zh": "原因"},
            "number_of": {"type": "integer", "description": "How many."},
            "cost": {"type": "number"},
            "safe": {"type": "boolean"},
            "remedy": {"type": "string", "enum": ["repair", "replace"]},
            "lots": {"type": "array", "items": {"type": "integer"}},
            "site": {"type": "object", "properties": {"town": {"type": "string", "maxLength": 50}}},
            "parts": {"type": "array", "items": {"type": "object", "properties": {"a": {"type": "string"}}}},
        },
    }
)


@pytest.mark.parametrize(
    ("why", "given", "read"),
    [
        ("nothing", {}, {}),
        ("blanks", {"cause": " ", "lots": "\r\n", "site.town": ""}, {}),
        ("lines of a browser", {"cause": " a\r\nb "}, {"cause": "a\nb"}),
        ("numbers", {"number_of": "7", "cost": "7.5"}, {"number_of": 7, "cost": 7.5}),
        ("what is no number stays", {"number_of": "seven", "cost": "inf"}, {"number_of": "seven", "cost": "inf"}),
        ("so does what has too many digits", {"cost": "1" * 201}, {"cost": "1" * 201}),
        ("a yes and a no", {"safe": "false"}, {"safe": False}),
        ("neither", {"safe": "perhaps"}, {"safe": "perhaps"}),
        ("a line for each", {"lots": "1\r\n\r\n x \n2"}, {"lots": [1, "x", 2]}),
        ("inside another", {"site.town": "Köln"}, {"site": {"town": "Köln"}}),
        ("what the form does not have", {"key": "k", "agent": "ann", "parts": "x", "colour": "red"}, {"parts": ["x"]}),
    ],
)
def test_what_was_written_is_read(why, given, read):
    assert written(SCHEMA, given) == read, why


def test_a_place_for_each_field():
    found = {one.name: one for one in places(SCHEMA, "zh")}
    assert list(found) == ["cause", "number_of", "cost", "safe", "remedy", "lots", "site.town"], "a list of objects has none"
    assert (found["cause"].label, found["number_of"].label, found["number_of"].hint) == ("原因", "number of", "How many.")
    assert [one.name for one in found.values() if one.required] == ["cause", "safe"]
    assert (found["safe"].choices, found["remedy"].choices) == (("true", "false"), ("repair", "replace"))
    assert {one.name for one in found.values() if one.is_long} == {"cause", "lots"}


async def registered(browser):
    sent = {"channel": "phone", "process_id": STANDARD.process_id}
    told = await browser.post("/cases", json=sent, headers={"Idempotency-Key": "k", "Accept": "application/json"})
    return told.json()["case_id"]


async def ask(browser, case_id, body, key="r"):
    headers = {"Idempotency-Key": key, "Accept": "application/json"}
    return await browser.post(f"/cases/{case_id}/records", json=body, headers=headers)


async def records(browser, case_id):
    return (await browser.get(f"/cases/{case_id}/records", headers={"Accept": "application/json"})).json()["items"]


async def test_a_record_is_attached_and_read_again(browser):
    case_id = await registered(browser)
    first, again = [await ask(browser, case_id, {"form": FORM, "data": {"cause": HOSTILE, "cost": ""}}) for _ in range(2)]
    assert first.status_code == 201 and first.content == again.content
    told = first.json()
    assert (told["lacks"], told["records"]) == (["remedy"], {told["record"]: FORM})
    whole = {"cause": "heat", "remedy": "repair", "cost": 7}
    second = await ask(browser, case_id, {"form": FORM, "data": whole, "agent": "ann"}, "s")
    found = await records(browser, case_id)
    assert [(one["record"], one["data"], one["missing"], one["agent"], one["intact"]) for one in found] == [
        (second.json()["record"], whole, [], "ann", True),
        (told["record"], {"cause": HOSTILE}, ["remedy"], "local", True),
    ]
    page = (await browser.get(f"/cases/{case_id}")).text
    assert "<script>alert" not in page and "&lt;script&gt;alert" in page and "remedy" in page


async def test_what_was_changed_in_the_vault_is_seen_and_an_erasure_leaves_no_words(browser, database_url):
    import asyncpg

    case_id = await registered(browser)
    for key, cause in (("a", "heat"), ("b", "damp")):
        await ask(browser, case_id, {"form": FORM, "data": {"cause": cause}}, key)
    connection = await asyncpg.connect(database_url)
    await connection.execute("update intake_core.records set data = '{\"cause\": \"cold\"}' where data->>'cause' = 'heat'")
    await connection.close()
    assert [one["intact"] for one in await records(browser, case_id)] == [True, False]
    assert "not as it was attached" in (await browser.get(f"/cases/{case_id}")).text
    assert (await browser.delete(f"/cases/{case_id}/personal")).status_code == 200
    assert [(one["data"], one["intact"], one["form"]) for one in await records(browser, case_id)] == [({}, None, FORM)] * 2
    page = (await browser.get(f"/cases/{case_id}")).text
    assert "Its words were erased." in page and "damp" not in page


async def test_what_does_not_fit_is_refused_place_by_place(browser):
    case_id = await registered(browser)
    refused = (await ask(browser, case_id, {"form": FORM, "data": {"remedy": "burn", "x": 1}})).json()
    assert refused["status"] == 422 and refused["type"].endswith("/record-wrong")
    assert [one["pointer"] for one in refused["errors"]] == ["#/data/remedy", "#/data/x"]
    assert (await ask(browser, case_id, {"form": "x", "data": {}}, "t")).json()["type"].endswith("/unknown-form")
    assert await records(browser, case_id) == []
    nobody = await browser.get("/cases/nobody/records", headers={"Accept": "application/json"})
    assert nobody.status_code == 404


@pytest.mark.parametrize("lang", ["en", "zh"])
async def test_a_form_is_filled_in_on_its_page(browser, lang):
    case_id = await registered(browser)
    address = f"/cases/{case_id}/records/new?form={FORM}"
    assert f'href="{address}"' in (await browser.get(f"/cases/{case_id}")).text
    page = await browser.get(f"{address}&lang={lang}")
    assert page.status_code == 200 and ("原因" if lang == "zh" else "Cause") in page.text
    (key,) = re.findall(r'name="key" value="([^"]+)"', page.text)
    wrong = await browser.post(address, data={"key": key, "cause": HOSTILE, "cost": "a lot"})
    assert wrong.status_code == 422 and "It must be a number." in wrong.text and 'href="#cost"' in wrong.text
    assert "<script>alert" not in wrong.text and 'value="a lot"' in wrong.text
    given = {"key": f"{key}2", "cause": "heat", "remedy": "repair", "cost": "7.50", "agent": "ann"}
    first, again = [await browser.post(address, data=given) for _ in range(2)]
    assert (first.status_code, again.status_code, first.headers["location"]) == (303, 303, f"/cases/{case_id}")
    (one,) = await records(browser, case_id)
    assert (one["data"], one["agent"]) == ({"cause": "heat", "remedy": "repair", "cost": 7.5}, "ann")


async def test_without_a_form_one_is_chosen_and_an_unknown_one_is_refused(browser):
    case_id = await registered(browser)
    choice = await browser.get(f"/cases/{case_id}/records/new")
    assert choice.status_code == 200 and f'href="/cases/{case_id}/records/new?form={FORM}"' in choice.text
    assert (await browser.get(f"/cases/{case_id}/records/new?form=nothing")).status_code == 422
    assert (await browser.get(f"/cases/nobody/records/new?form={FORM}")).status_code == 404


async def test_an_urgent_case_is_asked_for_what_is_mandatory_only(database_url, tmp_path):
    cases = [case(0, then=[CaseGraded(grade="normal")]), case(1, then=[CaseGraded(grade="urgent")]), case(2)]
    async with desk(database_url, tmp_path, cases) as told:
        asked = {}
        for n in range(3):
            page = (await told.page(f"/cases/c{n}/records/new?form={FORM}")).text
            asked[n] = re.findall(r'name="(cause|remedy|cost)"', page), "Only what is mandatory is asked." in page
    whole = ["cause", "remedy", "cost"]
    assert asked == {0: (whole, False), 1: (["cause", "remedy"], True), 2: (whole, False)}


async def test_who_may_not_write_gets_no_form_and_who_may_not_see_is_led_back_to_it(database_url, tmp_path):
    async with desk(database_url, tmp_path, [case(0)]) as told:
        address = f"/cases/c0/records/new?form={FORM}"
        assert (await told.page(address, "lister")).status_code == 403
        assert (await told.page(address, "agent")).status_code == 200
        done = (await told.page(f"{address}&done=true", "agent")).text
        assert "The form is attached." in done


async def test_a_process_without_forms_shows_none(database_url, tmp_path):
    async with desk(database_url, tmp_path, [case(0)], standard=replace(STANDARD, forms={})) as told:
        assert "Filled forms" not in (await told.page("/cases/c0")).text


async def confirm(browser, case_id, body, key="y"):
    headers = {"Idempotency-Key": key, "Accept": "application/json"}
    return await browser.post(f"/cases/{case_id}/confirmations", json=body, headers=headers)


async def test_a_confirmation_is_kept_with_its_words_and_they_go_with_an_erasure(browser):
    case_id = await registered(browser)
    record = (await ask(browser, case_id, {"form": FORM, "data": {}})).json()["record"]
    yes = {"subject": "solution", "decision": "accepted", "evidence": record, "agent": "ann"}
    first, again = [await confirm(browser, case_id, yes) for _ in range(2)]
    assert first.status_code == 201 and first.content == again.content
    no = {"subject": "result", "decision": "rejected", "evidence": f"her letter {HOSTILE}", "comment": "it smokes again"}
    assert (await confirm(browser, case_id, no, "z")).status_code == 201
    page = (await browser.get(f"/cases/{case_id}")).text
    assert record in page and "it smokes again" in page and "her letter &lt;script&gt;" in page and "<script>alert" not in page
    assert (await browser.delete(f"/cases/{case_id}/personal")).status_code == 200
    page = (await browser.get(f"/cases/{case_id}")).text
    assert record in page and "it smokes again" not in page and "her letter" not in page


@pytest.mark.parametrize(
    "wrong", [{"subject": "price"}, {"decision": "perhaps"}, {"evidence": " "}, {"evidence": "x" * 201}, {"comment": "x" * 501}]
)
async def test_a_confirmation_of_nothing_is_refused(browser, wrong):
    case_id = await registered(browser)
    body = {"subject": "result", "decision": "accepted", "evidence": "a call"} | wrong
    assert (await confirm(browser, case_id, body)).json()["type"].endswith("/invalid-request")


@pytest.mark.parametrize("lang", ["en", "zh"])
async def test_a_confirmation_is_recorded_on_its_page(browser, lang):
    case_id = await registered(browser)
    address = f"/cases/{case_id}/confirmations/new"
    assert f'href="{address}"' in (await browser.get(f"/cases/{case_id}")).text
    page = await browser.get(f"{address}?lang={lang}")
    assert page.status_code == 200
    (key,) = re.findall(r'name="key" value="([^"]+)"', page.text)
    given = {"key": key, "subject": "result", "decision": "rejected", "comment": HOSTILE}
    wrong = await browser.post(address, data=given)
    assert wrong.status_code == 422 and 'href="#evidence"' in wrong.text and "<script>alert" not in wrong.text
    done = given | {"key": f"{key}2", "evidence": "a call"}
    first, again = [await browser.post(address, data=done) for _ in range(2)]
    assert (first.status_code, again.status_code, first.headers["location"]) == (303, 303, f"/cases/{case_id}")
    assert (await browser.get(f"/cases/{case_id}")).text.count("a call") == 1
    assert (await browser.get("/cases/nobody/confirmations/new")).status_code == 404


async def talk(browser, case_id, body, key):
    headers = {"Idempotency-Key": key, "Accept": "application/json"}
    return await browser.post(f"/cases/{case_id}/contacts", json=body, headers=headers)


CALL = {"direction": "outbound", "channel": "phone", "purpose": "progress"}


@pytest.mark.parametrize("lang", ["en", "zh"])
async def test_a_contact_is_logged_on_its_page(browser, lang):
    case_id = await registered(browser)
    address = f"/cases/{case_id}/contacts/new"
    assert f'href="{address}"' in (await browser.get(f"/cases/{case_id}")).text
    page = await browser.get(f"{address}?lang={lang}")
    assert page.status_code == 200
    (key,) = re.findall(r'name="key" value="([^"]+)"', page.text)
    done = CALL | {"key": key, "agent": "ann", "note": f"she said {HOSTILE}"}
    first, again = [await browser.post(address, data=done) for _ in range(2)]
    assert (first.status_code, again.status_code, first.headers["location"]) == (303, 303, f"/cases/{case_id}")
    shown = (await browser.get(f"/cases/{case_id}")).text
    assert shown.count("she said") == 1 and "<script>alert" not in shown and "ann" in shown
    assert (await browser.get("/cases/nobody/contacts/new")).status_code == 404


@pytest.mark.parametrize(
    ("why", "ticks", "body", "place"),
    [
        ("nothing is wrong", {}, {}, None),
        ("she was not reached", {"reached": "1"}, {"reached": False}, None),
        ("a machine answered", {"automated": "1", "purpose": "response"}, {"automated": True, "purpose": "response"}, None),
        ("she said thank you", {"thanks": "1", "direction": "inbound"}, {"thanks": True, "direction": "inbound"}, None),
        ("we do not say thank you", {"thanks": "1", "direction": "outbound"}, {"thanks": True, "direction": "outbound"}, ""),
        ("it meets her expectation", {"meets_expectation": "yes"}, {"meets_expectation": True}, None),
        ("it does not", {"meets_expectation": "no"}, {"meets_expectation": False}, None),
        ("she did not say", {"meets_expectation": ""}, {"meets_expectation": None}, None),
        ("no answer that there is", {"meets_expectation": "perhaps"}, {"meets_expectation": "perhaps"}, "meets_expectation"),
        ("said by somebody who was not reached", {"reached": "1", "meets_expectation": "no"},
            {"reached": False, "meets_expectation": False}, ""),
        ("it resolves, with an own time", {"resolves_case": "1", "occurred_at": "2199-01-01T00:00:00Z"},
            {"resolves_case": True, "occurred_at": "2199-01-01T00:00:00Z"}, "occurred_at"),
        ("resolved without reaching her", {"reached": "1", "resolves_case": "1"}, {"reached": False, "resolves_case": True}, ""),
        ("no such direction", {"direction": "up"}, {"direction": "up"}, "direction"),
        ("no instant", {"occurred_at": "at noon"}, {"occurred_at": "at noon"}, "occurred_at"),
        ("too long", {"agent": "x" * 300}, {"agent": "x" * 300}, "agent"),
    ],
)  # fmt: skip
async def test_the_page_takes_and_refuses_what_the_api_does(browser, why, ticks, body, place):
    case_id = await registered(browser)
    answer = await talk(browser, case_id, CALL | body, "k1")
    page = await browser.post(f"/cases/{case_id}/contacts/new", data=CALL | ticks | {"key": "k2"})
    assert (answer.status_code == 201) is (page.status_code == 303) is (place is None), why
    assert answer.status_code == (page.status_code if place is not None else 201), (answer.text, page.text)
    assert place is None or ('class="wrong" role="alert"' in page.text and (not place or f'href="#{place}"' in page.text))


def test_what_is_ticked_is_said():
    given = {"direction": "outbound", "note": " ", "reached": "1", "automated": "1", "meets_expectation": "no", "key": "k"}
    assert words(given) == {
        "direction": "outbound",
        "reached": False,
        "automated": True,
        "meets_expectation": False,
    }


@pytest.mark.parametrize(
    ("lang", "yes", "no"),
    [("en", "meets her expectation", "does not meet her expectation"), ("zh", ">符合期望", "不符合期望")],
)
async def test_what_she_says_of_the_result_is_shown(browser, lang, yes, no):
    case_id = await registered(browser)
    for n, said in enumerate((True, False, False, None)):
        body = CALL | {"purpose": "result", "meets_expectation": said}
        assert (await talk(browser, case_id, body, f"k{n}")).status_code == 201
    shown = (await browser.get(f"/cases/{case_id}?lang={lang}")).text
    assert (shown.count(yes), shown.count(no)) == (1, 2)
    shown = (await browser.get(f"/cases/{case_id}/dossier?lang={lang}")).text
    assert (shown.count(yes.replace(">", " · ")), shown.count(no)) == (1, 2)
    form = (await browser.get(f"/cases/{case_id}/contacts/new?lang={lang}")).text
    assert yes in form and no in form
    told = (await browser.get(f"/cases/{case_id}/dossier", headers={"Accept": "application/json"})).json()["contacts"]
    assert [one["meets_expectation"] for one in told] == [True, False, False, None]
