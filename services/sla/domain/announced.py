"""Up to which day a calendar is known: announced, not expected."""

from datetime import date, datetime, timedelta

from libs.events.catalogue.sla import Calendar
from services.sla.domain.windows import after_day, instant


def announced_until(calendar: Calendar) -> date:
    """Return the last day that is announced."""
    return calendar.announced_until or calendar.last_day


def is_provisional(calendar: Calendar, due_at: datetime) -> bool:
    """Test whether the promise is due after the last announced day: what is announced later may still move it."""
    return due_at > instant(after_day(calendar, announced_until(calendar)))


def days_left(calendar: Calendar, at: datetime) -> float:
    """Return in how many days the calendar ends; less than nothing once it has."""
    return (instant(after_day(calendar, calendar.last_day)) - at) / timedelta(days=1)
