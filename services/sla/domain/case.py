"""sla's memory of a case: the moments at which promises start, wait and stop, in order, and the events that sla has said."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from libs.events.catalogue.intake import CaseCancelled, CaseRegistered, ContactLogged, DueChanged, InfoSupplied
from libs.events.catalogue.routing import (
    CaseClassified,
    CaseClosed,
    CaseGraded,
    CaseReopened,
    CaseResolved,
    ExceptionCleared,
    ExceptionRaised,
    GateDecided,
    GateRequested,
    NodeCompleted,
    NodeEntered,
    NodeReturned,
    NodeSkipped,
    NodeStarted,
)
from libs.events.catalogue.sla import ClockWithdrawn, TermsRestated
from libs.events.log.envelope import Fact
from libs.events.words.event import TYPES, Topic, Visits
from libs.events.words.now import utc
from services.sla.domain.remembered import (
    ASSIGNS,
    CLOSED,
    OF_CONTACTS,
    REGISTERED,
    REOPENED,
    RESOLVED,
    Dated,
    Hold,
    Moment,
    Restated,
    Said,
    Stay,
    Task,
    Wait,
    hold,
    learn,
    open_stay,
    open_wait,
    said_of,
    stay,
    task_of,
    wished,
)


@dataclass
class SlaCase:
    """A case as its clocks see it: every moment counts, whichever a promise asks for; what a reopening ended stays known."""

    process_id: str = ""
    process_version: int = 0
    registered_at: datetime | None = None
    imported: bool = False
    live_since: datetime | None = None
    service_class: str = ""
    grade: str = ""
    severity: str = ""
    words: dict[str, str] = field(default_factory=dict)  # what was said in clear of it: channel, kind, attributes
    dates: list[Dated] = field(default_factory=list)
    moments: list[Moment] = field(default_factory=list)
    resolved: list[Stay] = field(default_factory=list)
    closed: list[Stay] = field(default_factory=list)
    visits: Visits = field(default_factory=Visits)
    tasks: list[Task] = field(default_factory=list)
    decisions: list[Task] = field(default_factory=list)
    waits: list[Wait] = field(default_factory=list)
    holds: list[Hold] = field(default_factory=list)
    restated: list[Restated] = field(default_factory=list)
    said: dict[str, Said] = field(default_factory=dict)
    wished_at: datetime | None = None  # when somebody asked that it be withdrawn

    def came(self, word: str) -> list[datetime]:
        """Return when a moment came, each time, in order."""
        return [moment.at for moment in self.moments if moment.word == word]

    def note(self, word: str, at: datetime) -> None:
        """Remember that a moment came."""
        self.moments.append(Moment(word, at))


def standing(state: SlaCase) -> Iterator[Said]:
    """Yield what sla said of the case and did not withdraw."""
    return (said for said in state.said.values() if not said.withdrawn)


def evolve(state: SlaCase, fact: Fact) -> SlaCase:
    """Take one fact in; whatever the history, it never raises."""
    handler = _HANDLERS.get(type(fact.data))
    if handler is None:
        return state
    at = utc(fact.time)
    if type(fact.data) not in OWN and not fact.imported and state.live_since is None:
        state.live_since = at
    handler(state, fact, at)
    return state


def _registered(state: SlaCase, fact: Fact, at: datetime) -> None:
    if state.registered_at is None:
        state.registered_at, state.imported = at, fact.imported
        state.process_id, state.process_version = fact.data.process_id, fact.data.process_version
        state.note(REGISTERED, at)
        learn(state, fact, at)


def _contact(state: SlaCase, fact: Fact, at: datetime) -> None:
    for word, is_one in OF_CONTACTS.items():
        if is_one(fact.data):
            state.note(word, at)


def _classified(state: SlaCase, fact: Fact, at: datetime) -> None:
    # A classification may set only some of the words; an empty one leaves what was said before.
    state.service_class = fact.data.service_class or state.service_class
    state.severity = fact.data.severity or state.severity


def _graded(state: SlaCase, fact: Fact, at: datetime) -> None:
    state.grade = fact.data.grade


def _entered(state: SlaCase, fact: Fact, at: datetime) -> None:
    state.note(f"entered:{fact.data.node}", at)
    visit = state.visits.begin(fact.data.node, fact.data.occurrence)
    state.tasks.append(Task(visit.name, visit.name, visit.number, at))


def _started(state: SlaCase, fact: Fact, at: datetime) -> None:
    state.note(f"started:{fact.data.node}", at)
    hold(state, fact, at)
    task_of(state.tasks, state.visits.at(fact.data.node, fact.data.occurrence))


def _completed(state: SlaCase, fact: Fact, at: datetime) -> None:
    state.note(f"completed:{fact.data.node}", at)
    task_of(state.tasks, state.visits.end(fact.data.node, fact.data.occurrence)).done_at = at


def _skipped(state: SlaCase, fact: Fact, at: datetime) -> None:
    if state.visits.now(fact.data.node):
        _left(state, fact, at, "skipped")


def _left(state: SlaCase, fact: Fact, at: datetime, how: str) -> None:
    task = task_of(state.tasks, state.visits.end(fact.data.node, fact.data.occurrence))
    for one in (task, *(one for one in state.decisions if one.node == task.node and one.is_open)):
        one.left_at, one.left = at, how


def _asked(state: SlaCase, fact: Fact, at: datetime) -> None:
    state.decisions.append(Task(fact.data.gate, fact.data.node, begun_at=at))


def _decided(state: SlaCase, fact: Fact, at: datetime) -> None:
    for one in state.decisions:
        if one.name == fact.data.gate and one.is_open:
            one.done_at = at


def _raised(state: SlaCase, fact: Fact, at: datetime) -> None:
    if not open_wait(state.waits, fact.data.code):
        state.waits.append(Wait(fact.data.code, at))


def _cleared(state: SlaCase, fact: Fact, at: datetime) -> None:
    if wait := open_wait(state.waits, fact.data.code):
        wait.until = at


def _resolved(state: SlaCase, fact: Fact, at: datetime) -> None:
    stay(state.resolved, at)
    state.note(RESOLVED, at)


def _reopened(state: SlaCase, fact: Fact, at: datetime) -> None:
    # What was awaited when the case ended is awaited no more: nobody could ever clear it.
    if ended := open_stay(state.closed):
        for wait in state.waits:
            wait.until = wait.until or max(wait.since, ended.last)
    for stays in (state.resolved, state.closed):
        if over := open_stay(stays):
            over.until = at
    state.wished_at = None
    state.note(REOPENED, at)


def _closed(state: SlaCase, fact: Fact, at: datetime) -> None:
    stay(state.closed, at, fact.data.outcome, state.wished_at)
    state.note(CLOSED, at)


def _restated(state: SlaCase, fact: Fact, at: datetime) -> None:
    state.restated.append(Restated(at, fact.data.policy_version))


def _cancelled(state: SlaCase, fact: Fact, at: datetime) -> None:
    state.wished_at = wished(state.closed, state.wished_at, at)


def _said(state: SlaCase, fact: Fact, at: datetime) -> None:
    state.said.setdefault(str(fact.id), said_of(fact.data, at, fact.sequence, fact.id))


def _withdrawn(state: SlaCase, fact: Fact, at: datetime) -> None:
    # A withdrawal sorts right after what it withdraws, so what it names is here unless it is not known yet.
    if said := state.said.get(str(fact.data.withdrawn_id)):
        said.withdrawn = True


OWN: frozenset[type] = frozenset(cls for cls, kind in TYPES.items() if kind.owner == "sla" and kind.topic is Topic.CASES)
SAID = OWN - {TermsRestated}
"""What sla concludes. To restate terms is a decision of somebody, and its conclusions follow from it."""
_HANDLERS: dict[type, Callable[[SlaCase, Fact, datetime], None]] = {
    CaseRegistered: _registered,
    ContactLogged: _contact,
    InfoSupplied: learn,
    DueChanged: learn,
    CaseClassified: _classified,
    CaseGraded: _graded,
    NodeEntered: _entered,
    NodeStarted: _started,
    NodeCompleted: _completed,
    NodeReturned: partial(_left, how="returned"),
    NodeSkipped: _skipped,
    GateRequested: _asked,
    GateDecided: _decided,
    ExceptionRaised: _raised,
    ExceptionCleared: _cleared,
    CaseResolved: _resolved,
    CaseReopened: _reopened,
    CaseClosed: _closed,
    CaseCancelled: _cancelled,
    TermsRestated: _restated,
    **dict.fromkeys(ASSIGNS, hold),
    **dict.fromkeys(SAID, _said),
    ClockWithdrawn: _withdrawn,
}
HEARD: frozenset[type] = frozenset(_HANDLERS) - SAID
