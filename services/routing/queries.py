"""Rows → answers."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import msgspec

from libs.events.catalogue.mark import Warned
from libs.events.catalogue.references import PROCESS
from libs.events.catalogue.standard import Standard
from libs.events.engine.known import Known
from libs.events.store.asked import Database, asked, names_of, read
from libs.events.words.now import LAST
from libs.web.filters import Word, by, conditions
from libs.web.text import Instant
from services.routing.domain.standards.process import State
from services.routing.domain.standards.roles import ASSIGNED
from services.routing.domain.teams.load import InHand
from services.routing.tables import CaseRow, DueFirst, ProcessRow, RosterRow

After = tuple[datetime, datetime, str]
"""The sort key of the list of open cases: when a case falls due, since when it waits, and its id."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """An open case, and what of it falls due first."""

    case: CaseRow
    due: DueFirst


_NODE = "concat_ws(chr(31), process_id, process_version, node"
_STANDS = f"node <> '' AND ARRAY[{_NODE}), {_NODE}, role)] &&"
"""What says where a case stands, and where and with which role; compared with `workplaces`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Filters of open cases; None takes all."""

    team: Word | None = by("visit_team =", "The team that does the work where the case stands.")
    agent: Word | None = by("visit_agent =", "The agent who does it.")
    node: Word | None = by()
    node_role: Word | None = by(
        _STANDS, "The role that does the work at the node; where the standard leaves it to the assignment, the role assigned."
    )
    gate: Word | None = by("undecided ?", "Waits for this decision.")
    decides: Word | None = by("deciders ?", "Waits for a decision of this role.")
    escalated: Word | None = by("called ?", "Was escalated to this role, and nobody has acknowledged it.")
    task_of: Word | None = by("concerns ?", "Has a call for this role or agent that nobody has acknowledged.")
    warned: Warned | None = by("warns ?", "Has a promise that will break soon, and this is whom the standard wants warned.")
    process: Word | None = by("process_id =")
    phase: Literal["in_work", "resolved"] | None = by()
    grade: Word | None = by()
    service_class: Word | None = by()
    since: Instant | None = by("waiting_since_at >=", "Has waited since this instant or a later one.")
    until: Instant | None = by("waiting_since_at <", "Has waited since before this instant.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessFilter:
    """Filters of versions of process standards; None takes all."""

    process: Word | None = by("process_id =")
    state: State | None = by()


def published(known: Known) -> Iterator[Standard]:
    """Yield every published version of every standard."""
    for process_id in known.ids(PROCESS):
        yield from known.versions(PROCESS, process_id)


def workplaces(role: str, standards: Iterable[Standard]) -> list[str]:
    """Return every node where a role does the work, as `_STANDS` says it; one whose role an earlier node names is not known."""
    found = []
    for standard in standards:
        for node in standard.nodes:
            if node.role in (role, ASSIGNED):
                place = (standard.process_id, str(standard.version), node.id)
                found.append("\x1f".join(place if node.role == role else (*place, role)))
    return found


# The driver writes the last instant of Python as infinity.
_ORDER = "coalesce(due_at, 'infinity'), waiting_since_at, case_id"


async def work(
    db: Database,
    *,
    after: After | None = None,
    fetch: int = 51,
    chosen: Filter = Filter(),
    standards: Iterable[Standard] = (),
) -> list[Waiting]:
    """Return open cases, those that fall due first in front, at most `fetch` of them, behind `after`.

    Where nothing is due, those come first that wait longest.
    """
    given = conditions(chosen)
    if chosen.node_role is not None:
        given[_STANDS] = workplaces(chosen.node_role, standards)
    where, values = asked(given, order=_ORDER, after=after)
    rows = await db.fetch(
        f"SELECT {names_of(CaseRow)}, due_at, due_kind, warns, reminders "
        "FROM routing.cases LEFT JOIN routing.dues USING (case_id) "
        f"WHERE phase IN ('in_work', 'resolved') AND {where} ORDER BY {_ORDER} LIMIT {int(fetch)}",
        *values,
    )
    return [Waiting(read(CaseRow, row), _due(row)) for row in rows]


def _due(row: Mapping[str, Any]) -> DueFirst:
    warns = msgspec.json.decode(row["warns"] or "[]")
    return DueFirst(row["due_at"], row["due_kind"] or None, warns, row["reminders"] or 0)


async def work_stamp(db: Database) -> tuple[int, int]:
    """Return something that differs when an open case, or which cases are open, has changed."""
    (row,) = await db.fetch(
        "SELECT count(*) AS n, coalesce(sum(hashtextextended(one::text, 0)), 0)::text AS stamp "
        "FROM (SELECT * FROM routing.cases LEFT JOIN routing.dues USING (case_id)) one WHERE phase IN ('in_work', 'resolved')"
    )
    return row["n"], int(row["stamp"])


def place(one: Waiting) -> After:
    """Return where a case stands in the list of open cases, which all wait since some instant."""
    return one.due.due_at or LAST, one.case.waiting_since_at or LAST, one.case.case_id


async def case(db: Database, case_id: str) -> CaseRow | None:
    """Return a case's row."""
    row = await db.fetchrow(f"SELECT {names_of(CaseRow)} FROM routing.cases WHERE case_id = $1", case_id)
    return None if row is None else read(CaseRow, row)


async def processes(db: Database, *, chosen: ProcessFilter = ProcessFilter()) -> list[ProcessRow]:
    """Return every version of every process standard, or those asked for."""
    where, values = asked(conditions(chosen))
    sql = f"SELECT {names_of(ProcessRow)} FROM routing.processes WHERE {where} ORDER BY process_id, version"
    return [read(ProcessRow, row) for row in await db.fetch(sql, *values)]


async def rosters(db: Database) -> list[RosterRow]:
    """Return the newest version of every team's roster."""
    sql = f"SELECT DISTINCT ON (team) {names_of(RosterRow)} FROM routing.rosters ORDER BY team, version DESC"
    return [read(RosterRow, row) for row in await db.fetch(sql)]


async def loads(db: Database, people: Sequence[str]) -> dict[str, int]:
    """Count the open visits of each of these people, in whatever team; who has none is not among them."""
    rows = await db.fetch(
        "SELECT visit_agent, count(*) AS n FROM routing.cases WHERE phase IN ('in_work', 'resolved') AND node <> '' "
        "AND visit_agent = ANY($1) GROUP BY 1",
        people,
    )
    return {row["visit_agent"]: row["n"] for row in rows}


async def in_hand(db: Database, team: str) -> dict[str, InHand]:
    """Return what each agent has of a team's open visits; under the empty name stands what waits."""
    rows = await db.fetch(
        "SELECT visit_agent, count(*) AS n, min(due_at) AS due_at FROM routing.cases LEFT JOIN routing.dues USING (case_id) "
        "WHERE phase IN ('in_work', 'resolved') AND node <> '' AND visit_team = $1 GROUP BY 1",
        team,
    )
    return {row["visit_agent"]: InHand(row["n"], row["due_at"]) for row in rows}


async def open_cases(db: Database) -> list[tuple[str, str, str, int]]:
    """Count cases that have not ended by process, phase and node."""
    rows = await db.fetch(
        "SELECT process_id, phase, node, count(*) AS n FROM routing.cases "
        "WHERE phase NOT IN ('closed', 'cancelled') GROUP BY 1, 2, 3"
    )
    return [(row["process_id"], row["phase"], row["node"], row["n"]) for row in rows]
