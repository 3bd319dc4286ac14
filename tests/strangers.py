"""What strangers may write into any field, and the structure of a page, which none of it may change."""

from collections.abc import Awaitable, Callable
from html.parser import HTMLParser
from typing import Any

from deploy.postgres import PostgresServer

ATTACK = "</title></textarea></script><b onclick=x>'\"&lt;{{ 7*7 }}%s<!-- "
TEXTS = {
    "markup": ATTACK,
    "without end": f"{ATTACK}{'W' * 10_000}",
    "turned and left so": "\u202e\u2067شكوى\u202d",
    "emoji": "👩‍👩‍👧‍👦🧨" * 40,
}
CALM = "calm"


class _Structure(HTMLParser):
    """The elements of a page but those in pictures, whose marks and lines depend on how long words are."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._pictures = 0

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self._pictures += tag == "svg"
        if not self._pictures:
            self.found.append(" ".join([tag, *(name for name, _ in attrs)]))

    def handle_endtag(self, tag: str) -> None:
        self._pictures -= tag == "svg"


def structure(page: str) -> list[str]:
    """Return the elements of a page, each with the names of its attributes."""
    parser = _Structure()
    parser.feed(page)
    return parser.found


async def must_change_no_structure(
    postgres: PostgresServer, database_url: str, text: str, structures: Callable[[str, str], Awaitable[Any]]
) -> None:
    """Compare the structures of pages on a database that is told the text with those of pages that are told a calm one."""
    calm = postgres.create_database("calm")
    try:
        assert await structures(database_url, text) == await structures(calm, CALM)
    finally:
        postgres.drop_database("calm")
