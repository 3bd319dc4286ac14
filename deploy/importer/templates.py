"""The data of a fact: words of the mapping and cells of the row, in the form that the catalogue asks for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from deploy.importer.conditions import Row
from deploy.importer.head import translation
from deploy.importer.moments import Times
from deploy.importer.part import Part
from deploy.importer.shapes import Shape
from deploy.importer.stamps import Unsayable

KEYS = ("column", "previous", "map", "otherwise", "missing", "as")
FLAGS: Mapping[str, bool] = {
    word: truth
    for truth, words in {True: ("true", "yes", "1", "t", "y"), False: ("false", "no", "0", "f", "n")}.items()
    for word in words
}


@dataclass(frozen=True)
class Cell:
    """One value taken from a column of this row, or of the row before."""

    column: str
    kind: str
    previous: bool = False
    words: Mapping[str, str] | None = None
    otherwise: str = ""
    missing: str = ""


Template = Any
"""A constant, a Cell, or a dict or list of templates."""

Say = Callable[[Row, Row | None], Any]
"""(this row, the row before) -> the value; None if there is none. Raises Unsayable."""

Maps = Mapping[str, Mapping[str, str]]


def read_template(part: Part, shape: Shape, maps: Maps) -> Template:
    """Return the template at `part`, checked against the form of its field."""
    if shape.inner is not None and shape.many == "table":
        return {name: read_template(inner, shape.inner, maps) for name, inner in part.entries().items()}
    if shape.inner is not None:
        return [read_template(inner, shape.inner, maps) for inner in part.items()]
    if isinstance(part.value, dict):
        return _read_cell(part, shape, maps)
    if isinstance(part.value, str):
        return _constant(part, part.value, shape.kinds[0] if len(shape.kinds) == 1 else "text", shape)
    part.fault("must be a word or a column; write for example `{column: priority}`")
    return ""


def _read_cell(part: Part, shape: Shape, maps: Maps) -> Cell:
    part.known(KEYS)
    source = "previous" if part.has("previous") else "column"
    if part.has("previous") and part.has("column"):
        part.fault("has both `column` and `previous`; write one of them")
    column = part.part(source).word("priority")
    kind = part.part("as").choice(shape.kinds, "text" if "text" in shape.kinds else shape.kinds[0])
    otherwise = part.part("otherwise").word("other") if part.has("otherwise") else ""
    missing = part.part("missing").word("unknown") if part.has("missing") else ""
    words = _read_map(part, maps)
    if otherwise and words is None:
        part.fault("`otherwise` belongs to a map; write `map: name` beside it")
    for word in {*(words or {}).values(), *filter(None, (otherwise, missing))}:
        _constant(part, word, kind, shape)
    return Cell(column, kind, source == "previous", words, otherwise, missing)


def _read_map(part: Part, maps: Maps) -> Mapping[str, str] | None:
    if not part.has("map"):
        return None
    name = part.part("map").word("channel")
    if name not in maps:
        part.part("map").fault(f"there is no map {name!r}; write it under `maps`, or use one of {', '.join(maps) or '-'}")
    return maps.get(name, {})


def _constant(part: Part, word: str, kind: str, shape: Shape) -> Any:
    try:
        if kind == "time":
            raise Unsayable("a time comes from a column; write `{column: name}`")
        value = _converted(word, kind, "the word")
        return shape.adapter.validate_python(value) if shape.adapter else value
    except Unsayable as error:
        part.fault(f"{word!r}: {error}")
    except ValidationError as error:
        part.fault(f"{word!r} does not fit the event: {error.errors()[0]['msg']}")
    return None


def _converted(word: str, kind: str, where: str) -> Any:
    if kind == "integer":
        if not word.lstrip("+-").isdecimal():
            raise Unsayable(f"{where} is not a whole number", word)
        return int(word)
    if kind == "flag":
        if word.lower() not in FLAGS:
            raise Unsayable(f"{where} is neither true nor false", word)
        return FLAGS[word.lower()]
    return word


def cells_of(template: Template) -> list[Cell]:
    """Return every cell that the template takes from a row."""
    if isinstance(template, Cell):
        return [template]
    inner = template.values() if isinstance(template, dict) else template if isinstance(template, list) else ()
    return [cell for one in inner for cell in cells_of(one)]


def compiled(template: Template, places: dict[str, int], times: Times) -> Say:
    """Return the template as one function of two rows."""
    if isinstance(template, Cell) and template.kind == "time":
        return _compiled_time(template, times)
    if isinstance(template, Cell):
        return _compiled_cell(template, places[template.column])
    if isinstance(template, dict):
        table = [(name, compiled(inner, places, times)) for name, inner in template.items()]
        return lambda now, before: {n: v for n, say in table if (v := say(now, before)) is not None}
    if isinstance(template, list):
        entries = [compiled(inner, places, times) for inner in template]
        return lambda now, before: [v for say in entries if (v := say(now, before)) is not None]
    return lambda now, before: template


def _compiled_time(cell: Cell, times: Times) -> Say:
    read = times.reader(cell.column)

    def say(now: Row, before: Row | None) -> Any:
        row = before if cell.previous else now
        found = read(row) if row is not None else None
        if found and found.note:
            times.odd.append(f"{cell.column} {found.note}")
        return found.at if found else None

    return say


def _compiled_cell(cell: Cell, at: int) -> Say:
    translated = translation(cell.words) if cell.words is not None else None

    def say(now: Row, before: Row | None) -> Any:
        row = before if cell.previous else now
        word = row[at] if row is not None else ""
        if not word:
            word = cell.missing
        elif translated is not None and (mapped := translated(word, cell.otherwise)):
            word = mapped
        elif translated is not None:
            raise Unsayable(f"{cell.column} has a word that its map does not list", word)
        if not word or cell.kind == "text":
            return word or None
        return _converted(word, cell.kind, cell.column)

    return say
