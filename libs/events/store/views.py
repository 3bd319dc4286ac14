"""The views that people read, made from the classes of their rows."""

from collections.abc import Iterator

from libs.events.words.column import Column
from libs.events.words.row import TableRow
from libs.events.words.table import Table


def views_of(service: str, *rows: type[TableRow]) -> str:
    """Return the statements that make a service's views over `{data}`, the schema of the tables' live version."""
    return "\n".join(f"{_view(service, row.__table__)}\n{comments_of(service, row)}" for row in rows)


def comments_of(service: str, row: type[TableRow]) -> str:
    """Return the statements by which a view and its columns say what they are."""
    return "\n".join(_comments(f'{service}."{row.__table__.name}"', row.__table__))


def _view(service: str, table: Table) -> str:
    columns = ",\n  ".join(f'{_shown(one)} as "{one.name}"' for one in table.columns)
    made = f'create or replace view {service}."{table.name}" as select\n  {columns}\nfrom {{data}}."{table.name}"'
    return f"{made}{_some(table)};"


def _comments(view: str, table: Table) -> Iterator[str]:
    yield f"comment on view {view} is {_text(table.comment)};"
    for one in table.columns:
        yield f'comment on column {view}."{one.name}" is {_text(one.comment)};'


def _shown(one: Column) -> str:
    return one.sql or f'"{one.name}"'


def _some(table: Table) -> str:
    """Leave out sums of nothing: a row of a rollup stays when what it counted was taken back."""
    if not table.additive:
        return ""
    sums = [f'"{one.name}"' for one in table.stored if not one.is_key]
    return f"\nwhere ({', '.join(sums)}) <> ({', '.join('0' for _ in sums)})"


def _text(words: str) -> str:
    return "'" + words.replace("'", "''") + "'"
