"""The marks of a process map: nodes, arcs with arrow and label, and what they mean."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from libs.pictures.legend import Key, legend
from libs.pictures.measure import SIZE, SMALL, width, wrapped
from libs.pictures.numbers import count, listed
from libs.pictures.picture import Sheet
from libs.pictures.process import Node
from libs.pictures.process_layout import BOX, PITCH, Route, Way, Zones
from libs.pictures.svg import Markup, clean, label, linked, num, path, tag

TOP = 10
"""Where the first node begins."""
THINNEST, THICKEST = 1.25, 8.0
_BEND, _HEAD = 7, 8


@dataclass(frozen=True, slots=True)
class Stroke:
    """How an arc looks and what it says. `size` and `before` are parts of the thickest stroke; `late` is a class."""

    size: float
    before: float | None
    late: str
    planned: bool
    name: str
    said: Sequence[str]
    href: str


def _thick(part: float) -> float:
    return THINNEST + (THICKEST - THINNEST) * part


def _rim(stroke: Stroke) -> float:
    """Return how thick the arc of the other version is: it lies below and shows on both sides."""
    return _thick(stroke.before) + (3 if stroke.size else 0) if stroke.before else 0.0


def connector(zones: Zones, place: int) -> Markup:
    """Return the quiet line from a node to the next one, which is there even if nobody went along it."""
    x, y = sum(zones.boxes) / 2, TOP + PITCH * place + BOX
    return tag("line", x1=x, x2=x, y1=y, y2=y + PITCH - BOX, class_="grid")


def node_marks(sheet: Sheet, zones: Zones, place: int, node: Node) -> Markup:
    """Return a node: a box with its name, how often cases came here, and a note."""
    (left, right), top = zones.boxes, TOP + PITCH * place
    middle, room = (left + right) / 2, right - left - 12
    visits = sheet.words.visits.format(count=count(node.visits))
    class_ = f"node{'' if node.planned else ' dashed'}{'' if node.visits else ' quiet'}"
    marks = [tag("rect", x=left, y=top, width=right - left, height=BOX, rx=6, class_=class_)]
    names = wrapped(clean(node.label), room, SIZE, lines=2)
    small = [text for text in (visits, node.note) if text]
    y = top + (BOX - 15 * (len(names) + len(small))) / 2 + 12
    for text in names:
        marks.append(label(middle, y, text, room, anchor="middle", class_="strong"))
        y += 15
    for text in small:
        marks.append(label(middle, y, text, room, size=SMALL, anchor="middle", class_="soft"))
        y += 15
    return linked(node.href, f"{node.label}: {visits}{'; ' * bool(node.note)}{node.note}", *marks)


def arc_marks(sheet: Sheet, zones: Zones, way: Way, route: Route | None, stroke: Stroke) -> Markup:
    """Return an arc with its arrow and, if it has a row of its own, its label."""
    line = _around(route) if route else _along(zones, way)
    marks = []
    if stroke.before:
        marks.append(tag("path", d=line, stroke_width=_rim(stroke), class_="arc ghost" if stroke.size else "arc gone"))
        if not stroke.size:
            marks.append(tag("path", d=_arrow(zones, way, route, _rim(stroke)), class_="head gone"))
    if stroke.size:
        thick = _thick(stroke.size)
        dashes = None if stroke.planned else f"{num(max(6, 1.8 * thick))} {num(max(3, thick * 0.6))}"
        marks.append(tag("path", d=line, stroke_width=thick, stroke_dasharray=dashes, class_=f"arc {stroke.late}"))
        marks.append(tag("path", d=_arrow(zones, way, route, thick), class_=f"head {stroke.late}"))
    marks += [tag("path", d=line, class_="reach")] if stroke.href else []
    marks += _mark(zones, way, route, stroke.late)
    marks += _said(sheet, zones, way, route, stroke)
    return linked(stroke.href, stroke.name, *marks)


def _spine(zones: Zones, way: Way) -> tuple[float, float]:
    """Return where the step from a node to the next one begins."""
    return sum(zones.boxes) / 2, TOP + PITCH * way.source + BOX


def _along(zones: Zones, way: Way) -> str:
    x, y = _spine(zones, way)
    return path("M", x, y, "L", x, y + PITCH - BOX - _HEAD)


def _around(route: Route) -> str:
    """Return the line out of a node, along a lane with round corners, and into the other node."""
    side = 1 if route.lane > route.edge else -1
    bend, turn = _BEND * side, _BEND if route.y1 > route.y0 else -_BEND
    return path(
        *("M", route.edge, route.y0, "L", route.lane - bend, route.y0),
        *("Q", route.lane, route.y0, route.lane, route.y0 + turn, "L", route.lane, route.y1 - turn),
        *("Q", route.lane, route.y1, route.lane - bend, route.y1, "L", route.edge + _HEAD * side, route.y1),
    )


def _arrow(zones: Zones, way: Way, route: Route | None, thick: float) -> str:
    half = 2.5 + thick / 2
    if route is None:
        x, y = _spine(zones, way)
        y += PITCH - BOX
        return path("M", x - half, y - _HEAD, "L", x + half, y - _HEAD, "L", x, y, "Z")
    back = route.edge + (_HEAD if route.lane > route.edge else -_HEAD)
    return path("M", back, route.y1 - half, "L", back, route.y1 + half, "L", route.edge, route.y1, "Z")


def _mark(zones: Zones, way: Way, route: Route | None, late: str) -> Iterator[Markup]:
    """Yield the mark at the beginning of an arc on which many are late: a ring, or a disc."""
    if late != "kept":
        x, y = (route.edge + (5 if route.lane > route.edge else -5), route.y0) if route else _spine(zones, way)
        yield tag("circle", cx=x, cy=y if route else y + 6, r=4, class_=f"start {late}")


def _said(sheet: Sheet, zones: Zones, way: Way, route: Route | None, stroke: Stroke) -> Iterator[Markup]:
    """Yield an arc's label: above its row, or beside the spine."""
    if route is None:
        x, y = _spine(zones, way)
        x += THICKEST / 2 + 8
        room = zones.right_labels[1] - x
        yield label(x, y + (PITCH - BOX) / 2 + 3, _fitting(stroke.said, room), room, size=SMALL)
    elif route.labelled:
        right = route.lane > route.edge
        left, border = zones.right_labels if right else zones.left_labels
        x, room = left + 6 if right else border - 6, border - left - 6
        said, y = _fitting(stroke.said, room), route.y0 - max(_thick(stroke.size), _rim(stroke)) / 2 - 2.5
        yield label(x, y, said, room, size=SMALL, anchor=None if right else "end")


def _fitting(parts: Sequence[str], room: float) -> str:
    """Return as many parts as there is room for. All of them are in the name of the arc."""
    for some in range(len(parts), 1, -1):
        if width(listed(parts[:some]), SMALL) <= room:
            return listed(parts[:some])
    return parts[0]


def map_legend(sheet: Sheet, top: float, *, compared: bool) -> tuple[list[Markup], float]:
    """Return what the lines mean, and where that ends."""
    words = sheet.words
    keys = [
        Key(words.arc_kept, "arc kept", line=True),
        Key(words.arc_slow, "arc slow", line=True, mark="start slow"),
        Key(words.arc_late, "arc late", line=True, mark="start late"),
        Key(words.arc_dashed, "arc kept dashed", line=True),
    ]
    return legend(sheet, [*keys, Key(words.arc_ghost, "arc gone swatch", line=True)] if compared else keys, top + TOP)
