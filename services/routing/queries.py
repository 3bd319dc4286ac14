"""Rows → answers."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from asyncpg import Record

Connection = Any
"""An asyncpg connection or pool: both have fetch and fetchrow, and no common type."""

LIMIT_MAX = 500

_WORK = """
SELECT case_id, process_id, process_version, phase, service_class, category, severity, grade, team, agent, role,
       node, started, exceptions, escalations, waiting_since_at
  FROM routing.cases
 WHERE phase IN ('in_work', 'resolved')
   AND ($1::text IS NULL OR team = $1) AND ($2::text IS NULL OR agent = $2) AND ($3::text IS NULL OR node = $3)
   AND ($4::timestamptz IS NULL OR (waiting_since_at, case_id) > ($4, $5))
 ORDER BY waiting_since_at, case_id
 LIMIT $6
"""


_LISTS = ("exceptions", "nodes_done", "warnings")


def plain(row: Record) -> dict[str, Any]:
    """Return a row as it is shown: lists are lists, not the text they are stored as."""
    return {name: json.loads(value) if name in _LISTS else value for name, value in row.items()}


async def work(
    connection: Connection,
    *,
    team: str | None = None,
    agent: str | None = None,
    node: str | None = None,
    after: tuple[datetime, str] | None = None,
    limit: int = 50,
) -> Sequence[Record]:
    """Return open cases, those that wait longest first; `after` is the last row's (waiting_since_at, case_id)."""
    at, case_id = after or (None, None)
    rows: Sequence[Record] = await connection.fetch(_WORK, team, agent, node, at, case_id, min(limit, LIMIT_MAX))
    return rows


async def case(connection: Connection, case_id: str) -> Record | None:
    """Return a case's row."""
    row: Record | None = await connection.fetchrow("SELECT * FROM routing.cases WHERE case_id = $1", case_id)
    return row


async def processes(connection: Connection) -> Sequence[Record]:
    """Return every version of every process standard."""
    rows: Sequence[Record] = await connection.fetch("SELECT * FROM routing.processes ORDER BY process_id, version")
    return rows


async def open_cases(connection: Connection) -> list[tuple[str, str, str, int]]:
    """Count cases that are not closed by process, phase and node."""
    rows = await connection.fetch(
        "SELECT process_id, phase, node, count(*) AS n FROM routing.cases WHERE phase <> 'closed' GROUP BY 1, 2, 3"
    )
    return [(row["process_id"], row["phase"], row["node"], row["n"]) for row in rows]
