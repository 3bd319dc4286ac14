"""Rows → answers."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from asyncpg import Record

from libs.events.stores.asked import asked

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
    """Which open cases are asked for; None takes all. They have waited since an instant at or after `since`, before `until`."""

    team: str | None = None
    agent: str | None = None
    node: str | None = None
    process: str | None = None
    phase: str | None = None
    grade: str | None = None
    service_class: str | None = None
    since: datetime | None = None
    until: datetime | None = None


async def work(
    connection: Connection, *, chosen: Filter = Filter(), after: tuple[datetime, str] | None = None, limit: int = 50
) -> Sequence[Record]:
    """Return open cases, those that wait longest first; `after` is the last row's (waiting_since_at, case_id)."""
    filters = {
        "team =": chosen.team,
        "agent =": chosen.agent,
        "node =": chosen.node,
        "process_id =": chosen.process,
        "phase =": chosen.phase,
        "grade =": chosen.grade,
        "service_class =": chosen.service_class,
        "waiting_since_at >=": chosen.since,
        "waiting_since_at <": chosen.until,
    }
    where, values = asked(filters, order="waiting_since_at, case_id", after=after)
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


async def processes(connection: Connection, *, process: str | None = None, state: str | None = None) -> Sequence[Record]:
    """Return every version of every process standard, or those asked for."""
    where, values = asked({"process_id =": process, "state =": state})
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
