"""The kinds of columns that a class of rows declares; each one says what it means, and the database keeps that."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import EnumMeta
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin
from uuid import UUID

TYPES: dict[Any, str] = {
    str: "text",
    int: "integer",
    bool: "boolean",
    datetime: "timestamptz",
    date: "date",
    UUID: "uuid",
    Decimal: "numeric",
}
"""What a field's type is in PostgreSQL, where its kind of column says nothing else."""


@dataclass(frozen=True, slots=True)
class Column:
    """What is said of a column. `name`, `type` and `is_null` follow from the field it stands behind."""

    comment: str
    is_key: bool = False
    type: str = ""
    sql: str = ""
    """Of a column that only the view has: what it shows, made of the columns of its table."""
    reads: str = ""
    """Of a column that goes with the next release: the one that is read instead."""
    name: str = ""
    is_null: bool = False

    @property
    def in_view(self) -> str:
        """What the view shows of it."""
        return self.sql or f'"{self.name}"'

    def named(self, name: str, hint: Any) -> "Column":
        """Return the column with what its field says."""
        if self.sql or self.reads:
            return replace(self, name=name, is_null=True)
        if hint is None:
            raise TypeError(f"{name} needs a type: `{name}: str = …`; without one it is a column of the view only: `shown(…)`.")
        is_optional = get_origin(hint) in (Union, UnionType) and NoneType in get_args(hint)
        plain = next(one for one in get_args(hint) if one is not NoneType) if is_optional else hint
        stored = self.type or TYPES.get(plain) or _of_words(plain)
        if stored is None:
            raise TypeError(
                f"{name}: no column keeps {plain}; take one of {', '.join(one.__name__ for one in TYPES)}, or say json(…)."
            )
        return replace(self, name=name, type=stored, is_null=is_optional)


def _of_words(kind: Any) -> str | None:
    """Some words, of which a text is one: an enumeration, or those of a Literal."""
    words = get_args(kind) if get_origin(kind) is Literal else kind if isinstance(kind, EnumMeta) else ()
    return "text" if words and all(isinstance(one, str) for one in words) else None


def column(comment: str) -> Any:
    """Declare a column of the type of its field."""
    return Column(comment)


def key(comment: str) -> Any:
    """Declare a column of the primary key."""
    return Column(comment, is_key=True)


def number(of: str) -> Any:
    """Declare the number of a case's part, which is the last of its key."""
    return key(f"The {of}'s number within the case, from 1")


def word(comment: str) -> Any:
    """Declare a text that is empty when unknown."""
    return Column(f"{comment}; empty when unknown")


def instant(comment: str) -> Any:
    """Declare an instant that may be null."""
    return Column(f"{comment}; null when it has not happened or is not known")


def big(comment: str) -> Any:
    """Declare a whole number that may be large: microseconds, sums."""
    return Column(comment, type="bigint")


def microseconds(comment: str) -> Any:
    """Declare a duration."""
    return big(f"{comment}, in microseconds; null when an end is missing or lies before its start")


def json(comment: str) -> Any:
    """Declare a list or a mapping, kept as jsonb."""
    return Column(comment, type="jsonb")


def shown(kind: type, sql: str, comment: str) -> Any:
    """Declare a column that only the view has."""
    return Column(comment, type=TYPES[kind], sql=sql)


def hours(of: str) -> Any:
    """Declare a duration's hours, which only the view has."""
    return shown(Decimal, f"round({of} / 3600000000::numeric, 6)", f"{of} in hours")


def deprecated(reads: str) -> Any:
    """Declare a column that goes with the next release: the same as another one of the view, which is read instead."""
    return Column(f"Deprecated: read {reads}, which it is", reads=reads)
