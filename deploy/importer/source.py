"""A CSV log on disk, plain or gzipped, read row by row: columns by name, missing words gone, every row answered for."""

import gzip
import re
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from io import TextIOWrapper
from itertools import chain, islice
from pathlib import Path

from deploy.importer import conditions
from deploy.importer.conditions import Row
from deploy.importer.head import Csv
from deploy.importer.mapping import Mapping
from deploy.importer.records import BLANK, records

_GZIP = b"\x1f\x8b"
_SEP = re.compile(r"sep=(.)\s*")
"""How a spreadsheet says in the first line which delimiter follows."""

NO_CASE = "no case id"
NUL = "a NUL character"


class BadSource(Exception):
    """The file is not the log that the mapping describes; the message says what differs."""


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A row at the line it begins on: its case and the cells the mapping uses, or the reason why it is left out.

    `malformed` says that the reason is a fault of the file, so that something may be lost.
    """

    line: int
    case: str = ""
    cells: Row = ()
    reason: str = ""
    malformed: bool = False


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
    """Yield the rows, oldest first; those of a case outside the extent are left out, with that reason.

    Of a log that is newest first all rows are kept in memory.
    """
    beyond = f"beyond the first {len(extent.rows_of)} cases asked for"
    rows = read_rows(file, mapping)
    for row in reversed([*rows]) if mapping.is_newest_first else rows:
        yield row if row.reason or row.case in extent.rows_of else replace(row, reason=beyond)


def read_rows(file: Path, mapping: Mapping) -> Iterator[SourceRow]:
    """Yield every row of the file in its order."""
    try:
        with _open(file, mapping.csv.encoding) as text:
            yield from _rows(text, mapping)
    except UnicodeDecodeError as error:
        where = _undecodable(file, mapping.csv.encoding)
        raise BadSource(f"{file.name}{where} is not {mapping.csv.encoding}: {error.reason}; set csv.encoding") from error
    except (OSError, EOFError, zlib.error) as error:
        raise BadSource(f"{file.name} cannot be read: {error}") from error


def _open(file: Path, encoding: str) -> TextIOWrapper:
    # A byte order mark in front of the first column's name is nobody's intent.
    encoding = "utf-8-sig" if encoding.lower() in ("utf-8", "utf8") else encoding
    with file.open("rb") as raw:
        is_zipped = raw.read(2) == _GZIP
    if is_zipped:
        return gzip.open(file, "rt", encoding=encoding, newline="")
    return file.open(encoding=encoding, newline="")


def _undecodable(file: Path, encoding: str) -> str:
    """Return in words which line cannot be decoded, where a line can be told without decoding it."""
    with _open(file, "latin-1") as text:
        for number, line in enumerate(text, 1):
            try:
                line.encode("latin-1").decode(encoding)
            except UnicodeDecodeError:
                return f", line {number}," if "16" not in encoding and "32" not in encoding else ""
    return ""


def _rows(text: Iterator[str], mapping: Mapping) -> Iterator[SourceRow]:
    above, written, lines = _begun(text, mapping.csv)
    found = records(lines, written)
    _, header, fault = next(found, (1, [], ""))
    names = named(header)
    if fault:
        raise BadSource(f"line {above + 1}, the header: {fault}")
    if absent := [column for column in mapping.columns if column not in names]:
        raise BadSource(f"the header has no column {', '.join(absent)}; it has {', '.join(names) or 'nothing'}")
    at = [names.index(column) for column in mapping.columns]
    case_at, missing = mapping.columns.index(mapping.case), mapping.csv.missing
    ignored = [(conditions.compiled(one.when, mapping.places), one.reason) for one in mapping.ignore]
    for begun, cells, fault in found:
        line = begun + above
        if fault:
            yield SourceRow(line, reason=fault, malformed=fault != BLANK)
            continue
        row = tuple(["" if (word := cells[i].strip()) in missing else word for i in at])  # a list costs a third less
        reason = next((reason for fits, reason in ignored if fits(row, None)), "") if ignored else ""
        case = row[case_at]
        if reason or (case and "\0" not in "".join(row)):
            yield SourceRow(line, case, row, reason)
        else:
            yield SourceRow(line, case, row, NUL if case else NO_CASE, malformed=True)


def _begun(text: Iterator[str], written: Csv) -> tuple[int, Csv, Iterator[str]]:
    """Read past what stands before the header: return how many lines that was, how the rest is written, and the rest."""
    above = sum(1 for _ in islice(text, written.skip))
    first = next(text, "")
    if found := _SEP.fullmatch(first):
        return above + 1, replace(written, delimiter=found[1]), text
    return above, written, chain([first] if first else [], text)
