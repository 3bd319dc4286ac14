"""A file is attached by a program and on a page, listed, given out, and goes with an erasure."""

import asyncio
import hashlib
import re
from datetime import timedelta

import asyncpg
import pytest
from obstore.store import MemoryStore

from libs.events.words.now import real_now
from libs.events.words.refusal import Refused
from services.intake.attachments import disposition, sweep
from services.intake.settings import IntakeSettings
from services.intake.storage import Files, Storage, storage_of
from tests import s3
from tests.services.intake.domain.test_attachment import NODE, PDF, PNG
from tests.services.intake.pages.desk import HOSTILE, case, desk
from tests.services.intake.pages.test_new import browsing
from tests.services.intake.pages.test_recording import registered

JSON = {"Accept": "application/json"}
MOST = 400
SHA = hashlib.sha256(PDF).hexdigest()


@pytest.fixture(params=["folder", pytest.param("bucket", marks=pytest.mark.kafka)])
def files(request, tmp_path):
    words = {"attachments": str(tmp_path / "kept")}
    if request.param == "bucket":
        server = request.getfixturevalue("s3_server")
        words = {"attachments": f"s3://{s3.BUCKET}/{tmp_path.name}", "s3_endpoint": server.url}
        words |= {"s3_key_id": s3.KEY_ID, "s3_secret": s3.SECRET}
    return Files(storage=storage_of(IntakeSettings(**words)), bytes_max=MOST, count_max=3)


@pytest.fixture
async def browser(database_url, files):
    async with browsing(database_url, files) as http:
        yield http


@pytest.fixture
async def in_memory(database_url):
    files = Files(storage=Storage(MemoryStore()), bytes_max=MOST, count_max=3)
    async with browsing(database_url, files) as http:
        http.files = files
        yield http


async def attach(browser, case_id, content=PDF, name="letter.pdf", key="a", **fields):
    headers = JSON | {"Idempotency-Key": key}
    return await browser.post(f"/cases/{case_id}/attachments", files={"file": (name, content)}, data=fields, headers=headers)


async def listed(browser, case_id):
    return (await browser.get(f"/cases/{case_id}/attachments", headers=JSON)).json()["items"]


async def kept(storage):
    return sorted([one async for part in storage.older(real_now() + timedelta(hours=1)) for one in part])


async def test_a_file_is_attached_listed_and_given_out_as_it_came(browser):
    case_id = await registered(browser)
    first, again = [await attach(browser, case_id, visit=NODE, agent="mei") for _ in range(2)]
    assert first.status_code == 201 and first.content == again.content and again.headers["idempotent-replayed"] == "true"
    assert first.json()["attachment"] == SHA and first.headers["location"] == f"/cases/{case_id}/attachments/{SHA}"
    [one] = await listed(browser, case_id)
    told = {name: one[name] for name in ("sha256", "name", "media_type", "size", "node", "occurrence", "agent")}
    assert told == {
        "sha256": SHA, "name": "letter.pdf", "media_type": "application/pdf", "size": len(PDF), "node": NODE, "occurrence": 1,
        "agent": "mei",
    }  # fmt: skip
    given = await browser.get(first.headers["location"], headers={"Accept-Encoding": "gzip"})
    assert given.content == PDF and given.headers["content-type"] == "application/octet-stream"
    assert given.headers["content-disposition"] == 'attachment; filename="letter.pdf"'
    assert given.headers["x-content-type-options"] == "nosniff" and given.headers["cache-control"] == "no-store"
    assert given.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert "content-encoding" not in given.headers


async def test_the_same_content_is_kept_once_and_of_another_case_again(browser, files):
    one, other = await registered(browser), await registered_again(browser)
    for case_id, name, key in ((one, "a.pdf", "a"), (one, "b.pdf", "b"), (other, "c.pdf", "c")):
        assert (await attach(browser, case_id, name=name, key=key)).status_code == 201
    assert [found["name"] for found in await listed(browser, one)] == ["b.pdf"], "as who sent it last called it"
    assert await kept(files.storage) == sorted([(one, SHA), (other, SHA)])
    # Of two cases with the same content one is forgotten.
    assert (await browser.delete(f"/cases/{one}/personal")).status_code == 200
    assert await kept(files.storage) == [(other, SHA)]
    assert (await browser.get(f"/cases/{other}/attachments/{SHA}")).content == PDF


