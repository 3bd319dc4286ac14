"""A case is registered by a form as by POST /cases: the same case, the same refusals beside their fields, once only."""

import asyncio
import html
import re
from contextlib import asynccontextmanager, suppress
from types import SimpleNamespace

import asyncpg
import httpx
import pytest
from prometheus_client import CollectorRegistry

from libs.events.engine.instance import Instance
from libs.events.log.port import PARTITIONS, TopicSettings
from libs.events.store.postgres import PostgresStore
from libs.events.testing.memory_log import MemoryLog
from libs.events.testing.sample_standard import STANDARD
from libs.events.testing.spec import knowing
from libs.events.upkeep.bootstrap import bootstrap
from libs.service.app import app_of
from libs.service.running import RunningService
from libs.service.settings import StoreSettings
from libs.web.settings import WebSettings
from services.intake.api import routes
from services.intake.domain.link import Links
from services.intake.pages import PAGES, page_routes
from services.intake.pages.registering import fields_of, filled_in
from services.intake.service import SERVICE
from tests.libs.web.pages.site import BROWSER
from tests.safety.tongues import mistaken
from tests.services.intake.pages.desk import AT, HOSTILE, NO_FILES

LINKS = Links("of a test")
PATH = f"/cases/new?process={STANDARD.process_id}"


@asynccontextmanager
async def browsing(database_url, files=NO_FILES):
    """Yield a browser for intake's app over its tables, with a writer and a log in memory."""
    version = await bootstrap(database_url, SERVICE)
    async with asyncpg.create_pool(database_url, min_size=1, max_size=4) as pool:
        lines = MemoryLog()
        for topic, count in PARTITIONS.items():
            await lines.create(TopicSettings(topic, count))
        store = PostgresStore(pool, "intake", SERVICE.tables, version, vault=SERVICE.vault)
        instance = Instance(SERVICE, store, [lines] * 3, now=lambda: AT, registry=CollectorRegistry())
        await instance.lease()
        instance.known = knowing(STANDARD)
        running = RunningService(SERVICE, StoreSettings())
        running._opened = SimpleNamespace(pool=pool, instance=instance)
        writer = asyncio.create_task(instance.writer.run())
        routers = [routes(running, "p", LINKS, files), *page_routes(running, "p", LINKS, files)]
        app = app_of(running, "intake", routers, WebSettings(), pages=PAGES)
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app), base_url="http://127.0.0.1", headers=BROWSER
        ) as http:
            yield http
        writer.cancel()
        with suppress(asyncio.CancelledError):
            await writer


@pytest.fixture
async def browser(database_url):
    async with browsing(database_url) as http:
        yield http


async def form(browser, **filled):
    """Return the form as a browser would send it, with these fields filled in."""
    page = await browser.get(PATH)
    sent = dict(re.findall(r'name="([^"]+)"[^>]*? value="([^"]*)"', page.text))
    return {name: html.unescape(value) for name, value in sent.items()} | filled


@pytest.mark.parametrize("lang", ["en", "zh"])
async def test_it_asks_which_process_and_then_for_what_that_needs(browser, lang):
    choice, page = await browser.get(f"/cases/new?lang={lang}"), await browser.get(f"{PATH}&lang={lang}")
    assert f'href="?process={STANDARD.process_id}"' in choice.text and page.status_code == 200
    for name in (*fields_of(STANDARD), "channel"):
        assert f'name="fields.{name}"' in page.text or f'name="{name}"' in page.text
    assert "autocomplete" in page.text and page.headers["cache-control"] == "no-store"


async def test_it_registers_the_case_once_and_leads_to_it(browser):
    sent = await form(
        browser, **{"subject": "it smokes", "description": "one\r\ntwo", "customer.name": "李娜", "external_ref": "T-1"}
    )
    first, again = await browser.post("/cases/new", data=sent), await browser.post("/cases/new", data=sent)
    assert (first.status_code, again.status_code) == (303, 303)
    assert first.headers["location"] == again.headers["location"]
    sheet = (await browser.get(first.headers["location"], headers={"Accept": "application/json"})).json()
    assert (sheet["subject"], sheet["description"], sheet["external_ref"]) == ("it smokes", "one\ntwo", "T-1")
    assert sheet["customer"] == {"name": "李娜"}
    page = await browser.get(first.headers["location"])
    assert page.status_code == 200 and "it smokes" in page.text and "李娜" in page.text


@pytest.mark.parametrize(
    ("filled", "field", "status"),
    [
        ({"channel": "By Phone"}, "channel", 422),
        ({"channel": ""}, "channel", 422),
        ({"customer.email": "nobody"}, "customer.email", 422),
        ({"subject": "x" * 201}, "subject", 422),
        ({"subject": "x" * 200, "kind": HOSTILE}, "kind", 422),
        ({f"fields.{STANDARD.attributes[0]}": "x" * 501}, f"fields.{STANDARD.attributes[0]}", 422),
        ({"key": ""}, "", 400),
        ({"customer": "x", "customer.name": "y", "colour": HOSTILE}, "colour", 422),
    ],
)
async def test_a_refusal_stands_beside_its_field_and_keeps_what_was_written(browser, filled, field, status):
    page = await browser.post("/cases/new", data=await form(browser, **{"description": HOSTILE} | filled))
    assert page.status_code == status and "<script>alert" not in page.text and html.escape(HOSTILE, quote=False)[:14] in page.text
    assert not field or f'href="#{field}"' in page.text
    assert field in ("", "colour") or f'aria-describedby="wrong-{field}"' in page.text or f'wrong-{field}"' in page.text
    assert (await browser.get("/cases", headers={"Accept": "application/json"})).json()["items"] == []


