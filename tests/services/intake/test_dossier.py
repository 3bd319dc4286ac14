"""The dossier of a case: all of it in one answer, and as one file to take away."""

import io
import json
import zipfile

import pytest
from obstore.store import MemoryStore

from services.intake.storage import Files, Storage
from tests.services.intake.domain.test_attachment import PDF
from tests.services.intake.pages.test_attaching import JSON, attach, registered
from tests.services.intake.pages.test_new import browsing
from tests.services.intake.pages.test_recording import FORM, ask, confirm


@pytest.fixture
async def browser(database_url):
    async with browsing(database_url, Files(storage=Storage(MemoryStore()))) as http:
        yield http


async def filled(browser):
    case_id = await registered(browser)
    await ask(browser, case_id, {"form": FORM, "data": {"cause": "heat", "remedy": "repair"}})
    await confirm(browser, case_id, {"subject": "result", "decision": "accepted", "evidence": "her letter", "comment": "fine"})
    await attach(browser, case_id, name="投诉 1.pdf", key="f")
    body = {"direction": "outbound", "channel": "phone", "purpose": "info", "note": "she is at home"}
    headers = JSON | {"Idempotency-Key": "c"}
    assert (await browser.post(f"/cases/{case_id}/contacts", json=body, headers=headers)).status_code == 201
    return case_id


async def dossier(browser, case_id):
    return (await browser.get(f"/cases/{case_id}/dossier", headers=JSON)).json()


async def test_it_has_everything_that_is_kept(browser):
    case_id = await filled(browser)
    found = await dossier(browser, case_id)
    assert [one["data"] for one in found["records"]] == [{"cause": "heat", "remedy": "repair"}]
    assert [(one["evidence"], one["comment"]) for one in found["confirmations"]] == [("her letter", "fine")]
    assert [one["note"] for one in found["contacts"]] == ["she is at home"]
    assert [one["name"] for one in found["attachments"]] == ["投诉 1.pdf"]
    what = ["case.registered", "record.attached", "customer.confirmed", "attachment.added", "contact.logged"]
    assert sorted(one["what"] for one in found["life"]) == sorted(what) and found["closed_at"] is None
    assert {one["code"] for one in found["missing"]} == {"notice-missing"}


async def test_it_is_taken_away_as_one_file(browser):
    case_id = await filled(browser)
    given = await browser.get(f"/cases/{case_id}/dossier.zip")
    assert given.headers["content-disposition"] == f'attachment; filename="{case_id}.zip"'
    with zipfile.ZipFile(io.BytesIO(given.content)) as archive:
        assert archive.testzip() is None and archive.namelist() == ["dossier.json", "files/001 投诉 1.pdf"]
        assert archive.read("files/001 投诉 1.pdf") == PDF
        assert json.loads(archive.read("dossier.json"))["records"] == (await dossier(browser, case_id))["records"]


async def test_after_an_erasure_what_was_there_is_named_and_no_word_is_left(browser):
    case_id = await filled(browser)
    assert (await browser.delete(f"/cases/{case_id}/personal")).status_code == 200
    found = await dossier(browser, case_id)
    assert ("heat" in str(found), "her letter" in str(found), "at home" in str(found)) == (False, False, False)
    assert {one["code"] for one in found["missing"]} >= {
        "words-erased",
        "contact-without-words",
        "record-erased",
        "attachment-erased",
    }
    with zipfile.ZipFile(io.BytesIO((await browser.get(f"/cases/{case_id}/dossier.zip")).content)) as archive:
        assert archive.namelist() == ["dossier.json"]


async def test_a_case_that_is_not_here_has_none(browser):
    for what in ("dossier", "dossier.zip"):
        assert (await browser.get(f"/cases/nobody/{what}", headers=JSON)).status_code == 404


@pytest.mark.parametrize("lang", ["en", "zh"])
async def test_it_is_a_page_to_read_and_to_print(browser, lang):
    case_id = await filled(browser)
    assert f'href="/cases/{case_id}/dossier"' in (await browser.get(f"/cases/{case_id}")).text
    page = await browser.get(f"/cases/{case_id}/dossier?lang={lang}")
    assert page.status_code == 200 and page.headers["cache-control"] == "no-store"
    for word in ("she is at home", "her letter", "投诉 1.pdf", "cause: heat", f"/cases/{case_id}/dossier.zip"):
        assert word in page.text, word
    assert ("The customer was not told the result" if lang == "en" else "未向客户告知结果") in page.text
