"""The published versions of one calendar; what is published never changes."""

from dataclasses import dataclass, field
from datetime import datetime

from libs.events.catalogue.sla import Calendar, CalendarPublished
from libs.events.log.envelope import Fact, draft
from libs.events.words.refusal import Refused


@dataclass(slots=True)
class PublishedCalendar:
    """A calendar's versions."""

    versions: dict[int, Calendar] = field(default_factory=dict)


def evolve(published: PublishedCalendar, fact: Fact) -> PublishedCalendar:
    """Take a published version in; the first of a number stands."""
    published.versions.setdefault(fact.data.calendar.version, fact.data.calendar)
    return published


def publish(published: PublishedCalendar, calendar: Calendar, *, at: datetime, actor: str = "") -> list[Fact]:
    """Publish a version; the same again says nothing, other content under its number is refused."""
    known = published.versions.get(calendar.version)
    if known == calendar:
        return []
    if known is not None:
        detail = f"Calendar {calendar.id} version {calendar.version} is published with other content. Use a new version."
        raise Refused("version-published", detail, 409)
    return [draft(CalendarPublished(calendar=calendar), calendar.id, at, actor=actor)]
