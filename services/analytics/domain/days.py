"""A day is a date in the desk's zone."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from libs.events.words.now import utc

DAY, WEEK = timedelta(days=1), timedelta(weeks=1)


def day_of(at: datetime, zone: ZoneInfo) -> date:
    """Return the date of an instant in the desk's zone."""
    try:
        return utc(at).astimezone(zone).date()
    except OverflowError:  # no calendar goes on beyond the years 1 to 9999
        return utc(at).date()


def begin_of(day: date, zone: ZoneInfo) -> datetime:
    """Return the first instant of a day in the desk's zone."""
    return datetime.combine(day, datetime.min.time(), zone)


def end_of(day: date, zone: ZoneInfo) -> datetime:
    """Return the first instant after a day in the desk's zone."""
    return begin_of(day + DAY, zone)


def mondays(first: date, last: date) -> list[date]:
    """Return the Mondays of the weeks of these days and of all between."""
    monday = first - timedelta(first.weekday())
    return [monday + n * WEEK for n in range((last - monday).days // 7 + 1)]
