"""An agent registers a case without a mouse: she chooses the process, fills in its form, sends it, and is at the case."""

import re

import pytest
from playwright.async_api import expect

from tests.browser.desk import Desk
from tests.browser.looking import Keyboard, Look, Visit

JOURNEYS = [
    (Look("en", "light", 1280), "Inbound customer call", "Her lamp & <lid>"),
    (Look("zh", "dark", 390), "客户来电服务流程", "灯不亮 🙁"),
]
"""How she looks at it, the name of the process, and the subject."""

GIVEN = {
    "description": "It stays dark.",
    "fields.urgency": "urgent",
    "fields.topic": "technical",
    "customer.name": "Zhou Min",
    "customer.email": "zhou.min@example.org",
}
"""What she fills in below the subject, in the order of the form."""


@pytest.fixture(params=JOURNEYS, ids=lambda one: one[0].lang)
def journey(request: pytest.FixtureRequest) -> tuple[Look, str, str]:
    return request.param


@pytest.fixture
def look(journey: tuple[Look, str, str]) -> Look:
    return journey[0]


async def test_a_case_is_registered_by_keyboard_alone(desk: Desk, visitor: Visit, journey: tuple[Look, str, str]) -> None:
    _, process, subject = journey
    intake, tab, hands = desk.stack.url("intake"), visitor.tab, Keyboard(visitor.tab)
    await visitor.go(f"{intake}/cases/new")
    await hands.reach(process)
    await hands.go()
    for name, text in {"subject": subject, **GIVEN}.items():
        await hands.reach(name)
        await hands.write(text)
    await hands.reach("submit")
    await hands.go("Space")

    await expect(tab).to_have_url(re.compile(rf"{intake}/cases/[0-9a-f-]{{36}}"))
    await expect(tab.get_by_role("heading", level=1)).to_have_text(subject)
    await expect(tab.locator("main")).to_contain_text("Zhou Min")
    assert await visitor.inaccessible() == []
    assert visitor.said == []

    case_id = tab.url.rsplit("/", 1)[-1]
    case = desk.get("intake", f"/cases/{case_id}").json()
    assert (case["process_id"], case["channel"], case["subject"]) == ("inbound-call", "phone", subject)
    assert case["description"] == GIVEN["description"]
    assert case["customer"] == {"name": "Zhou Min", "email": "zhou.min@example.org"}
    # What is said in clear decides who gets the case.
    worked = desk.eventually("routing", f"/cases/{case_id}", lambda found: found["team"])
    assert (worked["service_class"], worked["team"]) == ("urgent", "tech_support")
