"""What a fold shows of a subject: rows of its tables, and instants at which to look again."""

from datetime import datetime
from typing import Any, NamedTuple


class Row(NamedTuple):
    """One row of a projection table: its primary key's values and the other columns' values, in the table's order.

    In an additive table (`Table.info["additive"]`) the values are whole numbers, and a subject's row is its
    contribution: the shell adds the difference between what it was and what it is.
    """

    table: str
    key: tuple[Any, ...]
    values: tuple[Any, ...]


class Timer(NamedTuple):
    """An instant at which the subject must be looked at again."""

    name: str
    due_at: datetime
