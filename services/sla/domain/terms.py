"""The terms of a case's promises: its process standard, the policy in force when it came, and the versions of their calendars.

The version that the standard names counts, or the one that a rule of the policy names for a promise. Where it cannot say an
instant, the lowest later one that can does; where none can, the promise waits (docs/decisions). The answer depends on which
versions are published, never on when they came.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from libs.events.catalogue.promise import CalendarRef, Limit, Policy, Target, limit_of
from libs.events.catalogue.references import CALENDAR, POLICY, PROCESS
from libs.events.catalogue.standard import Standard
from libs.events.engine.known import Known, NotYetKnown
from services.sla.domain.case import SlaCase, standing
from services.sla.domain.windows import instant, span
from services.sla.domain.working_time import WorkingTime, working_time

NONE_NAMED, NOT_PUBLISHED, TOO_EARLY, TOO_LATE = "none_named", "not_published", "too_early", "too_late"


@dataclass(frozen=True, slots=True)
class Lack:
    """Why a promise cannot be computed from the instant `at` on."""

    at: datetime
    calendar: CalendarRef
    reason: str


@dataclass(frozen=True, slots=True)
class Terms:
    """A standard, and the published versions of its calendar, the one it names first.

    `policy` changes its promises, and `others` has the versions of the calendars that policies name. `instead` is that one of
    them by which a promise is counted instead of the standard's. `restated` are the policies that were set for what was open.
    """

    standard: Standard
    versions: tuple[WorkingTime, ...] = ()
    policy: Policy | None = None
    others: Mapping[CalendarRef, tuple[WorkingTime, ...]] = field(default_factory=dict)
    instead: CalendarRef | None = None
    restated: tuple[tuple[datetime, Policy], ...] = ()

    @property
    def policies(self) -> tuple[Policy | None, ...]:
        """The policy in force when the case came, and those that were set later."""
        return (self.policy, *(policy for _, policy in self.restated))

    def policy_for(self, ended_at: datetime | None) -> Policy | None:
        """Return the policy of a promise that ended then, or is open: the last one that was set before its end."""
        later = [policy for at, policy in self.restated if ended_at is None or at < ended_at]
        return later[-1] if later else self.policy

    @property
    def in_force(self) -> int:
        """The version of the policy that holds for what is open; 0 is none."""
        policy = self.policy_for(None)
        return policy.version if policy else 0

    @property
    def named(self) -> CalendarRef | None:
        return self.instead or self.standard.calendar

    def counted_by(self, calendar: CalendarRef | None) -> "Terms":
        """Return the terms of a promise for which a rule names this calendar, if it names one."""
        return replace(self, versions=self.others.get(calendar, ()), instead=calendar) if calendar else self

    def cap(self, code: str) -> Limit | None:
        """Return how long an exception may pause a promise each time that it is raised; None for as long as it lasts."""
        written = next((one.pauses_at_most for one in self.standard.exceptions if one.code == code), "")
        return limit_of(written) if written else None

    def counting(self, target: Target) -> tuple[WorkingTime | None, ...]:
        """Return the calendars that may count a promise, in the order in which they are tried."""
        counted = (limit_of(target.limit), *map(self.cap, target.pauses))
        return self.versions if self.versions and any(one and one.works for one in counted) else (None,)

    def lack(self, at: datetime, start: datetime, working: WorkingTime | None) -> Lack:
        """Return why a promise that began at `start` cannot be computed beyond `at`."""
        if self.named is None:
            return Lack(at, CalendarRef(id="", version=0), NONE_NAMED)
        if working is None:
            return Lack(at, self.named, NOT_PUBLISHED)
        return Lack(at, self.named, TOO_EARLY if start < reach(working)[0] else TOO_LATE)


def terms_of(state: SlaCase, known: Known) -> Terms:
    """Return the terms of the case's promises. Wait if one was made or counted under a version that is not read yet."""
    standard = known.version(PROCESS, state.process_id, state.process_version)
    for name in _said_under(state, standard.calendar):
        if not known.knows(name):
            raise NotYetKnown(name)
    policies = known.versions(POLICY, state.process_id)
    policy = in_force(policies, state.registered_at) if policies and state.registered_at else None
    terms = Terms(standard, _versions(standard.calendar, known), policy, restated=tuple(_restated(state, known)))
    named = {rule.then.calendar for one in terms.policies if one for rule in one.rules if rule.then.calendar}
    return replace(terms, others={one: _versions(one, known) for one in named}) if named else terms


def _restated(state: SlaCase, known: Known) -> Iterator[tuple[datetime, Policy]]:
    for one in state.restated:
        yield one.at, known.version(POLICY, state.process_id, one.policy_version)


def in_force(versions: Iterable[Policy], came_at: datetime) -> Policy | None:
    """Return the version in force for a case that came then: the one valid from the latest instant, of several the highest."""
    valid = (one for one in versions if one.valid_from <= came_at)
    return max(valid, key=lambda one: (one.valid_from, one.version), default=None)


def _versions(calendar: CalendarRef | None, known: Known) -> tuple[WorkingTime, ...]:
    return tuple(map(working_time, known.versions(CALENDAR, calendar.id, calendar.version))) if calendar else ()


def lacking(known: Known) -> list[tuple[Standard, CalendarRef]]:
    """Return the published standards whose calendar is not published, with the version that they name."""
    standards = (one for id in known.ids(PROCESS) for one in known.versions(PROCESS, id))
    named = ((one, one.calendar) for one in standards if one.calendar)
    return [(one, of) for one, of in named if not known.knows(CALENDAR.one_version(of.id, of.version))]


def _said_under(state: SlaCase, named: CalendarRef | None) -> Iterator[str]:
    """Yield the names of the versions by which promises were said to be made and counted."""
    for said in standing(state):
        if said.policy_version:
            yield POLICY.one_version(state.process_id, said.policy_version)
        if said.what == "clock.started":
            if said.calendar:
                yield CALENDAR.one_version(said.calendar, said.calendar_version)
            elif named and limit_of(said.limit).works:
                yield CALENDAR.one_version(named.id, named.version)


def reach(working: WorkingTime) -> tuple[datetime, datetime]:
    """Return the first and the last instant that a calendar says anything about."""
    first, end = span(working.calendar)
    return instant(first), instant(end)


_CURES = {
    "en": {
        NONE_NAMED: "The limit counts working time and the process standard names no calendar. Publish a version of it with one.",
        NOT_PUBLISHED: "Calendar {id} version {version} is not published. Publish it with POST /calendars.",
        TOO_EARLY: "It begins before the first day of calendar {id} version {version}. Publish a later version of {id} that "
        "begins earlier.",
        TOO_LATE: "It runs past the last day of calendar {id} version {version}. Publish a later version of {id} that ends "
        "later.",
    },
    "zh": {
        NONE_NAMED: "时限按工作时间计算，但流程标准未指定日历。请发布指定了日历的标准新版本。",
        NOT_PUBLISHED: "日历 {id} 第 {version} 版尚未发布。请通过 POST /calendars 发布。",
        TOO_EARLY: "计时起点早于日历 {id} 第 {version} 版的首日。请发布起始日更早的 {id} 新版本。",
        TOO_LATE: "计时超出日历 {id} 第 {version} 版的末日。请发布截止日更晚的 {id} 新版本。",
    },
}


def cure(reason: str, calendar: CalendarRef, lang: str = "en") -> str:
    """Return a sentence that says what a promise waits for and what to do; empty if it does not wait."""
    return _CURES[lang][reason].format(id=calendar.id, version=calendar.version) if reason else ""
