"""Which visit of a node is which: one rule for every service, and for odd history too."""

from dataclasses import dataclass, field

from libs.events.words.event import Occurrence


@dataclass(slots=True)
class Visits:
    """The visits of a case so far. `last` is the number of each node's last visit, `open` are those that have not ended.

    A visit is the next one of its node. Only where the speaker knows of more, because this history begins late, it is as said:
    what was said before visits had numbers, and what another system tells, calls every visit the first.
    """

    last: dict[str, int] = field(default_factory=dict)
    open: list[tuple[str, int]] = field(default_factory=list)

    def next(self, node: str) -> Occurrence:
        """Return the visit that would begin now."""
        return Occurrence(node, self.last.get(node, 0) + 1)

    def begin(self, node: str, said: int = 1) -> Occurrence:
        """The case arrives at a node."""
        visit = Occurrence(node, max(said, self.next(node).number))
        self.last[node] = visit.number
        self.open.append((node, visit.number))
        return visit

    def at(self, node: str, said: int = 1) -> Occurrence:
        """Return the visit in which something happens at a node; one begins where history is silent."""
        return self.now(node) or self.begin(node, said)

    def end(self, node: str, said: int = 1) -> Occurrence:
        """A visit of a node ends."""
        visit = self.at(node, said)
        self.open.remove((node, visit.number))
        return visit

    def now(self, node: str) -> Occurrence | None:
        """Return the last visit of a node that has not ended."""
        numbers = (number for at, number in reversed(self.open) if at == node)
        number = next(numbers, None)
        return None if number is None else Occurrence(node, number)
