"""Everybody reads their language, whatever their browser says."""

from urllib.parse import urlencode

import pytest
from hypothesis import given as forall
from hypothesis import strategies as st
from starlette.requests import Request

from libs.web.pages.language import language_of
from libs.web.problems import LANGUAGES


def asking(wanted: str | None, accepted: str | None) -> Request:
    headers = [] if accepted is None else [(b"accept-language", accepted.encode("latin-1"))]
    query = urlencode({} if wanted is None else {"lang": wanted}, errors="replace").encode()
    return Request({"type": "http", "method": "GET", "path": "/", "query_string": query, "headers": headers})


@pytest.mark.parametrize(
    ("why", "wanted", "accepted", "spoken"),
    [
        ("nothing said", None, None, "en"),
        ("asked for", "zh", None, "zh"),
        ("asked for against the browser", "en", "zh-CN", "en"),
        ("the browser's only one", None, "zh-CN", "zh"),
        ("the browser's favourite", None, "zh-TW,zh;q=0.9,en;q=0.8", "zh"),
        ("the favourite is not the first", None, "en;q=0.5, zh;q=0.9", "zh"),
        ("equals in the browser's order", None, "zh,en", "zh"),
        ("a language we do not have", None, "de-DE,de;q=0.9,zh;q=0.5,en;q=0.1", "zh"),
        ("only languages we do not have", None, "de,fr", "en"),
        ("refused", None, "zh;q=0", "en"),
        ("asked for one we do not have", "de", "zh", "zh"),
        ("nonsense", None, ";;q=,=,zh;q=0x", "zh"),
        ("any", None, "*", "en"),
    ],
)  # fmt: skip
def test_language(why: str, wanted: str | None, accepted: str | None, spoken: str) -> None:
    assert language_of(asking(wanted, accepted)) == spoken, why


@forall(st.text(max_size=40), st.text(alphabet="enzh-;q=0.1, *", max_size=600))
def test_any_header_gives_one_of_ours(wanted: str, accepted: str) -> None:
    assert language_of(asking(wanted, accepted)) in LANGUAGES
