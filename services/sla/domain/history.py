"""What sla has said of a clock, also what it took back: so an older due instant and an older verdict stay readable."""

from dataclasses import dataclass
from datetime import datetime

from libs.events.words.event import Occurrence
from services.sla.domain.case import SlaCase


@dataclass(frozen=True, slots=True)
class Saying:
    """Something that was said of a clock.

    At `capped_at` a pause ends that the process standard lets last no longer. It is `withdrawn` where a fact that became known
    later made it untrue, such as a late answer, a new grade or a calendar.
    """

    what: str
    at: datetime
    due_at: datetime | None
    limit: str
    reason: str
    mark: str
    withdrawn: bool
    capped_at: datetime | None = None


def history(state: SlaCase, name: Occurrence) -> tuple[Saying, ...]:
    """Return all that was said of the clock, in order; where it was said again, what was withdrawn comes first."""
    mine = sorted((said for said in state.said.values() if said.name == name), key=lambda said: (said.at, said.sequence))
    return tuple(
        Saying(one.what.removeprefix("clock."), one.at, one.due_at, one.limit, one.reason, one.mark, one.withdrawn, one.capped_at)
        for one in mine
    )
