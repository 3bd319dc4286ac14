"""Clocks as bars: what counted, what was paused and why, what was late, where each was due, and where now is."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from libs.pictures.legend import Key, legend, numbered
from libs.pictures.measure import SMALL, width
from libs.pictures.numbers import duration, instant, listed
from libs.pictures.picture import Picture, Sheet
from libs.pictures.svg import Markup, label, linked, path, tag, words
from libs.pictures.time_axis import AXIS_HEIGHT, TimeAxis, now_marks, straight

CLOCKS_MAX = 24
BAR = 16
SHORTEST = 1.5
"""A stretch that would move the drawing on by less than this is not drawn."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a clock's life that counted, or was paused for a reason. Time in neither was no working time."""

    what: Literal["counted", "paused"]
    since: datetime
    until: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock from its start to its end, or to now while it runs. `outcome` says in words how it stands."""

    label: str
    since: datetime
    until: datetime
    due_at: datetime | None
    stretches: tuple[Stretch, ...]
    outcome: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class _Drawing:
    """What all rows share."""

    sheet: Sheet
    axis: TimeAxis
    reasons: Sequence[str]

    def length(self, length: timedelta) -> str:
        return duration(length, self.sheet.words, in_days=False)

    def said(self, at: datetime) -> str:
        return instant(at, self.axis.zone, self.sheet.words)


def clock_bars(sheet: Sheet, clocks: Sequence[Clock], zone: ZoneInfo, now: datetime | None = None) -> Picture:
    """Draw the clocks below each other on one axis of time."""
    said = sheet.words
    shown = clocks[:CLOCKS_MAX]
    if not shown:
        return sheet.drawn(20, [label(0, 16, said.no_data, sheet.width, class_="soft")], _header(sheet), ())
    reasons = list(dict.fromkeys(part.reason for clock in shown for part in clock.stretches if part.what == "paused"))
    drawing = _Drawing(sheet, _axis(sheet, shown, zone, now), reasons)
    height = 62 if sheet.narrow else 44
    top = 20.0 if now else 6.0
    bottom = top + height * len(shown)
    marks = [*drawing.axis.drawn(top, bottom)]
    for place, clock in enumerate(shown):
        marks.append(_row(drawing, clock, top + height * place + (22 if sheet.narrow else 6)))
    marks += now_marks(drawing.axis, now, top, bottom) if now else ()
    keys, end = legend(sheet, _keys(drawing), bottom + AXIS_HEIGHT + 4)
    left_out = said.clocks_left_out.format(left=len(clocks) - len(shown), all=len(clocks)) if clocks[CLOCKS_MAX:] else ""
    return sheet.drawn(
        end,
        [*marks, *keys],
        _header(sheet),
        [_cells(drawing, clock) for clock in shown],
        patterns=["late", "paused"],
        how_to_read=said.zone.format(zone=zone.key),
        left_out=left_out,
    )


def _axis(sheet: Sheet, clocks: Sequence[Clock], zone: ZoneInfo, now: datetime | None) -> TimeAxis:
    instants = [at for clock in clocks for at in (clock.since, clock.until, clock.due_at or clock.until)]
    instants += [now] if now else []
    left, right = (16, sheet.width - 16) if sheet.narrow else (212, sheet.width - 206)
    return straight(min(instants), max(instants), left, right, zone, sheet)


def late(clock: Clock) -> timedelta:
    """Return how much of what counted lies behind the due instant."""
    return sum((part.until - part.since for part in _parts(clock) if part.what == "late"), timedelta())


@dataclass(frozen=True, slots=True)
class _Part:
    what: str
    since: datetime
    until: datetime
    reason: str


def _parts(clock: Clock) -> Iterator[_Part]:
    """Yield the stretches, cut in two where the clock fell due while it counted."""
    for one in clock.stretches:
        due = clock.due_at if one.what == "counted" else None
        if due is None or due >= one.until:
            yield _Part(one.what, one.since, one.until, one.reason)
        elif due <= one.since:
            yield _Part("late", one.since, one.until, "")
        else:
            yield _Part("counted", one.since, due, "")
            yield _Part("late", due, one.until, "")


def _row(drawing: _Drawing, clock: Clock, y: float) -> Markup:
    sheet, axis = drawing.sheet, drawing.axis
    middle = y + BAR / 2
    marks = [tag("line", x1=axis.x(clock.since), x2=axis.x(clock.until), y1=middle, y2=middle, class_="rest")]
    marks += _bars(drawing, clock, y)
    if sheet.narrow:
        marks.append(label(0, y - 6, clock.label, 150, class_="strong"))
        marks.append(label(sheet.width, y - 6, clock.outcome, sheet.width - 160, size=SMALL, anchor="end", class_="soft"))
    else:
        marks.append(label(196, y + 12, clock.label, 196, anchor="end"))
        marks.append(label(sheet.width - 184, y + 12, clock.outcome, 184, size=SMALL, class_="soft"))
    marks += _due(drawing, clock.due_at, y) if clock.due_at else ()
    name, *others = _cells(drawing, clock)
    said = "; ".join(f"{head}: {cell}" for head, cell in zip(_header(sheet)[1:], others, strict=True) if cell)
    return linked(clock.href, f"{name}: {said}", *marks)


def _bars(drawing: _Drawing, clock: Clock, y: float) -> Iterator[Markup]:
    drawn_to = drawing.axis.x(clock.since) - SHORTEST
    for part in sorted(_parts(clock), key=lambda part: part.since):
        left, right = max(drawn_to, drawing.axis.x(part.since)), drawing.axis.x(part.until)
        if right - drawn_to < SHORTEST:
            continue
        drawn_to = max(right, left + 0.5)
        fill = None if part.what == "counted" else drawing.sheet.fill(part.what)
        reason = [tag("title", words(part.reason))] if part.reason else []
        box = {"x": left, "y": y, "width": drawn_to - left, "height": BAR}
        yield tag("rect", *reason, **box, fill=fill, class_={"counted": "accent", "paused": "edge"}.get(part.what))
        if part.what == "paused" and part.reason and right - left > 16:
            yield from numbered((left + right) / 2, y + BAR / 2, str(drawing.reasons.index(part.reason) + 1))


def _due(drawing: _Drawing, at: datetime, y: float) -> Iterator[Markup]:
    """Yield the due line and its words, which begin below it where there is room for them."""
    x, said = drawing.axis.x(at), drawing.sheet.words.due.format(at=drawing.said(at))
    room = width(said, SMALL) + 1
    text_x = min(x - 3, drawing.sheet.width - room)
    yield tag("line", x1=x, x2=x, y1=y - 4, y2=y + BAR + 5, class_="due")
    yield tag("path", d=path("M", x - 4, y - 5, "L", x + 4, y - 5, "L", x, y + 1, "Z"), class_="ink")
    yield label(text_x, y + BAR + 16, said, room, size=SMALL, class_="halo")


def _keys(drawing: _Drawing) -> list[Key]:
    said = drawing.sheet.words
    keys = [Key(said.counted, "accent"), Key(said.late, pattern="late"), Key(said.paused, "edge", "paused")]
    keys += [Key(reason, "edge", "paused", number=str(place)) for place, reason in enumerate(drawing.reasons, 1) if reason]
    return [*keys, Key(said.no_working_time, "rest", line=True)]


def _header(sheet: Sheet) -> list[str]:
    said = sheet.words
    return [said.clock, said.from_, said.to, said.due_at, said.counted, said.of_it_late, said.paused, said.outcome]


def _cells(drawing: _Drawing, clock: Clock) -> list[str]:
    counted = sum((one.until - one.since for one in clock.stretches if one.what == "counted"), timedelta())
    return [
        clock.label,
        drawing.said(clock.since),
        drawing.said(clock.until),
        drawing.said(clock.due_at) if clock.due_at else "",
        drawing.length(counted),
        drawing.length(late(clock)),
        listed([f"{reason}: {drawing.length(length)}" for reason, length in _paused(clock).items()]),
        clock.outcome,
    ]


def _paused(clock: Clock) -> dict[str, timedelta]:
    """Return reason → how long the clock was paused for it."""
    found: dict[str, timedelta] = {}
    for one in clock.stretches:
        if one.what == "paused":
            found[one.reason] = found.get(one.reason, timedelta()) + (one.until - one.since)
    return found
