"""All that is known of one case, from the tables that analysts read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from libs.events.store.asked import Database

ROWS_MAX = 1_000
"""Rows of one kind shown of a case; a page says when there are more."""

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Whole:
    """A case and its parts, each in its order."""

    case: Row
    nodes: Sequence[Row]
    visits: Sequence[Row]
    clocks: Sequence[Row]
    events: Sequence[Row]
    verdicts: Sequence[Row]
    values: Sequence[Row]
    surveys: Sequence[Row]


_PARTS = {
    "visits": "select * from analytics.node_visits where case_id = $1 order by n",
    "clocks": "select * from analytics.clocks where case_id = $1 order by started_at, clock, occurrence",
    "events": "select * from analytics.events where case_id = $1 order by n",
    "verdicts": "select * from analytics.case_rules where case_id = $1 order by rule",
    "values": "select * from analytics.figure_values where case_id = $1 order by figure, n",
    "surveys": "select * from analytics.surveys where case_id = $1 order by sent_at, survey_id",
}

_NODES = "select * from analytics.process_nodes where process_id = $1 and process_version = $2 order by n"


async def life(db: Database, case_id: str) -> Whole | None:
    """Return the case, or nothing."""
    case = await db.fetchrow("select * from analytics.cases where case_id = $1", case_id)
    if case is None:
        return None
    parts = {name: await db.fetch(f"{sql} limit {ROWS_MAX}", case_id) for name, sql in _PARTS.items()}
    return Whole(case, await db.fetch(_NODES, case["process_id"], case["process_version"]), **parts)
