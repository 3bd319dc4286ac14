"""What all pages say alike: texts with values in them, the same question with some words changed, names of standards."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from starlette.requests import Request

from libs.events.catalogue.references import PROCESS
from libs.events.catalogue.standard import Label, Standard
from libs.events.engine.known import Known
from libs.web.pages.naming import process_name
from libs.web.pages.shell import asking, filled
from libs.web.problems import Language


@pytest.mark.parametrize(
    ("why", "text", "html"),
    [
        ("a value",               "Until {n}.",       "Until &lt;b&gt;."),
        ("a sign in our text",    "Tea & {n}",        "Tea &amp; &lt;b&gt;"),
        ("a key of our own",      "Bearer <key> {n}", "Bearer &lt;key&gt; &lt;b&gt;"),
    ],
)  # fmt: skip
def test_a_text_and_its_values_are_words_and_never_markup(why: str, text: str, html: str) -> None:
    assert filled(text, n="<b>") == html, why


@pytest.mark.parametrize(
    ("why", "query", "changes", "asked"),
    [
        ("nothing",                      "",                  {},                "?"),
        ("the first page",               "team=a&cursor=xyz", {},                "?team=a"),
        ("the next page",                "team=a&cursor=xyz", {"cursor": "abc"}, "?team=a&cursor=abc"),
        ("a language is asked for once", "lang=zh&team=a",    {},                "?team=a"),
        ("one word less",                "team=a&by=node",    {"by": None},      "?team=a"),
        ("words of any kind",            "team=a%26b",        {"by": "?"},       "?team=a%26b&by=%3F"),
    ],
)  # fmt: skip
def test_the_same_is_asked_with_some_words_changed(why: str, query: str, changes: Mapping[str, str], asked: str) -> None:
    request = Request({"type": "http", "method": "GET", "path": "/", "query_string": query.encode(), "headers": []})
    assert asking(request, **changes) == asked, why


@pytest.mark.parametrize(
    ("why", "lang", "id", "version", "name"),
    [
        ("its own version",                 "en", "repair",  1, "Repair"),
        ("in Chinese",                      "zh", "repair",  1, "维修"),
        ("the newest where none is named",  "en", "repair",  0, "Mend"),
        ("the newest for an unknown one",   "en", "repair",  9, "Mend"),
        ("nobody names it",                 "en", "mystery", 1, "mystery"),
    ],
)  # fmt: skip
def test_a_process_is_called_by_its_standard(why: str, lang: Language, id: str, version: int, name: str) -> None:
    known = Known()
    first = Standard(process_id="repair", version=1, name=Label(en="Repair", zh="维修"), calendar=None, nodes=())
    for one in (first, replace(first, version=2, name=Label(en="Mend", zh="修理"))):
        known.put(PROCESS, one)
    assert process_name(known, lang, id, version) == name, why
