"""How much of its time a promise has used, and what is left: a function of its life and an instant, in its own time."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from msgspec.structs import replace

from libs.events.catalogue.standard import Standard
from services.sla.domain.clock import ClockLife, paused, used
from services.sla.domain.limits import NOTHING, NoCalendar
from services.sla.domain.working_time import OutsideCalendar

_MICROSECOND, _HOUR = timedelta(microseconds=1), timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """A promise's time at the instant asked for, or at its end. All of it is null while the promise waits for a calendar.

    Microseconds are exact. Hours have two digits and the share one. A promise in working time counts working time.
    `remaining_us` is what was left at the end, and below zero it is the overrun. `paused_us` is elapsed time. While it is
    `provisional`, it is due in a year whose days off nobody has announced yet, and may still move. `strictest` is the name of the
    promise that falls due first, of the open ones that the same moment keeps; empty where nothing else is open until then.

    The last four look ahead, to those that are done and had used as much at some time: `foreseen_from` promises of the same
    clock and process, of the latest 2,000, and of the same grade or, if those are fewer than 20, of any. Half of them needed
    `median_more_us` more of their own time or less, nine of ten `p90_more_us`; `breaks_percent` of a hundred took longer than
    this one may. All four are null with fewer than 20, once the promise is over, and in answers about the past.
    """

    used_us: int | None = None
    remaining_us: int | None = None
    paused_us: int | None = None
    used_hours: float | None = None
    remaining_hours: float | None = None
    used_percent: float | None = None
    provisional: bool = False
    strictest: str = ""
    foreseen_from: int | None = None
    median_more_us: int | None = None
    p90_more_us: int | None = None
    breaks_percent: float | None = None


def figures(life: ClockLife, at: datetime) -> Figures:
    """Return the figures of a promise at its end, or at `at` while it is open."""
    until = life.ended_at or max(at, life.started_at)
    if life.lack is not None:
        return Figures()
    try:
        taken, allowed = used(life, until), allowance(life)
    except (OutsideCalendar, NoCalendar):
        return Figures()  # it runs on behind the last day that the calendar says anything about
    return Figures(
        used_us=taken // _MICROSECOND,
        remaining_us=(allowed - taken) // _MICROSECOND,
        paused_us=paused(life, until) // _MICROSECOND,
        used_hours=in_hours(taken),
        remaining_hours=in_hours(allowed - taken),
        used_percent=round(100 * (taken / allowed), 1) if allowed else None,
        provisional=life.is_provisional,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """Whose work it was, which cases it is promised to, and the overrun: until its end, or until now, in its own time.

    `role` does the work of the node, and is empty where the whole case is meant. `when` is the condition of the promise,
    `grade=urgent`, and empty where it is made to every case. The overrun is null where no calendar can say it. It is zero as long
    as no working time has passed since the promise broke.
    """

    role: str = ""
    when: str = ""
    overrun_us: int | None = None
    overrun_hours: float | None = None


def broken(life: ClockLife, standard: Standard, at: datetime) -> Broken:
    """Return what is to be said of a promise that broke, at its end or at `at`."""
    told, target = figures(life, at), life.target
    role = next((one.role for one in standard.nodes if one.id == target.node), "")
    when = ", ".join(f"{name}={word}" for name, word in target.when.items())
    if told.remaining_us is None or told.remaining_hours is None:
        return Broken(role=role, when=when)
    return Broken(role=role, when=when, overrun_us=-told.remaining_us, overrun_hours=0.0 - told.remaining_hours)


def allowance(life: ClockLife) -> timedelta:
    """Return how much of its own time the promise may use; a promise in working days learns it from its due instant."""
    if life.due_at is not None:
        return used(life, life.due_at)
    # A wait holds it, and always is the last one. Without that wait, it would fall due as before.
    before = replace(life, pauses=life.pauses[:-1])
    due_at = before.pauses[-1].due_at if before.pauses else life.first_due_at
    return NOTHING if due_at is None else used(before, due_at)


def in_hours(length: timedelta) -> float:
    """Return the hours of a length, for people: two digits."""
    return round(length / _HOUR, 2)
