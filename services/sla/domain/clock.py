"""The life of one promise: when it started, waited, fell due and stopped, as the case's facts tell it."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from libs.events.catalogue.promise import CalendarRef, Limit, Target, limit_of
from libs.events.words.event import Occurrence
from libs.events.words.now import FIRST
from services.sla.domain.announced import is_provisional
from services.sla.domain.case import SlaCase, standing
from services.sla.domain.limits import NOTHING, NoCalendar, due, postponed, spent
from services.sla.domain.pauses import Pause, Reason, joined, reaching
from services.sla.domain.remembered import Wait, open_stay
from services.sla.domain.span import Span
from services.sla.domain.terms import Lack, Terms, reach
from services.sla.domain.working_time import OutsideCalendar, WorkingTime

BEFORE_START = "before_start"
"""Why a promise lapsed whose work was done, as the history has it, before it began."""


class ClockLife(Struct, frozen=True):
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
    pauses: tuple[Pause, ...] = ()
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
    state: SlaCase,
    target: Target,
    span: Span,
    working: WorkingTime | None,
    terms: Terms,
    earlier: ClockLife | None = None,
    until: datetime | None = None,
) -> ClockLife:
    """Return one cycle of a promise, counted by `working`; one that goes on has what the `earlier` one left of its time.

    What follows from no fact, but from time, is as it is at `until`; without it, as it is known to be.
    """
    start, stop, lapsed, lapse = span.start, span.stop, span.lapsed, span.lapse
    if stop is not None and stop < start:
        # Odd history: how long it took is unknown, so it was neither kept nor broken.
        lapsed, lapse = start, BEFORE_START
    if lapsed is not None:
        stop, lapsed = None, max(lapsed, start)
    limit = limit_of(target.limit)
    ends = (start, stop, lapsed, lapse)
    life = ClockLife(target, limit, working, *ends, first_due_at=span.due_at, occurrence=span.occurrence, goes_on=span.goes_on)
    if pauses := joined(_reasons(state, life, terms, until)):
        life = replace(life, pauses=pauses)
    return _counted(life, terms, earlier if span.goes_on else None)


def _reasons(state: SlaCase, life: ClockLife, terms: Terms, now: datetime | None) -> Iterator[Reason]:
    """Yield what the clock waits for while it lives, as it is known now."""
    if life.limit.until is not None:
        return  # no wait moves a date
    for wait in _waits(state, life.target):
        if wait.code in life.target.pauses:
            until, cap = _earlier(wait.until, life.ended_at), terms.cap(wait.code)
            capped_at = _capped_at(wait.since, cap, life.working) if cap else None
            if capped_at is not None and capped_at <= (until or _passed(state, life.name, now)):
                until = capped_at
            since = max(wait.since, life.started_at)
            if until is None or since < until:
                lacks = cap is not None and capped_at is None and not _is_reached(life.working, wait.since, until)
                yield Reason(wait.code, since, until, capped_at, lacks, wait.since)


def _capped_at(since: datetime, cap: Limit, working: WorkingTime | None) -> datetime | None:
    """Return when the exception of that instant holds a clock no longer; None where no calendar can say it."""
    try:
        return due(since, cap, working)
    except (OutsideCalendar, NoCalendar):
        return None


def _passed(state: SlaCase, name: Occurrence, now: datetime | None) -> datetime:
    """Return up to which instant time has passed for sure: until now, or at least until what came to pass, or what was said."""
    waited = (at for wait in state.waits for at in (wait.since, wait.until) if at is not None)
    told = (said.at for said in standing(state) if said.name == name and said.what in ("clock.paused", "clock.resumed"))
    return max([now or FIRST, *waited, *told])


def _is_reached(working: WorkingTime | None, since: datetime, until: datetime | None) -> bool:
    """Test whether the calendar covers the stretch: then a cap that it cannot say lies behind it."""
    first, last = reach(working) if working else (since, since)
    return until is not None and first <= since and until <= last


def _waits(state: SlaCase, target: Target) -> list[Wait]:
    """Return what the case waited for; an ended one, in which something is owed, waits for nobody."""
    ended = open_stay(state.closed)
    if ended is None or not target.owed:
        return state.waits
    return [Wait(one.code, one.since, one.until or max(one.since, ended.last)) for one in state.waits]


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
            at, before, due_at = (pause.until if not pause.lacks else None) or pause.since, due_at, None
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
    if life.first_due_at is not None:
        return life.first_due_at
    if earlier is None:
        return due(life.started_at, life.limit, life.working)
    if earlier.due_at is None:
        raise NoCalendar(f"The clock {earlier.name}, that {life.name} goes on with, cannot be computed.")
    assert earlier.ended_at is not None  # only what is over is gone on with
    return postponed(earlier.due_at, earlier.ended_at, life.started_at, life.limit, life.working)


def _due_after(pause: Pause, due_at: datetime | None, life: ClockLife) -> datetime | None:
    """Return the due instant once the pause is over; None while it is not. A pause after it comes too late."""
    if pause.lacks:
        raise NoCalendar(f"Nobody can say until when {life.name} is paused.")
    if due_at is None or pause.since > due_at:
        return due_at
    return None if pause.until is None else postponed(due_at, pause.since, pause.until, life.limit, life.working)


def paused(life: ClockLife, at: datetime) -> timedelta:
    """Return the elapsed time for which the clock had waited by `at`."""
    return sum((until - since for since, until in reaching(life.pauses, at)), NOTHING)


def used(life: ClockLife, at: datetime) -> timedelta:
    """Return how much of its own time the promise had used by `at`, waits left out."""
    waited = (spent(since, until, life.limit, life.working) for since, until in reaching(life.pauses, at))
    return spent(life.started_at, at, life.limit, life.working) - sum(waited, NOTHING)


def _earlier(a: datetime | None, b: datetime | None) -> datetime | None:
    return min((at for at in (a, b) if at is not None), default=None)
