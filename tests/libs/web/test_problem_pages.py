"""Every kind of problem has a page under its `type`, and no page explains a problem that never occurs."""

import ast
from pathlib import Path

import pytest

from libs.web.problems import LANGUAGES, pages
from services.analytics.domain.corrections import LIFECYCLE
from services.routing.domain.cases.lifecycle import Phase
from services.routing.domain.cases.triage import WORDS
from tests.libs.web.tiny import calling, usual_app

ROOT = Path(__file__).parents[3]
APP = usual_app()
OF_THE_FRAMEWORK = {"no-such-path", "unreadable-body"}
BUILT = {
    "case-": {"unknown", "cancelled", "closed", *(phase.value for phase in Phase)},
    "unknown-": {*WORDS, "grade"},
    "correction-": {*LIFECYCLE},
}
"""Codes that are put together, and what their second parts may be."""


def said() -> set[str]:
    """Return every code that the code can answer with."""
    found = set(OF_THE_FRAMEWORK)
    for file in [*(ROOT / "libs").rglob("*.py"), *(ROOT / "services").rglob("*.py")]:
        if "testing" not in file.parts:
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("Refused", "problem", "Rejected"):
                    at = 1 if getattr(node.func, "id", "") == "problem" else 0
                    found |= codes(node.args[at]) if len(node.args) > at else set()
                if isinstance(node, ast.ClassDef) and "Refused" in {getattr(one, "id", "") for one in node.bases}:
                    found |= own_codes(node)
    return found


def own_codes(kind: ast.ClassDef) -> set[str]:
    """Return the codes that a kind of refusal gives itself."""
    calls = [one for one in ast.walk(kind) if isinstance(one, ast.Call) and getattr(one.func, "attr", "") == "__init__"]
    return set().union(*(codes(one.args[0]) for one in calls if one.args))


def codes(word: ast.expr) -> set[str]:
    match word:
        case ast.Constant(value=str(code)):
            return {code}
        case ast.JoinedStr(values=[ast.Constant(value=str(first)), *_]):
            return {first + second for second in BUILT[first]}
    return set()


@pytest.mark.slow
def test_every_problem_has_its_page_and_every_page_its_problem() -> None:
    assert said() == pages().keys(), "declare it in libs/web/problem_words.yaml, or take it out there"


@pytest.mark.parametrize("code", pages())
def test_a_page_says_what_why_and_what_to_do_in_both_languages(code: str) -> None:
    for language in LANGUAGES:
        told = pages()[code][language]
        assert told.keys() == {"title", "why", "do"} and all(told.values())
        assert told["do"].endswith((".", "。")) and told["why"].endswith((".", "。"))
    assert pages()[code]["zh"] != pages()[code]["en"] and any("一" <= sign <= "鿿" for sign in str(pages()[code]["zh"]))


@pytest.mark.parametrize(
    ("why", "headers", "query", "kind", "language"),
    [
        ("a program", {}, "", "application/json", "en"),
        ("a program that speaks Chinese", {"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.8"}, "", "application/json", "zh"),
        ("a browser", {"Accept": "text/html,application/xml;q=0.9,*/*;q=0.8"}, "", "text/html; charset=utf-8", "en"),
        ("a browser that asks for Chinese", {"Accept": "text/html"}, "?lang=zh", "text/html; charset=utf-8", "zh"),
        ("a language that we do not have", {"Accept-Language": "fr, de;q=0.9"}, "", "application/json", "en"),
    ],
)
async def test_it_is_told_as_it_is_asked(why: str, headers: dict[str, str], query: str, kind: str, language: str) -> None:
    async with calling(APP) as client:
        got = await client.get(f"/problems/cursor-invalid{query}", headers=headers)
    assert (got.status_code, got.headers["content-type"], got.headers["content-language"]) == (200, kind, language)
    assert pages()["cursor-invalid"][language]["title"] in got.text and "Accept-Language" in got.headers["vary"]


async def test_the_type_of_a_problem_leads_to_its_page() -> None:
    async with calling(APP) as client:
        problem = (await client.get("/things?limits=1")).json()
        page = await client.get(problem["type"])
        wrong = await client.get("/problems/invalid-requests")
    assert (page.status_code, page.json()["type"], page.json()["title"]) == (200, problem["type"], problem["title"])
    assert wrong.status_code == 404 and "Did you mean invalid-request?" in wrong.json()["detail"]


async def test_every_no_of_the_shell_has_the_title_of_its_page() -> None:
    async with calling(APP) as client:
        for path in ("/nothing", "/things?cursor=!", "/errors/log", "/errors/bug", "/things/a%00b", "/things?limit=0"):
            problem = (await client.get(path)).json()
            assert problem["title"] == pages()[problem["type"].rsplit("/", 1)[-1]]["en"]["title"]
