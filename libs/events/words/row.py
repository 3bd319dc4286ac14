"""What a fold shows of a subject: rows of its tables, and instants at which to look again.

A row of a read model is a frozen class, and its fields are the columns. Table, view, comments and documentation are made
from it (libs/events/store/tables.py). The kinds of columns are in column.py. What is missing or cannot be is refused where it is
written.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar, NamedTuple, TypeVar, cast, dataclass_transform, get_type_hints

import msgspec
from msgspec.structs import astuple

from libs.events.words.column import Column, big, column, instant, json, key, microseconds, number, word


class Index(NamedTuple):
    """An index: names of columns, or SQL expressions, in their order; `using` is its method, `where` what it holds."""

    name: str
    on: Sequence[str]
    using: str = ""
    where: str = ""


@dataclass(frozen=True)
class Table:
    """A table and its view. `columns` stand in the view's order, with those that only the view has."""

    name: str
    comment: str
    columns: tuple[Column, ...]
    indexes: tuple[Index, ...] = ()
    additive: bool = False
    """Whether a row is a sum of contributions."""

    @cached_property
    def stored(self) -> tuple[Column, ...]:
        """The columns of the table itself, those of its primary key first."""
        return tuple(sorted((one for one in self.columns if not one.sql), key=lambda one: not one.is_key))

    @cached_property
    def key_width(self) -> int:
        return sum(one.is_key for one in self.stored)

    @cached_property
    def written(self) -> tuple[str, int, tuple[int, ...]]:
        """What an instance needs to become the kernel's row: name, width of the key, and which values are kept as JSON."""
        return self.name, self.key_width, tuple(n for n, one in enumerate(self.stored) if one.type == "jsonb")

    def faults(self) -> Iterator[str]:
        """Yield what is wrong with it, and what to write instead."""
        beside = self.stored[self.key_width :]
        if not self.key_width:
            yield "a table has a key: `case_id: str = key('The case')`"
        if self.additive and {one.type for one in beside} - {"bigint", "integer"}:
            yield "what is added up are whole numbers: `big('…')`"
        if not self.comment or not all(one.comment for one in self.columns):
            yield "its docstring and each of its columns say what they are; the database keeps that"


Tables = Mapping[str, Table]
"""Tables by name."""


def aliased(columns: Iterable[Column]) -> tuple[Column, ...]:
    """Return the columns; one that goes shows what the one shows that is read instead."""
    of = {one.name: one for one in columns}
    read = {old: of[one.reads] for old, one in of.items() if one.reads}
    return tuple(replace(one, type=read[name].type, sql=read[name].in_view) if name in read else one for name, one in of.items())


R = TypeVar("R", bound="TableRow")

_json = msgspec.json.Encoder(order="sorted")
_row = tuple.__new__  # half the time of calling Row, and a case has dozens
_NONE = Table("", "", ())


class Row(NamedTuple):
    """One row of a projection table: its primary key's values and the other columns' values, in the table's order.

    In an additive table the values are whole numbers, and a subject's row is its contribution: the shell adds the
    difference between what it was and what it is.
    """

    table: str
    key: tuple[Any, ...]
    values: tuple[Any, ...]


class Part(NamedTuple):
    """What a subject shows to another one of its service: whom it feeds, and what that one is told."""

    key: str
    body: Any


class Timer(NamedTuple):
    """An instant at which the subject must be looked at again."""

    name: str
    due_at: datetime


class TableRow:
    """What every class of rows inherits."""

    __slots__ = ()
    __table__: ClassVar[Table]

    @property
    def row(self) -> Row:
        """The row as the kernel writes it."""
        (table, width, places), values = self.__table__.written, astuple(self)  # type: ignore[arg-type]  # a Struct: see columns
        for n in places:
            values = (*values[:n], msgspec.Raw(_json.encode(values[n])), *values[n + 1 :])
        return _row(Row, (table, values[:width], values[width:]))


@dataclass_transform(
    frozen_default=True,
    kw_only_default=True,
    field_specifiers=(column, key, number, word, instant, big, microseconds, json),
)
def columns(table: str = "", *, additive: bool = False, indexes: Iterable[Index] = ()) -> Callable[[type[R]], type[R]]:
    """Make a class one of rows of a table, or without a table one that others inherit columns from.

    A field is a column; column.py has the ways to say what it means. A name without a type is a column of the view only.
    The docstring is what the database says of the table.
    """

    def made(cls: type[R]) -> type[R]:
        told = {name: one for name, one in vars(cls).items() if isinstance(one, Column)}
        hints = get_type_hints(cls)
        inherited = [one for base in cls.__bases__ for one in base.__dict__.get("__table__", _NONE).columns]
        every = aliased([*inherited, *(one.named(name, hints.get(name)) for name, one in told.items())])
        about = Table(table, " ".join((cls.__doc__ or "").split()), every, tuple(indexes), additive)
        _refuse(cls.__name__, about, hints)
        rest = {name: one for name, one in vars(cls).items() if name not in {*told, "__dict__", "__weakref__"}}
        rest |= {"__table__": about, "__annotations__": {one.name: hints[one.name] for one in about.stored}}
        if not table:
            return cast("type[R]", type(cls.__name__, cls.__bases__, rest | {"__slots__": ()}))
        # A metaclass of our own would do all this, too, but a call of its classes takes three times as long.
        return cast(
            "type[R]", msgspec.StructMeta(cls.__name__, (*cls.__bases__, msgspec.Struct), rest, frozen=True, kw_only=True)
        )

    return made


def changed(row: R, **values: Any) -> R:
    """Return the row with other values."""
    return msgspec.structs.replace(row, **values)  # type: ignore[type-var]  # a Struct


def fields_of(row: type[TableRow]) -> dict[str, Any]:
    """Return the types of a row's columns by name, in the table's order."""
    hints = get_type_hints(row)
    return {one.name: hints[one.name] for one in row.__table__.stored}


def _refuse(name: str, table: Table, hints: Mapping[str, Any]) -> None:
    silent = {*hints} - {one.name for one in table.stored} - {"__table__"}
    faults = [f"what is {one}? `{one}: str = word('The …')` says it" for one in sorted(silent)]
    for fault in (*faults, *(table.faults() if table.name else ())):
        raise TypeError(f"{name}: {fault}.")
