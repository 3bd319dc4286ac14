"""The borders of what can be written as an instant: years 1 to 9999. Arithmetic stops there; a far date harms nobody."""

from datetime import UTC, datetime, timedelta

FIRST, LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


def utc(at: datetime) -> datetime:
    """Return the instant in UTC."""
    if at.tzinfo is UTC:
        return at
    try:
        return at.astimezone(UTC)
    except OverflowError:
        return FIRST if at.year == 1 else LAST


def moved(at: datetime, by: timedelta) -> datetime:
    """Return the instant so much later, or earlier."""
    try:
        return at + by
    except OverflowError:
        return LAST if by > timedelta() else FIRST