async def registered_again(browser):
    from libs.events.testing.sample_standard import STANDARD

    sent = {"channel": "phone", "process_id": STANDARD.process_id, "customer": {"id": "7"}}
    return (await browser.post("/cases", json=sent, headers=JSON | {"Idempotency-Key": "other"})).json()["case_id"]


async def test_an_erasure_takes_the_file_and_its_name_and_it_may_come_again(browser, files):
    case_id = await registered(browser)
    await attach(browser, case_id)
    for _ in range(2):
        assert (await browser.delete(f"/cases/{case_id}/personal")).status_code == 200
    [one] = await listed(browser, case_id)
    assert (one["sha256"], one["name"], one["size"]) == ("", "", len(PDF))
    assert await kept(files.storage) == []
    gone = await browser.get(f"/cases/{case_id}/attachments/{SHA}", headers=JSON)
    assert (gone.status_code, gone.json()["type"]) == (404, "/problems/unknown-attachment")
    assert "letter.pdf" not in (await browser.get(f"/cases/{case_id}")).text
    # What was asked before the erasure, and is asked again, brings nothing back.
    assert (await attach(browser, case_id)).headers["idempotent-replayed"] == "true"
    assert await kept(files.storage) == [] and (await listed(browser, case_id))[0]["name"] == ""
    assert (await attach(browser, case_id, key="b")).status_code == 201
    assert [one["name"] for one in await listed(browser, case_id)] == ["letter.pdf"]


async def test_a_customer_is_forgotten_with_the_files_of_all_her_cases(browser, files):
    case_id = await registered_again(browser)
    await attach(browser, case_id)
    ref = (await browser.get(f"/cases/{case_id}", headers=JSON)).json()["customer_ref"]
    assert (await browser.delete(f"/customers/{ref}/personal")).json() == {"case_ids": [case_id]}
    assert await kept(files.storage) == []


@pytest.mark.parametrize(
    ("why", "sent", "status", "code"),
    [
        ("wrong type", {"content": b"<html><script>alert(1)</script>"}, 422, "attachment-type"),
        ("empty", {"content": b""}, 422, "attachment-empty"),
        ("a byte too many", {"content": b"x" * (MOST + 1)}, 413, "attachment-too-large"),
        ("a path", {"name": "..\\..\\etc\\passwd"}, 422, "attachment-name"),
        ("a name that turns round", {"name": "a\u202efdp.exe"}, 422, "attachment-name"),
        ("a long name", {"name": "x" * 300}, 422, "attachment-name"),
        ("another node", {"visit": "n99"}, 422, "unknown-node"),
        ("another field", {"colour": "red"}, 422, "unknown-field"),
        ("a long field", {"agent": "x" * 201}, 400, "unreadable-body"),
    ],
)
async def test_what_is_refused_leaves_nothing(in_memory, why, sent, status, code):
    case_id = await registered(in_memory)
    refused = await attach(in_memory, case_id, **sent)
    assert (refused.status_code, refused.json()["type"]) == (status, f"/problems/{code}"), why
    assert await listed(in_memory, case_id) == [] and await kept(in_memory.files.storage) == []


async def test_as_large_as_it_may_be_it_is_taken(in_memory):
    case_id = await registered(in_memory)
    assert (await attach(in_memory, case_id, b"x" * MOST, "a.txt")).status_code == 201


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{}", "application/json", 415),
        (PDF, "application/pdf", 415),
        (b"", "multipart/form-data", 400),
        (b"--b\r\n", "multipart/form-data; boundary=b", 400),
        (b"no boundary", "multipart/form-data; boundary=b", 400),
        (
            b'--b\r\nContent-Disposition: form-data; name="file"\r\n\r\nno file name\r\n--b--\r\n',
            "multipart/form-data; boundary=b",
            400,
        ),
    ],
)
async def test_a_body_of_another_form_is_refused(in_memory, body, kind, status):
    case_id = await registered(in_memory)
    headers = JSON | {"Idempotency-Key": "a", "Content-Type": kind}
    refused = await in_memory.post(f"/cases/{case_id}/attachments", content=body, headers=headers)
    assert refused.status_code == status, refused.text


