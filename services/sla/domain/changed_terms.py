"""Terms that are asked about instead of those that were published, and what a question of that kind covers."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol, TypeVar

from libs.events.catalogue.promise import Change, Policy, limit_of
from libs.events.catalogue.references import CALENDAR, POLICY, PROCESS, Reference
from libs.events.catalogue.sla import Calendar
from libs.events.catalogue.standard import Standard
from libs.events.engine.known import Known
from services.sla.domain.terms import lacking

V = TypeVar("V")


class BadTerms(Exception):
    """Nothing can be reckoned by these terms; the message says why and what to do."""


class Outlined(Protocol):
    """What of a case decides whether it is in a scope."""

    process_id: str
    grade: str
    registered_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Which cases a reckoning is about; what is empty takes all. `registered_until` itself is not in it."""

    process: str = ""
    grade: str = ""
    registered_since: datetime | None = None
    registered_until: datetime | None = None
    case_ids: tuple[str, ...] = ()

    def takes(self, key: str, case: Outlined) -> bool:
        """Test whether a case is in it."""
        came = case.registered_at
        return (
            came is not None
            and (not self.case_ids or key in self.case_ids)
            and self.process in ("", case.process_id)
            and self.grade in ("", case.grade)
            and (self.registered_since is None or came >= self.registered_since)
            and (self.registered_until is None or came < self.registered_until)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a reckoning was asked for: which cases, as of when, and by which other terms. Without any it is live again.

    Calendars, standards and policies stand in place of the version that they name; a policy may also be a further version. A
    limit stands for every promise of that clock.
    """

    scope: Scope = field(default_factory=Scope)
    as_of: datetime | None = None
    known_at: datetime | None = None
    calendars: tuple[Calendar, ...] = ()
    standards: tuple[Standard, ...] = ()
    policies: tuple[Policy, ...] = ()
    limits: dict[str, str] = field(default_factory=dict)

    @property
    def is_past(self) -> bool:
        return self.as_of is not None or self.known_at is not None

    @property
    def changes_terms(self) -> bool:
        return bool(self.calendars or self.standards or self.policies or self.limits)


def changed_terms(known: Known, asked: Asked) -> Known:
    """Return what is known with the changed terms in their place."""
    if not asked.changes_terms:
        return known
    told = known.instead(CALENDAR, asked.calendars).instead(PROCESS, asked.standards).instead(POLICY, asked.policies)
    if not asked.limits:
        return told
    policies = [_limited_by(one, asked.limits) for one in _every(told, POLICY)]
    return told.instead(PROCESS, (_limited(one, asked.limits) for one in _every(told, PROCESS))).instead(POLICY, policies)


def refuse_bad_terms(known: Known, asked: Asked) -> None:
    """Refuse terms that stand in place of nothing, or by which nothing can be counted."""
    awaited = {of for _, of in lacking(known)}
    for calendar in asked.calendars:
        name = CALENDAR.one_version(calendar.id, calendar.version)
        if not known.knows(name) and all((of.id, of.version) != (calendar.id, calendar.version) for of in awaited):
            raise BadTerms(f"There is no {name} in place of which it could stand. GET /calendars lists those that are published.")
    for standard in asked.standards:
        name = PROCESS.one_version(standard.process_id, standard.version)
        if not known.knows(name):
            raise BadTerms(f"There is no {name} in place of which it could stand. Name a version that cases are pinned to.")
        for target in standard.targets:
            _refuse_no_limit(f"{standard.process_id}, clock {target.clock}", target.limit)
    clocks = {target.clock for one in (*_every(known, PROCESS), *asked.standards) for target in one.targets}
    clocks |= {rule.then.clock for one in (*_every(known, POLICY), *asked.policies) for rule in one.rules}
    for clock, limit in asked.limits.items():
        if clock not in clocks:
            raise BadTerms(f"No process standard has a clock {clock}. These it may be: {', '.join(sorted(clocks)[:20])}.")
        _refuse_no_limit(f"limits, clock {clock}", limit)


def _every(known: Known, of: Reference[V]) -> Iterator[V]:
    return (one for id in known.ids(of) for one in known.versions(of, id))


def _limited(standard: Standard, limits: Mapping[str, str]) -> Standard:
    targets = tuple(replace(one, limit=limits.get(one.clock, one.limit)) for one in standard.targets)
    return replace(standard, targets=targets)


def _limited_by(policy: Policy, limits: Mapping[str, str]) -> Policy:
    return replace(policy, rules=tuple(replace(rule, then=_change(rule.then, limits)) for rule in policy.rules))


def _change(then: Change, limits: Mapping[str, str]) -> Change:
    limit = limits.get(then.clock)
    if limit is None or not then.limit:
        return then
    return replace(then, limit=limit, adds=then.adds and replace(then.adds, limit=limit))


def _refuse_no_limit(where: str, written: str) -> None:
    try:
        limit_of(written)
    except ValueError as error:
        raise BadTerms(f"{where}: {error}") from error
