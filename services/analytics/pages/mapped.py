"""What a map of a process is made of: its nodes in their order, the steps of cases over them, and where each mark leads."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlencode

from libs.pictures import numbers
from libs.pictures.process import Arc, Node
from services.analytics.domain.steps import END, HERE, START
from services.analytics.queries.steps import StandardNode, Step, Walked, Which


@dataclass(frozen=True, slots=True)
class Map:
    """What a map is made of."""

    nodes: Sequence[StandardNode]
    now: Walked
    before: Walked | None
    href: Callable[[Mapping[str, Any]], str]
    t: Mapping[str, str]

    @property
    def called(self) -> Callable[[str], str]:
        """What names a node."""
        return calling(self.nodes, self.t)


def calling(nodes: Sequence[StandardNode], t: Mapping[str, str]) -> Callable[[str], str]:
    """Return what names a node."""
    names = {one.node: one.name for one in nodes} | {START: t["start"], END: t["end"]}
    return lambda node: names.get(node, node)


def in_order(nodes: Sequence[StandardNode], version: int | None) -> list[StandardNode]:
    """Return the nodes of the version, or of the latest one, in their order, and behind them those of other versions only."""
    first = version if any(one.version == version for one in nodes) else max((one.version for one in nodes), default=0)
    found: dict[str, StandardNode] = {}
    for one in sorted(nodes, key=lambda one: one.version != first):
        found.setdefault(one.node, one)
    return [*found.values()]


def linking(base: str, which: Which) -> Callable[[Mapping[str, Any]], str]:
    """Return what makes the address of the cases behind a mark."""
    given = {"process": which.process, "since": which.since, "until": which.until, "version": which.version}
    asked = {name: value for name, value in given.items() if value is not None}
    return lambda more: f"{base}/cases?{urlencode({**asked, **more}, doseq=True, quote_via=quote)}"


def walkers(found: Walked) -> int:
    """Return how many cases went anywhere."""
    return sum(one.count for one in found.steps if one.source == START and one.target not in (END, HERE))


def spine(what: Map) -> Iterator[Node]:
    """Yield the nodes from top to bottom: where cases begin, those of the standard, those it does not have, where cases end."""
    visits, here = _by(what.now.steps, "source"), {one.source: one.count for one in what.now.steps if one.target == HERE}
    known = [one.node for one in what.nodes]
    walked_ = [one for found in (what.now, what.before) if found for one in found.steps]
    strange = sorted({name for one in walked_ for name in (one.source, one.target)} - {*known, START, END, HERE})
    first = max((one.version for one in what.nodes[:1]), default=0)
    planned = {one.node for one in what.nodes if one.version == first}
    yield Node(START, what.called(START), what.now.cases, _standing(what, here.get(START, 0)), what.href({}))
    for node in (*known, *strange):
        yield Node(
            node, what.called(node), visits.get(node, 0), _standing(what, here.get(node, 0)), what.href({"node": node}),
            planned=node in planned,
        )  # fmt: skip
    yield Node(END, what.called(END), what.now.over, "", what.href({"to": END}))


def _standing(what: Map, count: int) -> str:
    return what.t["stand here"].format(count=numbers.count(count)) if count else ""


def _by(found: Iterable[Step], name: str) -> dict[str, int]:
    sums: dict[str, int] = {}
    for one in found:
        sums[getattr(one, name)] = sums.get(getattr(one, name), 0) + one.count
    return sums


def steps(what: Map, found: Walked) -> Iterator[Arc]:
    """Yield an arc for every step; cases that stand at a node have taken none from there yet."""
    for one in found.steps:
        if one.target != HERE:
            yield Arc(
                one.source,
                one.target,
                one.count,
                None if one.median_us is None else timedelta(microseconds=one.median_us),
                one.late,
                one.decided,
                what.href({"from": one.source, "to": one.target}),
            )
