"""Swim lanes: who did what when, by service and person, on one axis of time whose empty stretches are drawn short."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Literal
from zoneinfo import ZoneInfo

from libs.pictures.measure import SMALL
from libs.pictures.numbers import duration, instant
from libs.pictures.picture import Picture, Sheet
from libs.pictures.svg import Markup, label, linked, path, tag
from libs.pictures.time_axis import AXIS_HEIGHT, TimeAxis, now_marks, shortened

MOST, LANES_MAX, STACK_MAX = 500, 30, 4
HEAD, ROW, BAR, TOUCHING = 22, 36, 10, 13
"""Heights of a service's name, of a lane and of a bar; and how close two dots are that become one."""


@dataclass(frozen=True, slots=True)
class Happening:
    """What somebody did at an instant, or from one to another. `kind` is done, good or broken."""

    service: str
    person: str
    label: str
    since: datetime
    until: datetime | None = None
    href: str = ""
    kind: Literal["done", "good", "broken"] = "done"


@dataclass(frozen=True, slots=True)
class _Lane:
    """The happenings of one person in one service; those with a length in as many rows as overlap."""

    service: str
    person: str
    dots: Sequence[Happening]
    bars: Sequence[tuple[int, Happening]]

    @property
    def height(self) -> float:
        return ROW + (BAR + 3) * max((row for row, _ in self.bars), default=0)


@dataclass(frozen=True, slots=True)
class _Drawing:
    """What all lanes share."""

    sheet: Sheet
    axis: TimeAxis
    left: float

    def said(self, at: datetime) -> str:
        return instant(at, self.axis.zone, self.sheet.words)

    def when(self, one: Happening) -> str:
        """Return in words when something happened, and for how long."""
        if one.until is None:
            return self.said(one.since)
        length = duration(one.until - one.since, self.sheet.words)
        return f"{self.said(one.since)} – {self.said(one.until)} ({length})"


def lanes(sheet: Sheet, happenings: Sequence[Happening], zone: ZoneInfo, now: datetime | None = None) -> Picture:
    """Draw the lanes, those of one service together; services and persons come in the order in which they are first told of."""
    words = sheet.words
    if not happenings:
        return sheet.drawn(20, [label(0, 16, words.no_data, sheet.width, class_="soft")], _header(sheet), ())
    latest = sorted(happenings, key=lambda one: one.since)[-MOST:]
    rows, persons = _lanes(happenings, latest)
    shown = sorted((one for row in rows for one in (*row.dots, *(bar for _, bar in row.bars))), key=lambda one: one.since)
    left = 14.0 if sheet.narrow else 176.0
    instants = [at for one in shown for at in (one.since, one.until or one.since)] + ([now] if now else [])
    drawing = _Drawing(sheet, shortened(instants, left, sheet.width - 20, zone, sheet), left)
    top = 40.0 if now else 24.0
    marks, bottom = _rows(drawing, rows, top)
    marks = [*drawing.axis.drawn(top, bottom), *marks, *(now_marks(drawing.axis, now, top, bottom) if now else ())]
    said = [words.gaps.format(lengths=", ".join(drawing.axis.gap_lengths))] if drawing.axis.gaps else []
    said += [words.lanes_left_out.format(left=persons - len(rows), all=persons)] if persons > len(rows) else []
    said += [words.happenings_left_out.format(left=len(happenings) - len(shown))] if len(shown) < len(happenings) else []
    return sheet.drawn(
        bottom + AXIS_HEIGHT,
        marks,
        _header(sheet),
        [_cells(drawing, one) for one in shown],
        patterns=["late"],
        how_to_read=words.zone.format(zone=zone.key),
        left_out=" ".join(said),
    )


def _lanes(everything: Sequence[Happening], latest: Sequence[Happening]) -> tuple[list[_Lane], int]:
    """Return the lanes in their order, and how many there were before those with the fewest happenings were left out."""
    by_lane: dict[tuple[str, str], list[Happening]] = {(one.service, one.person): [] for one in everything}
    for one in latest:
        by_lane[one.service, one.person].append(one)
    services = list(dict.fromkeys(service for service, _ in by_lane))
    common = sorted(by_lane, key=lambda lane: -len(by_lane[lane]))[:LANES_MAX]
    kept = sorted((lane for lane in by_lane if lane in common and by_lane[lane]), key=lambda lane: services.index(lane[0]))
    return [_lane(*lane, by_lane[lane]) for lane in kept], len(by_lane)


def _lane(service: str, person: str, ours: Sequence[Happening]) -> _Lane:
    ends: list[datetime] = []
    bars = []
    for one in ours:
        if one.until is not None:
            row = next((row for row, end in enumerate(ends) if end <= one.since), min(len(ends), STACK_MAX - 1))
            ends[row : row + 1] = [one.until]
            bars.append((row, one))
    return _Lane(service, person, [one for one in ours if one.until is None], bars)


