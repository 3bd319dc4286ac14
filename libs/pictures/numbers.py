"""How numbers, lengths of time and instants are written, for all pictures and both languages."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from libs.pictures.words import Words

_LENGTHS = (86_400, 3_600, 60, 1)
"""Seconds in a day, hour, minute and second, as `Words.units` has them."""
_ALONE, _ALONE_ROUGHLY = (10, 100, 10, 1), (10, 10, 10, 1)
"""From how many on a unit is said alone, because the next smaller one would be false precision."""


def count(number: int) -> str:
    """Return a whole number with its thousands apart."""
    return f"{number:,}".replace("-", "−")


def short(number: int) -> str:
    """Return a whole number in at most four letters or so, for where there is little room."""
    if number < 10_000:
        return count(number)
    return f"{number / 1000:.0f}k" if number < 1_000_000 else f"{number / 1_000_000:.1f}M"


def share(part: float, whole: float, *, digits: int = 1) -> str:
    """Return per cent, as a rule with one decimal.

    Only all is 100 %, and only nothing is 0 %, so that one case that failed stays visible.
    """
    if whole <= 0:
        return "–"
    percent = 100 * part / whole
    least = 10.0**-digits
    return f"{min(100 - least, max(least, percent)):.{digits}f}%" if 0 < part < whole else f"{percent:.0f}%"


def duration(length: timedelta, words: Words, *, in_days: bool = True, rough: bool = False, units: int = 2) -> str:
    """Return a length in its two largest units (or its largest one), rounded; roughly, ten hours have no minutes.

    Working time is said in hours, not in days, because its day has no 24.
    """
    first = 0 if in_days else 1
    seconds = abs(length.total_seconds())
    largest = next((place for place in range(first, 4) if seconds >= _LENGTHS[place]), 3)
    alone = units == 1 or seconds >= (_ALONE_ROUGHLY if rough else _ALONE)[largest] * _LENGTHS[largest]
    finest = largest if alone else min(3, largest + 1)
    left = round(seconds / _LENGTHS[finest]) * _LENGTHS[finest]
    parts = []
    for place in range(first, finest + 1):
        amount, left = divmod(left, _LENGTHS[place])
        parts += [f"{amount:,} {words.units[place]}"] if amount else []
    return ("−" if length < timedelta() and parts else "") + (" ".join(parts) or f"0 {words.units[3]}")


def day(at: date, words: Words) -> str:
    """Return a date."""
    return words.a_date.format(day=at.day, month=words.months[at.month - 1], year=at.year)


def instant(at: datetime, zone: ZoneInfo, words: Words) -> str:
    """Return an instant in a zone, with its day of the week."""
    local = at.astimezone(zone)
    return words.an_instant.format(weekday=words.days[local.weekday()], date=day(local, words), time=f"{local:%H:%M}")


def listed(parts: Sequence[str]) -> str:
    """Return the parts that are not empty, one after the other."""
    return " · ".join(part for part in parts if part)
