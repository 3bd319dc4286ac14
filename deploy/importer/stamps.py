"""Clock readings as a log writes them -> instants in UTC."""

from collections.abc import Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

ISO = "iso"
"""The format word for `2016-02-29T01:16:00Z` and its relatives."""

_REMEMBERED_MAX = 200_000


class Unsayable(Exception):
    """The row lacks what a fact must say; the message names the column, `value` is what stood there."""

    def __init__(self, reason: str, value: str = "") -> None:
        super().__init__(reason)
        self.value = value


class Stamps:
    """Reads the time columns of one log. A reading without offset is on the clock of `zone`.

    Of the hour that comes twice in autumn the first is taken; one that spring skips counts on as if it existed.
    """

    def __init__(self, formats: Mapping[str, tuple[str, ...]], zone: str = "UTC") -> None:
        self._formats = formats
        self._zone = UTC if zone == "UTC" else ZoneInfo(zone)
        self._remembered: dict[tuple[str, str], datetime] = {}

    def instant(self, column: str, text: str) -> datetime:
        """Return the instant that `text` means in `column`."""
        found = self._remembered.get((column, text))
        if found is None:
            # The same minute stands in many rows, and reading it is the dearest step of an import.
            if len(self._remembered) >= _REMEMBERED_MAX:
                self._remembered.clear()
            found = self._remembered[column, text] = self._read(column, text)
        return found

    def _read(self, column: str, text: str) -> datetime:
        for form in self._formats[column]:
            try:
                clock = datetime.fromisoformat(text) if form == ISO else datetime.strptime(text, form)  # noqa: DTZ007
                return (clock if clock.tzinfo else clock.replace(tzinfo=self._zone)).astimezone(UTC)
            except (ValueError, OverflowError):
                continue
        raise Unsayable(f"{column} is no time of the form {' or '.join(self._formats[column])}", text)


_PROBE = datetime(2003, 12, 31, 23, 58, 57, tzinfo=UTC)


def fault_of(form: str) -> str:
    """Return what is wrong with a format, or nothing."""
    if form == ISO:
        return ""
    try:
        read = datetime.strptime(_PROBE.strftime(form), form)  # noqa: DTZ007
    except ValueError as error:
        return f"{error}; write for example '%Y-%m-%d %H:%M:%S', or iso"
    if read.date() != _PROBE.date():
        return "does not give year, month and day; write for example '%Y-%m-%d %H:%M:%S', or iso"
    return ""
