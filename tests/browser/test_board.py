"""The board on a screen: an empty lane has room for its words, and what is counted stands side by side."""

import pytest

from tests.browser.desk import Desk
from tests.browser.looking import LOOKS, Look, Visit

WIDE = [one for one in LOOKS if (one.width, one.scheme) == (1280, "light")]

# A word that is parted has boxes on two lines.
PARTED = """selector => [...document.querySelectorAll(selector)].flatMap(one => {
  const text = document.createTreeWalker(one, NodeFilter.SHOW_TEXT).nextNode();
  return [...text.data.matchAll(/[a-z]+/gi)].filter(word => {
    const range = document.createRange();
    range.setStart(text, word.index);
    range.setEnd(text, word.index + word[0].length);
    return new Set([...range.getClientRects()].map(box => box.top)).size > 1;
  }).map(word => word[0]);
})"""
TOPS = "selector => [...new Set([...document.querySelectorAll(selector)].map(one => one.getBoundingClientRect().top))].length"


@pytest.mark.parametrize("look", WIDE, ids=str)
async def test_no_word_of_an_empty_lane_is_parted(desk: Desk, visitor: Visit, look: Look) -> None:
    await visitor.go(f"{desk.stack.url('analytics')}/")
    assert await visitor.tab.locator(".lane.empty h3").count() > 5
    assert await visitor.tab.evaluate(PARTED, ".lane.empty h3") == []


@pytest.mark.parametrize("look", WIDE, ids=str)
async def test_the_values_of_the_figures_stand_on_one_line(desk: Desk, visitor: Visit, look: Look) -> None:
    await visitor.go(f"{desk.stack.url('analytics')}/")
    assert await visitor.tab.locator(".tiles .value").count() == 6
    assert await visitor.tab.evaluate(TOPS, ".tiles .value") == 1