def _rows(drawing: _Drawing, rows: Sequence[_Lane], top: float) -> tuple[list[Markup], float]:
    """Return the marks of all lanes, and where they end."""
    marks: list[Markup] = []
    y, service = top, None
    for row in rows:
        if row.service != service:
            service = row.service
            marks.append(tag("line", x1=0, x2=drawing.sheet.width, y1=y, y2=y, class_="axis"))
            marks.append(label(0, y + 15, service, drawing.sheet.width / 2, size=SMALL, class_="strong halo"))
            y += HEAD if drawing.sheet.narrow or row.person else 0
        if row.person and drawing.sheet.narrow:
            marks.append(label(0, y + 9, row.person, drawing.sheet.width, size=SMALL, class_="soft halo"))
        elif row.person:
            marks.append(label(drawing.left - 16, y + 26, row.person, drawing.left - 28, anchor="end"))
        marks += _lane_marks(drawing, row, y)
        y += row.height
    return marks, y + 4


def _lane_marks(drawing: _Drawing, row: _Lane, y: float) -> Iterator[Markup]:
    """Yield the bars, the dots over them, and as many words as fit between the beginnings of two marks."""
    line, axis = y + 22, drawing.axis
    groups = list(_together(axis, row.dots))
    starts = sorted([axis.x(one.since) for _, one in row.bars] + [axis.x(group[0].since) for group in groups])
    free = dict(pairwise([*dict.fromkeys(starts), drawing.sheet.width + 6.0]))
    yield tag("line", x1=drawing.left, x2=axis.right, y1=line, y2=line, class_="grid")
    told: set[float] = set()
    for place, one in row.bars:
        left, right = axis.x(one.since), axis.x(one.until or one.since)
        words = _beside(drawing, one.label, left, free, told, y)
        box = {"x": left, "y": line - BAR / 2 + (BAR + 3) * place, "width": max(2.0, right - left), "height": BAR}
        fill = drawing.sheet.fill("late") if one.kind == "broken" else None
        bar = tag("rect", **box, fill=fill, class_=None if fill else f"bar {one.kind}")
        yield linked(one.href, f"{_who(one)}: {one.label}, {drawing.when(one)}", bar, *words)
    for group in groups:
        x, one = axis.x(group[0].since), group[0]
        words = _beside(drawing, one.label if len(group) == 1 else "", x, free, told, y)
        name = f"{_who(one)}: " + "; ".join(f"{each.label}, {drawing.when(each)}" for each in group)
        kind = "broken" if any(each.kind == "broken" for each in group) else one.kind
        yield linked(next((each.href for each in group if each.href), ""), name, *_dot(x, line, len(group), kind), *words)


def _who(one: Happening) -> str:
    return f"{one.service}, {one.person}" if one.person else one.service


def _together(axis: TimeAxis, dots: Sequence[Happening]) -> Iterator[list[Happening]]:
    """Yield the dots; those that would cover each other are one."""
    group: list[Happening] = []
    for dot in dots:
        if group and axis.x(dot.since) - axis.x(group[0].since) > TOUCHING:
            yield group
            group = []
        group.append(dot)
    if group:
        yield group


def _beside(drawing: _Drawing, text: str, x: float, free: dict[float, float], told: set[float], y: float) -> list[Markup]:
    room = free[x] - x - 2
    if drawing.sheet.narrow or not text or x in told or room < 36:
        return []
    told.add(x)
    return [label(x - 4, y + 12, text, room, size=SMALL, class_="soft halo")]


def _dot(x: float, y: float, number: int, kind: str) -> Iterator[Markup]:
    """Yield a disc, which says how many it stands for. What is broken is a diamond, and what is good has a hole."""
    r = 5 if number == 1 else 8
    if kind == "broken":
        r += 1
        yield tag("path", d=path("M", x, y - r, "L", x + r, y, "L", x, y + r, "L", x - r, y, "Z"), class_="bar broken")
    else:
        yield tag("circle", cx=x, cy=y, r=r, class_=f"bar {kind}")
    if number > 1:
        yield label(x, y + 4, str(number) if number < 100 else "…", 16, size=SMALL, anchor="middle", class_="inside")
    elif kind == "good":
        yield tag("circle", cx=x, cy=y, r=1.75, class_="ground")


def _header(sheet: Sheet) -> list[str]:
    words = sheet.words
    return [words.service, words.person, words.what, words.from_, words.to, words.length]


def _cells(drawing: _Drawing, one: Happening) -> list[str]:
    words = drawing.sheet.words
    until, length = "", ""
    if one.until is not None:
        until, length = drawing.said(one.until), duration(one.until - one.since, words)
    return [one.service, one.person, one.label, drawing.said(one.since), until, length]
