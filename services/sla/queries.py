"""sla's answers: the clocks of one case or of all, the breaches, and the explanation of a clock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

import msgspec

from libs.events.catalogue.mark import Warned
from libs.events.catalogue.promise import AT_RISK_SHARE, CalendarRef
from libs.events.store.asked import Database, asked, names_of, read
from libs.events.store.port import Store
from libs.events.words.now import LAST
from libs.events.words.row import changed
from libs.web.filters import Ref, Word, by, conditions
from libs.web.text import Instant
from services.sla.domain.case import SlaCase
from services.sla.domain.quality import TOPICS
from services.sla.domain.terms import cure
from services.sla.domain.told import Status
from services.sla.tables import DUE, ClockRow

After = tuple[datetime, str, str, int]
"""The sort key of the lists: when it broke or is due, the case, the clock and its occurrence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """How many promises wait for a calendar, when the oldest of them began, and what to do.

    `promises` of `cases` still run. `ended` are over: whether they were kept is known when the calendar is published.
    """

    calendar: str
    version: int
    promises: int
    cases: int
    since: datetime
    waits_because: str
    ended: int


def _row(record: Mapping[str, Any], lang: str = "en") -> ClockRow:
    return worded(read(ClockRow, record), lang)


def worded(row: ClockRow, lang: str = "en") -> ClockRow:
    """Return a clock; one that waits says what to publish."""
    return changed(row, waits_because=cure(row.waits_because, CalendarRef(id=row.waits_for, version=row.waits_version), lang))


