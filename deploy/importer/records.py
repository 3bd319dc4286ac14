"""Reads records from CSV text, strictly: a malformed record costs only the line it begins on.

A quote that is never closed swallows everything behind it. So when a record cannot be read, or has several lines and not as
many cells as the header, its first line is the malformed one, and reading goes on at the next line.
"""

import csv
from collections import deque
from collections.abc import Callable, Iterable

from deploy.importer.head import Csv

CELL_CHARACTERS_MAX = 16_000_000
RECORD_CHARACTERS_MAX = 64_000_000
LINES_MAX = 1_000
"""In a longer record a quote was never closed."""

BLANK = "blank line"
HEADER_AGAIN = "the header again"
HARMLESS = (BLANK, HEADER_AGAIN)
"""Neither a row nor a fault of the file: files that are joined have several headers."""
UNCLOSED = "a quote is not closed"


Record = tuple[int, list[str], str]
"""The line that a record begins on, its cells, and the fault if it is malformed."""


class _Lines:
    """The lines of a file. If a record cannot be read, all its lines but the first are put back."""

    def __init__(self, source: Iterable[str]) -> None:
        self._source, self._again = iter(source), deque[str]()
        self.taken: list[str] = []
        self.begun, self._characters = 1, 0

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else next(self._source)
        self.taken.append(line)
        self._characters += len(line)
        if len(self.taken) > LINES_MAX or self._characters > RECORD_CHARACTERS_MAX:
            raise csv.Error
        return line

    def went(self) -> None:
        """Note that the lines taken were a record."""
        self.begun += len(self.taken)
        self.taken.clear()
        self._characters = 0

    def give_up(self) -> None:
        """Put back all lines except the one that the record began on."""
        self._again.extendleft(reversed(self.taken[1:]))
        del self.taken[1:]
        self.went()


class Records:
    """The records of a text; the first one read is the header, which says how many cells the others have.

    `is_row` tests whether a line inside a cell is a row by itself: then two quotes of two rows have met.
    """

    def __init__(self, text: Iterable[str], written: Csv) -> None:
        csv.field_size_limit(CELL_CHARACTERS_MAX)
        self.is_row: Callable[[str], bool] | None = None
        self._lines, self._written, self._header = _Lines(text), written, list[str]()
        self._reader = _reader(self._lines, written)

    def __iter__(self) -> "Records":
        return self

    def __next__(self) -> Record:
        lines, begun = self._lines, self._lines.begun
        try:
            cells = next(self._reader)
        except csv.Error as error:
            return self._refused(begun, _words(error))
        is_header, is_one_line = not self._header, len(lines.taken) == 1
        self._header = self._header or cells
        is_whole = len(cells) == len(self._header)
        if not is_whole and not is_one_line:
            # A quote closed by another row's quote: several lines, and no row among them.
            return self._refused(begun, UNCLOSED)
        if not is_one_line and self.is_row is not None and any(map(self.is_row, lines.taken[1:])):
            return self._refused(begun, UNCLOSED)
        lines.went()
        if cells == self._header and not is_header:
            return begun, [], HEADER_AGAIN
        return (begun, cells, "") if is_whole else (begun, [], _miscounted(cells))

    def _refused(self, begun: int, fault: str) -> Record:
        self._lines.give_up()
        self._reader = _reader(self._lines, self._written)
        return begun, [], fault


def _reader(lines: _Lines, written: Csv) -> "csv._reader":  # type: ignore[name-defined]
    return csv.reader(
        lines,
        delimiter=written.delimiter,
        quotechar=written.quote or None,
        escapechar=written.escape or None,
        quoting=csv.QUOTE_MINIMAL if written.quote else csv.QUOTE_NONE,
        strict=True,
    )


def _miscounted(cells: list[str]) -> str:
    return "not as many cells as the header" if cells else BLANK


def _words(error: csv.Error) -> str:
    """Return the csv module's complaint in our words."""
    said = str(error)
    if "expected after" in said:
        return "there is text after a closing quote"
    if "field larger" in said:
        return f"a cell has more than {CELL_CHARACTERS_MAX:,} characters"
    return UNCLOSED
