"""Whatever strangers write, however long and from whichever side it reads, survey's pages keep their structure."""

from dataclasses import replace
from functools import partial

import pytest

from libs.events.catalogue.standard import Label
from libs.events.testing.sample_standard import STANDARD
from libs.events.testing.spec import knowing
from services.survey.domain.comment import comment_row
from tests.services.survey.pages.test_surveys import BROWSER, UNASKED, desk, rows_of
from tests.services.survey.story import day
from tests.strangers import TEXTS, must_change_no_structure, structure

PATHS = ("/surveys", "/surveys?by=team", "/surveys?by=agent", "/surveys?status=answered", "/surveys/s-c1", "/surveys/s-c2")


def rows(text):
    """Return an answered survey with a comment, an open one and one that has run out."""
    said = {"team": text[:200], "agent": text[:200]}
    return [*rows_of("c1", 1, overall=1, **said), *rows_of("c2", 2, **said), *rows_of("c3", 3, ends=text[:100], **said)]


async def structures(monkeypatch, url, text):
    label = Label(en=text[:100], zh=text[:100])
    told = {
        "rows": [*rows(text), *UNASKED],
        # A longer comment is folded, so both are long.
        "comments": [comment_row("c1", "s-c1", f"{text} " * (2_000 // (len(text) + 1)) + text[:200], at=day(9))],
        "known": knowing(replace(STANDARD, name=label)),
    }
    async with desk(url, monkeypatch, told=told) as http:
        pages = {path: await http.get(path, headers=BROWSER) for path in PATHS}
    assert {path: page.status_code for path, page in pages.items() if page.status_code != 200} == {}
    return {path: structure(page.text) for path, page in pages.items()}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
async def test_text_changes_no_structure(postgres, database_url, monkeypatch, text):
    await must_change_no_structure(postgres, database_url, text, partial(structures, monkeypatch))
