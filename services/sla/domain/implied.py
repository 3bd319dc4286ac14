"""The events that a clock's life implies, each with the instant it happened at."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from libs.events.catalogue.sla import (
    ClockBreached,
    ClockCancelled,
    ClockEnded,
    ClockMet,
    ClockPaused,
    ClockResumed,
    ClockStarted,
)
from services.sla.domain.breach import Status
from services.sla.domain.clock import ClockLife, paused, used
from services.sla.domain.working_time import WorkingTime

STARTS, PAUSES, RESUMES, BREAKS, ENDS = 1_000, 2_000, 2_500, 3_000, 4_000
"""The order of a clock's events within one instant; the room between is for withdrawals and what is said again."""


@dataclass(frozen=True, slots=True)
class Implied:
    """An event that the facts imply, not yet said."""

    data: Any
    at: datetime
    rank: int


def implied(life: ClockLife, status: Status, version: int, working: WorkingTime | None) -> Iterator[Implied]:
    """Yield the events of one promise whose verdict is `status`, in order of kind."""
    clock, target = life.target.clock, life.target
    started = ClockStarted(
        clock=clock,
        kind=target.kind,
        limit=target.limit,
        due_at=life.first_due_at,
        process_version=version,
        node=target.node,
    )
    yield Implied(started, life.started_at, STARTS)
    yield from _pauses(life)
    if status in (Status.BREACHED, Status.ENDED_LATE) and life.due_at is not None:
        yield Implied(ClockBreached(clock=clock, due_at=life.due_at), life.due_at, BREAKS)
    if status is Status.CANCELLED and life.lapsed_at is not None:
        yield Implied(ClockCancelled(clock=clock, reason=life.lapse), life.lapsed_at, ENDS)
    if life.stopped_at is not None and life.due_at is not None:
        yield _stopped(life, life.stopped_at, life.due_at, status, working)


def _pauses(life: ClockLife) -> Iterator[Implied]:
    clock = life.target.clock
    for pause in life.pauses:
        yield Implied(ClockPaused(clock=clock, reason=pause.reason), pause.since, PAUSES)
        if pause.until is not None and pause.due_at is not None and pause.until != life.ended_at:
            yield Implied(ClockResumed(clock=clock, due_at=pause.due_at), pause.until, RESUMES)


def _stopped(life: ClockLife, stop: datetime, due_at: datetime, status: Status, working: WorkingTime | None) -> Implied:
    says = ClockMet if status is Status.MET else ClockEnded
    figures = {
        "used_us": used(life, stop, working) // timedelta(microseconds=1),
        "paused_us": paused(life, stop) // timedelta(microseconds=1),
    }
    return Implied(says(clock=life.target.clock, due_at=due_at, **figures), stop, ENDS)
