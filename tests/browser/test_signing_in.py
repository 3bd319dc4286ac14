"""Somebody with a key signs in, sees the page she asked for at every service, and signs out; all of it by keyboard."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, expect

from tests.browser.desk import Desk
from tests.browser.looking import LOOKS, Keyboard, Look, Visit, visit


@pytest.fixture
async def stranger(chromium: Browser, look: Look) -> AsyncIterator[Visit]:
    """A tab in a browser where nobody has signed in."""
    context = await chromium.new_context(**look.options)
    async with visit(context) as made:
        yield made
    await context.close()


WORDS = {"en": ("API key", "Sign in", "not known here", "Sign out"), "zh": ("API 密钥", "登录", "此密钥无效", "退出登录")}


@pytest.mark.parametrize("look", [one for one in LOOKS if one.scheme == "dark" and one.width == 390], ids=str)
async def test_a_session_is_good_everywhere_until_it_ends(desk: Desk, stranger: Visit, look: Look) -> None:
    field, begin, unknown, end = WORDS[look.lang]
    asked, tab, hands = f"{desk.stack.url('sla')}/clocks?state=running", stranger.tab, Keyboard(stranger.tab)

    await stranger.go(asked)
    await expect(tab).to_have_url(f"{desk.stack.url('sla')}/sign-in?next=%2Fclocks%3Fstate%3Drunning")
    await hands.reach(field)
    await hands.write("loopdesk_wrong")
    await hands.go()
    await expect(tab.get_by_role("alert")).to_contain_text(unknown)
    assert await stranger.inaccessible() == []

    await hands.reach(field)
    await hands.write(desk.clerk)
    await hands.reach(begin)
    await hands.go("Space")
    await expect(tab).to_have_url(asked)
    await expect(tab.get_by_text("clerk")).to_be_visible()

    await stranger.go(f"{desk.stack.url('analytics')}/")
    await expect(tab.get_by_text("clerk")).to_be_visible()
    await hands.reach(end)
    await hands.go()
    for service in ("analytics", "sla"):
        await stranger.go(f"{desk.stack.url(service)}/{'clocks' if service == 'sla' else ''}")
        await expect(tab.get_by_label(field)).to_be_visible()
    assert desk.clerk not in await tab.content()


@pytest.mark.parametrize("look", LOOKS[:1], ids=str)
async def test_a_script_cannot_read_the_session(desk: Desk, stranger: Visit) -> None:
    await stranger.go(f"{desk.stack.url('intake')}/sign-in")
    await stranger.tab.get_by_label("API key").fill(desk.key)
    async with stranger.tab.expect_navigation():
        await stranger.tab.keyboard.press("Enter")
    [cookie] = await stranger.tab.context.cookies()
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Strict") and desk.key not in cookie["value"]
    assert await stranger.tab.evaluate("document.cookie") == ""
