"""Columns of the views that go with the next release. views.sql marks them, docs/projections.md lists them."""

from typing import NamedTuple


class Deprecated(NamedTuple):
    """A column that is the same as another one of its view, which is read instead."""

    view: str
    column: str
    read: str


DEPRECATED = (
    Deprecated("node_visits", "touch_us", "work_elapsed_us"),
    Deprecated("node_durations", "touches", "worked"),
    Deprecated("node_durations", "touch_us", "work_elapsed_us"),
    Deprecated("node_durations", "mean_touch_hours", "mean_work_elapsed_hours"),
)

GOING = (*DEPRECATED, Deprecated("first_contact_resolution", "gross", "one_contact"))
"""All that goes; the last one is a rule, whose definition says so."""


def comments() -> str:
    """Return the statements by which the columns say so themselves."""
    return "\n".join(
        f"comment on column analytics.{old.view}.{old.column} is 'Deprecated: read {old.read}, which it is';"
        for old in DEPRECATED
    )
