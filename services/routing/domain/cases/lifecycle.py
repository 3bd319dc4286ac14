"""The phases of a case: what may be said in each, and which one follows."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from libs.events.catalogue.phases import OPEN as OPEN_CASE
from libs.events.catalogue.phases import phase_after
from libs.events.catalogue.routing import (
    CaseAssigned,
    CaseClassified,
    CaseClosed,
    CaseEscalated,
    CaseGraded,
    CaseReopened,
    CaseResolved,
    EscalationAcknowledged,
    ExceptionCleared,
    ExceptionRaised,
    GateDecided,
    GateRequested,
    NodeAssigned,
    NodeCompleted,
    NodeEntered,
    NodeProgressed,
    NodeReturned,
    NodeSkipped,
    NodeStarted,
)
from libs.events.words.refusal import Refused


class Phase(StrEnum):
    """Where a case is between registration and closure."""

    UNKNOWN = "unknown"
    IN_WORK = "in_work"
    RESOLVED = "resolved"
    CLOSED = "closed"
    CANCELLED = "cancelled"


_WORK: tuple[type[Any], ...] = (
    CaseClassified,
    CaseGraded,
    CaseAssigned,
    CaseEscalated,
    EscalationAcknowledged,
    NodeEntered,
    NodeAssigned,
    NodeStarted,
    NodeCompleted,
    NodeReturned,
    NodeProgressed,
    NodeSkipped,
    GateRequested,
    GateDecided,
    ExceptionRaised,
    ExceptionCleared,
)
# The events that may still follow once the need is met: about nodes, assignments and exceptions.
_BEFORE = (CaseClassified, CaseGraded, NodeReturned)
_AFTERCARE: tuple[type[Any], ...] = tuple(event for event in _WORK if event not in _BEFORE)

LIFECYCLE: Mapping[Phase, tuple[type[Any], ...]] = {
    Phase.UNKNOWN: (CaseClassified,),
    Phase.IN_WORK: (*_WORK, CaseResolved, CaseClosed),
    Phase.RESOLVED: (*_AFTERCARE, CaseReopened, CaseClosed),
    Phase.CLOSED: (CaseReopened,),
    Phase.CANCELLED: (CaseReopened,),
}
"""The events that a decision may say in each phase. Imported history is not judged by it."""

OPEN = (Phase.IN_WORK, Phase.RESOLVED)
ENDED = (Phase.CLOSED, Phase.CANCELLED)
_SAID = {
    Phase.UNKNOWN: "is not known here yet; register it first",
    Phase.IN_WORK: "is in work; resolve it first",
    Phase.RESOLVED: "is resolved; reopen it first",
    Phase.CLOSED: "is closed; reopen it first",
    Phase.CANCELLED: "was cancelled; reopen it first",
}


def next_phase(phase: Phase, said: Any) -> Phase:
    """Return the phase that an event leads to; any first event begins the case."""
    after = phase_after(phase, said)
    return Phase.IN_WORK if after in (OPEN_CASE, Phase.UNKNOWN) else Phase(after)


def must_allow(phase: Phase, event: type[Any]) -> None:
    """Refuse an event that the phase does not allow."""
    if event not in LIFECYCLE[phase]:
        raise Refused(f"case-{phase}", f"The case {_SAID[phase]}.", 404 if phase is Phase.UNKNOWN else 409)
