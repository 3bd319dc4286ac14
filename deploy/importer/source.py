"""A CSV log on disk, plain or gzipped, read row by row: columns by name, no missing words, every row accounted for."""

import os
import re
import stat
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path

from deploy.importer import conditions
from deploy.importer.cells import BadSource, places_of, row_maker, row_test
from deploy.importer.columns import Table, looked_up
from deploy.importer.conditions import Row
from deploy.importer.head import Csv
from deploy.importer.mapping import Mapping
from deploy.importer.records import HARMLESS, Records
from deploy.importer.text import reading

_SEP = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)
"""The first line in which a spreadsheet names the delimiter."""

TABLE_ROWS_MAX = 2_000_000
NO_CASE = "no case id"
NUL = "a NUL character"


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A row and the line it begins on: its case and the cells in use, or the reason why it is left out.

    `malformed` says that the reason is a fault of the file, so that something may be lost; `odd` is what to look at.
    """

    line: int
    case: str = ""
    cells: Row = ()
    reason: str = ""
    malformed: bool = False
    odd: tuple[str, ...] = ()


@dataclass(frozen=True)
class Extent:
    """The number of rows, and of each case's rows that are not left out. `measured` is the state of the file."""

    rows: int
    rows_of: Counter[str]
    measured: os.stat_result

    def refuse_another(self, file: Path, mapping: Mapping) -> None:
        """Refuse a file that has been replaced since; it may have grown, unless that moves rows."""
        now, then = _state_of(file), self.measured
        is_grown = now.st_size > then.st_size and not mapping.is_newest_first
        if now.st_ino != then.st_ino or not (is_grown or now.st_size == then.st_size):
            raise BadSource(f"{file.name} was changed while it was read; import it again once it is complete")


def measure(file: Path, mapping: Mapping, limit: int | None = None) -> Extent:
    """Return the extent of the file, of its first `limit` cases if given."""
    measured = _state_of(file)
    rows, rows_of = 0, Counter[str]()
    for row in read_rows(file, mapping):
        rows += 1
        if not row.reason and (limit is None or row.case in rows_of or len(rows_of) < limit):
            rows_of[row.case] += 1
    return Extent(rows, rows_of, measured)


def _state_of(file: Path) -> os.stat_result:
    try:
        found = file.stat()
    except OSError as error:
        raise BadSource(f"{file.name} cannot be read: {error}") from error
    if not stat.S_ISREG(found.st_mode):
        raise BadSource(f"{file.name} is not a file. It is read more than once: write the output of a pipe to a file first")
    return found


def read_within(file: Path, mapping: Mapping, extent: Extent) -> Iterator[SourceRow]:
    """Yield the rows, oldest first; those of a case outside the extent are left out, with that reason.

    Of a log that is newest first all rows are kept in memory. Rows written since the extent was measured wait for the next time.
    """
    extent.refuse_another(file, mapping)
    beyond = f"beyond the first {len(extent.rows_of)} cases asked for"
    rows = islice(read_rows(file, mapping), extent.rows)
    for row in reversed([*rows]) if mapping.is_newest_first else rows:
        yield row if row.reason or row.case in extent.rows_of else replace(row, reason=beyond)


def read_rows(file: Path, mapping: Mapping) -> Iterator[SourceRow]:
    """Yield every row of the file in its order."""
    tables = {name: _table(file.parent / mapping.files[name].path, mapping, name) for name in looked_up(mapping.made)}
    with reading(file, mapping.csv) as text:
        yield from _rows(text, mapping, file.name, tables)


def _rows(text: Iterator[str], mapping: Mapping, file: str, tables: dict[str, Table]) -> Iterator[SourceRow]:
    above, written, lines = _begun(text, mapping.csv)
    mapping = replace(mapping, csv=written)
    found = Records(lines, written)
    header = _header(found, above, file)
    make = row_maker(mapping, header, f"{file}, line {above + 1}", tables)
    found.is_row = row_test(mapping, make, len(header))
    case_at, missed = mapping.places[mapping.case], _missed(mapping, tables)
    ignored = [(conditions.compiled(one.when, mapping.places), one.reason) for one in mapping.ignore]
    for begun, cells, fault in found:
        line = begun + above
        if fault:
            yield SourceRow(line, reason=fault, malformed=fault not in HARMLESS)
            continue
        row = make(cells)
        reason = next((reason for fits, reason in ignored if fits(row, None)), "") if ignored else ""
        case = row[case_at]
        if reason or (case and "\0" not in "".join(row)):
            yield SourceRow(line, case, row, reason, odd=missed(row) if missed and not reason else ())
        else:
            yield SourceRow(line, case, row, NUL if case else NO_CASE, malformed=True)


def _header(found: Records, above: int, file: str) -> list[str]:
    _, header, fault = next(found, (1, [], ""))
    if fault:
        raise BadSource(f"{file}, line {above + 1}, the header: {fault}")
    return header


def _missed(mapping: Mapping, tables: dict[str, Table]) -> Callable[[Row], tuple[str, ...]] | None:
    """Return the function that notes keys of a row which a second file does not have; None if there is no second
    file."""
    asked = [(mapping.places[mapping.files[name].by], table, f"{name} has no such entry") for name, table in tables.items()]
    return (lambda row: tuple([note for at, table, note in asked if row[at] and row[at] not in table])) if asked else None


def _table(file: Path, mapping: Mapping, name: str) -> Table:
    """Return a second file's rows by key. A malformed row is refused, because it would be missing silently."""
    side, table, lines_of = mapping.files[name], dict[str, tuple[str, ...]](), dict[str, int]()
    with reading(file, side.csv) as text:
        above, written, lines = _begun(text, side.csv)
        found = Records(lines, written)
        wanted = [side.key, *(one.column for one in looked_up(mapping.made)[name])]
        at = places_of(wanted, _header(found, above, file.name), f"{file.name}, line {above + 1}")
        for begun, cells, fault in found:
            line = begun + above
            if fault and fault not in HARMLESS:
                raise BadSource(f"{file.name}, line {line}: {fault}")
            key, *words = ["" if fault or (word := cells[i].strip()) in written.missing else word for i in at]
            if key in table:
                raise BadSource(f"{file.name}, line {line}: {side.key} {key!r} is on line {lines_of[key]} already")
            if key:
                table[key], lines_of[key] = tuple(words), line
            if len(table) > TABLE_ROWS_MAX:
                raise BadSource(f"{file.name} has more than {TABLE_ROWS_MAX:,} rows; a second file is kept in memory")
    return table


def _begun(text: Iterator[str], written: Csv) -> tuple[int, Csv, Iterator[str]]:
    """Skip the lines before the header; return their number, the form of the rest, and the rest."""
    above = sum(1 for _ in islice(text, written.skip))
    first = next(text, "")
    if found := _SEP.fullmatch(first):
        return above + 1, replace(written, delimiter=found[1]), text
    return above, written, chain([first] if first else [], text)
