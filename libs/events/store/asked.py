"""What is asked for, as SQL: a condition for each filter that was given."""

from collections.abc import Mapping
from typing import Any, TypeAlias

import asyncpg

Database: TypeAlias = "asyncpg.Pool[Any] | asyncpg.Connection[Any]"
"""What a question is put to."""


def asked(
    filters: Mapping[str, Any], *, order: str = "", after: tuple[Any, ...] | None = None, first: int = 1
) -> tuple[str, list[Any]]:
    """Return the condition and its values: `team =` → `mei`; what is None was not asked for, and takes all.

    The values are numbered from `first`. `order` are the columns of the list's order, `after` those of the row behind which it
    goes on.
    """
    given = [(words, value) for words, value in filters.items() if value is not None]
    conditions = [f"{words} ${number}" for number, (words, _) in enumerate(given, first)]
    values = [value for _, value in given]
    if after is not None:
        places = ", ".join(f"${number}" for number in range(first + len(values), first + len(values) + len(after)))
        conditions.append(f"({order}) > ({places})")
        values += after
    return " and ".join(conditions) or "true", values
