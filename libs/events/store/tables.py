"""Tables, and the views that people read, made from the classes of their rows."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import BigInteger, Boolean, Date, DateTime, Integer, MetaData, Numeric, Text, Uuid, text
from sqlalchemy import Column as SqlColumn
from sqlalchemy import Index as SqlIndex
from sqlalchemy import Table as SqlTable
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeEngine

from libs.events.words.column import Column
from libs.events.words.row import Index, Table, TableRow

_TYPES: dict[str, TypeEngine[Any]] = {
    "text": Text(),
    "integer": Integer(),
    "bigint": BigInteger(),
    "boolean": Boolean(),
    "timestamptz": DateTime(timezone=True),
    "date": Date(),
    "uuid": Uuid(),
    "numeric": Numeric(),
    "jsonb": JSONB(),
}


def tables_of(*rows: type[TableRow]) -> MetaData:
    """Return the tables of these rows, which it remembers."""
    tables = MetaData(info={"rows": rows})
    for row in rows:
        told = row.__table__
        parts = (*map(_column, told.stored), *map(_index, told.indexes))
        SqlTable(told.name, tables, *parts, comment=told.comment, info={"additive": told.additive})
    return tables


def rows_of(tables: MetaData) -> tuple[type[TableRow], ...]:
    """Return the classes of rows that the tables were made from."""
    rows: tuple[type[TableRow], ...] = tables.info["rows"]
    return rows


def _column(one: Column) -> SqlColumn[Any]:
    kind = _TYPES[one.type]
    if one.is_key:
        return SqlColumn(one.name, kind, primary_key=True, autoincrement=False, comment=one.comment)
    return SqlColumn(one.name, kind, nullable=one.is_null, comment=one.comment)


def _index(one: Index) -> SqlIndex:
    on = [name if name.isidentifier() else text(name) for name in one.on]
    where = text(one.where) if one.where else None
    return SqlIndex(one.name, *on, postgresql_using=one.using or None, postgresql_where=where)


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
    yield f"comment on view {view} is {_quoted(table.comment)};"
    for one in table.columns:
        yield f'comment on column {view}."{one.name}" is {_quoted(one.comment)};'


def _shown(one: Column) -> str:
    return one.sql or f'"{one.name}"'


def _some(table: Table) -> str:
    """Leave out sums of nothing: a row of a rollup stays when what it counted was taken back."""
    if not table.additive:
        return ""
    sums = [f'"{one.name}"' for one in table.stored if not one.is_key]
    return f"\nwhere ({', '.join(sums)}) <> ({', '.join('0' for _ in sums)})"


def _quoted(words: str) -> str:
    return "'" + words.replace("'", "''") + "'"
