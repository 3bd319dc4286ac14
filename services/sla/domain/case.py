"""sla's memory of a case: the instants at which promises start, wait and stop, and the events that sla has said."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from libs.events.words.event import Occurrence, Visits


@dataclass
class Wait:
    """An abnormal situation, from its raising to its clearing."""

    code: str
    since: datetime
    until: datetime | None = None


@dataclass
class Stay:
    """A time for which a case was resolved, closed or cancelled; a reopening ends it. Said again, `last` is the last time."""

    first: datetime
    last: datetime
    until: datetime | None = None


@dataclass
class Task:
    """A visit of a node, or a decision that was asked for in one: done, or left undone when the visit is returned or skipped."""

    name: str
    node: str
    number: int = 1
    begun_at: datetime | None = None
    done_at: datetime | None = None
    left_at: datetime | None = None
    left: str = ""


@dataclass
class Said:
    """One of our own events, with the words of it that later answers need."""

    id: UUID
    what: str
    clock: str
    at: datetime
    sequence: int
    withdrawn: bool = False
    due_at: datetime | None = None
    kind: str = ""
    limit: str = ""
    node: str = ""
    reason: str = ""
    process_version: int = 0
    used_us: int | None = None
    paused_us: int | None = None
    calendar: str = ""
    calendar_version: int = 0
    done: bool = False
    occurrence: int = 1

    @property
    def name(self) -> Occurrence:
        """Which clock it speaks of."""
        return Occurrence(self.clock, self.occurrence)


@dataclass
class SlaCase:
    """A case as its clocks see it. Of a repeated moment the first counts; what a reopening ended stays known."""

    process_id: str = ""
    process_version: int = 0
    registered_at: datetime | None = None
    imported: bool = False
    live_since: datetime | None = None
    service_class: str = ""
    grade: str = ""
    severity: str = ""
    first_response_at: datetime | None = None
    resolved: list[Stay] = field(default_factory=list)
    closed: list[Stay] = field(default_factory=list)
    cancelled: list[Stay] = field(default_factory=list)
    entered: dict[str, datetime] = field(default_factory=dict)
    started: dict[str, datetime] = field(default_factory=dict)
    completed: dict[str, datetime] = field(default_factory=dict)
    visits: Visits = field(default_factory=Visits)
    stops: list[Task] = field(default_factory=list)
    decisions: list[Task] = field(default_factory=list)
    waits: list[Wait] = field(default_factory=list)
    turned_to: list[datetime] = field(default_factory=list)
    said: dict[str, Said] = field(default_factory=dict)


def standing(state: SlaCase) -> Iterator[Said]:
    """Yield what sla said of the case and did not withdraw."""
    return (said for said in state.said.values() if not said.withdrawn)
