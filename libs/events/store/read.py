"""Rows as they are read back from the database."""

from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec

from libs.events.words.row import TableRow

R = TypeVar("R", bound=TableRow)


def names_of(row: type[TableRow]) -> str:
    """Return the columns to select."""
    return ", ".join(one.name for one in row.__table__.stored)


def read(row: type[R], record: Mapping[str, Any]) -> R:
    """Return a row that the database holds; what is kept as JSON comes as text."""
    stored = row.__table__.stored
    values = {one.name: _value(record[one.name]) if one.type == "jsonb" else record[one.name] for one in stored}
    return msgspec.convert(values, row)


def _value(text: str | None) -> Any:
    return None if text is None else msgspec.json.decode(text)
