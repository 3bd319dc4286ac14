"""One clock's life on a line of time: what counted, what stood still and why, and the instants that matter."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from string import ascii_uppercase
from typing import Literal
from zoneinfo import ZoneInfo

from libs.pictures.legend import Key, legend, numbered
from libs.pictures.measure import SMALL
from libs.pictures.numbers import instant, listed
from libs.pictures.picture import Picture, Sheet
from libs.pictures.svg import Markup, label, tag, words
from libs.pictures.time_axis import AXIS_HEIGHT, TimeAxis, now_marks, straight

KINDS = ("late", "paused", "counted", "ahead", "holiday", "off", "hours", "outside")
"""What a part may be, the most important first: where several are too short to be drawn apart, the first of them is drawn."""
FULL = ("late", "paused", "counted", "ahead")
PATTERNS = {"late": "late", "paused": "paused", "ahead": "provisional", "holiday": "holiday"}
CLASSES = {"counted": "accent", "paused": "edge", "holiday": "edge", "off": "gap"}

BAR, LOW, LANE = 26, 10, 18
"""How high is what fills the bar, what is closed all day, and a row of letters."""
SHORTEST = 1.5
"""What is shorter than this is drawn together with its neighbours."""
MOMENTS_MAX = 12


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of the life. Each begins where the one before ends."""

    what: str
    since: datetime
    until: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant that matters, and how its line is drawn."""

    label: str
    at: datetime
    line: Literal["due", "mark", "broken"] = "mark"


@dataclass(frozen=True, slots=True)
class _Drawing:
    """What all of the picture shares."""

    sheet: Sheet
    axis: TimeAxis
    parts: Sequence[Part]
    moments: Sequence[Moment]
    length: Callable[[timedelta], str]

    @property
    def reasons(self) -> list[str]:
        return list(dict.fromkeys(one.reason for one in self.parts if one.what == "paused" and one.reason))

    def said(self, at: datetime) -> str:
        return instant(at, self.axis.zone, self.sheet.words)

    def name(self, what: str) -> str:
        said = self.sheet.words
        own = {"late": said.late, "paused": said.paused, "counted": said.counted, "ahead": said.ahead, "hours": said.closed_hours}
        return own[what] if what in own else said.kinds_of_days[what]

    def total(self, what: str, reason: str | None = None) -> str:
        chosen = [one for one in self.parts if one.what == what and reason in (None, one.reason)]
        return self.length(sum((one.until - one.since for one in chosen), timedelta()))


def clock_life(
    sheet: Sheet,
    parts: Sequence[Part],
    moments: Sequence[Moment],
    zone: ZoneInfo,
    length: Callable[[timedelta], str],
    now: datetime | None = None,
) -> Picture:
    """Draw the life. `length` says how long something is, in the picture as in its table; moments are in order of time."""
    said, shown = sheet.words, moments[-MOMENTS_MAX:]
    instants = [*(at for one in parts for at in (one.since, one.until)), *(one.at for one in shown), *([now] if now else [])]
    header = [said.what, said.from_, said.to, said.length]
    if not instants:
        return sheet.drawn(20, [label(0, 16, said.no_data, sheet.width, class_="soft")], header, ())
    axis = straight(min(instants), max(instants), 16, sheet.width - 16, zone, sheet)
    drawing = _Drawing(sheet, axis, parts, shown, length)
    lanes = lanes_of([axis.x(one.at) for one in shown])
    top = 20.0 if now else 4.0
    bar = top + LANE * (max(lanes, default=-1) + 1) + 4
    bottom = bar + BAR + 8
    drawn = together(parts, axis.x)
    marks = [*axis.drawn(bar - 4, bottom), *_bars(drawing, drawn, bar)]
    marks += now_marks(axis, now, top, bottom) if now else ()
    marks += _moments(drawing, [bar - 4 - LANE * (lane + 0.5) for lane in lanes], bottom)
    keys, end = legend(sheet, _keys(drawing), bottom + AXIS_HEIGHT + 4)
    merged = said.drawn_together if len(drawn) < len(parts) else ""
    early = said.moments_left_out.format(left=len(moments) - len(shown)) if moments[MOMENTS_MAX:] else ""
    how, patterns = said.zone.format(zone=zone.key), list(PATTERNS.values())
    left_out = " ".join(one for one in (merged, early) if one)
    return sheet.drawn(end, [*marks, *keys], header, _rows(drawing), patterns=patterns, how_to_read=how, left_out=left_out)


def lanes_of(places: Sequence[float]) -> list[int]:
    """Return for each place from left to right the lowest row in which its letter covers no other one."""
    ends: list[float] = []
    found = []
    for x in places:
        lane = next((number for number, end in enumerate(ends) if end + 16 <= x), len(ends))
        ends[lane : lane + 1] = [x]
        found.append(lane)
    return found


def together(parts: Sequence[Part], x: Callable[[datetime], float]) -> list[Part]:
    """Return the parts as they are drawn: neighbours too short to be seen are one, which is what matters most of them."""
    found: list[Part] = []
    short: list[Part] = []
    for one in parts:
        is_long = x(one.until) - x(one.since) >= SHORTEST
        if short and (is_long or x(one.since) - x(short[0].since) >= SHORTEST):
            _add(found, _one_of(short))
            short = []
        if is_long:
            _add(found, one)
        else:
            short.append(one)
    if short:
        _add(found, _one_of(short))
    return found


def _one_of(parts: Sequence[Part]) -> Part:
    first = min(parts, key=lambda one: KINDS.index(one.what))
    return Part(first.what, parts[0].since, parts[-1].until, first.reason)


def _add(found: list[Part], one: Part) -> None:
    last = found[-1] if found else None
    if last and (last.what, last.reason) == (one.what, one.reason):
        found[-1] = Part(one.what, last.since, one.until, one.reason)
    else:
        found.append(one)


def _bars(drawing: _Drawing, parts: Sequence[Part], top: float) -> Iterator[Markup]:
    sheet, axis, middle = drawing.sheet, drawing.axis, top + BAR / 2
    for one in parts:
        left, right = axis.x(one.since), axis.x(one.until)
        name = tag("title", words(listed([drawing.name(one.what), one.reason])))
        if one.what in ("hours", "outside"):
            yield tag("line", name, x1=left, x2=right, y1=middle, y2=middle, class_="rest")
            continue
        high = BAR if one.what in FULL else LOW
        fill = sheet.fill(PATTERNS[one.what]) if one.what in PATTERNS else None
        box = {"x": left, "y": middle - high / 2, "width": max(right - left, 0.5), "height": high}
        yield tag("rect", name, **box, fill=fill, class_=CLASSES.get(one.what))
        if one.what == "paused" and one.reason and right - left > 16:
            yield from numbered((left + right) / 2, middle, str(drawing.reasons.index(one.reason) + 1))


def _moments(drawing: _Drawing, heights: Sequence[float], bottom: float) -> Iterator[Markup]:
    """Yield the lines, and above them the letters, so that no line goes through one."""
    places = [(drawing.axis.x(one.at), y) for one, y in zip(drawing.moments, heights, strict=True)]
    for one, (x, y) in zip(drawing.moments, places, strict=True):
        yield tag("line", x1=x, x2=x, y1=y, y2=bottom, class_="arc late" if one.line == "broken" else one.line)
    for letter, (x, y) in zip(ascii_uppercase, places, strict=False):
        yield tag("circle", cx=x, cy=y, r=7, class_="node")
        yield label(x, y + 4, letter, 16, size=SMALL, anchor="middle")


def _keys(drawing: _Drawing) -> list[Key]:
    found = {one.what for one in drawing.parts}
    keys = []
    for what in (one for one in KINDS if one in found):
        said = f"{drawing.name(what)}: {drawing.total(what)}"
        if what in ("hours", "outside"):
            keys.append(Key(said, "rest", line=True))
        else:
            keys.append(Key(said, CLASSES.get(what), PATTERNS.get(what, "")))
    for number, reason in enumerate(drawing.reasons, 1):
        keys.append(Key(f"{reason}: {drawing.total('paused', reason)}", "edge", "paused", number=str(number)))
    for letter, moment in zip(ascii_uppercase, drawing.moments, strict=False):
        keys.append(Key(f"{moment.label}: {drawing.said(moment.at)}", "ground", number=letter))
    return keys


def _rows(drawing: _Drawing) -> Iterator[list[str]]:
    for what in KINDS:
        chosen = [one for one in drawing.parts if one.what == what]
        if chosen:
            yield [drawing.name(what), drawing.said(chosen[0].since), drawing.said(chosen[-1].until), drawing.total(what)]
    for reason in drawing.reasons:
        chosen = [one for one in drawing.parts if one.reason == reason]
        since, until = drawing.said(chosen[0].since), drawing.said(chosen[-1].until)
        yield [listed([drawing.name("paused"), reason]), since, until, drawing.total("paused", reason)]
    for letter, moment in zip(ascii_uppercase, drawing.moments, strict=False):
        yield [f"{letter} {moment.label}", drawing.said(moment.at), "", ""]
