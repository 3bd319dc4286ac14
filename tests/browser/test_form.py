"""The customer's form on a phone: what it is about, five named faces and the button are there without moving the page."""

import pytest

from tests.browser.desk import Desk
from tests.browser.looking import LOOKS, Look, Visit

PHONES = [one for one in LOOKS if one.width == 390 and one.scheme == "light"]
SEEN = """selector => [...document.querySelectorAll(selector)].map(one => one.getBoundingClientRect())
    .every(one => one.width && one.height && one.top >= 0 && one.left >= 0 && one.bottom <= innerHeight
        && one.right <= innerWidth)"""


@pytest.mark.parametrize("look", PHONES, ids=str)
async def test_a_phone_s_first_screen_has_all_that_is_asked(desk: Desk, visitor: Visit, look: Look) -> None:
    await visitor.go(f"{desk.stack.url('survey')}/s/{desk.sample.link}")
    for selector in (".asks", "h1", ".about", ".face b", "button[type=submit]"):
        assert await visitor.tab.locator(selector).count(), selector
        assert await visitor.tab.evaluate(SEEN, selector), selector
    assert await visitor.tab.locator(".face b").count() == 5


@pytest.mark.parametrize("look", PHONES, ids=str)
async def test_the_deadline_is_told_by_the_customer_s_own_clock(desk: Desk, visitor: Visit, look: Look) -> None:
    await visitor.go(f"{desk.stack.url('survey')}/s/{desk.sample.link}")
    deadline = visitor.tab.locator("time").first
    # The desk is in UTC; the browsers are in Berlin and Shanghai.
    assert "UTC" in (await deadline.get_attribute("title") or "")
    assert ("GMT+8" if look.lang == "zh" else "CE") in (await deadline.text_content() or "")
    assert await visitor.faults() == []
