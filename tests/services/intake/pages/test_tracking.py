"""A customer follows her case by a link of ours: what she sees has no names, and nobody makes a link of another case."""

import re

import pytest

from libs.events.catalogue.intake import CaseCancelled, CaseRegistered
from libs.events.catalogue.routing import CaseClosed, CaseReopened
from libs.events.testing.spec import given
from libs.events.testing.told import Teller
from services.intake.books import CASES
from services.intake.domain.link import opened, token
from services.intake.pages.tracking import stand
from tests.libs.web.pages.site import BROWSER
from tests.services.intake.pages.desk import AT, HOSTILE, MAIL, SECRET, desk

REGISTERED = CaseRegistered(channel="web", customer_ref="c", process_id="p", process_version=1)
CLOSED, CANCELLED, REOPENED = CaseClosed(), CaseCancelled(reason="mistake"), CaseReopened(reason="again")


@pytest.mark.parametrize("case_id", ["c1", "09bddbbc-ef69-55c8-adf1-3a687bc90c4e"])
def test_a_link_names_its_case(case_id):
    assert opened(token(case_id, secret="s"), secret="s") == case_id


@pytest.mark.parametrize(
    "made",
    ["", ".", "c1", "c1.", f"c2.{token('c1', secret='s').partition('.')[2]}", token("c1", secret="other"), "é.é",
     token("c1", secret="s") + "=", "x" + token("c1", secret="s")],
)  # fmt: skip
def test_a_link_that_we_did_not_make_names_nothing(made):
    assert opened(made, secret="s") is None


def test_without_a_secret_no_link_opens():
    assert opened(token("c1", secret="s"), secret="") is None


@pytest.mark.parametrize(
    ("story", "how"),
    [
        ([REGISTERED], "open"),
        ([REGISTERED, CLOSED], "finished"),
        ([REGISTERED, CANCELLED], "withdrawn"),
        ([REGISTERED, CLOSED, REOPENED], "reopened"),
        ([REGISTERED, CANCELLED, REOPENED], "reopened"),
        ([REGISTERED, CLOSED, REOPENED, CLOSED], "finished"),
    ],
)
def test_a_case_stands(story, how):
    facts = Teller("c1", AT).facts(list(enumerate(story)))
    assert stand(given(CASES, *facts).state) == how


@pytest.mark.parametrize("lang", ["en", "zh"])
async def test_the_page_has_no_names_and_asks_for_no_key(database_url, tmp_path, lang):
    async with desk(database_url, tmp_path) as at:
        sheet = await at.page("/cases/c0", lang=lang)
        path = re.search(r'href="http://127.0.0.1:8001(/track/[^"]+)"', sheet.text)[1]
        page = await at.http.get(path, headers=BROWSER | {"Accept-Language": lang})
        hostile = await at.http.get(f"/track/{token('c3', secret=SECRET)}", headers=BROWSER)
    assert page.status_code == 200 and page.headers["cache-control"] == "no-store"
    assert {"en": "we contacted you", "zh": "我们联系了您"}[lang] in page.text and "7-1" in page.text
    assert not [word for word in ("李娜", MAIL, "smokes", "mei", "/cases") if word in page.text]
    assert hostile.status_code == 200 and HOSTILE not in hostile.text


@pytest.mark.parametrize("made", ["c0", "c0.xyz", token("none", secret=SECRET)])
async def test_another_link_shows_nothing(database_url, tmp_path, made):
    async with desk(database_url, tmp_path) as at:
        page = await at.http.get(f"/track/{made}", headers=BROWSER)
    assert page.status_code == 404 and "7-1" not in page.text
