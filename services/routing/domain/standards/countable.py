"""Whether the promises of a standard can be counted: the calendar that it names is published, and no limit is longer."""

from collections.abc import Iterator

from libs.events.catalogue.promise import Limit, Unit, limit_of
from libs.events.catalogue.references import CALENDAR
from libs.events.catalogue.sla import Calendar
from libs.events.catalogue.standard import Standard
from libs.events.engine.known import Known


def uncountable(standard: Standard, published: Known) -> str:
    """Return why promises in working time can never be computed, and what to do; nothing if they can."""
    working = [(of, limit) for of, limit in _limits(standard) if limit.works]
    named = standard.calendar
    if not working or named is None:  # a limit in working time without any calendar is a fault of the standard itself
        return ""
    versions = published.versions(CALENDAR, named.id)
    calendar = next((one for one in versions if one.version == named.version), None)
    if calendar is None:
        known = ", ".join(str(one.version) for one in versions) or "none"
        return (
            f"`{working[0][1]}` needs calendar {named.id} version {named.version}, which nobody published "
            f"(versions published: {known}). Publish it first with POST /calendars at sla; right after that, pass on the "
            "Position of its answer."
        )
    return next((_too_long(of, limit, calendar) for of, limit in working if _is_too_long(limit, calendar)), "")


def _limits(standard: Standard) -> Iterator[tuple[str, Limit]]:
    """Yield what is limited, and how: promises, how long an exception may pause them, and when it reminds the customer."""
    yield from ((one.clock, limit_of(one.limit)) for one in standard.targets)
    yield from ((one.code, limit_of(one.pauses_at_most)) for one in standard.exceptions if one.pauses_at_most)
    yield from ((one.code, limit_of(one.remind_every)) for one in standard.exceptions if one.remind_every)


def _is_too_long(limit: Limit, calendar: Calendar) -> bool:
    days = (calendar.last_day - calendar.first_day).days + 1
    return limit.amount > (days if limit.unit is Unit.WORKING_DAYS else days * 24)


def _too_long(of: str, limit: Limit, calendar: Calendar) -> str:
    return (
        f"`{limit}` of {of} is longer than calendar {calendar.id} version {calendar.version} "
        f"({calendar.first_day} to {calendar.last_day}). Write a shorter limit, or name a version with more days."
    )
