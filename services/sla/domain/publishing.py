"""The published versions of one calendar or holiday set; what is published never changes."""

from dataclasses import dataclass, field
from datetime import datetime

from libs.events.catalogue.sla import Calendar, CalendarPublished, HolidaySet, HolidaysPublished
from libs.events.log.envelope import Fact, draft
from libs.events.words.refusal import Refused


@dataclass(slots=True)
class PublishedCalendar:
    """A calendar's versions, and those of the holiday set of the same id."""

    versions: dict[int, Calendar] = field(default_factory=dict)
    holidays: dict[int, HolidaySet] = field(default_factory=dict)


def evolve(published: PublishedCalendar, fact: Fact) -> PublishedCalendar:
    """Take a published version in; the first of a number stands."""
    match fact.data:
        case CalendarPublished(calendar=calendar):
            published.versions.setdefault(calendar.version, calendar)
        case HolidaysPublished(holidays=holidays):
            published.holidays.setdefault(holidays.version, holidays)
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


def _is_published(known: Calendar | HolidaySet | None, value: Calendar | HolidaySet, what: str) -> bool:
    if known is not None and known != value:
        detail = f"{what} {value.id} version {value.version} is published with other content. Use a new version."
        raise Refused("version-published", detail, 409)
    return known is not None
