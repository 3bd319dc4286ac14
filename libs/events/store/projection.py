"""One statement takes any number of rows. Those that write a table are made of its definition."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Any

import msgspec

from libs.events.words.column import Column
from libs.events.words.row import Row, Table, Tables

_SUBJECT = [Column("", is_key=True, type="text", name=one) for one in ("book", "key", "name")]
_PART = Column("", type="integer", name="part")

KERNEL: Tables = {
    "timer": Table("timer", "", (*_SUBJECT, _PART, Column("", type="timestamptz", name="due_at"))),
    "awaiting": Table("awaiting", "", (*_SUBJECT, _PART, Column("", type="bigint", name="known_to"))),
}
"""The kernel's tables that are written as a service's own are (data.sql makes them)."""


def columns(rows: Sequence[Sequence[Any]], width: int) -> list[list[Any]]:
    """Turn rows into columns, as PostgreSQL's unnest wants them."""
    return [list(column) for column in zip(*rows, strict=True)] or [[] for _ in range(width)]


def touched(status: str) -> int:
    """Return how many rows a statement touched."""
    return int(status.rsplit(" ", 1)[-1])


Statement = tuple[str, str]
"""A statement and its parameter: a JSON array of rows. To make one costs a third of making an array for each column."""

_json = msgspec.json.Encoder()


@dataclass(frozen=True)
class TableWriter:
    """The three ways to write a table, in one schema."""

    table: Table
    schema: str

    @cached_property
    def name(self) -> str:
        return f'"{self.schema}"."{self.table.name}"'

    @cached_property
    def keys(self) -> list[str]:
        return [one.name for one in self.table.stored[: self.table.key_width]]

    @cached_property
    def others(self) -> list[str]:
        return [one.name for one in self.table.stored[self.table.key_width :]]

    @cached_property
    def _names(self) -> list[str]:
        return self.keys + self.others

    def upsert(self, rows: Iterable[Row]) -> Statement:
        """Insert rows or replace what they say."""
        return self._upserting, self._written(row.key + row.values for row in rows)

    def add(self, sums: Mapping[tuple[Any, ...], tuple[int, ...]]) -> Statement:
        """Add to the measures of an additive table."""
        return self._adding, self._written(key + sums[key] for key in sums)

    def delete(self, rows: Iterable[Row]) -> Statement:
        """Delete rows by key."""
        return self._deleting, self._written(row.key for row in rows)

    def _written(self, rows: Iterable[Sequence[Any]]) -> str:
        return _json.encode([dict(zip(self._names, row, strict=False)) for row in rows]).decode()

    def digest(self) -> str:
        """Return a query for a number that equals another table's if and only if (nearly surely) their rows do."""
        return f"select count(*), coalesce(sum(hashtextextended(r::text, 0)::numeric), 0) from ({self._shown}) r"

    def differing(self, other: "TableWriter", most: int) -> str:
        """Return a query for rows that another table of this shape has otherwise or lacks: how many, and the first as JSON."""
        keys = self._list(self.keys)
        return (
            "select count(*) over () as many, to_jsonb(h)::text as here, to_jsonb(t)::text as there "
            f"from ({self._shown}) h full join ({other._shown}) t using ({keys}) "
            f"where h::text is distinct from t::text order by {keys} limit {most}"
        )

    @cached_property
    def _shown(self) -> str:
        """Its rows; of an additive table only those that are sums of something."""
        some = f"where ({self._list(self.others)}) is distinct from ({', '.join('0' for _ in self.others)})"
        return f"select {self._list(self._names)} from {self.name} {some if self.table.additive else ''}"

    @cached_property
    def _upserting(self) -> str:
        assigned = ", ".join(f'"{name}" = excluded."{name}"' for name in self.others)
        return self._insert(f"do update set {assigned}" if assigned else "do nothing")

    @cached_property
    def _adding(self) -> str:
        return self._insert("do update set " + ", ".join(f'"{name}" = t."{name}" + excluded."{name}"' for name in self.others))

    @cached_property
    def _deleting(self) -> str:
        matched = " and ".join(f't."{name}" = k."{name}"' for name in self.keys)
        return f"delete from {self.name} t using {self._rows} k where {matched}"

    def _insert(self, action: str) -> str:
        names, keys = self._list(self._names), self._list(self.keys)
        rows = f"select {names} from {self._rows} order by {keys}"
        return f"insert into {self.name} as t ({names}) {rows} on conflict ({keys}) {action}"

    @cached_property
    def _rows(self) -> str:
        return f"json_populate_recordset(null::{self.name}, $1)"

    def _list(self, names: Sequence[str]) -> str:
        return ", ".join(f'"{name}"' for name in names)


class Projection:
    """Tables of one schema."""

    def __init__(self, schema: str, *tables: Tables) -> None:
        self.writers = {name: TableWriter(table, schema) for each in tables for name, table in each.items()}

    def statements(
        self,
        upserts: Iterable[Row],
        deletes: Iterable[Row],
        additions: Mapping[tuple[str, tuple[Any, ...]], tuple[int, ...]],
    ) -> Iterable[Statement]:
        """Return what writes these rows, tables in one fixed order so that no two transactions can wait for each other."""
        for table, rows in _by_table(deletes):
            yield self.writers[table].delete(rows)
        for table, rows in _by_table(upserts):
            yield self.writers[table].upsert(rows)
        for table in sorted({table for table, _ in additions}):
            sums = {key: values for (name, key), values in additions.items() if name == table and any(values)}
            if sums:
                yield self.writers[table].add(sums)


def _by_table(rows: Iterable[Row]) -> Iterable[tuple[str, list[Row]]]:
    ordered = sorted(rows, key=lambda row: row.table)
    return ((table, list(group)) for table, group in groupby(ordered, key=lambda row: row.table))
