"""The judge can fail: a page with one thing wrong is found out, and the same page without it is not."""

import re

import pytest
from playwright.async_api import Route

from libs.web.pages.shell import CONTENT_SECURITY
from tests.browser.desk import Desk
from tests.browser.looking import LOOKS, Visit

SOUND = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A page</title>
<meta name="viewport" content="width=device-width, initial-scale=1"></head><body><main><h1>A page</h1>{}</main></body></html>"""

WRONG = [
    ("an inline style", '<p style="color: red">x</p>', r"console: .*inline style"),
    ("an inline script", "<script>document.title = 1</script>", r"console: .*inline script"),
    ("a foreign image", '<img alt="x" src="https://example.org/x.png">', r"console: .*https://example.org/x.png"),
    ("a foreign image that the policy lets through", '<img alt="x" src="http://127.0.0.1:9/x.png">', r"foreign: http://127.0.0.1:9"),
    ("a file that is not there", '<img alt="x" src="/static/none.svg">', r"console: .*404"),
    ("a field without a label", '<input name="x">', r"axe label: <input"),
    ("a heading left out", "<h3>x</h3>", r"axe heading-order"),
    ("a line that does not fit", f"<p>{'x' * 500}</p>", r"too wide: <p>xxx"),
    ("another status", None, r"status: 404"),
]  # fmt: skip
"""What is wrong, the markup that makes it so, and how it is told; nothing for a page that is not there."""

look = pytest.fixture(lambda: LOOKS[0])


async def go(desk: Desk, visitor: Visit, body: str | None, policy: str = CONTENT_SECURITY) -> None:
    async def serve(route: Route) -> None:
        await route.fulfill(body=SOUND.format(body), content_type="text/html", headers={"Content-Security-Policy": policy})

    if body is not None:
        await visitor.tab.route("**/made-up", serve)
    await visitor.go(f"{desk.stack.url('intake')}/made-up")


async def test_a_sound_page_has_no_fault(desk: Desk, visitor: Visit) -> None:
    await go(desk, visitor, "<p>x</p>")
    assert await visitor.faults() == []
    printed = await visitor.printed()
    assert (printed.cut_off, printed.sheets) == ([], 1)


@pytest.mark.parametrize(("body", "told"), [one[1:] for one in WRONG], ids=[one[0] for one in WRONG])
async def test_what_is_wrong_is_told(desk: Desk, visitor: Visit, body: str | None, told: str) -> None:
    lets_through = "default-src *" if told.startswith("foreign") else CONTENT_SECURITY
    await go(desk, visitor, body, lets_through)
    faults = await visitor.faults()
    assert any(re.match(told, one) for one in faults), faults


@pytest.mark.parametrize("body", ["<p>{}</p>", "<table><tr><td>{}</td></tr></table>", '<div class="scroll"><p>{}</p></div>'])
async def test_what_paper_cuts_off_is_told(desk: Desk, visitor: Visit, body: str) -> None:
    await go(desk, visitor, body.format("x" * 500))
    assert (await visitor.printed()).cut_off


async def test_sheets_are_counted(desk: Desk, visitor: Visit) -> None:
    await go(desk, visitor, "<p>x</p>" * 200)
    printed = await visitor.printed()
    assert printed.sheets > 3 and printed.sheets <= 1 + 1.5 * printed.filled
