"""The published versions of one calendar, holiday set or policy; what is published never changes."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeVar

from libs.events.catalogue.promise import Policy
from libs.events.catalogue.sla import Calendar, CalendarPublished, HolidaySet, HolidaysPublished, PolicyPublished
from libs.events.log.envelope import Fact, draft
from libs.events.words.refusal import Refused

T = TypeVar("T", Calendar, HolidaySet, Policy)


@dataclass(slots=True)
class PublishedCalendar:
    """A calendar's versions, and those of the holiday set and of the policy of the same id."""

    versions: dict[int, Calendar] = field(default_factory=dict)
    holidays: dict[int, HolidaySet] = field(default_factory=dict)
    policies: dict[int, Policy] = field(default_factory=dict)


def evolve(published: PublishedCalendar, fact: Fact) -> PublishedCalendar:
    """Take a published version in; the first of a number stands."""
    match fact.data:
        case CalendarPublished(calendar=calendar):
            published.versions.setdefault(calendar.version, calendar)
        case HolidaysPublished(holidays=holidays):
            published.holidays.setdefault(holidays.version, holidays)
        case PolicyPublished(policy=policy):
            published.policies.setdefault(policy.version, policy)
    return published


def publish(published: PublishedCalendar, calendar: Calendar, *, at: datetime, actor: str = "") -> list[Fact]:
    """Publish a version; the same again says nothing, other content under its number is refused."""
    if _is_published(published.versions.get(calendar.version), calendar, "Calendar"):
        return []
    return [draft(CalendarPublished(calendar=calendar), calendar.id, at, actor=actor)]


def publish_holidays(published: PublishedCalendar, holidays: HolidaySet, *, at: datetime, actor: str = "") -> list[Fact]:
    """Publish a version of a holiday set, as `publish` does a calendar's."""
    if _is_published(published.holidays.get(holidays.version), holidays, "Holiday set"):
        return []
    return [draft(HolidaysPublished(holidays=holidays), holidays.id, at, actor=actor)]


def publish_policy(
    published: PublishedCalendar,
    policy: Policy,
    *,
    is_dated: bool,
    newest_at: datetime | None,
    at: datetime,
    actor: str = "",
) -> list[Fact]:
    """Publish a version of a policy, as `publish` does a calendar's. Cases up to the newest, of `newest_at`, keep their terms.

    One that is not dated holds from now on.
    """
    known = published.policies.get(policy.version)
    if not is_dated:
        # An instance whose clock is behind may have been asked: the newest case has its promises already.
        later = policy.valid_from if newest_at is None else max(policy.valid_from, newest_at + _INSTANT)
        policy = replace(policy, valid_from=known.valid_from if known else later)
    if _is_published(known, policy, "Policy"):
        return []
    if newest_at is not None and policy.valid_from <= newest_at:
        raise Refused(
            "policy-too-early",
            f"A case of {policy.process_id} came at {newest_at.isoformat()}, and what was promised to it stays. Write a later "
            "valid_from, or leave it out: then the policy holds from now on.",
            409,
        )
    return [draft(PolicyPublished(policy=policy), policy.process_id, at, actor=actor)]


_INSTANT = timedelta(microseconds=1)


def _is_published(known: T | None, value: T, what: str) -> bool:
    if known is not None and known != value:
        id = value.process_id if isinstance(value, Policy) else value.id
        detail = f"{what} {id} version {value.version} is published with other content. Use a new version."
        raise Refused("version-published", detail, 409)
    return known is not None
