"""A month of made-up cases of two processes, one of which changed its version in the middle; and the tables of a page."""

from html.parser import HTMLParser
from random import Random
from typing import Any

from libs.events.catalogue import intake, routing, sla
from tests.services.analytics.story import answer, assigned, at, resolved

HOUR, DAY = 60, 24 * 60
NOW = at(31 * DAY)
CHANGE = 14
"""The day from which process p is of version 2."""
NODES = ("n1", "n2", "n3", "n4")


def month(seed: int = 7) -> dict[str, list[tuple[float, Any]]]:
    """Return the stories of 90 cases: most go straight, some skip a node, go back, stand still or never begin."""
    chance = Random(seed)
    return {f"case-{n}": _story(chance, n) for n in range(90)}


def _story(chance: Random, n: int) -> list[tuple[float, Any]]:
    begin = n * 29 * DAY / 90 + chance.randrange(8 * HOUR)
    process, version = ("p", 2 if begin >= CHANGE * DAY else 1) if n % 3 else ("q", 1)
    told: list[tuple[float, Any]] = [
        (
            begin,
            intake.CaseRegistered(
                channel=chance.choice(["web", "phone"]), customer_ref=f"c{n % 20}", process_id=process, process_version=version
            ),
        ),
        (begin, routing.CaseClassified(service_class=chance.choice(["routine", "urgent"]), category="billing")),
        (begin + 1, assigned(chance.choice(["a", "b"]), chance.choice(["ann", "bob"]))),
        (begin + 1 + chance.randrange(90), answer()),
    ]
    now = begin + 2
    for node, visit in _way(chance):
        now = _visit(chance, told, node, visit, version, now)
    if chance.random() < 0.8:
        told += [(now, resolved(agent="ann", team="a")), (now + 5, routing.CaseClosed())]
    return sorted(told, key=lambda one: one[0])


def _way(chance: Random) -> list[tuple[str, int]]:
    kind = chance.random()
    if kind < 0.05:
        return []
    nodes = [*NODES]
    if kind < 0.2:
        nodes.remove("n3")
    elif kind < 0.35:
        nodes[2:2] = ["n2"]
    elif kind < 0.45:
        nodes = nodes[:2]
    return [(node, nodes[: place + 1].count(node)) for place, node in enumerate(nodes)]


def _visit(chance: Random, told: list[tuple[float, Any]], node: str, visit: int, version: int, now: float) -> float:
    """Tell a visit; the first one of a node but n4 has a clock of an hour, of which half is counted."""
    done = now + chance.randrange(5, 100)
    told += [(now, routing.NodeEntered(node=node, occurrence=visit)), (now + 1, routing.NodeStarted(node=node, agent="ann"))]
    if visit == 1 and node != "n4":
        clock, due, used = f"node:{node}", at(now + HOUR), int(30_000_000 * (done - now))
        told.append((now, sla.ClockStarted(clock=clock, kind="node", limit="1h", due_at=due, process_version=version, node=node)))
        if done > now + HOUR:
            told += [
                (now + HOUR, sla.ClockBreached(clock=clock, due_at=due)),
                (done, sla.ClockEnded(clock=clock, due_at=due, used_us=used, paused_us=0)),
            ]
        else:
            told.append((done, sla.ClockMet(clock=clock, due_at=due, used_us=used, paused_us=0)))
    told.append((done, routing.NodeCompleted(node=node, agent="ann", occurrence=visit)))
    return done


class _Tables(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[list[list[str]]] = []
        self._in = False

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag == "table":
            self.found.append([])
        elif tag == "tr":
            self.found[-1].append([])
        elif tag in ("td", "th"):
            self.found[-1][-1].append("")
            self._in = True

    def handle_endtag(self, tag: str) -> None:
        self._in = self._in and tag not in ("td", "th")

    def handle_data(self, data: str) -> None:
        if self._in:
            self.found[-1][-1][-1] += data


def tables(page: str) -> list[list[list[str]]]:
    """Return the tables of a page: their rows, the head among them, as the texts of the cells."""
    parser = _Tables()
    parser.feed(page)
    return [[[" ".join(cell.split()) for cell in row] for row in table] for table in parser.found]
