"""A supervisor sees a case at risk on the board, opens it and gives it to somebody; the open board then shows to whom."""

from datetime import timedelta

import pytest
from playwright.async_api import Locator, Page, expect

from libs.events.words.now import real_now
from tests.browser.desk import CASE, Desk
from tests.browser.looking import Look, Visit, visit
from tests.stack.test_journey import work

SECONDS_MAX = 60


@pytest.fixture
def look() -> Look:
    return Look("en", "light", 1280)


def at_risk(desk: Desk, ref: str) -> str:
    """Register a case that was answered in time and has four of its 24 hours left; return its id."""
    came = real_now() - timedelta(hours=20)
    case_id, position = desk.registered(CASE | {"external_ref": ref, "occurred_at": came.isoformat()})
    answered = {"direction": "outbound", "channel": "phone", "purpose": "response", "agent": "li"}
    told = answered | {"occurred_at": (came + timedelta(minutes=5)).isoformat()}
    position = desk.post("intake", f"/cases/{case_id}/contacts", told, {"Position": position}).headers["Position"]
    for node in ("n1", "n2", "n3"):
        position = work(desk, case_id, node, {"Position": position})
    begun = desk.post("routing", f"/cases/{case_id}/nodes/n4/start", {}, {"Position": position})
    assert begun.status_code == 200, begun.text
    return case_id


async def test_a_case_at_risk_is_seen_opened_and_given_to_somebody(desk: Desk, visitor: Visit) -> None:
    case_id, board = at_risk(desk, "R-20"), visitor.tab
    address = f"{desk.stack.url('analytics')}/"
    card = card_of(board)
    await visitor.go(address)
    await expect(card).to_contain_text("at risk", timeout=SECONDS_MAX * 1_000)
    loaded = await board.evaluate("performance.timeOrigin")

    async with visit(board.context) as other:
        tab = other.tab
        await other.go(address)
        await card_of(tab).get_by_role("link").click()
        await expect(tab).to_have_url(f"{address}cases/{case_id}")
        await expect(tab.get_by_role("heading", level=1)).to_contain_text("R-20")
        await tab.get_by_role("link", name="Work on it").click()
        await expect(tab).to_have_url(f"{desk.stack.url('routing')}/cases/{case_id}")
        form = tab.locator("details").filter(has=tab.locator("form[action$='/forms/assign']"))
        await form.locator("summary").click()
        await form.get_by_label("Team", exact=True).fill("tech_support")
        await form.get_by_label("Agent", exact=True).fill("ana")
        await form.get_by_role("button").click()
        await expect(tab.locator("main")).to_contain_text("ana")
        assert await other.inaccessible() == []
        assert other.said == []

    await expect(card).to_contain_text("ana", timeout=SECONDS_MAX * 1_000)
    assert await board.evaluate("performance.timeOrigin") == loaded, "the board was loaded again"
    assert await visitor.faults() == []


def card_of(tab: Page) -> Locator:
    return tab.locator(".ticket").filter(has_text="R-20")
