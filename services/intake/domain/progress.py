"""How a case stands for its customer: the step it is at, whom it waits for, what she was promised, when we spoke, how it ended.

Nothing of those who work on it is kept here: no names, no teams, no reasons, no notes, no escalations.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from libs.events.catalogue.intake import ContactLogged
from libs.events.catalogue.phases import ENDED, OPEN, outcome_after, phase_after
from libs.events.catalogue.promised import CLOCKS, INTERNAL, Due, Promises, first_due, tell
from libs.events.catalogue.routing import (
    CaseClosed,
    CaseGraded,
    CaseReopened,
    CaseResolved,
    ExceptionCleared,
    ExceptionRaised,
    NodeCompleted,
    NodeEntered,
    NodeReturned,
    NodeSkipped,
    NodeStarted,
)
from libs.events.log.envelope import Fact
from libs.events.words.event import Visits
from libs.events.words.now import utc

CONTACTS_MAX = 100
CUSTOMER, OTHERS = "customer", "others"
AWAITED, OF_CUSTOMER = "awaiting_", "awaiting_customer"
"""How the code of a wait begins, and the one of waiting for the customer herself (docs/standards.md)."""


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation with the customer, without who held it and what was said; or an attempt that did not reach her."""

    at: datetime
    direction: str
    channel: str
    purpose: str
    automated: bool
    reached: bool = True
    meets_expectation: bool | None = None


@dataclass(slots=True)
class Progress:
    """The fold of what others, and our contacts, tell of a case, as far as it concerns the customer."""

    phase: str = OPEN
    outcome: str = ""
    resolved_at: datetime | None = None
    ended_at: datetime | None = None
    reopened_at: datetime | None = None
    visits: Visits = field(default_factory=Visits)
    node_entered_at: datetime | None = None
    waits: list[str] = field(default_factory=list)
    promises: Promises = field(default_factory=dict)
    talks: list[Talk] = field(default_factory=list)
    grade: str = ""

    @property
    def node(self) -> str:
        """The step that the case is at; empty between two, and when all is over."""
        return self.visits.open[-1][0] if self.visits.open and self.phase not in ENDED else ""

    @property
    def waits_for(self) -> str:
        """Whom it waits for: the customer, others, or nobody."""
        if self.phase != OPEN or not self.waits:
            return ""
        return CUSTOMER if OF_CUSTOMER in self.waits else OTHERS

    @property
    def due(self) -> Due | None:
        """The promise to the customer that falls due first, and still has to be kept."""
        return first_due(self.promises.values()) if self.phase == OPEN else None


def evolve(case: Progress, fact: Fact) -> Progress:
    """Take a fact in; whatever the history, it never raises."""
    _HANDLERS[type(fact.data)](case, fact)
    return case


def _talked(case: Progress, fact: Fact) -> None:
    said: ContactLogged = fact.data
    how = (said.direction, said.channel, said.purpose, said.automated, said.reached, said.meets_expectation)
    case.talks = [*case.talks, Talk(utc(fact.time), *how)][-CONTACTS_MAX:]


def _graded(case: Progress, fact: Fact) -> None:
    case.grade = fact.data.grade


def _entered(case: Progress, fact: Fact) -> None:
    case.visits.begin(fact.data.node, fact.data.occurrence)
    case.node_entered_at = fact.time


def _started(case: Progress, fact: Fact) -> None:
    if case.visits.now(fact.data.node) is None:  # where history is silent about its beginning
        _entered(case, fact)


def _left(case: Progress, fact: Fact) -> None:
    case.visits.end(fact.data.node, fact.data.occurrence)
    case.node_entered_at = None


def _skipped(case: Progress, fact: Fact) -> None:
    if case.visits.now(fact.data.node):
        _left(case, fact)


def _raised(case: Progress, fact: Fact) -> None:
    code = fact.data.code
    if code.startswith(AWAITED) and code not in case.waits:
        case.waits.append(code)


def _cleared(case: Progress, fact: Fact) -> None:
    case.waits = [code for code in case.waits if code != fact.data.code]


def _resolved(case: Progress, fact: Fact) -> None:
    if case.phase not in ENDED:
        case.outcome, case.resolved_at = fact.data.outcome, fact.time
    case.phase = phase_after(case.phase, fact.data)


def _closed(case: Progress, fact: Fact) -> None:
    if case.phase in ENDED:
        return
    case.phase, case.outcome = phase_after(case.phase, fact.data), outcome_after(case.outcome, fact.data)
    case.ended_at = fact.time


def _reopened(case: Progress, fact: Fact) -> None:
    if case.phase in ENDED:
        # What was awaited when the case ended is awaited no more: nobody could ever clear it.
        case.waits = []
    case.phase, case.outcome, case.reopened_at = OPEN, "", fact.time
    case.resolved_at = case.ended_at = None


def _promised(case: Progress, fact: Fact) -> None:
    tell(case.promises, fact.id, fact.data, but=INTERNAL)


_HANDLERS: Mapping[type[Any], Callable[[Progress, Fact], None]] = {
    ContactLogged: _talked,
    CaseGraded: _graded,
    NodeEntered: _entered,
    NodeStarted: _started,
    NodeCompleted: _left,
    NodeReturned: _left,
    NodeSkipped: _skipped,
    ExceptionRaised: _raised,
    ExceptionCleared: _cleared,
    CaseResolved: _resolved,
    CaseClosed: _closed,
    CaseReopened: _reopened,
    **dict.fromkeys(CLOCKS, _promised),
}
KEEPS: frozenset[type[Any]] = frozenset(_HANDLERS)
