"""Sensible instants for an axis of time: whole minutes, hours, days, Mondays, months or years of a zone."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from libs.pictures.words import Words

_DAY = 86_400
_CLOCK = (1, 5, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200)
"""Steps in seconds, within a day."""
_DAYS, _MONTHS = (1, 2, 7, 14), (1, 3, 6, 12, 24, 60, 120, 600, 1200, 12_000)
_MONTH = 30.44 * _DAY


@dataclass(frozen=True, slots=True)
class Tick:
    """An instant, its words, and the day or year that it belongs to."""

    at: datetime
    label: str
    context: str


def ticks(since: datetime, until: datetime, most: float, zone: ZoneInfo, words: Words) -> list[Tick]:
    """Return the round instants between two, not many more than there is room for."""
    wanted = (until - since).total_seconds() / max(most, 1)
    walls, label, context = _kind(wanted, since.astimezone(zone).replace(tzinfo=None), words)
    found = []
    for wall in walls:
        at = wall.replace(tzinfo=zone).astimezone(UTC)
        if at > until:
            break
        there = at.astimezone(zone).replace(tzinfo=None) == wall  # a time that the clocks leap over is not
        if at >= since and there:
            found.append(Tick(at, label(wall), context(wall)))
    return found


_Written = Callable[[datetime], str]


def _kind(wanted: float, since: datetime, words: Words) -> tuple[Iterator[datetime], _Written, _Written]:
    """Return the walls of a step that is long enough, and how they and what they belong to are written."""
    step = next((step for step in _CLOCK if step >= wanted), 0)
    if step:
        time = "%H:%M" if step >= 60 else "%H:%M:%S"
        return _seconds(since, step), lambda at: at.strftime(time), words.day_of
    for step in _DAYS:
        if step * _DAY >= wanted:
            return _days(since, step), words.day_of_year, words.year_of
    step = next((step for step in _MONTHS if step * _MONTH >= wanted), _MONTHS[-1])
    return _months(since, step), words.month_of if step < 12 else words.year_of, words.year_of if step < 12 else lambda _: ""


def _seconds(since: datetime, step: int) -> Iterator[datetime]:
    wall = since.replace(hour=0, minute=0, second=0, microsecond=0)
    wall += (since - wall) // timedelta(seconds=step) * timedelta(seconds=step)
    while True:
        yield wall
        wall += timedelta(seconds=step)


def _days(since: datetime, step: int) -> Iterator[datetime]:
    """Yield midnights; those of whole weeks are Mondays."""
    wall = since.replace(hour=0, minute=0, second=0, microsecond=0)
    wall -= timedelta(days=(wall.toordinal() - 1) % step)
    while True:
        yield wall
        wall += timedelta(days=step)


def _months(since: datetime, step: int) -> Iterator[datetime]:
    month = max(12, (since.year * 12 + since.month - 1) // step * step)
    while month < 12 * 9999:
        yield datetime(month // 12, month % 12 + 1, 1)  # noqa: DTZ001 - a wall's time; `ticks` gives it the zone
        month += step
