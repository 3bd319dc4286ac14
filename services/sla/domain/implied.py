"""The events that a clock's life implies, each with the instant it happened at."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct

from libs.events.catalogue.mark import Mark, read_mark
from libs.events.catalogue.promise import CalendarRef
from libs.events.catalogue.sla import (
    ClockBreached,
    ClockCancelled,
    ClockEnded,
    ClockMet,
    ClockPaused,
    ClockReminded,
    ClockResumed,
    ClockStarted,
    ClockWaiting,
    ClockWarned,
)
from services.sla.domain.clock import ClockLife, paused
from services.sla.domain.limits import NOTHING, after, spent
from services.sla.domain.pauses import Pause, Reason
from services.sla.domain.reminders import reminders
from services.sla.domain.terms import Lack, Terms
from services.sla.domain.told import Status

STARTS, PAUSES, REMINDS, RESUMES, WARNS, BREAKS, WAITS, ENDS = 1_000, 2_000, 2_300, 2_500, 2_800, 3_000, 3_500, 4_000
"""The order of a clock's events within one instant; the room between is for withdrawals and what is said again."""


NAMED = CalendarRef(id="", version=0)
"""How an event says that the calendar version which the standard names counts."""


class Implied(Struct, frozen=True):
    """An event that the facts imply, not yet said."""

    data: Any
    at: datetime
    rank: int


def implied(life: ClockLife, status: Status, terms: Terms, is_known: Callable[[Implied], bool]) -> Iterator[Implied]:
    """Yield the events of one promise whose verdict is `status`, in order of kind; those warnings that are known to be due."""
    clock, nth = life.target.clock, life.occurrence
    if life.first_due_at is not None:
        yield Implied(_started(life, life.first_due_at, terms), life.started_at, STARTS)
    yield from _pauses(life, terms)
    yield from filter(is_known, _warnings(life))
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
        warns_at=_ahead(life),
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


def _pauses(life: ClockLife, terms: Terms) -> Iterator[Implied]:
    clock, nth = life.target.clock, life.occurrence
    for number, pause in enumerate(life.pauses, 1):
        for holder in pause.holders:
            yield Implied(_paused(life, holder, terms), holder.since, PAUSES)
        if pause.until is not None and pause.due_at is not None and pause.until != life.ended_at:
            warns_at = _ahead(life, life.pauses[:number])
            yield Implied(ClockResumed(clock=clock, due_at=pause.due_at, occurrence=nth, warns_at=warns_at), pause.until, RESUMES)


def _paused(life: ClockLife, holder: Reason, terms: Terms) -> ClockPaused:
    planned = reminders(holder, terms)
    return ClockPaused(
        clock=life.target.clock,
        reason=holder.code,
        occurrence=life.occurrence,
        capped_at=holder.capped_at,
        reminds_at=planned.instants,
        calendar=planned.lacks,
    )


def reminded(life: ClockLife, terms: Terms) -> Iterator[tuple[Implied, bool]]:
    """Yield the reminders while something holds the clock, and of each whether it is known that its instant has passed."""
    for pause in life.pauses:
        for holder in pause.holders:
            for number, at in reminders(holder, terms).times:
                if (holder.until is None or at < holder.until) and (life.lack is None or at < life.lack.at):
                    said = ClockReminded(clock=life.target.clock, reason=holder.code, number=number, occurrence=life.occurrence)
                    yield Implied(said, at, REMINDS), holder.until is not None


def _stopped(life: ClockLife, stop: datetime, due_at: datetime, status: Status) -> Implied:
    says = ClockMet if status is Status.MET else ClockEnded
    figures = {
        "used_us": (life.used or NOTHING) // timedelta(microseconds=1),
        "paused_us": paused(life, stop) // timedelta(microseconds=1),
    }
    return Implied(says(clock=life.target.clock, due_at=due_at, **figures, occurrence=life.occurrence), stop, ENDS)


def _warnings(life: ClockLife) -> Iterator[Implied]:
    """Yield the warnings of a promise while it is open; those that a wait still holds off are not due at any instant."""
    for text, to in life.target.warn.items():
        found = _reached(life, text, life.pauses)
        if found is None:
            continue
        at, due_at = found
        if life.ended_at is None or at < life.ended_at:
            warned = ClockWarned(clock=life.target.clock, mark=text, to=to, due_at=due_at, occurrence=life.occurrence)
            yield Implied(warned, at, WARNS)


def _ahead(life: ClockLife, pauses: Sequence[Pause] = ()) -> tuple[datetime, ...]:
    """Return when it warns after the last of these pauses, if no other comes."""
    since = pauses[-1].until if pauses else life.started_at
    found = [reached[0] for text in life.target.warn if (reached := _reached(life, text, pauses))]
    return tuple(sorted({at for at in found if since is not None and at >= since}))


def _reached(life: ClockLife, text: str, pauses: Sequence[Pause]) -> tuple[datetime, datetime] | None:
    """Return when the mark is reached and when the promise is due then; None if a wait holds it off, or it never is."""
    mark = read_mark(text)
    if mark is None:
        return None
    taken, at, due_at = NOTHING, life.started_at, life.first_due_at
    for pause in (*pauses, None):
        if due_at is None:
            return None
        left = _left(life, mark, at, due_at, taken)
        if left <= NOTHING and at == life.started_at:
            return None  # it is promised no more than what should be left
        if pause is None or spent(at, min(pause.since, due_at), life.limit, life.working) >= left:
            return (after(at, left, life.limit, life.working) if left > NOTHING else at), due_at
        if pause.until is None:
            return None
        taken += spent(at, pause.since, life.limit, life.working)
        at, due_at = pause.until, pause.due_at
    return None


def _left(life: ClockLife, mark: Mark, at: datetime, due_at: datetime, taken: timedelta) -> timedelta:
    """Return how much time is missing at `at`, when so much is taken, until the mark."""
    return mark.used(taken + spent(at, due_at, life.limit, life.working)) - taken
