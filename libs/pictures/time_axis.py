"""Where an instant stands in a drawing, and the axis that says so. Long gaps may be drawn short."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from libs.pictures.measure import SMALL, width
from libs.pictures.numbers import duration
from libs.pictures.picture import Sheet
from libs.pictures.svg import Markup, label, path, tag, words
from libs.pictures.times import Tick, ticks
from libs.pictures.words import Words

AXIS_HEIGHT = 40
_APART = 68
"""Units of drawing between two ticks, about."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of time in which a unit of drawing is everywhere equally long."""

    since: datetime
    until: datetime
    left: float
    right: float

    def x(self, at: datetime) -> float:
        """Return where an instant of this stretch stands."""
        whole = (self.until - self.since) / timedelta(microseconds=1)
        part = (at - self.since) / timedelta(microseconds=1)
        return self.left + (self.right - self.left) * (part / whole if whole else 0.5)


@dataclass(frozen=True, slots=True)
class TimeAxis:
    """Pieces from left to right. What lies between two pieces is drawn short."""

    pieces: tuple[Piece, ...]
    zone: ZoneInfo
    words: Words
    sheet_width: float
    """No words stand further right."""

    def x(self, at: datetime) -> float:
        """Return where an instant stands; one outside stands at the border."""
        if at <= self.pieces[0].since and len(self.pieces) > 1:
            return self.pieces[0].left
        place = bisect_left(self.pieces, at, key=lambda piece: piece.until)
        if place == len(self.pieces):
            return self.pieces[-1].right
        piece = self.pieces[place]
        if at >= piece.since:
            return piece.x(at)
        before = self.pieces[place - 1] if place else piece
        return Piece(before.until, piece.since, before.right, piece.left).x(at) if place else piece.left

    @property
    def gaps(self) -> list[Piece]:
        """What is drawn short."""
        return [Piece(a.until, b.since, a.right, b.left) for a, b in pairwise(self.pieces)]

    def drawn(self, top: float, bottom: float) -> Iterator[Markup]:
        """Yield the lines from top to bottom, and their words below."""
        free, said = max(0, self.pieces[0].left - 40), ""
        for piece in self.pieces:
            for tick in self._ticks(piece):
                x, half = self.x(tick.at), width(tick.label, SMALL) / 2
                yield tag("line", x1=x, x2=x, y1=top, y2=bottom, class_="grid")
                if x - half < free or x + half > self.sheet_width:
                    continue
                yield label(x, bottom + 15, tick.label, 2 * half + 1, size=SMALL, anchor="middle", class_="soft")
                free = x + half + 6
                if tick.context != said:
                    said, wide = tick.context, width(tick.context, SMALL)
                    start = min(x - half, self.sheet_width - wide)
                    yield label(start, bottom + 30, said, wide + 1, size=SMALL, class_="soft")
                    free = max(free, start + wide + 8)
        yield tag("line", x1=self.pieces[0].left, x2=self.pieces[-1].right, y1=bottom, y2=bottom, class_="axis")
        for gap in self.gaps:
            yield from self._gap(gap, top, bottom)

    def _ticks(self, piece: Piece) -> Sequence[Tick]:
        found = ticks(piece.since, piece.until, (piece.right - piece.left) / _APART, self.zone, self.words)
        if found or piece.right - piece.left < 1:
            return found
        wall = piece.since.astimezone(self.zone).replace(tzinfo=None)
        return [Tick(piece.since, f"{wall:%H:%M}", self.words.day_of(wall))]

    def _gap(self, gap: Piece, top: float, bottom: float) -> Iterator[Markup]:
        said = duration(gap.until - gap.since, self.words)
        name = tag("title", words(self.words.nothing_for.format(length=said)))
        yield tag("rect", name, x=gap.left, y=top, width=gap.right - gap.left, height=bottom - top, class_="gap")
        middle = (gap.left + gap.right) / 2
        for x in (middle - 2, middle + 2):
            yield tag("path", d=path("M", x - 2, bottom + 4, "L", x + 2, bottom - 4), class_="break")


def straight(since: datetime, until: datetime, left: float, right: float, zone: ZoneInfo, sheet: Sheet) -> TimeAxis:
    """Return an axis without gaps."""
    longer = until if until > since else since + timedelta(minutes=1)
    return TimeAxis((Piece(since, longer, left, right),), zone, sheet.words, sheet.width)