async def test_too_many_are_refused_and_one_that_is_there_is_welcome_again(in_memory):
    case_id = await registered(in_memory)
    for n in range(3):
        assert (await attach(in_memory, case_id, b"text %d" % n, f"{n}.txt", key=str(n))).status_code == 201
    refused = await attach(in_memory, case_id, b"text 4", "4.txt", key="4")
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/too-many-attachments")
    assert (await attach(in_memory, case_id, b"text 1", "again.txt", key="5")).status_code == 201
    assert len(await kept(in_memory.files.storage)) == 3


async def test_a_file_of_another_case_or_of_none_is_not_here(in_memory):
    one, other = await registered(in_memory), await registered_again(in_memory)
    await attach(in_memory, one)
    for case_id, sha in ((other, SHA), (one, "0" * 64), ("nobody", SHA)):
        found = await in_memory.get(f"/cases/{case_id}/attachments/{sha}", headers=JSON)
        assert (found.status_code, found.json()["type"]) == (404, "/problems/unknown-attachment")
    assert (await in_memory.get(f"/cases/{one}/attachments/{SHA[:-1]}", headers=JSON)).status_code == 422
    assert (await in_memory.get("/cases/nobody/attachments", headers=JSON)).status_code == 404
    assert (await attach(in_memory, "nobody", key="n")).status_code == 404
    assert await kept(in_memory.files.storage) == [(one, SHA)]


async def test_many_who_send_the_same_at_once_attach_it_once(in_memory):
    case_id = await registered(in_memory)
    found = await asyncio.gather(*(attach(in_memory, case_id, key=str(n), name=f"{n}.pdf") for n in range(8)))
    assert {one.status_code for one in found} == {201}
    assert len(await listed(in_memory, case_id)) == 1 and await kept(in_memory.files.storage) == [(case_id, SHA)]
    assert (await in_memory.get(f"/cases/{case_id}/attachments/{SHA}")).content == PDF


class Away:
    """A storage that fails at one thing, before or after it is done."""

    def __init__(self, storage, fails, done=False):
        self.storage, self.fails, self.done = storage, fails, done

    def __getattr__(self, name):
        async def asked(*words):
            if name == self.fails:
                if self.done:
                    await getattr(self.storage, name)(*words)
                raise Refused("storage-away", "away", 503)
            return await getattr(self.storage, name)(*words)

        return asked


async def test_while_the_storage_is_away_nothing_is_kept_and_the_client_comes_again(database_url):
    storage = Storage(MemoryStore())
    away = Away(storage, "put")
    async with browsing(database_url, Files(storage=away)) as browser:
        case_id = await registered(browser)
        refused = await attach(browser, case_id)
        assert (refused.status_code, refused.json()["type"]) == (503, "/problems/storage-away") and refused.headers["retry-after"]
        assert await listed(browser, case_id) == []
        away.fails = ""
        assert (await attach(browser, case_id)).status_code == 201, "the same key is good for it"
        away.fails = "get"
        assert (await browser.get(f"/cases/{case_id}/attachments/{SHA}", headers=JSON)).status_code == 503
        away.fails = "forget"
        assert (await browser.delete(f"/cases/{case_id}/personal", headers=JSON)).status_code == 503
        assert (await listed(browser, case_id))[0]["name"] == "letter.pdf", "what could not be erased is still said to be there"


async def test_bytes_without_a_row_are_made_good_by_the_next_upload_or_by_the_sweep(database_url):
    storage = Storage(MemoryStore())
    files = Files(storage=storage)
    async with browsing(database_url, files) as browser:
        case_id = await registered(browser)
        # A crash after the bytes and before the row.
        for content in (PDF, PNG):
            await storage.put(case_id, hashlib.sha256(content).hexdigest(), content)
        assert await listed(browser, case_id) == []
        assert (await attach(browser, case_id)).status_code == 201
        async with asyncpg.create_pool(database_url, min_size=1, max_size=1) as pool:
            running = type("Running", (), {"pool": pool})()
            assert await sweep(running, storage, real_now()) == 0, "it may be on its way"
            assert await sweep(running, storage, real_now() + timedelta(days=1, minutes=1)) == 1
        assert await kept(storage) == [(case_id, SHA)]


