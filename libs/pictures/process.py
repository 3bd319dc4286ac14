"""What a process map is made of, and which part of it is drawn: the commonest path, then the commonest steps."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from libs.pictures.process_layout import Way

NODES_MAX, ARCS_MAX = 60, 120


@dataclass(frozen=True, slots=True)
class Node:
    """A node, in the order of the standard. One that the standard does not have is not planned."""

    id: str
    label: str
    visits: int
    note: str = ""
    href: str = ""
    planned: bool = True


@dataclass(frozen=True, slots=True)
class Arc:
    """How often cases went from a node to another: how long it took as a median, and how many of those decided were late.

    `planned` says whether the standard has this step. As a rule that is the step to the next node.
    """

    source: str
    target: str
    count: int
    median: timedelta | None = None
    late: int = 0
    decided: int = 0
    href: str = ""
    planned: bool | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """One arc now and, where two versions are compared, before."""

    way: Way
    now: Arc
    before: Arc | None

    @property
    def planned(self) -> bool:
        """Say whether the standard has this step."""
        return self.way.side == "spine" if self.now.planned is None else self.now.planned


def kept(nodes: Sequence[Node]) -> list[Node]:
    """Return the nodes in their order, without the least visited where there are too many."""
    common = {place for place, _ in sorted(enumerate(nodes), key=lambda one: -one[1].visits)[:NODES_MAX]}
    return [node for place, node in enumerate(nodes) if place in common]


def pairs(nodes: Sequence[Node], arcs: Sequence[Arc], before: Sequence[Arc]) -> list[Pair]:
    """Return all arcs between these nodes, those of both versions joined, the commonest first."""
    place = {node.id: place for place, node in enumerate(nodes)}
    now, then = _by_ends(arcs), _by_ends(before)
    found = []
    for ends in dict.fromkeys([*now, *then]):
        if place.keys() >= set(ends):
            arc, old = now.get(ends) or Arc(*ends, 0, planned=then[ends].planned), then.get(ends)
            weight = arc.count + (old.count if old else 0)
            found.append(Pair(Way(place[ends[0]], place[ends[1]], weight), arc, old))
    return sorted(found, key=_commonest_first)


def _by_ends(arcs: Sequence[Arc]) -> dict[tuple[str, str], Arc]:
    return {(arc.source, arc.target): arc for arc in arcs}


def _commonest_first(pair: Pair) -> tuple[int, int, int]:
    return -pair.way.weight, pair.way.source, pair.way.target


def chosen(found: Sequence[Pair], part: float) -> list[Pair]:
    """Return the commonest path, and beside it the commonest arcs until they carry the part that is asked for."""
    taken = {pair.way: pair for pair in _commonest_path(found)}
    carried, wanted = sum(way.weight for way in taken), part * sum(pair.way.weight for pair in found)
    for pair in found:
        if pair.way not in taken and (carried < wanted or part >= 1):
            taken[pair.way] = pair
            carried += pair.way.weight
    return sorted(taken.values(), key=_commonest_first)[:ARCS_MAX]


def _commonest_path(found: Sequence[Pair]) -> list[Pair]:
    """Return the path that always takes the commonest step to a node where it has not been."""
    path: list[Pair] = []
    been, here = {0}, 0
    while step := next((pair for pair in found if pair.way.source == here and pair.way.target not in been), None):
        path.append(step)
        here = step.way.target
        been.add(here)
    return path
