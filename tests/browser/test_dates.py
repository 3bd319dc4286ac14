"""A due date is agreed on the page of a case in a browser that runs no scripts, and what is wrong is said beside its field."""

import pytest
from playwright.async_api import Browser, expect

from tests.browser.chromium import admitted
from tests.browser.desk import Desk
from tests.browser.looking import Look, visit


@pytest.fixture(params=[Look("en", "light", 1280), Look("zh", "dark", 390)], ids=str)
def look(request: pytest.FixtureRequest) -> Look:
    return request.param


async def test_a_due_date_is_agreed_without_a_script(desk: Desk, chromium: Browser, look: Look) -> None:
    intake, (case_id, _) = desk.stack.url("intake"), desk.registered()
    context = await admitted(chromium, look, desk.session(desk.key), java_script_enabled=False)
    async with visit(context) as visitor:
        tab, send = visitor.tab, visitor.tab.locator("button.go")
        await visitor.go(f"{intake}/cases/{case_id}")
        await tab.locator("a[href$='/due/new']").click()
        await tab.locator("#agreed_due_at").fill("2001-05-01T18:00")
        await tab.locator("#reason").fill("She is away until then.")
        await send.click()
        await expect(tab.locator("#wrong-agreed_due_at")).to_contain_text("had passed")
        await tab.locator("#agreed_due_at").fill("2099-05-01T18:00")
        await send.click()
        await expect(tab).to_have_url(f"{intake}/cases/{case_id}")
        # The desk is in UTC; the browsers are in Berlin and Shanghai.
        await expect(tab.locator("time[datetime^='2099-05-01T18:00:00']")).to_contain_text("18:00")
    await context.close()
    assert desk.get("intake", f"/cases/{case_id}").json()["agreed_due_at"] == "2099-05-01T18:00:00Z"
