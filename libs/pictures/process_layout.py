"""Where the nodes and arcs of a process map are: every arc that leaves the spine has a lane and, as far as there is room, a label
of its own.

A node stands where the standard has it, whatever arcs are drawn: maps of other weeks or versions can be laid side by side.
Skips run down on the right, returns run up on the left. An arc leaves its node in a row that holds its label, goes along
its lane, and comes in at the top of the other node. Longer arcs have outer lanes, and the rows are in the order of the lanes.
So lines cross as little as possible.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count

PITCH, BOX = 118, 80
"""How far nodes are apart, and how high a node is."""
ROWS = (27, 43, 59, 74)
"""Where arcs leave a node, below its top. A label stands on each of these rows."""
LAST_ROW, ENTRY = 78, 7
"""Where an arc leaves that has no row, and where the last arc comes in."""


@dataclass(frozen=True, slots=True)
class Zones:
    """From left to right: lanes of returns, their labels, nodes, labels of skips, their lanes."""

    left_lanes: tuple[float, float]
    left_labels: tuple[float, float]
    boxes: tuple[float, float]
    right_labels: tuple[float, float]
    right_lanes: tuple[float, float]


LANES_APART, LANES_TOUCH = 20, 4
"""How far lanes are apart where there is room, and how close they may be."""

WIDE = Zones((10, 92), (96, 282), (288, 500), (506, 694), (704, 948))
NARROW = Zones((4, 40), (42, 84), (88, 206), (210, 256), (262, 336))


@dataclass(frozen=True, slots=True)
class Way:
    """Which nodes an arc joins, by their places on the spine, and how many steps went along it."""

    source: int
    target: int
    weight: int

    @property
    def side(self) -> str:
        """Return where it runs: on the spine, right of it (a skip) or left of it (a return)."""
        if self.target == self.source + 1:
            return "spine"
        return "right" if self.target > self.source else "left"


@dataclass(frozen=True, slots=True)
class Route:
    """How an arc is drawn: out of its node's edge at y0, along its lane, and in at y1."""

    edge: float
    y0: float
    lane: float
    y1: float
    labelled: bool


def lanes(ways: Sequence[Way]) -> dict[Way, int]:
    """Return way → lane; the shortest are innermost, and no two ways share a stretch of a lane."""
    taken: dict[int, list[Way]] = {}
    found: dict[Way, int] = {}
    for way in sorted(ways, key=lambda way: (abs(way.target - way.source), min(way.target, way.source), -way.weight)):
        found[way] = next(lane for lane in count() if not any(_meet(way, other) for other in taken.get(lane, ())))
        taken.setdefault(found[way], []).append(way)
    return found


def _meet(one: Way, other: Way) -> bool:
    """Return whether two ways of one side run beside the same stretch. A return ends above where others of its node begin."""
    if one.side == "right":
        return one.source < other.target and other.source < one.target
    return one.target <= other.source and other.target <= one.source


def most_lanes(zones: Zones, side: str) -> int:
    """Return how many lanes can be told apart."""
    left, right = zones.right_lanes if side == "right" else zones.left_lanes
    return int((right - left) / LANES_TOUCH) + 1


def fitting(ways: Sequence[Way], zones: Zones) -> list[Way]:
    """Return the ways of one side for which there are lanes; the rarest give way."""
    kept = sorted(ways, key=lambda way: (-way.weight, way.source, way.target))
    while kept and (over := max(lanes(kept).values()) + 1 - most_lanes(zones, kept[0].side)) > 0:
        del kept[-max(1, over // 2) :]
    return kept


def routes(ways: Sequence[Way], zones: Zones, top: float) -> dict[Way, Route]:
    """Return way → route for the ways of one side."""
    if not ways:
        return {}
    placed, right = lanes(ways), ways[0].side == "right"
    left_border, right_border = zones.right_lanes if right else zones.left_lanes
    apart = min(LANES_APART, (right_border - left_border) / max(placed.values())) if max(placed.values()) else 0.0
    edge = zones.boxes[1] if right else zones.boxes[0]
    leaves, comes = _rows(placed, right), _entries(placed, right)
    return {
        way: Route(
            edge,
            top + PITCH * way.source + leaves.get(way, LAST_ROW),
            left_border + apart * lane if right else right_border - apart * lane,
            top + PITCH * way.target + comes[way],
            way in leaves,
        )
        for way, lane in placed.items()
    }


def _rows(placed: Mapping[Way, int], right: bool) -> dict[Way, float]:
    """Return way → row in its source, for the commonest ways of each node."""
    found: dict[Way, float] = {}
    for ways in _by(placed, "source"):
        common = sorted(ways, key=lambda way: -way.weight)[: len(ROWS)]
        in_order = sorted(common, key=lambda way: placed[way], reverse=right)
        found |= dict(zip(in_order, ROWS, strict=False))
    return found


def _entries(placed: Mapping[Way, int], right: bool) -> dict[Way, float]:
    """Return way → where it comes in at its target."""
    found: dict[Way, float] = {}
    for ways in _by(placed, "target"):
        in_order = sorted(ways, key=lambda way: placed[way], reverse=not right)
        step = min(4.0, ENTRY / len(in_order))
        found |= {way: ENTRY - step * (len(in_order) - 1 - place) for place, way in enumerate(in_order)}
    return found


def _by(ways: Mapping[Way, int], end: str) -> Iterator[list[Way]]:
    for node in sorted({getattr(way, end) for way in ways}):
        yield [way for way in ways if getattr(way, end) == node]