async def test_a_refusal_on_a_chinese_page_says_that_it_is_english(browser):
    page = await browser.post("/cases/new", data=await form(browser, subject="x" * 201), headers={"Accept-Language": "zh"})
    assert 'class="wrong" id="wrong-subject" lang="en"' in page.text and mistaken(page.text) == []


async def test_another_case_needs_another_form(browser):
    sent = await form(browser, subject="one")
    await browser.post("/cases/new", data=sent)
    other = await browser.post("/cases/new", data=sent | {"subject": "two"})
    assert other.status_code == 422 and "Idempotency-Key" in other.text


@pytest.mark.parametrize(("fields", "status"), [(200, 422), (201, 400)])
async def test_a_form_has_so_many_fields_and_no_more(browser, fields, status):
    body = "&".join([f"process_id={STANDARD.process_id}", *(f"f{number}=1" for number in range(fields - 1))])
    assert (await browser.post("/cases/new", content=body)).status_code == status


async def test_another_site_registers_nothing(browser):
    sent = await form(browser)
    assert (await browser.post("/cases/new", data=sent, headers={"Sec-Fetch-Site": "cross-site"})).status_code == 403


@pytest.mark.parametrize(("process", "status"), [("nothing", 422), ("", 422)])
async def test_a_process_that_is_not_published_is_refused(browser, process, status):
    page = await browser.post("/cases/new", data={"process_id": process, "key": "k"})
    assert page.status_code == status and page.headers["content-type"].startswith("text/html")


def test_the_body_says_what_was_filled_in():
    sent = {"key": "k", "channel": "web", "subject": " ", "customer.name": "李娜", "fields.a.b": "1", "other.x": "2"}
    assert filled_in(sent) == {"channel": "web", "customer": {"name": "李娜"}, "fields": {"a.b": "1"}, "other.x": "2"}


async def test_a_program_gets_the_customers_link_with_the_case(browser):
    body, headers = (
        {"channel": "web", "process_id": STANDARD.process_id},
        {"Accept": "application/json", "Idempotency-Key": "k" * 16},
    )
    said, again = [await browser.post("/cases", json=body, headers=headers) for _ in range(2)]
    assert said.json()["tracking"] == f"http://127.0.0.1:8001{LINKS.path(said.json()['case_id'])}"
    assert said.content == again.content


async def tracked(browser):
    """Register a case that lacks something, and return the address at which its customer follows it."""
    sent = {"channel": "phone", "process_id": STANDARD.process_id, "description": "it smokes"}
    told = await browser.post("/cases", json=sent, headers={"Idempotency-Key": "k", "Accept": "application/json"})
    assert told.json()["missing"] == ["customer_name", "product_model"]
    return told.json()["case_id"], LINKS.path(told.json()["case_id"])


@pytest.mark.parametrize("lang", ["en", "zh"])
async def test_a_customer_supplies_what_is_missing_on_her_page(browser, lang):
    case_id, link = await tracked(browser)
    page = await browser.get(f"{link}?lang={lang}")
    asked = dict(re.findall(r'<input type="hidden" name="(key)" value="([^"]+)"', page.text))
    assert re.findall(r'<textarea name="([^"]+)"', page.text) == ["customer_name", "product_model"]
    given = asked | {"product_model": "X-200", "customer_name": "", "description": HOSTILE, "colour": "red"}
    first, again = await browser.post(link, data=given), await browser.post(link, data=given)
    assert (first.status_code, again.status_code, first.headers["location"]) == (303, 303, link)
    sheet = (await browser.get(f"/cases/{case_id}", headers={"Accept": "application/json"})).json()
    assert (sheet["missing"], sheet["fields"]) == (["customer_name"], {})  # the model is said in clear
    assert re.findall(r'<textarea name="([^"]+)"', (await browser.get(link)).text) == ["customer_name"]
    page = await browser.get(link)
    (key,) = re.findall(r'name="key" value="([^"]+)"', page.text)
    assert (await browser.post(link, data={"key": key, "customer_name": HOSTILE})).status_code == 303
    sheet = (await browser.get(f"/cases/{case_id}", headers={"Accept": "application/json"})).json()
    assert (sheet["missing"], sheet["fields"]) == ([], {"customer_name": HOSTILE})
    assert "<textarea" not in (await browser.get(link)).text


@pytest.mark.parametrize(
    ("link", "given", "status"),
    [("/track/c1.x", {"key": "k", "product_model": "X"}, 404), ("", {"key": "k", "product_model": "x" * 5_001}, 422),
     ("", {"product_model": "X"}, 400), ("", {"key": "k"}, 303)],
)  # fmt: skip
async def test_what_a_customer_cannot_supply(browser, link, given, status):
    case_id, theirs = await tracked(browser)
    page = await browser.post(link or theirs, data=given)
    assert page.status_code == status
    sheet = (await browser.get(f"/cases/{case_id}", headers={"Accept": "application/json"})).json()
    assert sheet["missing"] == ["customer_name", "product_model"]
