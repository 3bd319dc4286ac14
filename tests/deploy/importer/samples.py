"""A small mapping and a small log, from which the tests change one thing at a time."""

from collections.abc import Iterable
from pathlib import Path

from deploy.importer.facts import Engine, Outcome, SourceFact
from deploy.importer.mapping import Mapping, read_mapping
from deploy.importer.source import measure, read_within

HEAD = """\
system: desk
csv: {missing: ["?"]}
case: id
times:
  zone: UTC
  columns: {at: iso}
process: {id: ticket, version: 3}
maps:
  waits: {Hold: awaiting_customer, Vendor: awaiting_supplier}
  begun: {"H*": h, "Hol*": held, "Ho*": ho, "Vendor*": any_vendor, Vendor: vendor}
"""

REGISTERED = """\
  - on: first
    fact: case.registered
    at: at
    data: {channel: phone, customer_ref: anna}
"""

HEADER = "id,at,state,team,agent,count,flag"


def write_mapping(folder: Path, rules: str = "", *, head: str = HEAD, registered: str = REGISTERED) -> Path:
    """Return a mapping file of the sample log with these rules after the registration."""
    path = folder / "desk.yaml"
    path.write_text(f"{head}facts:\n{registered}{rules}", encoding="utf-8")
    return path


def write_log(folder: Path, rows: Iterable[str], *, header: str = HEADER) -> Path:
    """Return a CSV file. A row may be shortened to `state` or `state,team,…`: case c1, one row a minute."""
    path = folder / "log.csv"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def at(minute: int) -> str:
    return f"2024-01-01T{minute // 60:02}:{minute % 60:02}:00"


def row(state: str = "Open", *, case: str = "c1", minute: int = 0, team: str = "?", agent: str = "?", count: str = "0") -> str:
    """Return one line of the sample log."""
    return f"{case},{at(minute)},{state},{team},{agent},{count},true"


def outcomes(mapping: Mapping, file: Path, limit: int | None = None) -> list[Outcome]:
    """Return the facts of every row of the file."""
    extent = measure(file, mapping, limit)
    engine = Engine(mapping, extent.rows_of)
    return [
        Outcome(reason=one.reason) if one.reason else engine.row(one.case, one.cells)
        for one in read_within(file, mapping, extent)
    ]


def facts(folder: Path, rules: str, rows: Iterable[str], *, head: str = HEAD, registered: str = REGISTERED) -> list[SourceFact]:
    """Return the facts of a small log under these rules."""
    mapping = read_mapping(write_mapping(folder, rules, head=head, registered=registered))
    return [fact for outcome in outcomes(mapping, write_log(folder, rows)) for fact in outcome.facts]
