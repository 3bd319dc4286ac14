"""SVG as text: every word and every attribute is escaped here, and a number is always written the same way."""

import re
from functools import cache, lru_cache
from html import escape
from typing import NewType

from libs.pictures.measure import SIZE, fitted

Markup = NewType("Markup", str)
"""Text that may stand in a document as it is. Only this module makes it out of words."""

LONGEST = 1000
"""Characters of one text that a picture carries along; what is longer ends in an ellipsis."""

REMEMBERED = 2_048
"""A picture says some words and numbers over and over; of so many of each the markup is kept."""

# What XML forbids even when it is escaped, and the marks that turn the direction of the text behind them.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\ufdd0-\ufdef]")
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]")
_SAFE_START = re.compile(r"(?:[/?#](?![/\\])|https?://)")


def clean(text: str) -> str:
    """Return the text as one bounded line that XML may hold and that turns no text beside it."""
    line = " ".join(_TURNING.sub("", _FORBIDDEN.sub("\ufffd", text[: LONGEST * 2])).split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"


@lru_cache(maxsize=REMEMBERED)
def words(text: str) -> Markup:
    """Return the text as markup."""
    return Markup(escape(clean(text)))


@lru_cache(maxsize=REMEMBERED)
def num(value: float) -> str:
    """Return a number with at most two decimals and no needless digit."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


@cache
def _name(key: str) -> str:
    return key.rstrip("_").replace("_", "-")


def tag(name: str, *inside: Markup, **attributes: str | float | None) -> Markup:
    """Return an element. `class_` is written class and `text_anchor` text-anchor; an attribute that is None is left out."""
    said = "".join(
        f' {_name(key)}="{words(value) if isinstance(value, str) else num(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    return Markup(f"<{name}{said}>{''.join(inside)}</{name}>" if inside else f"<{name}{said}/>")


def path(*steps: str | float) -> str:
    """Return the steps of a path, such as "M", 1, 2, "L", 3, 4, as one attribute."""
    return " ".join(step if isinstance(step, str) else num(step) for step in steps)


def label(
    x: float, y: float, text: str, room: float, *, size: int = SIZE, anchor: str | None = None, class_: str | None = None
) -> Markup:
    """Return a text that is no wider than its room. What does not fit ends in an ellipsis and is whole in the tooltip."""
    whole = clean(text)
    shown = fitted(whole, room, size)
    tooltip = [tag("title", words(whole))] if shown != whole else []
    font = size if size != SIZE else None
    return tag("text", *tooltip, words(shown), x=x, y=y, font_size=font, text_anchor=anchor, class_=class_)


def linked(href: str, name: str, *inside: Markup) -> Markup:
    """Return marks that have a name, and lead somewhere if there is an address.

    The name is a title: browsers show it and screen readers say it. An `aria-label` would have to repeat all words of the marks.
    """
    title = tag("title", words(name))
    if not href:
        return tag("g", title, *inside)
    if not _SAFE_START.match(href):
        raise ValueError(f"A mark may lead to a path or to http(s), not to {href[:80]!r}.")
    return tag("a", title, *inside, href=href)
