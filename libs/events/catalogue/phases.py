"""The phases of a case, and how it ended: one rule for every service."""

from typing import Any

from libs.events.catalogue.routing import CaseClosed, CaseReopened, CaseResolved

MET, UNREACHABLE, WITHDRAWN, DUPLICATE = "resolved", "unreachable", "withdrawn", "duplicate"
OUTCOMES = (MET, "rejected", UNREACHABLE, WITHDRAWN, DUPLICATE)
"""How a case may end here; only the first says that the need was met. Another system's history may use other words."""

OPEN, RESOLVED, CLOSED, CANCELLED = "open", "resolved", "closed", "cancelled"
ENDED = (CLOSED, CANCELLED)


def phase_after(phase: str, said: Any) -> str:
    """Return the phase to which one of these facts leads: one rule for every service, and for odd history too.

    The first end holds, and only a reopening undoes it. A case that was closed as withdrawn is cancelled: intake says that
    somebody asked for it, routing's closing says that it is so.
    """
    match said:
        case CaseReopened():
            return OPEN
        case CaseResolved() if phase not in ENDED:
            return RESOLVED
        case CaseClosed(outcome=outcome) if phase not in ENDED:
            return CANCELLED if outcome == WITHDRAWN else CLOSED
    return phase


def outcome_after(outcome: str, closing: CaseClosed) -> str:
    """Return how a case ended: as its resolution said, if there was one, unless the customer withdrew since."""
    return closing.outcome if not outcome or closing.outcome == WITHDRAWN else outcome


def is_met(outcome: str) -> bool:
    """Test whether an outcome says that the need was met; every other is counted apart, never as resolved or satisfied."""
    return outcome == MET
