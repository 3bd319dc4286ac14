"""A mapping file, read strictly: how one foreign log becomes facts. `docs/importing.md` describes the language."""

from collections.abc import Mapping as Table
from dataclasses import dataclass, field
from pathlib import Path

from deploy.importer import head, rules
from deploy.importer.columns import Made, SideFile, read_columns, read_files, resolved
from deploy.importer.conditions import Condition, columns_of, looks_back, read_condition
from deploy.importer.head import Clocks, Csv
from deploy.importer.part import BadMapping, Part, read_part
from deploy.importer.rules import Pinned, Rule
from deploy.importer.templates import Maps

SHIPPED = Path(__file__).parent.parent / "imports"
KEYS = ("system", "customers", "csv", "case", "order", "columns", "files", "times", "process", "maps", "ignore", "facts")
NEWEST_FIRST = "newest first"


@dataclass(frozen=True)
class Ignore:
    """Rows that are read as if they were not in the file, and why."""

    when: Condition
    reason: str


@dataclass(frozen=True)
class Mapping:
    """Everything special about one log."""

    system: str
    csv: Csv
    case: str
    clocks: Clocks
    process: Pinned
    maps: Maps
    ignore: tuple[Ignore, ...]
    rules: tuple[Rule, ...]
    standard: Path | None = None
    columns: tuple[str, ...] = field(default=(), compare=False)
    made: Table[str, Made] = field(default_factory=dict)
    files: Table[str, SideFile] = field(default_factory=dict)
    is_newest_first: bool = False
    shared_with: str | None = None

    @property
    def places(self) -> dict[str, int]:
        """Return each used column's place in a Row: those of the file first, then those made from them."""
        return {column: at for at, column in enumerate(self.columns)}


def read_mapping(mapping: Path | str) -> Mapping:
    """Return the mapping at a path, or the shipped one of that name; raise BadMapping with every fault."""
    path = SHIPPED / f"{mapping}.yaml" if isinstance(mapping, str) and "." not in mapping else Path(mapping)
    return mapping_in(read_part(path), path)


def mapping_in(part: Part, path: Path) -> Mapping:
    """Return the mapping that a file at `path` holds; raise BadMapping with every fault."""
    found = _read(part, path)
    if part.faults:
        raise BadMapping(path.name, part.faults)
    return found


def _read(part: Part, path: Path) -> Mapping:
    part.known(KEYS)
    order = part.part("order").choice(("file", NEWEST_FIRST), "file")
    csv = head.read_csv(part.part("csv"))
    clocks = head.read_times(part.part("times"))
    maps = {name: head.read_words(words) for name, words in part.part("maps").entries().items()}
    process = rules.read_pinned(part.part("process"))
    ignore = tuple(_read_ignore(one) for one in part.part("ignore").items())
    system = head.read_system(part.part("system"))
    shared_with = head.read_shared_with(part.part("customers"))
    found = rules.read_rules(part.part("facts"), rules.Context(system, clocks, maps, process))
    case = part.part("case").word("ticket_number")
    words = {case, *rules.columns_of_all(found), *(c for one in ignore for c in columns_of(one.when))} - {""}
    for name in sorted(words & clocks.moments.keys()):
        part.fault(f"{name!r} is a computed time and has no words; use it in `at` and where a fact says a time")
    joined, files = read_columns(part.part("columns")), read_files(part.part("files"))
    times = {*clocks.formats, *(name for one in clocks.moments.values() for name in one.columns)}
    needed = resolved({*words, *times} - {""}, joined, files, part.part("columns"))
    made = {name: one for name, one in needed.items() if one}
    _refuse_missing_words(part, csv, [*(one.when for one in ignore), *(rule.when for rule in found)])
    standard = _read_standard(part.part("process"), path)
    return Mapping(
        system=system,
        csv=csv,
        case=case,
        clocks=clocks,
        process=process,
        maps=maps,
        ignore=ignore,
        rules=found,
        standard=standard,
        columns=(*sorted(needed.keys() - made.keys()), *made),
        made=made,
        files=files,
        is_newest_first=order == NEWEST_FIRST,
        shared_with=shared_with,
    )


def _read_ignore(part: Part) -> Ignore:
    part.known(("when", "reason"))
    when = read_condition(part.part("when"))
    if not part.has("when"):
        part.fault("would ignore every row; write `when: {column: word}`")
    if looks_back(when):
        part.part("when").fault("looks at the row before; whether a row is ignored may depend only on the row itself")
    return Ignore(when, part.part("reason").word("a test case"))


def _read_standard(part: Part, path: Path) -> Path | None:
    if not part.has("standard"):
        return None
    standard = path.parent / part.part("standard").word("standards/it-ticket.yaml")
    if not standard.is_file():
        part.part("standard").fault(f"there is no file {standard.name} beside the mapping; write its path from there")
    return standard


def _refuse_missing_words(part: Part, csv: Csv, conditions: list[Condition]) -> None:
    for test in (test for condition in conditions for group in condition for test in group):
        for word in sorted((test.is_in or frozenset()) & {*csv.missing, ""}):
            part.fault(f"a condition on {test.column} asks for {word!r}, a missing value; write `{{missing: yes}}`")
