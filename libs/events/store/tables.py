"""Tables, and the views that people read, made from the classes of their rows."""

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Column as SqlColumn
from sqlalchemy import Index as SqlIndex
from sqlalchemy import MetaData, text
from sqlalchemy import Table as SqlTable
from sqlalchemy.dialects.postgresql import dialect
from sqlalchemy.schema import CreateIndex, CreateTable, ExecutableDDLElement, SetColumnComment, SetTableComment
from sqlalchemy.types import UserDefinedType

from libs.events.words.column import Column
from libs.events.words.row import Index, Table, TableRow, Tables

# With another style of parameters a `%` in a comment would be written twice.
_POSTGRESQL = dialect(paramstyle="named")  # type: ignore[no-untyped-call]


class _Kind(UserDefinedType[Any]):
    """A type by PostgreSQL's own name, which is how a column names it."""

    def __init__(self, name: str) -> None:
        self.name = name

    def get_col_spec(self, **_: Any) -> str:
        return self.name


def tables_of(*rows: type[TableRow]) -> Tables:
    """Return the tables of these rows by name."""
    return {row.__table__.name: row.__table__ for row in rows}


def table_in(schema: str, table: Table) -> str:
    """Return the statements that make a table in a schema, with its indexes; it says there what it is."""
    parts = (*map(_column, table.stored), *map(_index, table.indexes))
    made = SqlTable(table.name, MetaData(schema=schema), *parts, comment=table.comment)
    steps: list[ExecutableDDLElement] = [CreateTable(made), *map(CreateIndex, made.indexes), SetTableComment(made)]
    steps += map(SetColumnComment, made.columns)
    return ";\n".join(str(step.compile(dialect=_POSTGRESQL)).strip() for step in steps)


def views_of(service: str, tables: Iterable[Table]) -> str:
    """Return the statements that make a service's views over `{data}`, the schema of the tables' live version."""
    return "\n".join(f"{_view(service, table)}\n{comments_of(service, table)}" for table in tables)


def comments_of(service: str, table: Table) -> str:
    """Return the statements by which a view and its columns say what they are."""
    return "\n".join(_comments(f'{service}."{table.name}"', table))


def _column(one: Column) -> SqlColumn[Any]:
    kind = _Kind(one.type)
    return SqlColumn(one.name, kind, primary_key=one.is_key, nullable=one.is_null and not one.is_key, comment=one.comment)


def _index(one: Index) -> SqlIndex:
    on = [name if name.isidentifier() else text(name) for name in one.on]
    where = text(one.where) if one.where else None
    return SqlIndex(one.name, *on, postgresql_using=one.using or None, postgresql_where=where)


def _view(service: str, table: Table) -> str:
    columns = ",\n  ".join(f'{one.in_view} as "{one.name}"' for one in table.columns)
    made = f'create or replace view {service}."{table.name}" as select\n  {columns}\nfrom {{data}}."{table.name}"'
    return f"{made}{_some(table)};"


def _comments(view: str, table: Table) -> Iterator[str]:
    yield f"comment on view {view} is {_quoted(table.comment)};"
    for one in table.columns:
        yield f'comment on column {view}."{one.name}" is {_quoted(one.comment)};'


def _some(table: Table) -> str:
    """Leave out sums of nothing: a row of a rollup stays when what it counted was taken back."""
    if not table.additive:
        return ""
    sums = [f'"{one.name}"' for one in table.stored if not one.is_key]
    return f"\nwhere ({', '.join(sums)}) <> ({', '.join('0' for _ in sums)})"


def _quoted(words: str) -> str:
    return "'" + words.replace("'", "''") + "'"
