"""The life of one promise: when it started, waited, fell due and stopped, as the case's facts tell it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from libs.events.catalogue.promise import CalendarRef, Limit, Target, limit_of
from libs.events.words.event import Occurrence
from services.sla.domain.announced import is_provisional
from services.sla.domain.case import SlaCase
from services.sla.domain.limits import NOTHING, NoCalendar, due, postponed, spent
from services.sla.domain.remembered import Wait, open_stay
from services.sla.domain.span import Span
from services.sla.domain.terms import Lack, Terms
from services.sla.domain.working_time import OutsideCalendar, WorkingTime

BEFORE_START = "before_start"
"""Why a promise lapsed whose work was done, as the history has it, before it began."""


@dataclass(frozen=True, slots=True)
class Pause:
    """A stretch of a clock's life that does not count; `due_at` is the due instant once it is over.

    `reasons` are what it waited for, each for its own time: they may overlap, and the time in which one holds is paused once.
    """

    reason: str
    since: datetime
    until: datetime | None
    due_at: datetime | None = None
    reasons: tuple[Wait, ...] = ()

    @property
    def holders(self) -> tuple[Wait, ...]:
        """The reasons one after another: each holds the clock until it is over, then the one that has lasted longest does."""
        found: list[Wait] = []
        at: datetime | None = self.since
        while at is not None and at != self.until:
            lasting = [one for one in self.reasons if one.since <= at and (one.until is None or at < one.until)]
            first = min(lasting, key=lambda one: (one.since, one.code))
            found.append(Wait(first.code, at, first.until))
            at = first.until
        return tuple(found)


@dataclass(frozen=True, slots=True)
class ClockLife:
    """One promise from start to end, as far as `working` can count it; at most one of the two ends is set.

    `due_at` is None while an open pause holds it, and when it cannot be computed: then `lack` says why, and since when.
    """

    target: Target
    limit: Limit
    working: WorkingTime | None
    started_at: datetime
    stopped_at: datetime | None
    lapsed_at: datetime | None
    lapse: str
    pauses: tuple[Pause, ...]
    first_due_at: datetime | None = None
    due_at: datetime | None = None
    used: timedelta | None = None
    lack: Lack | None = None
    occurrence: int = 1
    goes_on: bool = False
    policy_version: int = 0
    rule: str = ""

    @property
    def name(self) -> Occurrence:
        return Occurrence(self.target.clock, self.occurrence)

    @property
    def counted_by(self) -> CalendarRef | None:
        """The calendar version that counts it."""
        return CalendarRef(id=self.working.calendar.id, version=self.working.calendar.version) if self.working else None

    @property
    def is_provisional(self) -> bool:
        """Test whether it is open and due behind the last announced day of its calendar: then it may still move."""
        if self.working is None or not self.limit.works or self.ended_at is not None or self.due_at is None:
            return False
        return is_provisional(self.working.calendar, self.due_at)

    @property
    def ended_at(self) -> datetime | None:
        return self.stopped_at or self.lapsed_at

    @property
    def is_undated(self) -> bool:
        """Test whether it cannot be computed when it is due."""
        return self.lack is not None and self.due_at is None


def life_of(
    state: SlaCase, target: Target, span: Span, working: WorkingTime | None, terms: Terms, earlier: ClockLife | None = None
) -> ClockLife:
    """Return one cycle of a promise, counted by `working`; one that goes on has what the `earlier` one left of its time."""
    start, stop, lapsed, lapse = span.start, span.stop, span.lapsed, span.lapse
    if stop is not None and stop < start:
        # Odd history: how long it took is unknown, so it was neither kept nor broken.
        lapsed, lapse = start, BEFORE_START
    if lapsed is not None:
        stop, lapsed = None, max(lapsed, start)
    pauses = _pauses(_waits(state, target), target, start, stop or lapsed)
    life = ClockLife(target, limit_of(target.limit), working, start, stop, lapsed, lapse, pauses)
    life = replace(life, occurrence=span.occurrence, goes_on=span.goes_on)
    return _counted(life, terms, earlier if span.goes_on else None)


def _waits(state: SlaCase, target: Target) -> list[Wait]:
    """Return what the case waited for; an ended one, in which something is owed, waits for nobody."""
    ended = open_stay(state.closed)
    if ended is None or not target.owed:
        return state.waits
    return [replace(wait, until=wait.until or max(wait.since, ended.last)) for wait in state.waits]


def _counted(life: ClockLife, terms: Terms, earlier: ClockLife | None) -> ClockLife:
    """Return the life with its due instants and what it used, or with what keeps them from being computed."""
    first_due: datetime | None = None
    due_at: datetime | None = None
    took: timedelta | None = None
    lack: Lack | None = None
    dated: list[Pause] = []
    at = life.started_at
    try:
        first_due = due_at = _first_due(life, earlier)
        for pause in life.pauses:
            at, before, due_at = pause.until or pause.since, due_at, None
            dated.append(pause)
            due_at = _due_after(pause, before, life)
            dated[-1] = replace(pause, due_at=due_at)
        if life.stopped_at is not None:
            at = life.stopped_at
            took = used(life, at)
    except (OutsideCalendar, NoCalendar):
        lack = terms.lack(at, life.started_at, life.working)
    return replace(life, first_due_at=first_due, due_at=due_at, pauses=tuple(dated), used=took, lack=lack)


def _first_due(life: ClockLife, earlier: ClockLife | None) -> datetime:
    """Return when it is due if nothing pauses it. The time between it and the earlier cycle that it continues does not count."""
    if earlier is None:
        return due(life.started_at, life.limit, life.working)
    if earlier.due_at is None:
        raise NoCalendar(f"The clock {earlier.name}, that {life.name} goes on with, cannot be computed.")
    assert earlier.ended_at is not None  # only what is over is gone on with
    return postponed(earlier.due_at, earlier.ended_at, life.started_at, life.limit, life.working)


def _due_after(pause: Pause, due_at: datetime | None, life: ClockLife) -> datetime | None:
    """Return the due instant once the pause is over; None while it is not. A pause after it comes too late."""
    if due_at is None or pause.since > due_at:
        return due_at
    return None if pause.until is None else postponed(due_at, pause.since, pause.until, life.limit, life.working)


def _pauses(waits: list[Wait], target: Target, start: datetime, end: datetime | None) -> tuple[Pause, ...]:
    """Return the listed waits clipped to the clock's life, those that touch joined under the first one's code."""
    joined: list[Pause] = []
    for wait in sorted((wait for wait in waits if wait.code in target.pauses), key=lambda w: (w.since, w.code)):
        since, until = max(wait.since, start), _earlier(wait.until, end)
        if until is not None and until <= since:
            continue
        reason = Wait(wait.code, since, until)
        last = joined[-1] if joined else None
        if last and (last.until is None or since <= last.until):
            joined[-1] = replace(last, until=_later(last.until, until), reasons=(*last.reasons, reason))
        else:
            joined.append(Pause(wait.code, since, until, reasons=(reason,)))
    return tuple(joined)


def paused(life: ClockLife, at: datetime) -> timedelta:
    """Return the elapsed time for which the clock had waited by `at`."""
    return sum((until - since for since, until in pauses_until(life, at)), NOTHING)


def used(life: ClockLife, at: datetime) -> timedelta:
    """Return how much of its own time the promise had used by `at`, waits left out."""
    waited = (spent(since, until, life.limit, life.working) for since, until in pauses_until(life, at))
    return spent(life.started_at, at, life.limit, life.working) - sum(waited, NOTHING)


def pauses_until(life: ClockLife, at: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Yield the pauses as far as they reach before `at`."""
    for pause in life.pauses:
        if pause.since < at:
            yield pause.since, min(pause.until or at, at)


def _earlier(a: datetime | None, b: datetime | None) -> datetime | None:
    return min((at for at in (a, b) if at is not None), default=None)


def _later(a: datetime | None, b: datetime | None) -> datetime | None:
    return None if a is None or b is None else max(a, b)
