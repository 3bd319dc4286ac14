"""Turns the cells of a record into the row for rules: columns by name, no missing words, made columns at the end."""

from collections import Counter
from collections.abc import Callable, Iterable

from deploy.importer import columns
from deploy.importer.columns import Table
from deploy.importer.conditions import Row
from deploy.importer.mapping import Mapping
from deploy.importer.moments import Times
from deploy.importer.stamps import Stamps, Unsayable
from libs.events.words.refusal import nearest


class BadSource(Exception):
    """The file is not the log that the mapping describes; the message says what differs."""


def named(header: list[str]) -> list[str]:
    """Return the names of the columns; one that comes again gets its number: Variant, Variant#2."""
    seen: Counter[str] = Counter()
    names = []
    for name in (cell.strip() for cell in header):
        seen[name] += 1
        names.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
    return names


def places_of(wanted: Iterable[str], header: list[str], where: str) -> list[int]:
    """Return the places of the columns; if a name stands there twice, a number must follow it."""
    names = named(header)
    twice = {name: f"{name}#1" for name in names if f"{name}#2" in names}
    absent = []
    for name in wanted:
        if name in twice:
            raise BadSource(f"{where}: the header has {name!r} more than once; write {name}#1, {name}#2 and so on")
        if name not in names and name not in twice.values():
            near = nearest(name, names) if len(names) > 1 else ()
            absent.append(name + (f" (did you mean {near[0]}?)" if near else ""))
    if absent:
        has = ", ".join(filter(None, names)) or "nothing"
        hint = (
            ""
            if len(names) > 1
            else ". Is csv.delimiter right, and does the header stand in this line? csv.skip passes lines before it"
        )
        raise BadSource(f"{where}: the header has no column {', '.join(absent)}; it has {has}{hint}")
    return [names.index(name.removesuffix("#1") if name not in names else name) for name in wanted]


def row_maker(mapping: Mapping, header: list[str], where: str, tables: dict[str, Table]) -> Callable[[list[str]], Row]:
    """Return the function from a record's cells to its row."""
    at = places_of(mapping.columns[: len(mapping.columns) - len(mapping.made)], header, where)
    missing, makes = mapping.csv.missing, columns.compiled(mapping.made, mapping.places, tables)

    def plain(cells: list[str]) -> Row:
        return tuple(["" if (word := cells[i].strip()) in missing else word for i in at])  # a list costs a third less

    def made(cells: list[str]) -> Row:
        row = [*plain(cells)]
        for make in makes:
            row.append(make(row))
        return tuple(row)

    return made if makes else plain


def row_test(mapping: Mapping, make: Callable[[list[str]], Row], width: int) -> Callable[[str], bool]:
    """Return a test of a line: a row has the right number of cells, a case, and a time in every time column that is not
    empty."""
    times = Times(Stamps(mapping.clocks.formats, mapping.clocks.zone), {}, mapping.places)
    reads, case_at = [times.reader(name) for name in mapping.clocks.formats], mapping.places[mapping.case]

    def is_row(line: str) -> bool:
        cells = [cell.strip(' "\r\n') for cell in line.split(mapping.csv.delimiter)]
        if len(cells) != width:
            return False
        row = make(cells)
        try:
            times = [read(row) for read in reads]
            return row[case_at] != "" and any(times)
        except Unsayable:
            return False

    return is_row