async def clocks(db: Database, case_id: str, lang: str = "en") -> list[ClockRow]:
    """Return the clocks of a case, in the order they started."""
    rows = await db.fetch(
        f"select {names_of(ClockRow)} from sla.clocks where case_id = $1 order by started_at, clock, occurrence", case_id
    )
    return [_row(row, lang) for row in rows]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Filters of promises; None takes all."""

    process: Word | None = by("process_id =")
    case_id: Ref | None = by()
    clock: Word | None = by()
    kind: Word | None = by()
    node: Word | None = by()
    grade: Word | None = by()
    rule: Word | None = by(says="The rule of a policy that decided about the promise.")


@dataclass(frozen=True, slots=True, kw_only=True)
class DueFilter(Filter):
    """Filters of promises, also by their status."""

    status: Status | None = by()
    due_from: Instant | None = by("due_at >=", "Due at this instant or later.")
    due_before: Instant | None = by("due_at <", "Due before this instant.")
    paused_by: Word | None = by(says="Paused by this exception.")
    team: Word | None = by(says="The team that has its node, or else the case; of one that broke, the team that had it then.")
    warned: Warned | None = by("warns ?", "Has warned that it will break soon, and this is whom the standard wants warned.")


@dataclass(frozen=True, slots=True, kw_only=True)
class BreachFilter(Filter):
    """Filters of broken promises, also by the instant of the breach."""

    team: Word | None = by()
    agent: Word | None = by()
    # No table knows roles: `breaches` asks for the nodes that have this one.
    role: Word | None = by("node of role", "Whose work the node is, as the process standard has it.")
    since: Instant | None = by("breached_at >=", "Broke at this instant or later.")
    until: Instant | None = by("breached_at <", "Broke before this instant.")


_BY_DUE = f"{DUE}, case_id, clock, occurrence"
_BY_BREACH = "breached_at, case_id, clock, occurrence"


async def due(
    db: Database, *, after: After | None = None, fetch: int = 51, chosen: DueFilter = DueFilter(), lang: str = "en"
) -> list[ClockRow]:
    """Return promises in the order they are due, at most `fetch` of them, behind `after`; those that wait come last."""
    where, values = asked(conditions(chosen), order=_BY_DUE, after=after)
    return await _listed(db, _BY_DUE, where, values, fetch, lang)


_AT_NODE = "array[concat_ws('/', process_id, process_version, node)] <@"


async def breaches(
    db: Database,
    *,
    after: After | None = None,
    fetch: int = 51,
    chosen: BreachFilter = BreachFilter(),
    nodes: Sequence[str] | None = None,
    lang: str = "en",
) -> list[ClockRow]:
    """Return broken promises in the order they broke, at most `fetch` of them, behind `after`.

    The role of the filter is that of the `nodes`, which standards know: `process/version/node`.
    """
    narrowed = {**conditions(replace(chosen, role=None)), _AT_NODE: nodes}
    where, values = asked(narrowed, order=_BY_BREACH, after=after)
    return await _listed(db, _BY_BREACH, f"breached_at is not null and {where}", values, fetch, lang)


def place(at: datetime | None, row: ClockRow) -> After:
    """Return where a promise stands in a list by that instant; without one it comes last."""
    return at or LAST, row.case_id, row.clock, row.occurrence


async def _listed(db: Database, order: str, where: str, values: Sequence[Any], fetch: int, lang: str) -> list[ClockRow]:
    sql = f"select {names_of(ClockRow)} from sla.clocks where {where} order by {order} limit {int(fetch)}"
    return [_row(row, lang) for row in await db.fetch(sql, *values)]


# At the instant $1 less than the share $2 is left of the time from a promise's start to its due instant.
_STAND = (
    "case when status = 'running' and $1 > due_at - (due_at - started_at) * $2::float8 then 'at_risk' else status end as stand"
)
OPEN = "status in ('running', 'paused', 'waiting', 'breached') and ended_at is null"


class Stand(StrEnum):
    """How an unfinished promise stands, the most urgent first."""

    BREACHED = "breached"
    AT_RISK = "at_risk"
    RUNNING = "running"
    PAUSED = "paused"
    WAITING = "waiting"


class Standing(NamedTuple):
    """How many unfinished promises are alike."""

    process_id: str
    kind: str
    node: str
    grade: str
    stand: Stand
    number: int


async def open_clocks(db: Database, at: datetime) -> list[tuple[str, str, str, str, int]]:
    """Count unfinished clocks by process, kind, how they stand, and pause reason."""
    rows = await db.fetch(
        f"select process_id, kind, {_STAND}, paused_by, count(*) as n from sla.clocks where {OPEN} group by 1, 2, 3, 4",
        at,
        AT_RISK_SHARE,
    )
    return [(row["process_id"], row["kind"], row["stand"], row["paused_by"], row["n"]) for row in rows]


async def standing(db: Database, at: datetime, chosen: DueFilter = DueFilter()) -> list[Standing]:
    """Count unfinished promises by everything that the page shows them by."""
    where, values = asked(conditions(chosen), first=3)
    rows = await db.fetch(
        f"select process_id, kind, node, grade, {_STAND}, count(*) as n from sla.clocks where {OPEN} and {where} "
        "group by 1, 2, 3, 4, 5 order by 1, 2, 3, 4, 5",
        at,
        AT_RISK_SHARE,
        *values,
    )
    return [Standing(row["process_id"], row["kind"], row["node"], row["grade"], Stand(row["stand"]), row["n"]) for row in rows]


async def unfinished(
    db: Database,
    at: datetime,
    *,
    stand: Stand | None = None,
    after: After | None = None,
    fetch: int = 51,
    chosen: DueFilter = DueFilter(),
    lang: str = "en",
) -> list[tuple[ClockRow, Stand]]:
    """Return unfinished promises in the order they are due, as `due` does, with how each stands."""
    where, values = asked(conditions(chosen), first=3)
    behind, more = asked({"stand =": stand}, order=_BY_DUE, after=after, first=3 + len(values))
    # The few that are unfinished are found by their status first: in the order they are due they stand behind all others.
    rows = await db.fetch(
        f"with unfinished as materialized (select *, {_STAND} from sla.clocks where {OPEN} and {where}) "
        f"select {names_of(ClockRow)}, stand from unfinished where {behind} order by {_BY_DUE} limit {int(fetch)}",
        at,
        AT_RISK_SHARE,
        *values,
        *more,
    )
    return [(_row(row, lang), Stand(row["stand"])) for row in rows]


async def waiting(db: Database, lang: str = "en") -> list[Waiting]:
    """Return how many promises wait for each calendar, and why."""
    rows = await db.fetch(
        "select waits_for, waits_version, waits_because, count(*) filter (where ended_at is null) as n, "
        "count(distinct case_id) filter (where ended_at is null) as cases, min(started_at) as since, "
        "count(ended_at) as ended from sla.clocks where waits_because <> '' group by 1, 2, 3 order by 1, 2, 3"
    )
    return [
        Waiting(
            calendar=row["waits_for"],
            version=row["waits_version"],
            promises=row["n"],
            cases=row["cases"],
            since=row["since"],
            waits_because=cure(row["waits_because"], CalendarRef(id=row["waits_for"], version=row["waits_version"]), lang),
            ended=row["ended"],
        )
        for row in rows
    ]


async def promises_waiting(db: Database) -> list[tuple[str, int]]:
    """Count the unfinished promises that wait for each calendar."""
    rows = await db.fetch("select waits_for, count(*) from sla.clocks where waits_because <> '' and ended_at is null group by 1")
    return [(row[0], row[1]) for row in rows]


async def kept(store: Store, id: str) -> SlaCase | None:
    """Return what sla remembers of a case, a correction or a risk; their ids are never the same."""
    for topic in TOPICS:
        if (found := await store.state((topic, id))) is not None:
            return msgspec.json.decode(found.state, type=SlaCase)
    return None
