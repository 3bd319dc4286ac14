"""A process map: the standard's nodes as the spine, and over it what really happened."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from libs.pictures.numbers import count, duration, listed, share
from libs.pictures.picture import Picture, Sheet
from libs.pictures.process import Arc, Node, Pair, chosen, kept, pairs
from libs.pictures.process_layout import NARROW, PITCH, WIDE, Route, Way, fitting, routes
from libs.pictures.process_marks import TOP, Stroke, arc_marks, connector, map_legend, node_marks
from libs.pictures.svg import label

SLOW, LATE = 0.05, 0.20
"""From which part of late steps on an arc is drawn as slow and as late."""


@dataclass(frozen=True, slots=True)
class _Map:
    """What is drawn, and out of how much."""

    sheet: Sheet
    nodes: Sequence[Node]
    drawn: Sequence[Pair]
    steps: int
    steps_before: int
    compared: bool

    @property
    def most(self) -> float:
        """The part of all steps that the thickest arc has."""
        parts = [self.part(pair.now) for pair in self.drawn] + [self.part_before(pair) for pair in self.drawn]
        return max(parts, default=0) or 1.0

    def part(self, arc: Arc) -> float:
        return arc.count / (self.steps or 1)

    def part_before(self, pair: Pair) -> float:
        return pair.before.count / (self.steps_before or 1) if pair.before else 0.0


def process_map(
    sheet: Sheet, nodes: Sequence[Node], arcs: Sequence[Arc], *, part: float = 1.0, before: Sequence[Arc] | None = None
) -> Picture:
    """Draw the nodes and the commonest arcs that together carry at least this part of all steps.

    With part 0 it is the commonest path alone, with 1 everything. `before` are the arcs of another version, drawn pale below.
    """
    zones, words = NARROW if sheet.narrow else WIDE, sheet.words
    if not nodes:
        return sheet.drawn(20, [label(0, 16, words.no_data, sheet.width, class_="soft")], _header(sheet, before is not None), ())
    ends = _ends(nodes, [*arcs, *(before or ())])
    shown = kept(nodes)
    found = pairs(shown, arcs, before or ())
    picked = chosen(found, part)
    placed: dict[Way, Route] = {}
    for side in ("right", "left"):
        placed |= routes(fitting([pair.way for pair in picked if pair.way.side == side], zones), zones, TOP)
    drawn = [pair for pair in picked if pair.way in placed or pair.way.side == "spine"]
    what = _Map(sheet, shown, drawn, _steps(arcs), _steps(before or ()), before is not None)
    marks = [connector(zones, place) for place in range(len(shown) - 1)]
    for place, node in enumerate(shown):  # the order in which one comes by with the keyboard
        marks.append(node_marks(sheet, zones, place, node))
        ours = [pair for pair in drawn if pair.way.source == place]
        marks += [arc_marks(sheet, zones, pair.way, placed.get(pair.way), _stroke(what, pair)) for pair in ours]
    keys, end = map_legend(sheet, PITCH * len(shown) - 24, compared=what.compared)
    return sheet.drawn(
        end,
        [*marks, *keys],
        _header(sheet, what.compared),
        [*(_node_cells(what, node) for node in shown), *(_cells(what, pair) for pair in drawn)],
        how_to_read=words.map_how_to_read,
        left_out=_left_out(what, nodes, len(ends), sum(not route.labelled for route in placed.values())),
    )


def _steps(arcs: Sequence[Arc]) -> int:
    return sum(arc.count for arc in arcs)


def _ends(nodes: Sequence[Node], arcs: Sequence[Arc]) -> set[tuple[str, str]]:
    """Return what the arcs join, which must be nodes of the map."""
    known = {node.id for node in nodes}
    for arc in arcs:
        if not known.issuperset((arc.source, arc.target)):
            raise ValueError(f"The arc from {arc.source!r} to {arc.target!r} needs both as nodes of the map.")
    return {(arc.source, arc.target) for arc in arcs}


def _stroke(what: _Map, pair: Pair) -> Stroke:
    now, late = pair.now, pair.now.late / pair.now.decided if pair.now.decided else 0.0
    return Stroke(
        size=what.part(now) / what.most,
        before=what.part_before(pair) / what.most if what.compared else None,
        late="late" if late >= LATE else "slow" if late >= SLOW else "kept",
        planned=pair.planned,
        name=_name(what, pair),
        said=[part for part in (_count(what, pair), _median(what.sheet, now.median), _late(what.sheet, now)) if part],
        href=now.href or (pair.before.href if pair.before else ""),
    )


def _count(what: _Map, pair: Pair) -> str:
    """Return how often. Two versions have different numbers of cases, so they are compared by their parts of all steps."""
    if not what.compared:
        return count(pair.now.count)
    before = share(pair.before.count if pair.before else 0, what.steps_before)
    return what.sheet.words.was.format(now=share(pair.now.count, what.steps), before=before)


def _median(sheet: Sheet, length: timedelta | None) -> str:
    return duration(length, sheet.words, in_days=False, rough=True) if length is not None else ""


def _late(sheet: Sheet, arc: Arc) -> str:
    return sheet.words.late_share.format(share=share(arc.late, arc.decided)) if arc.late else ""


def _name(what: _Map, pair: Pair) -> str:
    """Return the arc in one sentence: what the row of the table says."""
    source, target, *cells = zip(_header(what.sheet, what.compared), _cells(what, pair), strict=True)
    return f"{source[1]} → {target[1]}: " + "; ".join(f"{head}: {cell}" for head, cell in cells if cell)


def _header(sheet: Sheet, compared: bool) -> list[str]:
    words = sheet.words
    now = [words.from_, words.to, words.kind, words.steps, words.share, words.median, words.late_of_decided]
    before = [words.steps_before, words.share_before, words.median_before, words.late_before]
    return now + before if compared else now


def _cells(what: _Map, pair: Pair) -> list[str]:
    words, way = what.sheet.words, pair.way
    kind = words.step_next if way.side == "spine" else words.step_skip if way.side == "right" else words.step_return
    kind = words.step_again if way.source == way.target else kind
    said = kind if pair.planned == (way.side == "spine") else f"{kind}, {words.planned if pair.planned else words.not_planned}"
    cells = [what.nodes[way.source].label, what.nodes[way.target].label, said, *_figures(what.sheet, pair.now, what.steps)]
    return cells + _figures(what.sheet, pair.before, what.steps_before) if what.compared else cells


def _node_cells(what: _Map, node: Node) -> list[str]:
    kind = listed([what.sheet.words.node, node.note])
    return [node.label, "", kind, count(node.visits)] + [""] * (len(_header(what.sheet, what.compared)) - 4)


def _figures(sheet: Sheet, arc: Arc | None, steps: int) -> list[str]:
    if arc is None:
        return ["0", share(0, steps), "", ""]
    late = sheet.words.part_of.format(share=share(arc.late, arc.decided), part=count(arc.late), whole=count(arc.decided))
    return [count(arc.count), share(arc.count, steps), _median(sheet, arc.median), late if arc.decided else ""]


def _left_out(what: _Map, nodes: Sequence[Node], paths: int, unlabelled: int) -> str:
    """Return in words what is not drawn, and what has no label."""
    words, said = what.sheet.words, []
    if len(nodes) > len(what.nodes):
        said.append(words.nodes_left_out.format(left=len(nodes) - len(what.nodes), all=len(nodes)))
    if paths > len(what.drawn):
        left, whole = what.steps - _steps([pair.now for pair in what.drawn]), what.steps
        said.append(words.arcs_left_out.format(left=paths - len(what.drawn), all=paths, share=share(left, whole)))
    if unlabelled:
        said.append(words.arcs_unlabelled.format(count=unlabelled))
    return " ".join(said)
