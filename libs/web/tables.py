"""Lists as CSV: every answer that the description calls a list can also be had as a table."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from libs.web.described import resolved

CSV = "text/csv"
ROWS = ("items", "rows")
"""Where the rows of a list stand in its answer."""

_FORMULAS = ("=", "+", "-", "@", "\t", "\r")


class Table(NamedTuple):
    """Where an answer's rows stand, and which columns they have."""

    rows: str
    columns: tuple[str, ...]


def table_of(document: Mapping[str, Any], operation: Mapping[str, Any]) -> Table | None:
    """Return the table that an operation's answer holds, by the service's own description."""
    content = operation.get("responses", {}).get("200", {}).get("content", {})
    answer = resolved(document, content.get("application/json", {}).get("schema", {}))
    for name in ROWS:
        rows = answer.get("properties", {}).get(name, {})
        if columns := resolved(document, rows.get("items", {})).get("properties"):
            return Table(name, tuple(columns))
    return None


def tables_of(document: Mapping[str, Any]) -> dict[str, Table]:
    """Return path → table of every list."""
    found = {path: table_of(document, item["get"]) for path, item in document["paths"].items() if "get" in item}
    return {path: table for path, table in found.items() if table is not None}


def as_csv(table: Table, body: bytes) -> bytes:
    """Return the rows of a JSON answer as CSV (RFC 4180), in UTF-8, with a line of names."""
    rows: Sequence[Mapping[str, Any]] = msgspec.json.decode(body)[table.rows]
    columns = dict.fromkeys((*table.columns, *(name for row in rows for name in row)))
    text = io.StringIO(newline="")
    written = csv.writer(text)
    written.writerow(columns)
    written.writerows([_cell(row.get(name)) for name in columns] for row in rows)
    return text.getvalue().encode()


def _cell(value: Any) -> Any:
    if isinstance(value, str):
        # A spreadsheet would run a cell that begins like a formula; an apostrophe in front makes it text.
        return f"'{value}" if value.startswith(_FORMULAS) else value
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value
    return msgspec.json.encode(value).decode()
