"""A histogram: how many values lie between two edges, with marks such as the median or a limit."""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, floor, inf, isinf

from libs.pictures.axis import nice_step, steps_of
from libs.pictures.measure import SMALL, width
from libs.pictures.numbers import count, share, short
from libs.pictures.picture import Picture, Sheet
from libs.pictures.svg import Markup, label, linked, tag

LEFT, HEIGHT = 56, 180


@dataclass(frozen=True, slots=True)
class Bar:
    """How many values are `since` or more and less than `until`. The last bar may be open: until is then infinite."""

    since: float
    until: float
    count: int
    href: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """A value that is worth a line, such as the median."""

    at: float
    label: str


def bars_of(values: Sequence[float], most: int = 24, *, seconds: bool = False) -> list[Bar]:
    """Return bars of one round width. The largest half per cent of the values shares an open bar if it lies far out."""
    ordered = sorted(values)
    if not ordered:
        return []
    low, high = ordered[0], ordered[ceil(len(ordered) * 0.995) - 1]
    step = nice_step(max((high - low) / most, abs(high) * 1e-6, 1e-6), seconds=seconds)
    edges = [place * step for place in range(floor(low / step), floor(high / step) + 2)]
    counts = [bisect_left(ordered, edge) for edge in edges]
    pairs = zip(pairwise(edges), pairwise(counts), strict=True)
    bars = [Bar(since, until, after - before) for (since, until), (before, after) in pairs]
    far = len(ordered) - counts[-1]
    return [*bars, Bar(edges[-1], inf, far)] if far else bars


def histogram(
    sheet: Sheet,
    bars: Sequence[Bar],
    say: Callable[[float], str],
    *,
    marks: Sequence[Mark] = (),
    late_from: float = inf,
) -> Picture:
    """Draw the bars. Those that begin at `late_from` or later are late; `say` writes a value."""
    few = _together(bars, 20 if sheet.narrow else 40)
    whole = sum(bar.count for bar in few)
    if not whole:
        return sheet.drawn(20, [label(0, 16, sheet.words.no_data, sheet.width, class_="soft")], _header(sheet), ())
    grid = _Grid(sheet, few, top=18.0 * len(marks) + 8)
    drawn = [
        *_scale(grid),
        *(part for place in range(len(few)) for part in _bar(grid, place, say, whole, late_from)),
        *_edges(grid, say),
        *(part for place, mark in enumerate(marks) for part in _mark(grid, mark, place)),
    ]
    rows = [[*_range(bar, say), count(bar.count), share(bar.count, whole)] for bar in few]
    far, together = few[-1], -(-len(bars) // len(few))
    left_out = [sheet.words.tail.format(value=say(far.since), count=count(far.count))] if isinf(far.until) else []
    left_out += [sheet.words.bars_together.format(count=together)] if together > 1 else []
    return sheet.drawn(grid.bottom + 24, drawn, _header(sheet), rows, patterns=["late"], left_out=" ".join(left_out))


@dataclass(frozen=True, slots=True)
class _Grid:
    """Where a bar stands and how tall it is."""

    sheet: Sheet
    bars: Sequence[Bar]
    top: float

    @property
    def bottom(self) -> float:
        return self.top + HEIGHT

    @property
    def step(self) -> float:
        return (self.sheet.width - LEFT - 20) / len(self.bars)

    @property
    def most(self) -> int:
        return max(bar.count for bar in self.bars)

    def x(self, place: float) -> float:
        return LEFT + place * self.step

    def y(self, number: float) -> float:
        return self.bottom - HEIGHT * number / self.most

    def at(self, value: float) -> float:
        """Return the place of a value among the bars; one that lies outside stands at the border."""
        for place, bar in enumerate(self.bars):
            if value < bar.until:
                inside = 0.5 if isinf(bar.until) else (value - bar.since) / (bar.until - bar.since)
                return self.x(place + max(0.0, inside))
        return self.x(len(self.bars))


def _together(bars: Sequence[Bar], most: int) -> list[Bar]:
    """Return the bars, neighbours made one where there are too many to tell apart."""
    size = -(-len(bars) // most) or 1
    groups = [bars[place : place + size] for place in range(0, len(bars), size)]
    return [
        group[0] if len(group) == 1 else Bar(group[0].since, group[-1].until, sum(bar.count for bar in group)) for group in groups
    ]


def _scale(grid: _Grid) -> Iterator[Markup]:
    for number in steps_of(0, grid.most, 4):
        if number == int(number):
            y = grid.y(number)
            yield tag("line", x1=LEFT, x2=grid.sheet.width - 20, y1=y, y2=y, class_="axis" if number == 0 else "grid")
            yield label(LEFT - 8, y + 4, short(int(number)), LEFT - 8, size=SMALL, anchor="end", class_="soft")


def _bar(grid: _Grid, place: int, say: Callable[[float], str], whole: int, late_from: float) -> Iterator[Markup]:
    bar = grid.bars[place]
    since, until = _range(bar, say)
    name = grid.sheet.words.bar_name.format(
        range=f"{since} – {until}" if until else grid.sheet.words.or_more.format(value=since),
        count=count(bar.count),
        share=share(bar.count, whole),
    )
    late = bar.since >= late_from
    y = min(grid.y(bar.count), grid.bottom - (1 if bar.count else 0))
    yield linked(
        bar.href,
        name,
        tag("rect", x=grid.x(place), y=grid.top, width=grid.step, height=HEIGHT, class_="touch"),
        tag(
            "rect",
            x=grid.x(place) + 0.5,
            y=y,
            width=grid.step - 1,
            height=grid.bottom - y,
            class_=None if late else "accent",
            fill=grid.sheet.fill("late") if late else None,
        ),
    )


def _range(bar: Bar, say: Callable[[float], str]) -> tuple[str, str]:
    return say(bar.since), "" if isinf(bar.until) else say(bar.until)


def _edges(grid: _Grid, say: Callable[[float], str]) -> Iterator[Markup]:
    """Yield the values of the edges, as many as stand side by side without touching."""
    edges = [say(bar.since) for bar in grid.bars]
    edges += [] if isinf(grid.bars[-1].until) else [say(grid.bars[-1].until)]
    apart = ceil((max(width(edge, SMALL) for edge in edges) + 10) / grid.step)
    for place in range(0, len(edges), apart):
        x = grid.x(place)
        room = 2 * min(x, grid.sheet.width - x)
        yield tag("line", x1=x, x2=x, y1=grid.bottom, y2=grid.bottom + 4, class_="axis")
        yield label(x, grid.bottom + 17, edges[place], room, size=SMALL, anchor="middle", class_="soft")


def _mark(grid: _Grid, mark: Mark, place: int) -> Iterator[Markup]:
    """Yield a line through the bars and its words above them, each mark on a line of its own."""
    x, y = grid.at(mark.at), 18.0 * place + 14
    left = x > grid.sheet.width / 2
    yield tag("line", x1=x, x2=x, y1=y - 10, y2=grid.bottom, class_="mark")
    room = x - 6 if left else grid.sheet.width - x - 6
    yield label(x + (-6 if left else 6), y, mark.label, room, size=SMALL, anchor="end" if left else None)


def _header(sheet: Sheet) -> list[str]:
    return [sheet.words.from_, sheet.words.to, sheet.words.count, sheet.words.share]
