"""How wide a text is, without a font at hand: estimated on the wide side, so that no text is cut off by its neighbour."""

from functools import lru_cache
from unicodedata import combining, east_asian_width

SIZE = 12
"""The size of a text, in units of the drawing, where nothing else is said."""
SMALL = 11
"""The size of what explains. Nothing is smaller, because a phone scales a drawing down a little."""

_NARROW = frozenset("iljtfrI.,:;'|!()[]/ ·‘’-")
_BROAD = frozenset("mwMW@%—…→")


def width(text: str, size: float = SIZE) -> float:
    """Return about how wide a text is."""
    return sum(map(_of, text)) * size


@lru_cache(maxsize=4_096)
def _of(letter: str) -> float:
    if letter in _NARROW:
        return 0.38
    if letter in _BROAD:
        return 0.98
    if combining(letter):
        return 0.0
    if east_asian_width(letter) in "WF":
        return 1.0 if letter < "\U0001f000" else 1.4
    return 0.7 if letter.isupper() or ord(letter) > 0x24F else 0.63


def _letters(text: str, room: float, size: float) -> int:
    """Return how many letters there is room for."""
    left = room
    for place, letter in enumerate(text):
        left -= _of(letter) * size
        if left < 0:
            return place
    return len(text)


def fitted(text: str, room: float, size: float = SIZE) -> str:
    """Return the text, or as much of it as there is room for and an ellipsis."""
    if _letters(text, room, size) == len(text):
        return text
    return text[: _letters(text, room - width("…", size), size)].rstrip() + "…"


def wrapped(text: str, room: float, size: float = SIZE, *, lines: int) -> list[str]:
    """Return the text in so many lines at most, broken between words where there are any. Only the last may be too long."""
    left = text
    found: list[str] = []
    while len(found) < lines - 1 and (most := _letters(left, room, size)) < len(left):
        blank = left.rfind(" ", 0, most + 1)
        place = blank if blank > 0 else max(1, most)
        found.append(left[:place].rstrip())
        left = left[place:].lstrip()
    return [*found, left] if left or not found else found
