"""Finds English sentences that a page gives out as Chinese: a screen reader would read them with the wrong voice."""

import re
from html.parser import HTMLParser
from typing import Any

VOID = {"meta", "link", "input", "br", "hr", "img", "source", "wbr", "col", "base"}
SENTENCE = re.compile(r"[A-Za-z][A-Za-z'’]*(?:[,;:]? [A-Za-z'’]+){3,}")
"""Four words in a row: fewer may be a name or a code."""


class _Tongues(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._open = [("", "")]

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag not in VOID:
            self._open.append((tag, dict(attrs).get("lang") or self._open[-1][1]))

    def handle_endtag(self, tag: str) -> None:
        while len(self._open) > 1 and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        tags, lang = {tag for tag, _ in self._open}, self._open[-1][1]
        if lang.startswith("zh") and not tags & {"code", "script", "style"}:
            self.found += SENTENCE.findall(data)


def mistaken(page: str) -> list[str]:
    """Return the English sentences of a page that are marked as Chinese."""
    tongues = _Tongues()
    tongues.feed(page)
    return tongues.found
