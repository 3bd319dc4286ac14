"""Where a case is on the way of its process standard, as its customer reads it."""

from dataclasses import dataclass

from libs.events.catalogue.standard import Node, Standard


@dataclass(frozen=True, slots=True)
class Steps:
    """The step that a case is at with its number, how many there are, and the step that comes next by the standard."""

    count: int = 0
    number: int = 0
    now: Node | None = None
    next: Node | None = None


def steps_of(standard: Standard, node: str, *, has_begun: bool) -> Steps:
    """Return where a case at this node is. Before the first node that one is next; what the standard does not know is nowhere."""
    nodes = standard.nodes
    place = next((n for n, one in enumerate(nodes) if one.id == node), None)
    if place is None:
        return Steps(len(nodes), next=None if has_begun or node or not nodes else nodes[0])
    return Steps(len(nodes), place + 1, nodes[place], nodes[place + 1] if place + 1 < len(nodes) else None)