async def test_what_the_storage_has_lost_or_changed_is_not_given_out(in_memory):
    case_id = await registered(in_memory)
    await attach(in_memory, case_id)
    for change in (
        lambda: in_memory.files.storage.put(case_id, SHA, b"something else"), lambda: in_memory.files.storage.delete(case_id, SHA)
    ):  # fmt: skip
        await change()
        lost = await in_memory.get(f"/cases/{case_id}/attachments/{SHA}", headers=JSON)
        assert (lost.status_code, lost.json()["type"]) == (500, "/problems/attachment-lost")
    # Sent again it is there again.
    assert (await attach(in_memory, case_id, key="b")).status_code == 201
    assert (await in_memory.get(f"/cases/{case_id}/attachments/{SHA}")).content == PDF


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("a b.pdf", 'attachment; filename="a b.pdf"'),
        ('a".pdf', "attachment; filename*=UTF-8''a%22.pdf"),
        ("投诉.pdf", "attachment; filename*=UTF-8''%E6%8A%95%E8%AF%89.pdf"),
        ("100%.pdf", "attachment; filename*=UTF-8''100%25.pdf"),
    ],
)
def test_a_browser_keeps_it_under_its_name(name, header):
    assert disposition(name) == header


@pytest.mark.parametrize("lang", ["en", "zh"])
async def test_a_file_is_attached_on_its_page(in_memory, lang):
    browser = in_memory
    case_id = await registered(browser)
    address = f"/cases/{case_id}/attachments/new"
    assert f'href="{address}"' in (await browser.get(f"/cases/{case_id}")).text
    page = await browser.get(f"{address}?lang={lang}")
    assert page.status_code == 200 and 'enctype="multipart/form-data"' in page.text
    (key,) = re.findall(r'name="key" value="([^"]+)"', page.text)
    wrong = await browser.post(address, data={"key": key}, files={"file": ("a.html", b"<html>")})
    assert wrong.status_code == 422 and 'href="#file"' in wrong.text
    given = {
        "data": {"key": f"{key}2", "visit": NODE, "agent": "mei"},
        "files": {"file": (HOSTILE.replace("/", "") + ".pdf", PDF)},
    }
    first, again = [await browser.post(address, **given) for _ in range(2)]
    assert (first.status_code, again.status_code, first.headers["location"]) == (303, 303, f"/cases/{case_id}")
    sheet = (await browser.get(f"/cases/{case_id}")).text
    assert f"/cases/{case_id}/attachments/{SHA}" in sheet and "<script>alert" not in sheet
    assert len(await listed(browser, case_id)) == 1
    assert (await browser.get("/cases/nobody/attachments/new")).status_code == 404


async def test_without_a_storage_nothing_is_taken_and_no_page_asks(database_url):
    from tests.services.intake.pages.desk import NO_FILES

    async with browsing(database_url, NO_FILES) as browser:
        case_id = await registered(browser)
        refused = await attach(browser, case_id)
        assert (refused.status_code, refused.json()["type"]) == (409, "/problems/attachments-off")
        assert "attachments/new" not in (await browser.get(f"/cases/{case_id}")).text


async def test_who_may_not_write_or_see_is_refused(database_url, tmp_path):
    async with desk(database_url, tmp_path, [case(0)], files=Files(storage=Storage(MemoryStore()))) as told:
        assert (await told.page("/cases/c0/attachments/new", "lister")).status_code == 403
        assert (await told.page("/cases/c0/attachments/new", "agent")).status_code == 200
        for path in ("/cases/c0/attachments", f"/cases/c0/attachments/{SHA}"):
            assert (await told.json(path, "agent"))["type"] == "/problems/forbidden"
            assert (await told.json(path, "all")).get("type", "") != "/problems/forbidden"
