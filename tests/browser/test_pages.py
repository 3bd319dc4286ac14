"""Every page in every look: it says nothing on the console, asks nobody else, shuts nobody out and fits the window."""

import pytest

from tests.browser.desk import Desk
from tests.browser.looking import LOOKS, Look, Visit
from tests.browser.table import ODD, PLACES, Place

LIGHT = [one for one in LOOKS if one.scheme == "light" and one.width == 1280]


@pytest.mark.parametrize("place", [*PLACES, *ODD], ids=str)
async def test_nothing_is_wrong_with_the_page(desk: Desk, visitor: Visit, look: Look, place: Place) -> None:
    await visitor.go(desk.stack.url(place.service) + place.at(desk.sample))
    await visitor.keep(f"{place.name}.{look}")
    assert await visitor.faults(status=place.status) == []
    assert (await visitor.tab.get_attribute("html", "lang") or "").startswith(look.lang)


@pytest.mark.parametrize("look", LIGHT, ids=str)
@pytest.mark.parametrize("place", PLACES, ids=str)
async def test_the_page_fits_its_sheets_of_paper(desk: Desk, visitor: Visit, place: Place) -> None:
    await visitor.go(desk.stack.url(place.service) + place.at(desk.sample))
    printed = await visitor.printed()
    assert printed.cut_off == []
    # What may not be broken goes to the next sheet, and leaves some of this one empty.
    assert 1 <= printed.sheets <= 1 + 1.5 * printed.filled
