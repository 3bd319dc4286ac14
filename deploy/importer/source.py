"""A CSV log on disk, plain or gzipped, read row by row: columns by name, missing words gone, every row answered for."""

import csv
import gzip
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from io import TextIOWrapper
from pathlib import Path

from deploy.importer import conditions
from deploy.importer.conditions import Row
from deploy.importer.mapping import Mapping

CELL_CHARACTERS_MAX = 16_000_000
_GZIP = b"\x1f\x8b"


class BadSource(Exception):
    """The file is not the log that the mapping describes; the message says what differs."""


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A row at its line: the case it belongs to and the cells the mapping uses, or the reason why it is left out."""

    line: int
    case: str = ""
    cells: Row = ()
    reason: str = ""


@dataclass(frozen=True)
class Extent:
    """How much the file holds: all rows, and the rows of each case that are not left out."""

    rows: int
    rows_of: Counter[str]


def named(header: list[str]) -> list[str]:
    """Return the names of the columns; one that comes again gets its number: Variant, Variant#2."""
    seen: Counter[str] = Counter()
    names = []
    for name in (cell.strip() for cell in header):
        seen[name] += 1
        names.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
    return names


def measure(file: Path, mapping: Mapping, limit: int | None = None) -> Extent:
    """Return the extent of the file, of its first `limit` cases if given."""
    rows, rows_of = 0, Counter[str]()
    for row in read_rows(file, mapping):
        rows += 1
        if not row.reason and (limit is None or row.case in rows_of or len(rows_of) < limit):
            rows_of[row.case] += 1
    return Extent(rows, rows_of)


def read_within(file: Path, mapping: Mapping, extent: Extent) -> Iterator[SourceRow]:
    """Yield the rows; those of a case outside the extent are left out, with that reason."""
    beyond = f"beyond the first {len(extent.rows_of)} cases asked for"
    for row in read_rows(file, mapping):
        yield row if row.reason or row.case in extent.rows_of else replace(row, reason=beyond)


def read_rows(file: Path, mapping: Mapping) -> Iterator[SourceRow]:
    """Yield every row of the file in its order."""
    csv.field_size_limit(CELL_CHARACTERS_MAX)
    try:
        with _open(file, mapping.csv.encoding) as text:
            yield from _rows(text, mapping)
    except UnicodeDecodeError as error:
        raise BadSource(f"{file.name} is not {mapping.csv.encoding}: {error}; set csv.encoding") from error
    except (OSError, EOFError, csv.Error, zlib.error) as error:
        raise BadSource(f"{file.name} cannot be read: {error}") from error


def _open(file: Path, encoding: str) -> TextIOWrapper:
    # A byte order mark in front of the first column's name is nobody's intent.
    encoding = "utf-8-sig" if encoding.lower() in ("utf-8", "utf8") else encoding
    with file.open("rb") as raw:
        is_zipped = raw.read(2) == _GZIP
    if is_zipped:
        return gzip.open(file, "rt", encoding=encoding, newline="")
    return file.open(encoding=encoding, newline="")


def _rows(text: Iterable[str], mapping: Mapping) -> Iterator[SourceRow]:
    reader = csv.reader(text, delimiter=mapping.csv.delimiter)
    names = named(next(reader, []))
    if absent := [column for column in mapping.columns if column not in names]:
        raise BadSource(f"the header has no column {', '.join(absent)}; it has {', '.join(names) or 'nothing'}")
    at = [names.index(column) for column in mapping.columns]
    case_at, missing = mapping.columns.index(mapping.case), mapping.csv.missing
    ignored = [(conditions.compiled(one.when, mapping.places), one.reason) for one in mapping.ignore]
    for cells in reader:
        line = reader.line_num
        if len(cells) != len(names):
            yield SourceRow(line, reason="blank line" if not cells else "not as many cells as the header")
            continue
        row = tuple("" if (word := cells[i].strip()) in missing else word for i in at)
        reason = next((reason for fits, reason in ignored if fits(row, None)), "") if ignored else ""
        yield SourceRow(line, row[case_at], row, reason or ("" if row[case_at] else "no case id"))
