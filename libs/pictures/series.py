"""What a line is made of: series of points, the versions that changed on the way, and both as rows of a table."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from libs.pictures.numbers import count, day
from libs.pictures.picture import Sheet


@dataclass(frozen=True, slots=True)
class Point:
    """A figure of the day or week that begins on a date: its value, its interval, and out of how many. None is a gap."""

    since: date
    value: float | None
    n: int = 0
    low: float | None = None
    high: float | None = None
    provisional: bool = False
    href: str = ""


@dataclass(frozen=True, slots=True)
class Series:
    """A line and its name."""

    label: str
    points: Sequence[Point]


@dataclass(frozen=True, slots=True)
class Version:
    """On which day a version took effect."""

    at: date
    label: str
    href: str = ""


def header(sheet: Sheet) -> list[str]:
    """Return what the columns of the table are."""
    words = sheet.words
    return [words.figure, words.since, words.value, words.interval, "n", words.state]


def cells(sheet: Sheet, say: Callable[[float], str], series: Series, point: Point) -> list[str]:
    """Return the row of a point."""
    words = sheet.words
    known = point.low is not None and point.high is not None
    return [
        series.label,
        day(point.since, words),
        words.no_data if point.value is None else say(point.value),
        f"{say(point.low or 0.0)} – {say(point.high or 0.0)}" if known else "",
        count(point.n),
        words.provisional if point.provisional else words.final,
    ]
