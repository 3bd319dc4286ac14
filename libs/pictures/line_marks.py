"""The marks of a line: its scale, band, points, names, days, goal and versions."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from libs.pictures.measure import SMALL, width
from libs.pictures.numbers import day
from libs.pictures.picture import Sheet
from libs.pictures.series import Point, Series, Version, cells, header
from libs.pictures.svg import Markup, label, linked, path, tag

PLOT, COUNTS = 200, 30
"""How high the lines and, below them, the bars of n are."""
INSET = 8
"""What is left free beside the first and the last point."""


@dataclass(frozen=True, slots=True)
class Plot:
    """Where a day and a value stand."""

    sheet: Sheet
    series: Sequence[Series]
    say: Callable[[float], str]
    first: date
    last: date
    low: float
    high: float
    left: float
    right: float
    top: float

    @property
    def bottom(self) -> float:
        return self.top + PLOT

    def x(self, at: date) -> float:
        whole = (self.last - self.first).days
        part = (at - self.first).days / whole if whole else 0.5
        return self.left + INSET + (self.right - self.left - 2 * INSET) * min(1.0, max(0.0, part))

    def y(self, value: float) -> float:
        return self.bottom - PLOT * (value - self.low) / (self.high - self.low)

    @property
    def step(self) -> float:
        return (self.right - self.left - 2 * INSET) / max(1, len(self.series[0].points) - 1)


def lanes(plot: Plot, versions: Sequence[Version]) -> list[tuple[int, float, Version]]:
    """Return the line in which the words of each version stand without touching others, and where they begin."""
    ends: list[float] = []
    found = []
    for version in sorted(versions, key=lambda version: version.at):
        wide = min(width(version.label, SMALL) + 8, plot.sheet.width / 2)
        x = plot.x(version.at)
        start = x + 5 if x + 5 + wide <= plot.sheet.width else max(0.0, x - wide)
        lane = next((lane for lane, end in enumerate(ends) if end <= start), len(ends))
        ends[lane : lane + 1] = [start + wide]
        found.append((lane, start, version))
    return found


def scale(plot: Plot, steps: Sequence[float]) -> Iterator[Markup]:
    """Yield the steps of the values."""
    for step in steps:
        y = plot.y(step)
        yield tag("line", x1=plot.left, x2=plot.right, y1=y, y2=y, class_="axis" if step == steps[0] else "grid")
        yield label(plot.left - 8, y + 4, plot.say(step), plot.left - 8, size=SMALL, anchor="end", class_="soft")


def provisional(plot: Plot) -> Iterator[Markup]:
    """Yield the part that may still change, from the middle before its first point on."""
    since = [point.since for one in plot.series for point in one.points if point.provisional]
    if since:
        left = max(plot.left, plot.x(min(since)) - plot.step / 2)
        box = {"x": left, "y": plot.top, "width": max(1.0, plot.right - left), "height": PLOT}
        yield tag("rect", **box, fill=plot.sheet.fill("provisional"))


def goal_mark(plot: Plot, goal: float | None) -> Iterator[Markup]:
    """Yield the line of the goal."""
    if goal is not None:
        y = plot.y(goal)
        yield tag("line", x1=plot.left, x2=plot.right, y1=y, y2=y, class_="goal")


def version_marks(plot: Plot, versions: Sequence[Version]) -> Iterator[Markup]:
    """Yield a line on the day of each version, and its words above."""
    for lane, start, version in lanes(plot, versions):
        x, y = plot.x(version.at), 12 + 16.0 * lane
        yield linked(
            version.href,
            f"{version.label}: {day(version.at, plot.sheet.words)}",
            tag("line", x1=x, x2=x, y1=y - 8, y2=plot.bottom, class_="mark"),
            label(start, y, version.label, plot.sheet.width / 2 - 8, size=SMALL),
        )


def _runs(points: Sequence[Point]) -> Iterator[list[Point]]:
    """Yield stretches of points without a gap."""
    run: list[Point] = []
    for point in points:
        if point.value is None and run:
            yield run
            run = []
        run += [point] if point.value is not None else []
    if run:
        yield run


def band(plot: Plot, series: Series) -> Iterator[Markup]:
    """Yield the intervals of a series as a band."""
    for run in _runs(series.points):
        known = [
            (plot.x(one.since), plot.y(one.low), plot.y(one.high)) for one in run if one.low is not None and one.high is not None
        ]
        if len(known) == 1:
            (x, low, high) = known[0]
            known = [(x - 2, low, high), (x + 2, low, high)]
        edge = [(x, high) for x, _, high in known] + [(x, low) for x, low, _ in reversed(known)]
        if edge:
            yield tag("path", d=_through(edge) + " Z", class_="band")


def _through(places: Sequence[tuple[float, float]]) -> str:
    return path("M", *places[0], *(step for x, y in places[1:] for step in ("L", x, y)))


def line_marks(plot: Plot, series: Series, place: int) -> Iterator[Markup]:
    """Yield a series: firm where it is final, open where it is provisional, broken where there is no value."""
    for run in _runs(series.points):
        places = [(plot.x(point.since), plot.y(point.value or 0.0)) for point in run]
        firm = sum(not point.provisional for point in run)
        if firm > 1:
            yield tag("path", d=_through(places[:firm]), class_=f"line series{place}")
        if firm < len(run) and len(run) > 1:
            yield tag("path", d=_through(places[max(0, firm - 1) :]), class_=f"line open series{place}")
    for point in series.points:
        if point.value is not None:
            yield _point(plot, series, point, point.value, place)


def _point(plot: Plot, series: Series, point: Point, value: float, place: int) -> Markup:
    x, y = plot.x(point.since), plot.y(value)
    _, since, *others = zip(header(plot.sheet), cells(plot.sheet, plot.say, series, point), strict=True)
    said = "; ".join(f"{head}: {cell}" for head, cell in others if cell)
    name = f"{series.label}, {since[1]}: {said}" if series.label else f"{since[1]}: {said}"
    wide = min(plot.step, 24) if len(plot.series) == 1 else min(plot.step, 12)
    left, right = max(plot.left, x - wide / 2), min(plot.right, x + wide / 2)
    top = plot.top if len(plot.series) == 1 else max(plot.top, y - 8)
    touch = tag(
        "rect", x=left, y=top, width=right - left, height=min(PLOT if top == plot.top else 16, plot.bottom - top), class_="touch"
    )
    radius = 3 if plot.step > 7 else 2
    return linked(
        point.href, name, touch, tag("circle", cx=x, cy=y, r=radius, class_=f"dot{' open' * point.provisional} series{place}")
    )


def names(plot: Plot) -> Iterator[Markup]:
    """Yield the name at the end of each line, moved up or down where several lines end at the same height."""
    ends = {place: end for place, one in enumerate(plot.series) if (end := _end(plot, one)) is not None}
    in_order = sorted(ends, key=lambda place: (ends[place], place))
    for place, after in pairwise(in_order):
        ends[after] = max(ends[after], ends[place] + 15)
    limit = plot.bottom
    for place in reversed(in_order):
        ends[place] = min(ends[place], limit)
        limit = ends[place] - 15
    room = plot.sheet.width - plot.right - 10
    for place, y in ends.items():
        yield label(plot.right + 10, y + 4, plot.series[place].label, room, size=SMALL, class_=f"series{place}")


def _end(plot: Plot, series: Series) -> float | None:
    return next((plot.y(point.value) for point in reversed(series.points) if point.value is not None), None)


def counts(plot: Plot, series: Series) -> Iterator[Markup]:
    """Yield small bars below the line: out of how many each point is."""
    most = max(point.n for point in series.points) or 1
    bottom = plot.bottom + COUNTS
    wide = min(14.0, max(1.0, plot.step - 2))
    yield label(plot.left - 8, bottom, "n", plot.left - 8, size=SMALL, anchor="end", class_="soft")
    for point in series.points:
        height = (COUNTS - 8) * point.n / most
        left = max(plot.left, min(plot.right - wide, plot.x(point.since) - wide / 2))
        yield tag("rect", x=left, y=bottom - height, width=wide, height=height, class_="count")
    yield tag("line", x1=plot.left, x2=plot.right, y1=bottom, y2=bottom, class_="axis")


def days(plot: Plot, bottom: float) -> Iterator[Markup]:
    """Yield the days of the points, as many as stand side by side, and the year where it begins."""
    words, said = plot.sheet.words, ""
    days = sorted({point.since for one in plot.series for point in one.points})
    wide = max(width(words.day_of_year(at), SMALL) for at in days) + 12
    apart = next(n for n in range(1, len(days) + 1) if all(plot.x(b) - plot.x(a) >= wide for a, b in pairwise(days[::n])))
    for at in days[::apart]:
        half = width(words.day_of_year(at), SMALL) / 2
        x = min(plot.x(at), plot.sheet.width - half)
        yield tag("line", x1=plot.x(at), x2=plot.x(at), y1=bottom, y2=bottom + 4, class_="axis")
        yield label(x, bottom + 16, words.day_of_year(at), 2 * half + 1, size=SMALL, anchor="middle", class_="soft")
        if words.year_of(at) != said:
            said = words.year_of(at)
            yield label(x, bottom + 30, said, 60, size=SMALL, anchor="middle", class_="soft")
