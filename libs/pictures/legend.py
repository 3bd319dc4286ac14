"""What the colours and patterns of a picture mean."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from libs.pictures.measure import SMALL, width
from libs.pictures.picture import Sheet
from libs.pictures.svg import Markup, label, tag

LINE = 18
_SWATCH = 18


@dataclass(frozen=True, slots=True)
class Key:
    """One meaning: a class or a pattern, and its words. A line stands for what is drawn as one; a number tells patterns apart."""

    label: str
    class_: str | None = None
    pattern: str = ""
    line: bool = False
    number: str = ""
    mark: str = ""


def legend(sheet: Sheet, keys: Sequence[Key], top: float, left: float = 0) -> tuple[list[Markup], float]:
    """Return the marks of a legend, as many in a line as there is room for, and where it ends."""
    marks: list[Markup] = []
    x, y = left, top
    for key in keys:
        room = sheet.width - left - _SWATCH - 6
        wide = min(room, width(key.label, SMALL)) + 1
        if x > left and x + _SWATCH + 6 + wide > sheet.width:
            x, y = left, y + LINE
        marks += [*_swatch(sheet, key, x, y), label(x + _SWATCH + 6, y + 12, key.label, wide, size=SMALL, class_="soft")]
        x += _SWATCH + 6 + wide + 16
    return marks, y + LINE


def numbered(x: float, y: float, number: str) -> Iterator[Markup]:
    """Yield a number on a pattern, in a disc of the ground."""
    yield tag("circle", cx=x, cy=y, r=7, class_="ground")
    yield label(x, y + 4, number, 16, size=SMALL, anchor="middle")


def _swatch(sheet: Sheet, key: Key, x: float, y: float) -> Iterator[Markup]:
    if key.line:
        yield tag("line", x1=x, x2=x + _SWATCH, y1=y + 8, y2=y + 8, class_=key.class_)
        if key.mark:
            yield tag("circle", cx=x + 5, cy=y + 8, r=4, class_=key.mark)
        return
    fill = sheet.fill(key.pattern) if key.pattern else None
    yield tag("rect", x=x, y=y + 2, width=_SWATCH, height=12, fill=fill, class_=key.class_)
    if key.number:
        yield from numbered(x + _SWATCH / 2, y + 8, key.number)
