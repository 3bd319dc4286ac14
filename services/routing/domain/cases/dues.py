"""What of a case falls due first: every promise that sla tells of it, also those of one step."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from libs.events.catalogue.promised import CLOCKS, Due, Promises, first_due, reminded, tell, warned
from libs.events.log.envelope import Fact
from libs.events.words.row import Part
from services.routing.domain.cases.team_visit import TeamVisit

KEEPS = CLOCKS


@dataclass(slots=True)
class Dues:
    """The promises about a case, and in `parts` its visit, where a team hands out its work."""

    promises: Promises = field(default_factory=dict)
    parts: dict[str, TeamVisit] = field(default_factory=dict)

    @property
    def warned(self) -> list[str]:
        """Whom warnings are for that a promise will break soon."""
        return warned(self.promises.values())

    @property
    def reminders(self) -> int:
        """Which reminder of the customer was due last, in what the case waits for now; 0 if none was."""
        return reminded(self.promises.values())

    @property
    def first(self) -> Due | None:
        """The promise that falls due first, and still has to be kept; none while time stands still."""
        return first_due(self.promises.values())


def evolve(case: Dues, fact: Fact) -> Dues:
    """Take a fact in; whatever the history, it never raises."""
    tell(case.promises, fact.id, fact.data)
    return case


def parts(key: str, case: Dues) -> Iterable[Part]:
    """Yield the visit for its team, with what falls due first."""
    for visit in case.parts.values():
        yield Part(visit.team, visit._replace(due_at=case.first.at if case.first else None))
