"""Times that no column has: a constant, or a time column moved by a duration."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal, InvalidOperation

from deploy.importer.conditions import Row
from deploy.importer.part import Part
from deploy.importer.stamps import ISO, Reading, Stamps, Unsayable

KEYS = ("column", "plus", "minus", "time")
UNITS = {"s": timedelta(seconds=1), "m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
DAYS_MAX = 36_500
_DURATION = re.compile(r"(\d{1,9})([smhd])")

Read = Callable[[Row], Reading | None]
"""A row -> its reading of a time column; nothing if the value is missing."""


@dataclass(frozen=True)
class Moment:
    """A constant `text`, or the time in `column` moved by a fixed length, or by another column's number of units."""

    column: str = ""
    text: str = ""
    sign: int = 1
    length: timedelta = timedelta()
    length_in: str = ""
    unit: str = "s"

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the columns that it uses."""
        return tuple(filter(None, (self.column, self.length_in)))


def read_moment(part: Part, formats: Mapping[str, object], stamps: Stamps) -> Moment:
    """Return the computed time at `part`; `formats` has the columns that already are times."""
    part.known(KEYS)
    if part.has("time"):
        return _read_constant(part, stamps)
    column = part.part("column").word("opened_at")
    if column and column not in formats:
        part.part("column").fault(f"{column!r} has no format here; write one of {', '.join(formats) or 'the columns above'}")
    if part.has("plus") == part.has("minus"):
        part.fault("needs `plus` or `minus`, one of them; write for example `plus: 14d`")
        return Moment(column)
    sign, by = (1, part.part("plus")) if part.has("plus") else (-1, part.part("minus"))
    if isinstance(by.value, dict):
        by.known(("column", "unit"))
        return Moment(column, sign=sign, length_in=by.part("column").word("seconds"), unit=by.part("unit").choice(UNITS))
    found = _DURATION.fullmatch(by.value) if isinstance(by.value, str) else None
    if not found or int(found[1]) * UNITS[found[2]] > timedelta(days=DAYS_MAX):
        by.fault(f"{by.value!r} is not a duration; write for example 90s, 30m, 24h or 14d, or `{{column: seconds, unit: s}}`")
        return Moment(column)
    return Moment(column, sign=sign, length=int(found[1]) * UNITS[found[2]])


def _read_constant(part: Part, stamps: Stamps) -> Moment:
    text = part.part("time").word("'2024-01-01 00:00'")
    if len(part.entries()) > 1:
        part.fault("is a constant; write `time` alone")
    try:
        stamps.as_written(text, ISO)
    except Unsayable:
        part.part("time").fault(f"{text!r} is not a time; write for example '2024-01-01 00:00', in the zone times.zone")
    return Moment(text=text)


class Times:
    """Reads every time of one log, also computed ones. `odd` has remarks on times inside a fact's data."""

    def __init__(self, stamps: Stamps, moments: Mapping[str, Moment], places: Mapping[str, int]) -> None:
        self._stamps, self._moments, self._places = stamps, moments, places
        self.odd: list[str] = []

    def reader(self, column: str) -> Read:
        """Return how a time column is read."""
        if column not in self._moments:
            return self._plain(column)
        moment = self._moments[column]
        if moment.text:
            constant = self._stamps.as_written(moment.text, ISO)
            return lambda row: constant
        return self._moved(moment)

    def _plain(self, column: str) -> Read:
        at, reading = self._places[column], self._stamps.reading
        return lambda row: reading(column, row[at]) if row[at] else None

    def _moved(self, moment: Moment) -> Read:
        base, length = self._plain(moment.column), self._length(moment)

        def moved(row: Row) -> Reading | None:
            found = base(row)
            by = length(row) if found else None
            return found.moved(moment.sign * by) if found and by is not None else None

        return moved

    def _length(self, moment: Moment) -> Callable[[Row], timedelta | None]:
        if not moment.length_in:
            return lambda row: moment.length
        at = self._places[moment.length_in]
        return lambda row: duration(moment.length_in, row[at], moment.unit) if row[at] else None


def duration(column: str, text: str, unit: str) -> timedelta:
    """Return the length of `text`: a number of units, or parts from the unit down (`1:30` in h is an hour and a
    half)."""
    sizes = [size for name, size in sorted(UNITS.items(), key=lambda one: -one[1]) if size <= UNITS[unit]]
    parts = text.replace(",", ".").split(":")
    try:
        numbers = [Decimal(part) for part in parts]
        if len(parts) > len(sizes) or any(not number.is_finite() or number < 0 for number in numbers):
            raise ValueError
        micros = sum(number * (size // timedelta(microseconds=1)) for number, size in zip(numbers, sizes, strict=False))
        found = timedelta(microseconds=int(micros))
    except (ValueError, InvalidOperation, OverflowError):
        raise Unsayable(f"{column} is not a duration in {unit}", text) from None
    if found > timedelta(days=DAYS_MAX):
        raise Unsayable(f"{column} is longer than {DAYS_MAX:,} days; is its unit right?", text)
    return found
