"""Limits as an author writes them → targets as the catalogue has them."""

from collections.abc import Iterable

from libs.events.catalogue.standard import LIMIT, Target
from services.routing.domain.page import Page

GRACE = "15m"
"""What `immediate` allows where the author names no grace: nobody acts in no time at all."""

SCALES = {"grades": "grade", "classes": "service_class", "severities": "severity"}
"""The three scales a case is put on: how the author heads them, and what the case calls them."""

_CURE = "write a number and a unit: 20s, 30m, 24h, 2d (elapsed), 8wh, 3wd (working time), or immediate"


def limit_of(page: Page, key: str = "limit") -> str:
    """Return the limit; `immediate` is its grace."""
    written = page.text(key)
    grace = page.text("grace", GRACE) if page.has("grace") else GRACE
    if written == "immediate":
        key, written = ("grace", grace)
    if written and not LIMIT.fullmatch(written):
        page.fault(key, f"`{written}` is no limit", _CURE)
        return ""
    return written


def promised(pages: Page, when: dict[str, str]) -> Iterable[Target]:
    """Yield the promises under `promises:`, for the cases that fit `when`."""
    for clock in pages:
        page = pages.page(clock)
        if clock.startswith("node:"):
            pages.fault(clock, "names a node's own clock", "write the limit at the node")
        yield Target(
            clock=clock,
            kind=clock,
            limit=limit_of(page),
            start=page.text("from", "registered"),
            stop=page.text("until"),
            when=when,
        )
        page.close()


def node_targets(page: Page, node: str) -> Iterable[Target]:
    """Yield the limits of a node: those for words of a scale first, then the one that holds otherwise."""
    if not page.is_page("limit"):
        yield _of_node(node, limit_of(page), {})
        return
    by_word = page.page("limit")
    for scale in SCALES.values():
        words = by_word.page(scale)
        yield from (_of_node(node, limit_of(words, word), {scale: word}) for word in words)
    yield _of_node(node, limit_of(by_word, "otherwise"), {})
    by_word.close()


def _of_node(node: str, limit: str, when: dict[str, str]) -> Target:
    return Target(
        clock=f"node:{node}",
        kind="node",
        limit=limit,
        start=f"entered:{node}",
        stop=f"completed:{node}",
        when=when,
        node=node,
    )
