"""The events that a clock's life implies, each with the instant it happened at."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from libs.events.catalogue.promise import CalendarRef
from libs.events.catalogue.sla import (
    ClockBreached,
    ClockCancelled,
    ClockEnded,
    ClockMet,
    ClockPaused,
    ClockResumed,
    ClockStarted,
    ClockWaiting,
)
from services.sla.domain.clock import ClockLife, paused
from services.sla.domain.limits import NOTHING
from services.sla.domain.terms import Lack, Terms
from services.sla.domain.told import Status

STARTS, PAUSES, RESUMES, BREAKS, WAITS, ENDS = 1_000, 2_000, 2_500, 3_000, 3_500, 4_000
"""The order of a clock's events within one instant; the room between is for withdrawals and what is said again."""


NAMED = CalendarRef(id="", version=0)
"""How an event says that the calendar version which the standard names counts."""


@dataclass(frozen=True, slots=True)
class Implied:
    """An event that the facts imply, not yet said."""

    data: Any
    at: datetime
    rank: int


def implied(life: ClockLife, status: Status, terms: Terms) -> Iterator[Implied]:
    """Yield the events of one promise whose verdict is `status`, in order of kind."""
    clock, nth = life.target.clock, life.occurrence
    if life.first_due_at is not None:
        yield Implied(_started(life, life.first_due_at, terms), life.started_at, STARTS)
    yield from _pauses(life)
    if status in (Status.BREACHED, Status.ENDED_LATE) and life.due_at is not None:
        yield Implied(ClockBreached(clock=clock, due_at=life.due_at, occurrence=nth), life.due_at, BREAKS)
    if life.lapsed_at is not None:
        yield Implied(ClockCancelled(clock=clock, reason=life.lapse, occurrence=nth), life.lapsed_at, ENDS)
    if life.lack is not None:
        waiting = _waiting(life, life.lack, terms)
        yield Implied(waiting, life.lack.at, WAITS)
        if life.stopped_at is not None:
            yield Implied(replace(waiting, done=True), life.stopped_at, ENDS)
    elif life.stopped_at is not None and life.due_at is not None:
        yield _stopped(life, life.stopped_at, life.due_at, status)


def _started(life: ClockLife, due_at: datetime, terms: Terms) -> ClockStarted:
    target, other = life.target, life.counted_by
    if other is None or other == terms.standard.calendar:
        other = NAMED
    return ClockStarted(
        clock=target.clock,
        kind=target.kind,
        limit=target.limit,
        due_at=due_at,
        process_version=terms.standard.version,
        node=target.node,
        calendar=other.id,
        calendar_version=other.version,
        occurrence=life.occurrence,
        policy_version=life.policy_version,
        rule=life.rule,
    )


def _waiting(life: ClockLife, lack: Lack, terms: Terms) -> ClockWaiting:
    target = life.target
    return ClockWaiting(
        clock=target.clock,
        kind=target.kind,
        limit=target.limit,
        process_version=terms.standard.version,
        calendar=lack.calendar.id,
        calendar_version=lack.calendar.version,
        reason=lack.reason,
        node=target.node,
        occurrence=life.occurrence,
        policy_version=life.policy_version,
        rule=life.rule,
    )


def _pauses(life: ClockLife) -> Iterator[Implied]:
    clock, nth = life.target.clock, life.occurrence
    for pause in life.pauses:
        for holder in pause.holders:
            yield Implied(ClockPaused(clock=clock, reason=holder.code, occurrence=nth), holder.since, PAUSES)
        if pause.until is not None and pause.due_at is not None and pause.until != life.ended_at:
            yield Implied(ClockResumed(clock=clock, due_at=pause.due_at, occurrence=nth), pause.until, RESUMES)


def _stopped(life: ClockLife, stop: datetime, due_at: datetime, status: Status) -> Implied:
    says = ClockMet if status is Status.MET else ClockEnded
    figures = {
        "used_us": (life.used or NOTHING) // timedelta(microseconds=1),
        "paused_us": paused(life, stop) // timedelta(microseconds=1),
    }
    return Implied(says(clock=life.target.clock, due_at=due_at, **figures, occurrence=life.occurrence), stop, ENDS)
