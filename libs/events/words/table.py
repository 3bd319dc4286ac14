"""What a class of rows says of its table; what is missing or cannot be is refused where it is written."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

from libs.events.words.column import Column


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


def aliased(columns: Iterable[Column]) -> tuple[Column, ...]:
    """Return the columns; one that goes shows what the one shows that is read instead."""
    of = {one.name: one for one in columns}
    return tuple(_like(one, of[one.reads]) if one.reads else one for one in of.values())


def _like(old: Column, new: Column) -> Column:
    return replace(old, type=new.type, sql=new.sql or f'"{new.name}"')
