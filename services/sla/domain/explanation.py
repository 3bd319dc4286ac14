"""Why a clock shows what it shows: the stretches that counted and that waited; their lengths sum to its figures."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from libs.events.catalogue.promise import CalendarRef
from services.sla.domain.breach import verdict
from services.sla.domain.clock import ClockLife, paused
from services.sla.domain.pauses import Reason, reaching
from services.sla.domain.sentences import Sums, Voice, sentences
from services.sla.domain.terms import Terms, cure, reach
from services.sla.domain.told import Status

_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Interval:
    """A stretch of a clock's life: `counted`, or `paused` for `reason`. Time in neither was no working time.

    At `capped_at` the reason stops to pause it, though it may last; null where the process standard has no such cap.
    """

    what: str
    since: datetime
    until: datetime
    length_us: int
    reason: str = ""
    capped_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """A clock's figures up to `until`, the versions they follow from, and the intervals that add up to them.

    `waits` has each reason of a pause for its own time. Reasons may overlap; the time in which one or more hold is paused once,
    and of the intervals the first that lasts has it.
    """

    clock: str
    limit: str
    status: Status
    process_id: str
    process_version: int
    calendar: CalendarRef | None
    started_at: datetime
    due_at: datetime | None
    until: datetime
    used_us: int
    paused_us: int
    intervals: tuple[Interval, ...]
    waits_because: str = ""
    ended_at: datetime | None = None
    lapse: str = ""
    occurrence: int = 1
    sentences: tuple[str, ...] = ()
    waits: tuple[Interval, ...] = ()
    provisional: bool = False
    policy_version: int = 0
    rule: str = ""


def explain(life: ClockLife, terms: Terms, at: datetime, voice: Voice | None = None) -> Explanation:
    """Return the explanation of a clock at its end, or at `at` while it is open; as far as its calendar reaches.

    `calendar` is the version that counted. It is not the one that the standard names where that could not say it. With a
    voice it is told in sentences, too.
    """
    standard, until, status = terms.standard, _until(life, at), verdict(life, at)
    intervals = (*_paused(life, until), *_counted(life, until))
    used_us = sum(interval.length_us for interval in intervals if interval.what == "counted")
    sums = Sums(until, used_us * _MICROSECOND, paused(life, until))
    return Explanation(
        clock=life.target.clock,
        limit=life.target.limit,
        status=status,
        process_id=standard.process_id,
        process_version=standard.version,
        calendar=life.counted_by,
        started_at=life.started_at,
        due_at=life.due_at,
        until=until,
        used_us=used_us,
        paused_us=sums.paused // _MICROSECOND,
        intervals=tuple(sorted(intervals, key=lambda interval: interval.since)),
        waits_because=cure(life.lack.reason, life.lack.calendar, voice.lang if voice else "en") if life.lack else "",
        ended_at=life.ended_at,
        lapse=life.lapse,
        occurrence=life.occurrence,
        sentences=sentences(life, status, sums, terms, voice) if voice else (),
        waits=tuple(_waits(life, until)),
        provisional=life.is_provisional,
        policy_version=life.policy_version,
        rule=life.rule,
    )


def _until(life: ClockLife, at: datetime) -> datetime:
    """Return the instant up to which the clock can be explained."""
    wanted = max(life.ended_at or at, life.started_at)
    if not life.limit.works:
        return wanted
    first, last = reach(life.working) if life.working else (wanted, life.started_at)
    return max(life.started_at, min(wanted, last)) if life.started_at >= first else life.started_at


def _paused(life: ClockLife, until: datetime) -> Iterator[Interval]:
    for pause in life.pauses:
        for one in pause.holders:
            yield from _reason(one, until)


def _waits(life: ClockLife, until: datetime) -> Iterator[Interval]:
    for pause in life.pauses:
        for one in pause.reasons:
            yield from _reason(one, until)


def _reason(one: Reason, until: datetime) -> Iterator[Interval]:
    if one.since < until:
        yield _interval("paused", one.since, min(one.until or until, until), one.code, one.capped_at)


def _counted(life: ClockLife, until: datetime) -> Iterator[Interval]:
    since = life.started_at
    for pause_since, pause_until in (*reaching(life.pauses, until), (until, until)):
        if since < pause_since:
            yield from _own_time(life, since, pause_since)
        since = pause_until


def _own_time(life: ClockLife, since: datetime, until: datetime) -> Iterator[Interval]:
    worked = life.working.stretches(since, until) if life.working and life.limit.works else [(since, until)]
    for opens, closes in worked:
        yield _interval("counted", opens, closes)


def _interval(what: str, since: datetime, until: datetime, reason: str = "", capped_at: datetime | None = None) -> Interval:
    return Interval(what, since, until, (until - since) // _MICROSECOND, reason, capped_at)
