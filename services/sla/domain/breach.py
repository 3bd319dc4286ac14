"""THE RULE THAT DECIDES A BREACH: a promise is broken when, at an instant after it fell due, it is not kept yet.

Answering at the due instant itself keeps the promise. A promise that waits is not due. One whose due instant cannot be
computed is neither kept nor broken until it can. Nothing else decides it: not when we learned of a fact, not who looks.
"""

from datetime import datetime
from typing import TYPE_CHECKING

from services.sla.domain.told import Status

if TYPE_CHECKING:
    from services.sla.domain.clock import ClockLife


def is_broken(due_at: datetime | None, at: datetime) -> bool:
    """Test whether a promise due at `due_at` and not yet kept at `at` is broken."""
    # Using the allowance to its last instant keeps the promise; only more breaks it.
    return due_at is not None and at > due_at


def verdict(life: "ClockLife", known_until: datetime | None) -> Status:
    """Return the outcome of the promise if all facts up to `known_until` are known; None gives none for an open
    promise."""
    if life.is_undated:
        return Status.WAITING
    if life.stopped_at is not None:
        return Status.ENDED_LATE if is_broken(life.due_at, life.stopped_at) else Status.MET
    if life.lapsed_at is not None:
        return Status.BREACHED if is_broken(life.due_at, life.lapsed_at) else Status.CANCELLED
    if known_until is not None and is_broken(life.due_at, known_until):
        return Status.BREACHED
    return Status.PAUSED if life.pauses and life.pauses[-1].until is None else Status.RUNNING
