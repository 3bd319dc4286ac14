"""Clock readings as a log writes them -> instants in UTC."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import NamedTuple
from zoneinfo import ZoneInfo

ISO = "iso"
"""The format word for `2016-02-29T01:16:00Z` and its relatives."""

EPOCH, EPOCH_MS, EXCEL, EXCEL_1904 = "epoch", "epoch_ms", "excel", "excel_1904"
WORDS = (ISO, EPOCH, EPOCH_MS, EXCEL, EXCEL_1904)
"""Words instead of a format: seconds or milliseconds since 1970 in UTC, or a spreadsheet's days."""

_REMEMBERED_MAX = 200_000


class Unsayable(Exception):
    """The row cannot give a value that the fact needs; the message names the column, `value` is its text."""

    def __init__(self, reason: str, value: str = "") -> None:
        super().__init__(reason)
        self.value = value


DOUBLED = "lies in the hour that comes twice in autumn, and no row before it tells which; the first is taken"
SKIPPED = "lies in the hour that the clock skips in spring; it counts on as if it existed"
MIXED_UP = (
    ", but with day and month the other way round: the file mixes both, and a day up to the 12th is read wrongly in silence"
)
MIXED = "reads under more than one of its formats; the first is taken"


class Reading(NamedTuple):
    """The instant of a text, a remark if it is odd, and for an hour that comes twice the instant in its second pass."""

    at: datetime
    note: str = ""
    second: datetime | None = None

    def behind(self, latest: datetime | None) -> "Reading":
        """Return the reading that fits the order of the case's rows: if possible, not before `latest`."""
        if self.second is not None and latest is not None and self.at < latest <= self.second:
            return Reading(self.second)
        return self

    def moved(self, by: timedelta) -> "Reading":
        """Return the reading moved by a length."""
        try:
            return Reading(self.at + by, self.note, self.second and self.second + by)
        except OverflowError:
            raise Unsayable("a computed time is outside of the calendar", str(by)) from None


class Stamps:
    """Reads the time columns of one log. A reading without an offset is in `zone`."""

    def __init__(self, formats: Mapping[str, tuple[str, ...]], zone: str = "UTC") -> None:
        self._formats = formats
        self._zone = UTC if zone == "UTC" else ZoneInfo(zone)
        self._remembered: dict[tuple[str, str], Reading] = {}

    def instant(self, column: str, text: str) -> datetime:
        """Return the instant of `text` in `column`."""
        return self.reading(column, text).at

    def reading(self, column: str, text: str) -> Reading:
        """Return the reading of `text` in `column`."""
        found = self._remembered.get((column, text))
        if found is None:
            # The same minute is in many rows, and reading it is the slowest step of an import.
            if len(self._remembered) >= _REMEMBERED_MAX:
                self._remembered.clear()
            found = self._remembered[column, text] = self._read(column, text)
        return found

    def _read(self, column: str, text: str) -> Reading:
        found = [reading for form in self._formats[column] if (reading := self._read_as(form, text))]
        if not found:
            hint = MIXED_UP if any(self._read_as(_swapped(form), text) for form in self._formats[column]) else ""
            raise Unsayable(f"{column} is not a time of the form {' or '.join(self._formats[column])}{hint}", text)
        if any(other.at != found[0].at for other in found):
            return found[0]._replace(note=MIXED)
        return found[0]

    def as_written(self, text: str, form: str) -> Reading:
        """Return the reading of a text in one form."""
        if found := self._read_as(form, text):
            return found
        raise Unsayable(f"is not a time of the form {form}", text)

    def _read_as(self, form: str, text: str) -> Reading | None:
        try:
            clock = _number(form, text) if form in _NUMBERS else _clock(form, text)
            return Reading(clock.astimezone(UTC)) if clock.tzinfo else self._on_the_clock(clock)
        except (ValueError, OverflowError, InvalidOperation):
            return None

    def _on_the_clock(self, clock: datetime) -> Reading:
        """Return the reading of a clock that is put forward in spring and back in autumn."""
        first, second = (clock.replace(tzinfo=self._zone, fold=fold).astimezone(UTC) for fold in (0, 1))
        if first == second:
            return Reading(first)
        return Reading(first, DOUBLED, second) if first < second else Reading(first, SKIPPED)


_MIDNIGHT = re.compile(r"(?<![\d:.])24:00((?::00(?:\.0+)?)?)(?![\d:])")
_DAY = timedelta(days=1)


def _clock(form: str, text: str) -> datetime:
    """Return the date and time of a text; 24:00 is the end of its day."""
    begun, count = _MIDNIGHT.subn(r"00:00\1", text) if "24:00" in text else (text, 0)
    read = datetime.fromisoformat(begun) if form == ISO else datetime.strptime(begun, form)  # noqa: DTZ007
    return read + _DAY * count


_NUMBERS: Mapping[str, tuple[datetime, int, range]] = {
    EPOCH: (datetime(1970, 1, 1, tzinfo=UTC), 1_000_000, range(10**8, 10**10)),
    EPOCH_MS: (datetime(1970, 1, 1, tzinfo=UTC), 1_000, range(10**11, 10**13)),
    EXCEL: (datetime(1899, 12, 30), 86_400_000_000, range(61, 110_000)),  # noqa: DTZ001  (the clock of times.zone)
    EXCEL_1904: (datetime(1904, 1, 1), 86_400_000_000, range(110_000)),  # noqa: DTZ001  (so too)
}
"""By word: where counting begins, the microseconds of one unit, and the plausible numbers."""


def _number(form: str, text: str) -> datetime:
    begin, micros, meant = _NUMBERS[form]
    number = Decimal(text.replace(",", "."))
    if not number.is_finite() or int(number) not in meant:
        raise ValueError(text)
    # A spreadsheet's fraction of a day is a float, true to less than a millisecond.
    exact = number * micros
    return begin + timedelta(microseconds=int(exact.quantize(Decimal(1_000)) if form.startswith(EXCEL) else exact))


def _swapped(form: str) -> str:
    """Return the form with month and day exchanged."""
    return _CODE.sub(lambda code: {"%d": "%m", "%m": "%d"}.get(code[0], code[0]), form)


_CODE = re.compile(r"%.")
_ZONE_WORD = (
    "a zone word (%Z) is not understood, because CST and IST mean several zones; write %z for an offset like +02:00. "
    "If the word is always the same, write it into the format, '%Y-%m-%d %H:%M:%S UTC', and set times.zone to its zone"
)
_PROBE = datetime(2003, 12, 31, 23, 58, 57, tzinfo=UTC)


def fault_of(form: str) -> str:
    """Return the fault of a format, or nothing."""
    if form in WORDS:
        return ""
    codes = set(_CODE.findall(form))
    if "%Z" in codes:
        return _ZONE_WORD
    if ("%I" in codes) != ("%p" in codes):
        return "%I and %p belong together: `%I:%M %p` reads 02:30 PM, `%H:%M` reads 14:30"
    try:
        read = datetime.strptime(_PROBE.strftime(form), form)  # noqa: DTZ007
    except ValueError as error:
        return f"{error}; write for example '%Y-%m-%d %H:%M:%S', or one of {', '.join(WORDS)}"
    if read.date() != _PROBE.date():
        return f"does not give year, month and day; write for example '%Y-%m-%d %H:%M:%S', or one of {', '.join(WORDS)}"
    return ""
