"""SQLAlchemy's tables, made from the classes of their rows."""

from typing import Any

from sqlalchemy import BigInteger, Boolean, Date, DateTime, Integer, MetaData, Numeric, Text, Uuid, text
from sqlalchemy import Column as SqlColumn
from sqlalchemy import Index as SqlIndex
from sqlalchemy import Table as SqlTable
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeEngine

from libs.events.words.column import Column
from libs.events.words.row import TableRow
from libs.events.words.table import Index

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
