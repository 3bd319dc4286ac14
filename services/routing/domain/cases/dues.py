"""What of a case falls due first: every promise that sla tells of it, also those of one step."""

from dataclasses import dataclass, field

from libs.events.catalogue.promised import CLOCKS, Due, Promises, first_due, tell
from libs.events.log.envelope import Fact

KEEPS = CLOCKS


@dataclass(slots=True)
class Dues:
    """The promises about a case."""

    promises: Promises = field(default_factory=dict)

    @property
    def first(self) -> Due | None:
        """The promise that falls due first, and still has to be kept; none while time stands still."""
        return first_due(self.promises.values())


def evolve(case: Dues, fact: Fact) -> Dues:
    """Take a fact in; whatever the history, it never raises."""
    tell(case.promises, fact.id, fact.data)
    return case
