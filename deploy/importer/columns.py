"""Columns that a mapping makes from those of the file: several joined, or one looked up in a second file."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from deploy.importer.head import Csv, read_csv
from deploy.importer.part import Part

NEEDS = ("all", "any")
JOIN_KEYS = ("join", "with", "needs")
FILE_KEYS = ("file", "key", "by", "csv")

Table = Mapping[str, tuple[str, ...]]
"""A second file: by key, the cells of the columns in use."""

Make = Callable[[list[str]], str]
"""(the cells of a row so far) -> the cell of the made column."""


@dataclass(frozen=True)
class Joined:
    """The words of several columns with `between` between them; missing if one is missing, or if all are."""

    of: tuple[str, ...]
    between: str = " "
    needs_all: bool = True


@dataclass(frozen=True)
class SideFile:
    """A second file beside the log: a row of the log gets the row whose `key` equals the log's `by`."""

    path: str
    key: str
    by: str
    csv: Csv


@dataclass(frozen=True)
class Looked:
    """A column of a second file."""

    file: str
    column: str
    by: str


Made = Joined | Looked


def read_columns(part: Part) -> dict[str, Joined]:
    """Return the joined columns by name."""
    return {name: _read_joined(one) for name, one in part.entries().items()}


def _read_joined(part: Part) -> Joined:
    part.known(JOIN_KEYS)
    of = part.part("join").names("[date, time]")
    if len(of) == 1:
        part.part("join").fault("joins one column; write two or more, for example [date, time]")
    between = part.value.get("with", " ") if isinstance(part.value, dict) else " "
    if not isinstance(between, str):
        part.part("with").fault('must be the text between the words; write for example "-"')
        between = " "
    return Joined(of, between, part.part("needs").choice(NEEDS, "all") == "all")


def read_files(part: Part) -> dict[str, SideFile]:
    """Return the second files by name."""
    found = {}
    for name, one in part.entries().items():
        one.known(FILE_KEYS)
        words = [one.part(key).word(example) for key, example in (("file", "clients.csv"), ("key", "id"), ("by", "client_id"))]
        if "." in name:
            one.fault("has a dot in its name; its columns are called name.column, so write a name without one")
        found[name] = SideFile(words[0], words[1], words[2], read_csv(one.part("csv")))
    return found


def resolved(
    used: Iterable[str], joined: Mapping[str, Joined], files: Mapping[str, SideFile], part: Part
) -> dict[str, Made | None]:
    """Return every column needed, each after those it is made from; columns of the log itself are None."""
    found: dict[str, Made | None] = {}
    rest = list(used)
    while rest:
        name = rest.pop()
        if name not in found:
            made = found[name] = joined.get(name) or _looked(name, files)
            rest += made.of if isinstance(made, Joined) else [made.by] if made else ()
    needs = {name: _needs(made) for name, made in sorted(found.items())}
    try:
        return {name: found[name] for name in TopologicalSorter(needs).static_order()}
    except CycleError as error:
        part.fault(f"{' is made of '.join(error.args[1])}; join columns of the file")
        return {}


def _looked(name: str, files: Mapping[str, SideFile]) -> Looked | None:
    file, dot, column = name.partition(".")
    return Looked(file, column, files[file].by) if dot and file in files else None


def _needs(made: Made | None) -> tuple[str, ...]:
    return made.of if isinstance(made, Joined) else (made.by,) if made else ()


def compiled(made: Mapping[str, Made], places: Mapping[str, int], tables: Mapping[str, Table]) -> list[Make]:
    """Return the columns made as functions, in their order."""
    places_in = {name: {one.column: at for at, one in enumerate(columns)} for name, columns in looked_up(made).items()}
    found: list[Make] = []
    for one in made.values():
        if isinstance(one, Joined):
            found.append(_join([places[name] for name in one.of], one))
        else:
            found.append(_look_up(places[one.by], tables[one.file], places_in[one.file][one.column]))
    return found


def looked_up(made: Mapping[str, Made]) -> dict[str, list[Looked]]:
    """Return which columns are looked up in each second file."""
    found: dict[str, list[Looked]] = {}
    for one in made.values():
        if isinstance(one, Looked):
            found.setdefault(one.file, []).append(one)
    return found


def _join(at: list[int], one: Joined) -> Make:
    def join(cells: list[str]) -> str:
        words = [cells[place] for place in at]
        return "" if one.needs_all and not all(words) else one.between.join(filter(None, words))

    return join


def _look_up(by: int, table: Table, at: int) -> Make:
    def look_up(cells: list[str]) -> str:
        found = table.get(cells[by])
        return found[at] if found else ""

    return look_up
