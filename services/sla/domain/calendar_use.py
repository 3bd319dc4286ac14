"""Which calendars process standards name, and how many days promises can still be counted by them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from math import floor

from libs.events.catalogue.references import CALENDAR, PROCESS
from libs.events.catalogue.sla import Calendar
from libs.events.catalogue.standard import Standard
from libs.events.engine.known import Known
from services.sla.domain.announced import announced_until, days_left

SOON_DAYS = 90
"""A calendar in use that ends within so many days raises an alert: time enough to publish the next year."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarLine:
    """A calendar as the list shows it: its newest version, who names it, and how long it still counts.

    `named_by` are the published process standards whose promises it counts, each with the version that names it. `days_left`
    are the whole days until the last of its versions ends that may count for all of them; of a calendar that nobody names, until
    its newest version ends. It is below zero once that is past. `ends_soon` says that a calendar in use ends within 90 days.
    """

    id: str
    version: int
    versions: tuple[int, ...]
    timezone: str
    first_day: date
    last_day: date
    announced_until: date
    named_by: tuple[str, ...]
    days_left: int
    ends_soon: bool


def calendar_lines(known: Known, at: datetime) -> list[CalendarLine]:
    """Return all calendars."""
    named = _named(known)
    return [_line(known.versions(CALENDAR, id), named.get(id, []), at) for id in known.ids(CALENDAR)]


def ending(known: Known, at: datetime) -> list[CalendarLine]:
    """Return the calendars in use that end soon, what ends first in front."""
    return sorted((one for one in calendar_lines(known, at) if one.ends_soon), key=lambda one: (one.days_left, one.id))


def _named(known: Known) -> Mapping[str, list[Standard]]:
    """Return calendar → the published standards that name it. By a retired one nothing new is promised."""
    found: dict[str, list[Standard]] = {}
    for one in (each for id in known.ids(PROCESS) for each in known.versions(PROCESS, id)):
        if one.calendar and not known.is_retired(PROCESS, one):
            found.setdefault(one.calendar.id, []).append(one)
    return found


def _line(versions: list[Calendar], standards: list[Standard], at: datetime) -> CalendarLine:
    newest, left = versions[-1], floor(days_left(_furthest(versions, standards), at))
    return CalendarLine(
        id=newest.id,
        version=newest.version,
        versions=tuple(one.version for one in versions),
        timezone=newest.timezone,
        first_day=newest.first_day,
        last_day=newest.last_day,
        announced_until=announced_until(newest),
        named_by=tuple(f"{one.process_id} version {one.version}" for one in standards),
        days_left=left,
        ends_soon=bool(standards) and left < SOON_DAYS,
    )


def _furthest(versions: list[Calendar], standards: list[Standard]) -> Calendar:
    """Return the version that ends last of those that may count for every standard: the ones it names, and later ones."""
    highest = max((one.calendar.version for one in standards if one.calendar), default=versions[-1].version)
    return max((one for one in versions if one.version >= highest), key=lambda one: one.last_day, default=versions[-1])
