"""What strangers write is text on every page, whatever it says; and who may see nothing personal sees none of it.

The name of this file puts it last, so that the screenshots of the pages show a desk in peace.
"""

import pytest

from tests.browser.desk import Desk, Sample
from tests.browser.looking import Look, Visit
from tests.browser.strangers import SECRET, Stranger, calm, hostile, personal
from tests.browser.table import PLACES, Place

# A picture's marks and lines of text depend on when things happened and how long words are.
STRUCTURE = "[...document.querySelectorAll(':not(svg *)')].map(one => one.tagName)"
TELLTALES = """[...document.querySelectorAll("[id^=hostile], [onerror], script:not([src])")].map(one => one.outerHTML)
  .concat(window.hostile ? ["a script ran"] : [])"""
WITH_A_SAMPLE = [one for one in PLACES if "{}" in one.path]


@pytest.fixture(scope="module")
def peaceful(desk: Desk) -> Sample:
    return Stranger(desk, "peaceful-process", calm, calm).writes()


@pytest.fixture(scope="module")
def attacked(desk: Desk, peaceful: Sample) -> Sample:
    return Stranger(desk, "hostile-process", hostile, personal).writes()


@pytest.fixture
def look() -> Look:
    return Look("zh", "light", 390)


@pytest.mark.parametrize("place", PLACES, ids=str)
async def test_text_is_text_wherever_it_is_shown(desk: Desk, attacked: Sample, visitor: Visit, place: Place) -> None:
    await visitor.go(desk.stack.url(place.service) + place.at(attacked))
    assert await visitor.tab.evaluate(TELLTALES) == []
    await visitor.keep(f"strangers.{place.name}")
    assert await visitor.faults() == []


@pytest.mark.parametrize("place", WITH_A_SAMPLE, ids=str)
async def test_text_changes_no_structure(desk: Desk, peaceful: Sample, attacked: Sample, visitor: Visit, place: Place) -> None:
    async def structure(sample: Sample) -> list[str]:
        await visitor.go(desk.stack.url(place.service) + place.at(sample))
        return sorted(await visitor.tab.evaluate(STRUCTURE))

    assert await structure(attacked) == await structure(peaceful)


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_without_the_scope_nothing_personal_is_in_the_source(desk: Desk, attacked: Sample, place: Place) -> None:
    answer = desk.page(place.service, place.at(attacked), desk.clerk)
    assert answer.status_code in (200, 403) and SECRET not in answer.text


def test_what_is_personal_is_there_for_who_may_see_it(desk: Desk, attacked: Sample) -> None:
    assert desk.get("intake", f"/cases/{attacked.case_id}").text.count(SECRET) > 5
