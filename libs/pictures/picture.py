"""What a picture is, and the sheet that one is drawn on."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from libs.pictures.measure import SMALL, wrapped
from libs.pictures.svg import Markup, clean, label, num, tag, words
from libs.pictures.words import EN, Words

WIDE, NARROW = 960, 340
FONT = "system-ui, 'Segoe UI', Roboto, 'Noto Sans', 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif"


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing and the same numbers as a table. `left_out` says what is not drawn; it is empty when all is."""

    title: str
    description: str
    svg: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    left_out: str = ""

    def __html__(self) -> str:
        """Return the drawing for a template, which then does not escape it again."""
        return self.svg


@dataclass(frozen=True, slots=True)
class Sheet:
    """What every picture is told: its key among the pictures of a page, title, description, words, and how wide it is."""

    key: str
    title: str
    description: str = ""
    words: Words = EN
    narrow: bool = False

    @property
    def width(self) -> int:
        """How wide the drawing is, in its own units; a unit is about a pixel."""
        return NARROW if self.narrow else WIDE

    def id(self, name: str) -> str:
        """Return an id for a part of this picture that no other picture of the page has."""
        return f"{re.sub(r'[^A-Za-z0-9_-]', '-', self.key)}-{name}"

    def fill(self, pattern: str) -> str:
        """Return what a mark says in `fill` to have a pattern."""
        return f"url(#{self.id(pattern)})"

    def drawn(
        self,
        height: float,
        marks: Iterable[Markup],
        header: Sequence[str],
        rows: Iterable[Sequence[str]],
        *,
        patterns: Iterable[str] = (),
        how_to_read: str = "",
        left_out: str = "",
    ) -> Picture:
        """Return the picture: the marks in a frame with title and description, and what is left out below them."""
        description = " ".join(self.words.sentence(part) for part in (self.description or self.title, how_to_read) if part)
        said = wrapped(left_out, self.width, SMALL, lines=4) if left_out else []
        foot = [label(0, height + 15 * line, text, self.width, size=SMALL, class_="soft") for line, text in enumerate(said, 1)]
        svg = tag(
            "svg",
            tag("title", words(self.title), id=self.id("title")),
            tag("desc", words(f"{description} {left_out}"), id=self.id("desc")),
            *self._defs(patterns),
            *marks,
            *foot,
            xmlns="http://www.w3.org/2000/svg",
            viewBox=f"0 0 {num(self.width)} {num(height + (15 * len(said) + 8 if said else 0))}",
            width="100%",
            class_="picture narrow" if self.narrow else "picture wide",
            font_family=FONT,
            font_size=12,
            role="group",
            aria_labelledby=f"{self.id('title')} {self.id('desc')}",
        )
        table = tuple(tuple(map(clean, row)) for row in rows)
        return Picture(self.title, description, svg, tuple(map(clean, header)), table, left_out)

    def _defs(self, names: Iterable[str]) -> list[Markup]:
        patterns = [pattern(self.id(name), name) for name in names]
        return [tag("defs", *patterns)] if patterns else []


def both(draw: Callable[[Sheet], Picture], key: str, title: str, said: Words) -> tuple[Picture, ...]:
    """Draw the same picture for a screen and for a phone."""
    return tuple(draw(Sheet(f"{key}{'-narrow' * narrow}", title, words=said, narrow=narrow)) for narrow in (False, True))


_TURNED = {"late": 45, "provisional": -45, "holiday": 90, "paused": 0}
"""Which patterns there are, and how their stripes are turned; the paused one has dots."""


def pattern(id: str, name: str) -> Markup:
    """Return a pattern that tells a mark from others without its colour."""
    ground = tag("rect", width=6, height=6, class_=f"ground {name}")
    if name == "paused":
        figure = tag("circle", cx=3, cy=3, r=1, class_=f"figure {name}")
    else:
        figure = tag("rect", width=2, height=6, class_=f"figure {name}")
    turned = f"rotate({_TURNED[name]})" if _TURNED[name] else None
    return tag("pattern", ground, figure, id=id, width=6, height=6, patternUnits="userSpaceOnUse", patternTransform=turned)
