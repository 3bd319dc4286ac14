"""Where an instant stands in a drawing, and the axis that says so. Long gaps may be drawn short."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from libs.pictures.measure import SMALL, width
from libs.pictures.numbers import duration, instant
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
        place = bisect_left(self.pieces, at, key=lambda piece: piece.until)
        if place == len(self.pieces):
            return self.pieces[-1].right
        piece = self.pieces[place]
        if at >= piece.since:
            return piece.x(at)
        before = self.pieces[place - 1] if place else piece
        return Piece(before.until, piece.since, before.right, piece.left).x(at) if place else piece.left

    @property
    def right(self) -> float:
        """Where the axis ends."""
        return self.pieces[-1].right

    @property
    def gap_lengths(self) -> list[str]:
        """How long the gaps are, in words."""
        return [duration(gap.until - gap.since, self.words) for gap in self.gaps]

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
        for gap, length in zip(self.gaps, self.gap_lengths, strict=True):
            yield from self._gap(gap, length, top, bottom)

    def _ticks(self, piece: Piece) -> Sequence[Tick]:
        found = ticks(piece.since, piece.until, (piece.right - piece.left) / _APART, self.zone, self.words)
        if found or piece.right - piece.left < 1:
            return found
        wall = piece.since.astimezone(self.zone).replace(tzinfo=None)
        return [Tick(piece.since, f"{wall:%H:%M}", self.words.day_of(wall))]

    def _gap(self, gap: Piece, said: str, top: float, bottom: float) -> Iterator[Markup]:
        name = tag("title", words(self.words.nothing_for.format(length=said)))
        middle = (gap.left + gap.right) / 2
        yield tag("rect", name, x=gap.left, y=top, width=gap.right - gap.left, height=bottom - top, class_="gap")
        short = duration(gap.until - gap.since, self.words, units=1)
        yield label(middle, top - 6, short, gap.right - gap.left + 4, size=SMALL, anchor="middle", class_="soft")
        for x in (middle - 2, middle + 2):
            yield tag("path", d=path("M", x - 2, bottom + 4, "L", x + 2, bottom - 4), class_="break")


def now_marks(axis: TimeAxis, now: datetime, top: float, bottom: float) -> Iterator[Markup]:
    """Yield the line of now, and its words above."""
    x, said = axis.x(now), axis.words.now.format(at=instant(now, axis.zone, axis.words))
    half = width(said, SMALL) / 2
    text_x = min(max(x, half + 1), axis.sheet_width - half - 1)
    yield tag("line", x1=x, x2=x, y1=16, y2=bottom, class_="now")
    yield label(text_x, 12, said, 2 * half + 1, size=SMALL, anchor="middle")


_LONG, _LONGER = 0.3, 3
"""A gap is drawn short if it is this part of what is not yet, and so many times as long as the other gaps are on average."""
_LEAST = 26
"""How wide a piece is at least; a moment between two gaps has no length of its own."""


def shortened(instants: Sequence[datetime], left: float, right: float, zone: ZoneInfo, sheet: Sheet) -> TimeAxis:
    """Return an axis for these instants on which the longest gaps between them are drawn short."""
    ordered = sorted(set(instants))
    gaps = sorted(pairwise(ordered), key=lambda gap: gap[0] - gap[1])
    long: set[tuple[datetime, datetime]] = set()
    rest = ordered[-1] - ordered[0]
    for others, (since, until) in zip(range(len(gaps) - 1, 0, -1), gaps[: 3 if sheet.narrow else 7], strict=False):
        gap = until - since
        if gap < rest * _LONG or gap < (rest - gap) / others * _LONGER:
            break
        long.add((since, until))
        rest -= gap
    edges = [ordered[0], *(at for gap in sorted(long) for at in gap), ordered[-1]]
    if not long:
        return straight(ordered[0], ordered[-1], left, right, zone, sheet)
    spans = list(zip(edges[::2], edges[1::2], strict=True))
    short = 34 if sheet.narrow else 52
    room = right - left - short * len(long) - _LEAST * len(spans)
    pieces, x = [], left
    for since, until in spans:
        wide = _LEAST + room * ((until - since) / rest if rest else 1 / len(spans))
        pieces.append(Piece(since, until, x, x + wide))
        x += wide + short
    return TimeAxis(tuple(pieces), zone, sheet.words, sheet.width)


def straight(since: datetime, until: datetime, left: float, right: float, zone: ZoneInfo, sheet: Sheet) -> TimeAxis:
    """Return an axis without gaps."""
    longer = until if until > since else since + timedelta(minutes=1)
    return TimeAxis((Piece(since, longer, left, right),), zone, sheet.words, sheet.width)
