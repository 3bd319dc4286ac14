"""Columns of the views that go with the next release. They say so themselves, and docs/projections.md lists them."""

from collections.abc import Iterator
from typing import NamedTuple

from libs.events.words.row import TableRow


class Deprecated(NamedTuple):
    """A column that is the same as another one of its view, which is read instead."""

    view: str
    column: str
    read: str


IN_VIEWS_SQL = (
    Deprecated("node_durations", "touches", "worked"),
    Deprecated("node_durations", "touch_us", "work_elapsed_us"),
    Deprecated("node_durations", "mean_touch_hours", "mean_work_elapsed_hours"),
)
"""Those of views that views.sql writes; a class of rows declares its own: `deprecated(…)`."""

RULES = (Deprecated("first_contact_resolution", "gross", "one_contact"),)
"""Rules that go; their definitions say so."""


def declared(*rows: type[TableRow]) -> Iterator[Deprecated]:
    """Yield the columns that classes of rows declare as deprecated."""
    for table in (row.__table__ for row in rows):
        yield from (Deprecated(table.name, one.name, one.reads) for one in table.columns if one.reads)


def comments() -> str:
    """Return the statements that say so in the comments of the columns of views.sql."""
    return "\n".join(
        f"comment on column analytics.{old.view}.{old.column} is 'Deprecated: read {old.read}, which it is';"
        for old in IN_VIEWS_SQL
    )
