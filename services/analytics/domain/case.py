"""One case as analytics remembers it: what its facts say, in the order in which they occurred.

The parts are tuples, so that the kept state is short; `Case` itself grows in place.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

from libs.events.words.event import Visits
from services.analytics.domain.clocks import ClockFact
from services.analytics.domain.happened import Answer, Attached, Decision, Handover, Note, Output, Record, Skip, Supply, Visit


class Registration(NamedTuple):
    """How the case came in."""

    at: datetime
    origin: str
    channel: str
    customer_ref: str
    kind: str
    process_id: str
    process_version: int
    external_ref: str
    attributes: dict[str, str] = {}  # noqa: RUF012  never changed
    missing: tuple[str, ...] = ()
    follows: str = ""


class Classification(NamedTuple):
    """What was said of the case's class or grade, and what all four words were from then on; `by`: class or grade."""

    at: datetime
    by: str
    service_class: str
    category: str
    severity: str
    grade: str
    rule: str
    reason: str


class Pin(NamedTuple):
    """When it was first said at which nodes the need is handled first, and which these are."""

    at: datetime
    initial_handling: tuple[str, ...]


class Assignment(NamedTuple):
    """The team and agent that answered for the case from `at` on. `reassigned`: they are not those that had it before."""

    at: datetime
    team: str
    agent: str
    role: str
    reason: str
    rule: str
    team_changed: bool
    agent_changed: bool
    reassigned: bool


class Step(NamedTuple):
    """A resolution, closing, reopening, ending, wish to cancel or restating, with whom it counts for.

    `outcome` is how the case ended.
    """

    at: datetime
    team: str
    agent: str
    outcome: str = ""
    reason: str = ""
    repeats: str = ""


class Escalation(NamedTuple):
    """More authority or more skill was called in, and somebody took notice; `team` and `agent` had the case then."""

    at: datetime
    kind: str
    to_role: str
    reason: str
    team: str
    agent: str
    by: str = ""
    acknowledged_at: datetime | None = None
    acknowledged_by: str = ""


class Wait(NamedTuple):
    """An abnormal situation, from when to when; `until` is None while it lasts, `ended` unless the case ended with it."""

    code: str
    since: datetime
    until: datetime | None = None
    team: str = ""
    agent: str = ""
    ended: datetime | None = None


class Contact(NamedTuple):
    """Somebody spoke with the customer, or a machine did. `response`: a person answered the customer."""

    at: datetime
    direction: str
    channel: str
    purpose: str
    team: str
    agent: str
    automated: bool
    resolves_case: bool
    response: bool
    reached: bool = True
    meets_expectation: bool | None = None


class Survey(NamedTuple):
    """An invitation and its latest answer."""

    survey_id: str
    channel: str = ""
    team: str = ""
    agent: str = ""
    sent_at: datetime | None = None
    expires_at: datetime | None = None
    expired_at: datetime | None = None
    answered_at: datetime | None = None
    overall: int | None = None
    scores: dict[str, int] = {}  # noqa: RUF012  never changed, only replaced
    commented: bool = False
    end_reason: str = ""


class Given(NamedTuple):
    """One answer of the customer, and the team and agent it counts for; `is_apart`: the case had ended with its need unmet."""

    at: datetime
    survey_id: str
    team: str
    agent: str
    overall: int
    is_apart: bool


class Stretch(NamedTuple):
    """What the case was from `since` on, until the next stretch begins."""

    since: datetime
    phase: str
    team: str
    agent: str
    category: str
    outcome: str
    grade: str = ""
    service_class: str = ""


class Handling(NamedTuple):
    """What the rules of first contact resolution look at. `is_out`: the case is in no rule."""

    reassignments: int
    reopens: int
    waits: int
    customer_waits: int
    agents: int
    escalations: int
    returns: int
    first_contact: bool
    took_us: int | None
    is_out: bool


@dataclass(slots=True)
class Case:
    """Everything the figures of a case are computed from."""

    registration: Registration | None = None
    system: str = ""
    service_class: str = ""
    category: str = ""
    severity: str = ""
    grade: str = ""
    pinned: Pin | None = None
    phase: str = "open"
    outcome: str = ""
    team: str = ""
    agent: str = ""
    known_agent: str = ""
    ended_at: datetime | None = None
    cancelled_at: datetime | None = None
    classifications: list[Classification] = field(default_factory=list)
    assignments: list[Assignment] = field(default_factory=list)
    resolutions: list[Step] = field(default_factory=list)
    closings: list[Step] = field(default_factory=list)
    reopenings: list[Step] = field(default_factory=list)
    endings: list[Step] = field(default_factory=list)
    wishes: list[Step] = field(default_factory=list)
    restated: list[Step] = field(default_factory=list)
    redated: list[Step] = field(default_factory=list)
    stretches: list[Stretch] = field(default_factory=list)
    judged: Handling | None = None
    visits: list[Visit] = field(default_factory=list)
    handovers: list[Handover] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    supplies: list[Supply] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    attachments: list[Attached] = field(default_factory=list)
    confirmations: list[Answer] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    skips: list[Skip] = field(default_factory=list)
    outputs: list[Output] = field(default_factory=list)
    numbers: Visits = field(default_factory=Visits)
    waits: list[Wait] = field(default_factory=list)
    contacts: list[Contact] = field(default_factory=list)
    surveys: list[Survey] = field(default_factory=list)
    answers: list[Given] = field(default_factory=list)
    clock_facts: list[ClockFact] = field(default_factory=list)
    withdrawn: list[UUID] = field(default_factory=list)
    escalations: list[Escalation] = field(default_factory=list)
    returns: int = 0
    figures: dict[str, int | bool | str] = field(default_factory=dict)

    @property
    def transfers(self) -> list[Assignment | Handover]:
        """The hand-overs to another team or agent: those of the case, then those of the work at a node."""
        handed: list[Assignment | Handover] = [*self.assignments, *self.handovers]
        return [one for one in handed if one.reassigned]


def new_case(key: str) -> Case:
    """Return a case nobody has said anything about."""
    return Case()


UNKNOWN = Stretch(datetime.min.replace(tzinfo=UTC), "", "", "", "", "")
"""What a case was before anybody spoke of it."""


def stretch_at(case: Case, at: datetime) -> Stretch:
    """Return what the case was at an instant."""
    for one in reversed(case.stretches):
        if one.since <= at:
            return one
    return UNKNOWN
