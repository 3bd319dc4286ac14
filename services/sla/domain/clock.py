"""The life of one promise: when it started, waited, fell due and stopped, as the case's facts tell it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from libs.events.catalogue.standard import Standard, Target
from services.sla.domain.case import SlaCase, Wait
from services.sla.domain.limits import NOTHING, Limit, due, limit_of, postponed, spent
from services.sla.domain.targets import promises, start_of, stop_of
from services.sla.domain.working_time import WorkingTime


@dataclass(frozen=True, slots=True)
class Pause:
    """A stretch of a clock's life that does not count; `due_at` is the due instant once it is over."""

    reason: str
    since: datetime
    until: datetime | None
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ClockLife:
    """One promise from start to end. `due_at` is None while an open pause holds it; at most one of the two ends is set."""

    target: Target
    limit: Limit
    started_at: datetime
    first_due_at: datetime
    due_at: datetime | None
    pauses: tuple[Pause, ...]
    stopped_at: datetime | None
    lapsed_at: datetime | None
    lapse: str

    @property
    def ended_at(self) -> datetime | None:
        return self.stopped_at or self.lapsed_at


def lives(state: SlaCase, standard: Standard, working: WorkingTime | None) -> Iterator[ClockLife]:
    """Yield the life of every promise of the standard that has begun for this case."""
    if state.registered_at is None:
        return
    for target in promises(state, standard):
        start = start_of(state, target.start)
        if start is not None:
            yield _life(state, target, start, working)


def _life(state: SlaCase, target: Target, start: datetime, working: WorkingTime | None) -> ClockLife:
    limit = limit_of(target.limit)
    stop = stop_of(state, target.stop)
    lapsed, lapse = _lapse(state) if stop is None else (None, "")
    # Odd history may end a promise before it began; then it took no time.
    stop, lapsed = stop and max(stop, start), lapsed and max(lapsed, start)
    first_due = due(start, limit, working)
    pauses = _pauses(state.waits, target, start, stop or lapsed)
    dated, due_at = _postpone(first_due, pauses, limit, working)
    return ClockLife(target, limit, start, first_due, due_at, dated, stop, lapsed, lapse)


def _lapse(state: SlaCase) -> tuple[datetime | None, str]:
    """Return when and why the case ended, whatever it had still promised."""
    ends = [(state.closed_at, "closed"), (state.cancelled_at, "cancelled")]
    return min(((at, why) for at, why in ends if at is not None), default=(None, ""))


def _pauses(waits: list[Wait], target: Target, start: datetime, end: datetime | None) -> tuple[Pause, ...]:
    """Return the listed waits clipped to the clock's life, those that touch joined under the first one's code."""
    joined: list[Pause] = []
    for wait in sorted((wait for wait in waits if wait.code in target.pauses), key=lambda w: (w.since, w.code)):
        since, until = max(wait.since, start), _earlier(wait.until, end)
        if (until is not None and until <= since) or (end is not None and since >= end):
            continue
        last = joined[-1] if joined else None
        if last and (last.until is None or since <= last.until):
            joined[-1] = replace(last, until=_later(last.until, until))
        else:
            joined.append(Pause(wait.code, since, until))
    return tuple(joined)


def _postpone(
    first_due: datetime, pauses: tuple[Pause, ...], limit: Limit, working: WorkingTime | None
) -> tuple[tuple[Pause, ...], datetime | None]:
    """Return the pauses with the due instant after each, and the last such; a pause after it comes too late."""
    due_at: datetime | None = first_due
    dated = []
    for pause in pauses:
        if due_at is not None and pause.since <= due_at:
            until = pause.until
            due_at = None if until is None else postponed(due_at, pause.since, until, limit, working)
        dated.append(replace(pause, due_at=due_at))
    return tuple(dated), due_at


def paused(life: ClockLife, at: datetime) -> timedelta:
    """Return the elapsed time for which the clock had waited by `at`."""
    return sum((until - since for since, until in pauses_until(life, at)), NOTHING)


def used(life: ClockLife, at: datetime, working: WorkingTime | None) -> timedelta:
    """Return how much of its own time the promise had used by `at`, waits left out."""
    waited = (spent(since, until, life.limit, working) for since, until in pauses_until(life, at))
    return spent(life.started_at, at, life.limit, working) - sum(waited, NOTHING)


def pauses_until(life: ClockLife, at: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Yield the pauses as far as they reach before `at`."""
    for pause in life.pauses:
        if pause.since < at:
            yield pause.since, min(pause.until or at, at)


def _earlier(a: datetime | None, b: datetime | None) -> datetime | None:
    return min((at for at in (a, b) if at is not None), default=None)


def _later(a: datetime | None, b: datetime | None) -> datetime | None:
    return None if a is None or b is None else max(a, b)
