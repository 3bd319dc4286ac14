"""A customer follows her case and answers the form without a mouse, on a phone, in her language; she needs no key."""

import pytest
from playwright.async_api import expect

from tests.browser.desk import Desk, Sample
from tests.browser.looking import Keyboard, Look, Visit

JOURNEYS = [("en", "dark", 4, "Quick & kind"), ("zh", "light", 1, "等了很久 🙁")]
"""Language, scheme, score, comment."""

FOLLOWED = {"en": ("We have done our work", "See whether all is well"), "zh": ("您的请求已处理完毕", "请确认问题是否已解决")}
"""Language → what she reads about her case, and what she can do."""
OTHER = {"en": "中文", "zh": "English"}


@pytest.fixture(params=JOURNEYS, ids=lambda one: one[0])
def journey(request: pytest.FixtureRequest) -> tuple[str, str, int, str]:
    return request.param


@pytest.fixture
def look(journey: tuple[str, str, int, str]) -> Look:
    return Look(journey[0], journey[1], 390)


async def test_a_customer_answers_by_keyboard_alone(desk: Desk, visitor: Visit, journey: tuple[str, str, int, str]) -> None:
    _, _, score, comment = journey
    hands, asked = Keyboard(visitor.tab), desk.asked.pop()
    await follow(desk, visitor, hands, asked, journey[0])
    await visitor.go(f"{desk.stack.url('survey')}/s/{asked.link}")
    await hands.reach("overall")
    await hands.press("Space", *["ArrowRight"] * (score - 1))
    for part in ("content", "efficiency", "attitude"):
        await hands.reach(part)
        await hands.press("ArrowLeft")  # from "no answer" to the best mark
    await hands.reach("comment")
    await hands.write(comment)
    await hands.reach("submit")
    await hands.go()

    await expect(visitor.tab.get_by_role("status")).to_be_visible()
    assert await visitor.inaccessible() == []
    assert visitor.said == []

    [survey] = desk.get("survey", f"/surveys?case_id={asked.case_id}").json()["items"]
    told = desk.get("survey", f"/surveys/{survey['survey_id']}").json()
    assert (told["overall"], told["comment"]) == (score, comment)
    assert told["scores"] == dict.fromkeys(("content", "efficiency", "attitude"), 5)


async def follow(desk: Desk, visitor: Visit, hands: Keyboard, asked: Sample, lang: str) -> None:
    """Open the link that she was given, look at it in the other language, too, and come back to hers."""
    tab, main = visitor.tab, visitor.tab.locator("main")
    await visitor.go(f"{desk.stack.url('intake')}/track/{asked.tracking}")
    for shown in (lang, "en" if lang == "zh" else "zh", lang):
        for words in FOLLOWED[shown]:
            await expect(main).to_contain_text(words)
        # Her browser says the times by her own clock, so the page must not say that they are the desk's.
        await expect(tab.locator("#desk-zone")).to_have_count(0)
        assert await visitor.inaccessible() == []
        if tab.url.endswith(f"lang={lang}"):
            break
        await hands.reach(OTHER[shown])
        await hands.go()
    assert visitor.said == []
