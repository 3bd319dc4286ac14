"""The phases of a case as a table: decisions ask it before they speak, the fold follows it, tests and drawing read it."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from libs.events.catalogue.routing import (
    CaseAssigned,
    CaseClassified,
    CaseClosed,
    CaseEscalated,
    CaseGraded,
    CaseReopened,
    CaseResolved,
    ExceptionCleared,
    ExceptionRaised,
    NodeCompleted,
    NodeEntered,
    NodeReturned,
    NodeStarted,
)
from libs.events.refusal import Refused


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
    NodeEntered,
    NodeStarted,
    NodeCompleted,
    NodeReturned,
    ExceptionRaised,
    ExceptionCleared,
)
# What is left after the need is met: the follow-up's nodes, who does them, and what hinders them.
_BEFORE = (CaseClassified, CaseGraded, NodeReturned)
_AFTERCARE: tuple[type[Any], ...] = tuple(event for event in _WORK if event not in _BEFORE)

LIFECYCLE: Mapping[Phase, Mapping[type[Any], Phase]] = {
    Phase.UNKNOWN: {CaseClassified: Phase.IN_WORK},
    Phase.IN_WORK: {
        **dict.fromkeys(_WORK, Phase.IN_WORK),
        CaseResolved: Phase.RESOLVED,
        CaseClosed: Phase.CLOSED,
    },
    Phase.RESOLVED: {
        **dict.fromkeys(_AFTERCARE, Phase.RESOLVED),
        CaseReopened: Phase.IN_WORK,
        CaseClosed: Phase.CLOSED,
    },
    Phase.CLOSED: {CaseReopened: Phase.IN_WORK},
    Phase.CANCELLED: {CaseReopened: Phase.IN_WORK},
}

BY_ITSELF: Mapping[type[Any], Phase] = {
    CaseResolved: Phase.RESOLVED,
    CaseClosed: Phase.CLOSED,
    CaseReopened: Phase.IN_WORK,
}
"""Where an event leads that the table does not foresee: history that another system wrote is not judged."""

OPEN = (Phase.IN_WORK, Phase.RESOLVED)
ENDED = (Phase.CLOSED, Phase.CANCELLED)
_SAID = {
    Phase.UNKNOWN: "is not known here yet; register it first",
    Phase.IN_WORK: "is in work; resolve it first",
    Phase.RESOLVED: "is resolved; reopen it first",
    Phase.CLOSED: "is closed; reopen it first",
    Phase.CANCELLED: "was cancelled; reopen it first",
}


def next_phase(phase: Phase, event: type[Any]) -> Phase:
    """Return the phase that an event leads to."""
    foreseen = LIFECYCLE[phase].get(event)
    if foreseen is None:
        foreseen = BY_ITSELF.get(event, Phase.IN_WORK if phase is Phase.UNKNOWN else phase)
    return foreseen


def must_allow(phase: Phase, event: type[Any]) -> None:
    """Refuse what does not belong into the phase."""
    if event not in LIFECYCLE[phase]:
        raise Refused(f"case-{phase}", f"The case {_SAID[phase]}.", 404 if phase is Phase.UNKNOWN else 409)
