"""Whatever strangers write, however long and from whichever side it reads, sla's pages keep their structure."""

from functools import partial
from urllib.parse import quote

import pytest

from tests.services.sla.pages.desk import desk
from tests.strangers import TEXTS, must_change_no_structure, structure

PATHS = (
    "/board", "/clocks", "/clocks?stand=all", "/clocks?stand=breached&by=node", "/clocks?by=grade", "/clocks?by=kind",
    "/breaches", "/clocks/c1", "/clocks/c2", "/clocks/c1/response/explain", "/clocks/c2/{}/explain",
)  # fmt: skip


async def structures(monkeypatch, url, text):
    # A name in an address has no slash.
    text = text[:100].replace("/", "")
    async with desk(url, monkeypatch, until=100.0, text=text) as opened:
        pages = {path: await opened.page(path.replace("{}", quote(text, safe=""))) for path in PATHS}
    assert {path: page.status_code for path, page in pages.items() if page.status_code != 200} == {}
    # Promises stand in the order of their names.
    return {path: sorted(structure(page.text)) for path, page in pages.items()}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
async def test_text_changes_no_structure(postgres, database_url, monkeypatch, text):
    await must_change_no_structure(postgres, database_url, text, partial(structures, monkeypatch))
