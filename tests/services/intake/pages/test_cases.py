"""Cases are found by what they say; by their customer and subject only by those who may see these."""

import re
from urllib.parse import quote

import pytest

from services.intake.queries import search
from tests.services.intake.pages.desk import HOSTILE, MAIL, desk

PERSONAL = ("smokes", "李娜", "王伟", MAIL, "100%")


@pytest.fixture
async def at(database_url, tmp_path):
    async with desk(database_url, tmp_path) as opened:
        yield opened


def found(page):
    """Return the cases of the list, in its order."""
    assert page.status_code == 200, page.text
    return re.findall(r"8005/cases/(c\d)", page.text)


@pytest.mark.parametrize("lang", ["en", "zh"])
async def test_the_list_has_the_cases_of_the_json_newest_first(at, lang):
    page, json = await at.page("/cases", lang=lang), await at.json("/cases")
    assert found(page) == [one["case_id"] for one in reversed(json["items"])] == ["c4", "c3", "c2", "c1", "c0"]
    assert "<script>alert" not in page.text and page.headers["content-language"] == lang
    assert page.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("asked", "cases"),
    [
        ("number=c2", ["c2"]),
        ("number=7-1", ["c0"]),
        ("number=7-", []),
        (f"number={quote(HOSTILE)}", ["c3"]),
        ("from=2026-03-02&to=2026-03-02", ["c4", "c3", "c2", "c1", "c0"]),
        ("to=2026-03-01", []),
        ("from=2026-03-03", []),
        ("to=9999-12-31", ["c4", "c3", "c2", "c1", "c0"]),
        (f"customer={MAIL}", ["c4", "c0"]),
        (f"customer= {MAIL.upper()} ", ["c4", "c0"]),
        ("customer=0086 (10) 1234", ["c1"]),
        ("customer=anonymous", []),
        ("customer=li.na", []),
        ("subject=printer", ["c4", "c0"]),
        ("subject=100%25", ["c1"]),
        ("subject=1___ of", []),
        ("subject=\\", []),
        (f"subject=printer&customer={MAIL}&number=c4", ["c4"]),
        ("number=&subject=&from=", ["c4", "c3", "c2", "c1", "c0"]),
    ],
)
async def test_it_finds(at, asked, cases):
    assert found(await at.page(f"/cases?{asked}")) == cases


@pytest.mark.parametrize("asked", ["", "?number=c0", "?from=2026-03-01"])
async def test_without_the_scope_nothing_personal_is_in_the_source(at, asked):
    page = await at.page(f"/cases{asked}", "lister")
    assert found(page) and not [word for word in PERSONAL if word in page.text]
    assert 'name="customer"' not in page.text and 'name="subject"' not in page.text


@pytest.mark.parametrize("asked", [f"customer={MAIL}", "subject=printer"])
async def test_without_the_scope_nobody_searches_by_what_is_personal(at, asked):
    refused = await at.page(f"/cases?{asked}", "lister")
    assert refused.status_code == 403 and "cases:personal" in refused.text and "/cases/c" not in refused.text


async def test_pages_meet_without_gap_or_repetition(at):
    first = await at.page("/cases?limit=3&from=2026-03-01")
    following = re.search(r'rel="next" href="([^"]+)"', first.text)[1].replace("&amp;", "&")
    second = await at.page(f"/cases{following}")
    assert (found(first), found(second)) == (["c4", "c3", "c2"], ["c1", "c0"])
    assert "from=2026-03-01" in following and 'rel="next"' not in second.text


async def test_a_subject_is_looked_for_in_so_many_cases_and_then_in_older_ones(at, monkeypatch):
    monkeypatch.setattr(search, "LOOKED_THROUGH_MAX", 2)
    seen, path = [], "/cases?subject=printer"
    for _ in range(9):
        page = await at.page(path)
        seen.append(found(page))
        if (following := re.search(r'rel="next" href="([^"]+)"', page.text)) is None:
            break
        path = "/cases" + following[1].replace("&amp;", "&")
    assert seen == [["c4"], [], ["c0"]]


@pytest.mark.parametrize("lang", ["en", "zh"])
async def test_a_case_shows_what_the_json_has_and_who_spoke_with_the_customer(at, lang):
    page, json = await at.page("/cases/c0", lang=lang), await at.json("/cases/c0")
    for text in (json["subject"], json["customer"]["name"], json["customer"]["email"], json["external_ref"], "mei"):
        assert text in page.text, text
    assert next(iter(json["notes"].values())) in page.text and page.headers["cache-control"] == "no-store"


async def test_hostile_words_change_nothing_of_a_case_page(at):
    page = await at.page("/cases/c3")
    assert page.status_code == 200 and "<script>alert" not in page.text and "&lt;script&gt;alert" in page.text


@pytest.mark.parametrize(("path", "who", "status"), [("/cases/c0", "lister", 403), ("/cases/none", "all", 404)])
async def test_a_case_is_refused_as_by_the_json(at, path, who, status):
    page = await at.page(path, who)
    assert page.status_code == status and "李娜" not in page.text and page.headers["content-type"].startswith("text/html")
