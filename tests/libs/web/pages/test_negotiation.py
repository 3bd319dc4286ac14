"""A thing has one address: who prefers HTML gets its page, everybody else the JSON; both are told apart by caches."""

import pytest

from libs.web.pages.shell import CONTENT_SECURITY
from tests.libs.web.pages.site import BROWSER, site
from tests.libs.web.tiny import calling

APP = site()


@pytest.mark.parametrize(
    ("who", "accept", "kind"),
    [
        ("a browser", BROWSER["Accept"], "text/html; charset=utf-8"),
        ("HTML alone", "text/html", "text/html; charset=utf-8"),
        ("a program that says nothing", None, "application/json"),
        ("whatever there is", "*/*", "application/json"),
        ("JSON", "application/json", "application/json"),
        ("JSON rather than HTML", "application/json, text/html;q=0.9", "application/json"),
        ("both alike", "application/json, text/html", "application/json"),
        ("no HTML at all", "text/html;q=0, */*", "application/json"),
    ],
)
async def test_who_prefers_html_gets_the_page(who: str, accept: str | None, kind: str) -> None:
    async with calling(APP, {} if accept is None else {"Accept": accept}) as client:
        got = await client.get("/things/a")
        head = await client.head("/things/a")
    assert (got.status_code, got.headers["content-type"]) == (200, kind), got.text
    assert head.headers["content-type"] == kind and not head.content
    assert {"Accept", "Accept-Encoding"} <= {one.strip() for one in got.headers["vary"].split(",")}


async def test_page_and_json_have_tags_of_their_own_and_are_not_sent_again() -> None:
    async with calling(APP) as client:
        page, json = await client.get("/things/a", headers=BROWSER), await client.get("/things/a")
        again = await client.get("/things/a", headers={**BROWSER, "If-None-Match": page.headers["etag"]})
        swapped = await client.get("/things/a", headers={"If-None-Match": page.headers["etag"]})
    assert page.headers["etag"].startswith('W/"') and json.headers["etag"] == '"7"'
    assert (again.status_code, again.content) == (304, b"")
    assert swapped.status_code == 200


async def test_a_page_loads_nothing_from_elsewhere_and_runs_no_script_of_its_own() -> None:
    async with calling(APP, BROWSER) as client:
        page = await client.get("/things/a")
    assert page.headers["content-security-policy"] == CONTENT_SECURITY and "unsafe" not in CONTENT_SECURITY
    assert (
        " style=" not in page.text and "<style" not in page.text and "<script>" not in page.text and " onclick" not in page.text
    )


async def test_words_of_the_path_change_nothing_of_the_page() -> None:
    async with calling(APP, BROWSER) as client:
        page = await client.get("/things/<img src=x onerror=alert(1)>")
    assert "<img" not in page.text and "&lt;img" in page.text


@pytest.mark.parametrize(
    ("why", "path", "cookie", "accepted", "spoken"),
    [
        ("by name", "/things/a?lang=zh", "", "en", "zh"),
        ("as chosen before", "/things/a", "zh", "en", "zh"),
        ("by name rather than as before", "/things/a?lang=en", "zh", "zh", "en"),
        ("the browser's favourite", "/things/a", "", "fr, zh-TW;q=0.9, en;q=0.8", "zh"),
        ("none of ours", "/things/a?lang=fr", "fr", "fr", "en"),
    ],
)
async def test_a_page_speaks_the_viewer_s_language(why: str, path: str, cookie: str, accepted: str, spoken: str) -> None:
    headers = BROWSER | {"Accept-Language": accepted} | ({"Cookie": f"loopdesk_lang={cookie}"} if cookie else {})
    async with calling(APP, headers) as client:
        page = await client.get(path)
    assert page.headers["content-language"] == spoken
    assert ("loopdesk_lang=" in page.headers.get("set-cookie", "")) == (path.endswith(("lang=zh", "lang=en")))


async def test_a_field_of_a_form_that_nobody_filled_in_asks_for_nothing() -> None:
    async with calling(APP, BROWSER) as client:
        page = await client.get("/things/a?word=&other=x&word=")
    assert "?other=x&amp;lang=zh" in page.text and "word=" not in page.text


async def test_what_another_service_has_is_found_there() -> None:
    async with calling(APP, BROWSER) as client:
        wrong = await client.get("/s/abc")
    assert wrong.status_code == 404 and 'href="http://test:8004/s/abc"' in wrong.text


@pytest.mark.parametrize(
    ("path", "status"), [("/nothing", 404), ("/things/a?limit=1", 200), ("/problems/no", 404), ("/problems/cursor-invalid", 200)]
)
async def test_a_browser_reads_pages_only(path: str, status: int) -> None:
    async with calling(APP, BROWSER) as client:
        got = await client.get(path)
    assert (got.status_code, got.headers["content-type"]) == (status, "text/html; charset=utf-8")


async def test_the_start_page_says_what_this_is_and_where_to_go() -> None:
    async with calling(APP) as client:
        page = await client.get("/")
    assert page.status_code == 200 and "Process standards" in page.text and "http://test:8005/" in page.text


async def test_a_file_is_kept_for_ever_under_the_name_of_its_version() -> None:
    async with calling(APP) as client:
        page = await client.get("/")
        address = page.text.split('rel="stylesheet" href="', 1)[1].split('"', 1)[0]
        style, plain = await client.get(address), await client.get(address.partition("?")[0])
        none = await client.get("/static/shell.py")
    assert "immutable" in style.headers["cache-control"] and style.headers["content-type"].startswith("text/css")
    assert plain.headers["cache-control"] == "no-cache" and plain.content == style.content
    assert none.status_code == 404
