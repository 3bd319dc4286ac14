"""Corrections and risks as they are listed: those that came first in front."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeVar

from libs.events.store.asked import Database, asked, names_of, read
from libs.events.words.row import TableRow
from libs.web.filters import Word, by, conditions
from libs.web.text import Instant
from services.analytics.domain import corrections, risks
from services.analytics.tables.subjects import CorrectionRow, RiskRow

R = TypeVar("R", bound=TableRow)

After = tuple[datetime, str]
"""The sort key of both lists: when it was opened or registered, and its id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionFilter:
    """The filters of the list of corrections; None takes all."""

    state: corrections.State | None = by()
    owner: Word | None = by()
    figure: Word | None = by(says="The figure that showed it.")
    process: Word | None = by("process_id =")
    since: Instant | None = by("opened_at >=", "Opened at this instant or later.")
    until: Instant | None = by("opened_at <", "Opened before this instant.")


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskFilter:
    """The filters of the list of risks; None takes all."""

    state: risks.State | None = by()
    owner: Word | None = by()
    kind: Word | None = by()
    level: Literal["high", "medium", "low"] | None = by()
    since: Instant | None = by("registered_at >=", "Registered at this instant or later.")
    until: Instant | None = by("registered_at <", "Registered before this instant.")


async def corrections_of(
    db: Database, *, after: After | None = None, fetch: int = 51, chosen: CorrectionFilter = CorrectionFilter()
) -> list[CorrectionRow]:
    """Return corrections in the order they were opened, at most `fetch` of them, behind `after`."""
    return await _rows(db, CorrectionRow, conditions(chosen), "opened_at, correction_id", after, fetch)


async def risks_of(
    db: Database, *, after: After | None = None, fetch: int = 51, chosen: RiskFilter = RiskFilter()
) -> list[RiskRow]:
    """Return risks in the order they were registered, at most `fetch` of them, behind `after`."""
    return await _rows(db, RiskRow, conditions(chosen), "registered_at, risk_id", after, fetch)


async def correction(db: Database, correction_id: str) -> CorrectionRow | None:
    """Return a correction, or nothing."""
    found = await _rows(db, CorrectionRow, {"correction_id =": correction_id}, "correction_id", None, 1)
    return found[0] if found else None


async def risk(db: Database, risk_id: str) -> RiskRow | None:
    """Return a risk, or nothing."""
    found = await _rows(db, RiskRow, {"risk_id =": risk_id}, "risk_id", None, 1)
    return found[0] if found else None


def correction_place(row: CorrectionRow) -> After:
    """Return where a correction stands in the list."""
    return row.opened_at, row.correction_id


def risk_place(row: RiskRow) -> After:
    """Return where a risk stands in the list."""
    return row.registered_at, row.risk_id


async def _rows(db: Database, row: type[R], chosen: Mapping[str, Any], order: str, after: After | None, fetch: int) -> list[R]:
    where, values = asked(chosen, order=order, after=after)
    sql = f"select {names_of(row)} from analytics.{row.__table__.name} where {where} order by {order} limit {int(fetch)}"
    return [read(row, one) for one in await db.fetch(sql, *values)]
