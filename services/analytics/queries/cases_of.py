"""The cases behind a step, a node or a path of the map."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from libs.events.store.asked import Database
from services.analytics.domain.steps import END, HERE, START, path_word
from services.analytics.queries.steps import Which

CASES_MAX = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Took:
    """What the cases have in common: a step, a node or a whole path; without any of them nothing more than the days."""

    source: str | None = None
    target: str | None = None
    node: str | None = None
    path: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """A case as the list shows it."""

    case_id: str
    external_ref: str
    process_version: int
    received_at: datetime
    phase: str
    node: str
    outcome: str
    team: str
    agent: str


_VISITS = "analytics.node_visits v where v.case_id = c.case_id"
_LAST = f"(select v.node from {_VISITS} order by v.n desc limit 1)"
_FIRST = f"(select v.node from {_VISITS} order by v.n limit 1)"
_OVER = {END: "c.ended_at is not null", HERE: "c.ended_at is null"}


async def cases_of(db: Database, which: Which, took: Took, zone: ZoneInfo) -> list[Found]:
    """Return the newest of these cases, and one more than are shown if there are more."""
    where, values = which.where(zone)
    for condition, *given in _conditions(took):
        where += f" and {condition.format(*(f'${len(values) + n}' for n in range(1, len(given) + 1)))}"
        values += given
    columns = ", ".join(f"c.{name}" for name in Found.__dataclass_fields__)
    rows = await db.fetch(
        f"select {columns} from analytics.cases c where {where} order by c.received_at desc, c.case_id limit {CASES_MAX + 1}",
        *values,
    )
    return [Found(**dict(row)) for row in rows]


def _conditions(took: Took) -> Iterator[tuple[Any, ...]]:
    """Yield conditions on a case, each with the values of its places."""
    for node in (took.node, took.target if took.source is None else None, took.source if took.target is None else None):
        if node is not None:
            yield f"exists (select from {_VISITS} and v.node = {{}})", node
    if took.path:
        yield "c.path = {}", path_word(took.path)
    if took.source is not None and took.target is not None:
        yield from _step(took.source, took.target)


def _step(source: str, target: str) -> Iterator[tuple[Any, ...]]:
    if target in _OVER:
        yield (_OVER[target],)
    if source == START and target in _OVER:
        yield (f"not exists (select from {_VISITS})",)
    elif source == START:
        yield f"{_FIRST} = {{}}", target
    elif target in _OVER:
        yield f"{_LAST} = {{}}", source
    else:
        follows = "select from analytics.node_visits w where w.case_id = v.case_id and w.n = v.n + 1 and w.node = {}"
        yield f"exists (select from {_VISITS} and v.node = {{}} and exists ({follows}))", source, target
