"""Rows → answers."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from asyncpg import Record

from libs.events.store.asked import asked
from libs.web.filters import Word, by, conditions
from libs.web.text import Instant

Connection = Any
"""An asyncpg connection or pool: both have fetch and fetchrow, and no common type."""

LIMIT_MAX = 500

_WORK = (
    "case_id, process_id, process_version, phase, service_class, category, severity, grade, team, agent, role, "
    "node, started, exceptions, escalations, waiting_since_at"
)


_LISTS = ("exceptions", "nodes_done", "warnings")


def plain(row: Record) -> dict[str, Any]:
    """Return a row as it is shown: lists are lists, not the text they are stored as."""
    return {name: json.loads(value) if name in _LISTS else value for name, value in row.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which open cases are asked for; None takes all."""

    team: Word | None = by()
    agent: Word | None = by()
    node: Word | None = by()
    process: Word | None = by("process_id =")
    phase: Literal["in_work", "resolved"] | None = by()
    grade: Word | None = by()
    service_class: Word | None = by()
    since: Instant | None = by("waiting_since_at >=", "Has waited since this instant or a later one.")
    until: Instant | None = by("waiting_since_at <", "Has waited since before this instant.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessFilter:
    """Which versions of process standards are asked for; None takes all."""

    process: Word | None = by("process_id =")
    state: Literal["drafted", "published"] | None = by()


async def work(
    connection: Connection, *, chosen: Filter = Filter(), after: tuple[datetime, str] | None = None, limit: int = 50
) -> Sequence[Record]:
    """Return open cases, those that wait longest first; `after` is the last row's (waiting_since_at, case_id)."""
    where, values = asked(conditions(chosen), order="waiting_since_at, case_id", after=after)
    rows: Sequence[Record] = await connection.fetch(
        f"SELECT {_WORK} FROM routing.cases WHERE phase IN ('in_work', 'resolved') AND {where} "
        f"ORDER BY waiting_since_at, case_id LIMIT {min(limit, LIMIT_MAX)}",
        *values,
    )
    return rows


async def case(connection: Connection, case_id: str) -> Record | None:
    """Return a case's row."""
    row: Record | None = await connection.fetchrow("SELECT * FROM routing.cases WHERE case_id = $1", case_id)
    return row


async def processes(connection: Connection, *, chosen: ProcessFilter = ProcessFilter()) -> Sequence[Record]:
    """Return every version of every process standard, or those asked for."""
    where, values = asked(conditions(chosen))
    sql = f"SELECT * FROM routing.processes WHERE {where} ORDER BY process_id, version"
    rows: Sequence[Record] = await connection.fetch(sql, *values)
    return rows


async def open_cases(connection: Connection) -> list[tuple[str, str, str, int]]:
    """Count cases that have not ended by process, phase and node."""
    rows = await connection.fetch(
        "SELECT process_id, phase, node, count(*) AS n FROM routing.cases "
        "WHERE phase NOT IN ('closed', 'cancelled') GROUP BY 1, 2, 3"
    )
    return [(row["process_id"], row["phase"], row["node"], row["n"]) for row in rows]
