"""What sla says: calendars, policies, and the life of every promise about time.

A clock is its name in the process standard and its occurrence: the second clock `cycle` of a case is `cycle/2`.
A clock's events are derived: their ids are made of what they say, so the same facts always give the same events,
and one that a late fact disproves is withdrawn by its id. It concludes from the facts of its instant, and comes after them.
What is promised about a correction or a risk is said by the same events on topic `quality`. Read "case" in them as that one then.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from libs.events.catalogue.promise import Cutoff, Opening, Policy, Window
from libs.events.words.event import LATER, NUMBER_MAX, Number, Topic, Word, event


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """Working time as a versioned fact: what later changes to any holiday library cannot touch.

    `extra_days` are make-up working days (调休): the date works like the weekday it is mapped to.
    `openings` are the stretches of single dates; they stand instead of whatever the date would work otherwise.
    With a `cutoff`, limits in working days go by dates and clock times, whatever the windows of a day are.
    Outside `first_day`..`last_day` the calendar promises nothing and asking is an error. The days after `announced_until`
    are the author's expectation, because nobody has announced them yet; without it all days are announced.
    """

    id: str
    version: int
    timezone: str
    windows: tuple[Window, ...]
    holidays: tuple[date, ...] = ()
    extra_days: dict[date, int] = field(default_factory=dict)
    cutoff: Cutoff | None = None
    openings: dict[date, tuple[Opening, ...]] = field(default_factory=dict)
    announced_until: date | None = None
    first_day: date
    last_day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class HolidaySet:
    """Days off with their names, as a versioned fact that calendars share. A published calendar holds the days itself."""

    id: str
    version: int
    days: dict[date, str]


Micros = Annotated[int, Field(ge=0)]

ALSO = (Topic.QUALITY,)
"""What is promised about a correction or a risk is said where these live, beside `cases`."""


@event("calendar.published", topic=Topic.STANDARDS)
class CalendarPublished:
    """A version of a calendar may be named by process standards; its content never changes."""

    calendar: Calendar


@event("holidays.published", topic=Topic.STANDARDS)
class HolidaysPublished:
    """A version of a holiday set may be named by calendars that are published from now on; its content never changes."""

    holidays: HolidaySet


@event("policy.published", topic=Topic.STANDARDS)
class PolicyPublished:
    """A version of a policy holds for the cases that come while it is the latest; its content never changes."""

    policy: Policy


@event("terms.restated", also=ALSO)
class TermsRestated:
    """From this instant on this version of the policy holds for the case, also for what was promised before and is still open.

    What had ended by then stays as it was decided.
    """

    policy_version: Annotated[int, Field(ge=1, le=NUMBER_MAX)]


@event("clock.started", also=ALSO, concludes=True)
class ClockStarted:
    """A promise began to run. `due_at` is when it breaks if nothing pauses it.

    `calendar` and `calendar_version` say which calendar version it is counted by where that is not the one that the
    process standard names, because that one cannot say it or a policy names another; empty otherwise. `rule` is the rule of the
    policy in version `policy_version` that decided about the promise, if one did. `warns_at` is when it warns unless it pauses.
    """

    clock: Word
    kind: Word
    limit: Word
    due_at: datetime
    process_version: int
    node: str = ""
    calendar: Annotated[str, LATER] = ""
    calendar_version: Annotated[int, LATER] = 0
    occurrence: Number = 1
    policy_version: Annotated[int, LATER] = 0
    rule: Annotated[str, LATER] = ""
    warns_at: Annotated[tuple[datetime, ...], LATER] = ()


@event("clock.waiting", also=ALSO, concludes=True)
class ClockWaiting:
    """From this instant on the promise cannot be computed; it waits for a version of `calendar` that says more.

    `calendar_version` is the one that the process standard names, or the policy. `reason` is `not_published`, `too_early` (the
    promise begins before the calendar's first day), `too_late` (it runs past its last day) or `none_named`. With `done` its work
    was done at this instant, so that only the verdict waits. `policy_version` and `rule` as in ClockStarted.
    """

    clock: Word
    kind: Word
    limit: Word
    process_version: int
    calendar: str
    calendar_version: int
    reason: Word
    node: str = ""
    done: bool = False
    occurrence: Number = 1
    policy_version: Annotated[int, LATER] = 0
    rule: Annotated[str, LATER] = ""


@event("clock.paused", also=ALSO, concludes=True)
class ClockPaused:
    """The promise waits; `reason` is the exception code that stopped it, or that goes on where the one before is over.

    From `capped_at` on it waits for that reason no longer, even if it lasts: the process standard lets it pause no longer.
    `reminds_at` is when it is time to remind the customer if it lasts; `calendar` is one that cannot say all of that yet.
    """

    clock: Word
    reason: Word
    occurrence: Number = 1
    capped_at: Annotated[datetime | None, LATER] = None
    reminds_at: Annotated[tuple[datetime, ...], LATER] = ()
    calendar: Annotated[str, LATER] = ""


@event("clock.reminded", also=ALSO, concludes=True)
class ClockReminded:
    """It is time to remind the customer of what the promise waits for; `number` counts from the raising of `reason`.

    Where several promises wait for it, one of them says so. Nothing is sent by it.
    """

    clock: Word
    reason: Word
    number: Annotated[int, Field(ge=1, le=NUMBER_MAX)]
    occurrence: Number = 1


@event("clock.resumed", also=ALSO, concludes=True)
class ClockResumed:
    """The promise runs again, now due at `due_at`; `warns_at` is when it still warns if nothing pauses it again."""

    clock: Word
    due_at: datetime
    occurrence: Number = 1
    warns_at: Annotated[tuple[datetime, ...], LATER] = ()


@event("clock.met", also=ALSO, concludes=True)
class ClockMet:
    """The promise was kept. `used_us` counts the promise's own time, `paused_us` elapsed time while it waited."""

    clock: Word
    due_at: datetime
    used_us: Micros
    paused_us: Micros
    occurrence: Number = 1


@event("clock.breached", also=ALSO, concludes=True)
class ClockBreached:
    """The promise broke, at the instant it fell due. Decided by services.sla.domain.breach."""

    clock: Word
    due_at: datetime
    occurrence: Number = 1


@event("clock.warned", also=ALSO, concludes=True)
class ClockWarned:
    """The promise will break soon: of its own time so much is used (`80%`) or left (`2h`) as the `mark` says.

    Each mark is said once, and only where the promise is open then. `to` is whom the standard wants warned: the `agent`, the
    `owner` of the case or the `supervisor`.
    """

    clock: Word
    mark: Word
    to: Word
    due_at: datetime
    occurrence: Number = 1


@event("clock.ended", also=ALSO, concludes=True)
class ClockEnded:
    """A broken promise's work was finished after all, late. `used_us` as in ClockMet."""

    clock: Word
    due_at: datetime
    used_us: Micros
    paused_us: Micros
    occurrence: Number = 1


@event("clock.cancelled", also=ALSO, concludes=True)
class ClockCancelled:
    """The promise lapsed, kept, broken or not: the case was `closed` or `cancelled` without what it waited for.

    Or the customer waited for a reply, or for news, when the case was `resolved`.
    Or it was about a visit of a node, which the case left, `returned` or `skipped`, or about an exception that was `cleared`.
    Or a risk was `assessed` at another level, and the checks of the earlier one are promised no more.
    Or what it waited for was done `before_start`, as odd history has it; then how long it took is unknown, and it counts in no
    rate.
    """

    clock: Word
    reason: Word
    occurrence: Number = 1


@event("clock.withdrawn", also=ALSO, concludes=True)
class ClockWithdrawn:
    """An earlier clock event is no longer true, because a fact became known late. It is never deleted."""

    clock: Word
    withdrawn_id: UUID
    what: Word
    occurrence: Number = 1
