"""Each clock as our own events that still stand describe it; rows and timers come from here and are not computed
again."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import groupby
from operator import attrgetter

from msgspec import Struct

from libs.events.catalogue.promise import CalendarRef
from libs.events.words.event import Occurrence
from services.sla.domain.case import SlaCase, standing
from services.sla.domain.remembered import Said


class Status(StrEnum):
    """What has become of a promise."""

    RUNNING = "running"
    PAUSED = "paused"
    WAITING = "waiting"
    MET = "met"
    BREACHED = "breached"
    ENDED_LATE = "ended_late"
    CANCELLED = "cancelled"


class Told(Struct):
    """One clock as it was said to stand. `is_held`: it is paused since before it fell due, so it is not due meanwhile.

    From `capped_at` on `paused_by` holds it no longer.
    `waits_for` is the calendar version without which it cannot be computed further; `counted_by` the one it is counted by
    where that is not the one that the standard names. `ahead` is when it will warn, if nothing else is heard.
    `reminds_at` is when it is time to remind the customer while it is paused; `reminded_by` is a calendar that cannot say it all.
    """

    clock: str
    kind: str = ""
    limit: str = ""
    node: str = ""
    process_version: int = 0
    status: Status = Status.RUNNING
    started_at: datetime | None = None
    due_at: datetime | None = None
    breached_at: datetime | None = None
    ended_at: datetime | None = None
    paused_by: str = ""
    capped_at: datetime | None = None
    is_held: bool = False
    used_us: int | None = None
    paused_us: int | None = None
    lapse: str = ""
    waits_for: CalendarRef | None = None
    waits_because: str = ""
    counted_by: CalendarRef | None = None
    occurrence: int = 1
    policy_version: int = 0
    rule: str = ""
    ahead: tuple[datetime, ...] = ()
    warned_at: datetime | None = None
    warned: frozenset[str] = frozenset()
    reminds_at: tuple[datetime, ...] = ()
    reminded_by: str = ""

    @property
    def name(self) -> Occurrence:
        return Occurrence(self.clock, self.occurrence)

    @property
    def calendars(self) -> set[str]:
        """The calendars whose other versions would change the events."""
        counting = {one.id for one in (self.waits_for, self.counted_by) if one is not None and one.id}
        return counting | ({self.reminded_by} if self.paused_by and self.reminded_by else set())


def told(state: SlaCase) -> dict[Occurrence, Told]:
    """Return the clocks of a case that were said to have started, or to wait for their start, by name, in order of name."""
    return clocks_of(standing(state))


def clocks_of(events: Iterable[Said]) -> dict[Occurrence, Told]:
    """Return the clocks that these events tell of."""
    in_order = sorted(events, key=_BY_CLOCK)
    found = ((Occurrence(*name), _clock_of(said)) for name, said in groupby(in_order, key=_BY_NAME))
    return {name: clock for name, clock in found if clock is not None}


_BY_NAME, _BY_CLOCK = attrgetter("clock", "occurrence"), attrgetter("clock", "occurrence", "at", "sequence")


def _clock_of(events: Iterable[Said]) -> Told | None:
    """Return the clock that these events tell of, in their order; nothing as long as none of them says that it began."""
    clock: Told | None = None
    for said in events:
        if said.what == "clock.started":
            clock = _begun(said)
            clock.due_at, clock.counted_by, clock.ahead = said.due_at, _calendar(said), said.warns_at
        elif said.what == "clock.waiting":
            clock = clock or _begun(said)
            _wait(clock, said)
        elif clock:
            _tell(clock, said)
    return clock


def _begun(said: Said) -> Told:
    started = (said.clock, said.kind, said.limit, said.node, said.process_version)
    by = (said.policy_version, said.rule)
    return Told(*started, started_at=said.at, occurrence=said.occurrence, policy_version=by[0], rule=by[1])


def _calendar(said: Said) -> CalendarRef | None:
    return CalendarRef(id=said.calendar, version=said.calendar_version) if said.calendar else None


def _wait(clock: Told, said: Said) -> None:
    # A promise without any calendar waits for another standard, which cannot be named here.
    clock.waits_for, clock.waits_because = CalendarRef(id=said.calendar, version=said.calendar_version), said.reason
    clock.paused_by, clock.is_held = "", False
    _hold_off(clock, said)
    if said.done:
        clock.ended_at = said.at
    if clock.breached_at is None:
        clock.due_at, clock.status = None, Status.WAITING
    elif said.done:
        clock.status = Status.ENDED_LATE


def _tell(clock: Told, said: Said) -> None:
    clock.due_at = said.due_at or clock.due_at
    match said.what:
        case "clock.paused":
            clock.paused_by, clock.capped_at = said.reason, said.capped_at
            clock.reminds_at, clock.reminded_by = said.reminds_at, said.calendar
            # Another reason may go on holding it at an instant when it would have been due.
            clock.is_held = clock.is_held or (clock.due_at is not None and said.at <= clock.due_at)
            _hold_off(clock, said)
        case "clock.resumed":
            clock.paused_by, clock.is_held, clock.ahead = "", False, (*clock.ahead, *said.warns_at)
        case "clock.warned":
            clock.warned_at, clock.warned = said.at, clock.warned | {said.to}
            clock.ahead = tuple(at for at in clock.ahead if at > said.at)
        case "clock.breached":
            clock.breached_at = said.at
        case "clock.met" | "clock.ended" | "clock.cancelled":
            clock.ended_at, clock.used_us, clock.paused_us = said.at, said.used_us, said.paused_us
            clock.paused_by = ""
            clock.lapse = said.reason if said.what == "clock.cancelled" else ""
    clock.status = _status(clock, said.what)


def _hold_off(clock: Told, said: Said) -> None:
    """What should have been warned of before the wait still is to be."""
    clock.ahead = tuple(at for at in clock.ahead if at <= said.at)


def _status(clock: Told, what: str) -> Status:
    ends = {"clock.met": Status.MET, "clock.ended": Status.ENDED_LATE}
    if what in ends:
        return ends[what]
    if clock.breached_at is not None:
        return Status.BREACHED
    if clock.waits_because:
        return Status.WAITING
    if clock.lapse:
        return Status.CANCELLED
    return Status.PAUSED if clock.paused_by else Status.RUNNING


_ENDS = frozenset({"clock.paused", "clock.resumed", "clock.met", "clock.ended", "clock.cancelled", "clock.waiting"})
"""What ends a stretch: another reason has the clock, it runs, it is over, or nobody can say how it stands."""


@dataclass(frozen=True, slots=True)
class Held:
    """A stretch for which one reason held a clock; it has no end while it lasts. Where several lasted at once, one has it."""

    name: Occurrence
    reason: str
    since: datetime
    until: datetime | None
    capped_at: datetime | None


def held(state: SlaCase) -> Iterator[Held]:
    """Yield what has held the clocks of a case, clock by clock, in order of time."""
    told = [said for said in standing(state) if said.what in _ENDS]
    for said in told:
        if said.what == "clock.paused":
            until = min((one.at for one in told if _is_later(one, said)), default=None)
            if until is None or said.at < until:
                yield _held(said, until)


def _is_later(one: Said, said: Said) -> bool:
    return (one.clock, one.occurrence) == (said.clock, said.occurrence) and (one.at, one.sequence) > (said.at, said.sequence)


def _held(said: Said, until: datetime | None) -> Held:
    return Held(said.name, said.reason, said.at, until, said.capped_at)
