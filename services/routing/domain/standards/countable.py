"""Whether the promises of a standard can be counted: the calendar that it names is published, and no limit is longer."""

from libs.events.catalogue.promise import Target, Unit, limit_of
from libs.events.catalogue.references import CALENDAR
from libs.events.catalogue.sla import Calendar
from libs.events.catalogue.standard import Standard
from libs.events.engine.known import Known


def uncountable(standard: Standard, published: Known) -> str:
    """Return why promises in working time can never be computed, and what to do; nothing if they can."""
    working = [target for target in standard.targets if limit_of(target.limit).works]
    named = standard.calendar
    if not working or named is None:  # a limit in working time without any calendar is a fault of the standard itself
        return ""
    versions = published.versions(CALENDAR, named.id)
    calendar = next((one for one in versions if one.version == named.version), None)
    if calendar is None:
        known = ", ".join(str(one.version) for one in versions) or "none"
        return (
            f"`{working[0].limit}` needs calendar {named.id} version {named.version}, which nobody published "
            f"(versions published: {known}). Publish it first with POST /calendars at sla; right after that, pass on the "
            "Position of its answer."
        )
    return next((_too_long(target, calendar) for target in working if _is_too_long(target, calendar)), "")


def _is_too_long(target: Target, calendar: Calendar) -> bool:
    days = (calendar.last_day - calendar.first_day).days + 1
    limit = limit_of(target.limit)
    return limit.amount > (days if limit.unit is Unit.WORKING_DAYS else days * 24)


def _too_long(target: Target, calendar: Calendar) -> str:
    return (
        f"`{target.limit}` of {target.clock} is longer than calendar {calendar.id} version {calendar.version} "
        f"({calendar.first_day} to {calendar.last_day}). Write a shorter limit, or name a version with more days."
    )
