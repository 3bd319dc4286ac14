"""What a reckoning comes to: sums over its rows, and how two reckonings differ. Rows already say what became of each promise."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

import msgspec

from libs.events.store.asked import Database
from services.sla.domain.reckoning import Verdict
from services.sla.reckonings.queries import RowAfter
from services.sla.reckonings.tables import SCHEMA

_ROWS = f"{SCHEMA}.reckoned"


class By(StrEnum):
    """What sums are made by. A month is that of the registration, in the desk's zone."""

    PROCESS = "process"
    GRADE = "grade"
    TEAM = "team"
    MONTH = "month"


_PARTS = {By.PROCESS: "process_id", By.GRADE: "grade", By.TEAM: "team"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """How many promises are kept and broken as contracted (before) and as asked for (after), and how many cases flip.

    A case flips when one of its promises is broken in one of the two and not in the other.
    """

    cases: int = 0
    promises: int = 0
    kept_before: int = 0
    kept_after: int = 0
    broken_before: int = 0
    broken_after: int = 0
    differ: int = 0
    flips: int = 0
    cases_that_flip: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Part(Sums):
    """The sums of one process, grade, team or month; empty where there is none."""

    part: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Apart:
    """A promise that two reckonings judge differently. A verdict is empty where there is no such promise."""

    case_id: str
    clock: str
    occurrence: int
    one_verdict: Verdict
    one_status: str
    other_verdict: Verdict
    other_status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """How many promises one reckoning judges so and the other so."""

    one_verdict: Verdict
    other_verdict: Verdict
    promises: int


_SUMS = """count(distinct case_id) as cases, count(*) as promises,
  count(*) filter (where contracted_verdict = 'kept') as kept_before,
  count(*) filter (where asked_verdict = 'kept') as kept_after,
  count(*) filter (where contracted_verdict = 'broken') as broken_before,
  count(*) filter (where asked_verdict = 'broken') as broken_after,
  count(*) filter (where difference <> 'none') as differ, count(*) filter (where flips) as flips,
  count(distinct case_id) filter (where flips) as cases_that_flip"""


async def total(db: Database, id: UUID) -> Sums:
    """Return what a reckoning comes to as a whole."""
    [row] = await db.fetch(f"select {_SUMS} from {_ROWS} where reckoning_id = $1", id)
    return Sums(**row)


async def parts(db: Database, id: UUID, by: By, zone: str) -> list[Part]:
    """Return what it comes to for each part, in the order of their names."""
    of = _PARTS.get(by, "to_char(registered_at at time zone $2, 'YYYY-MM')")
    sql = f"select {of} as part, {_SUMS} from {_ROWS} where reckoning_id = $1 and $2 <> '' group by 1 order by 1"
    return [Part(**row) for row in await db.fetch(sql, id, zone)]


_BOTH = f"""(select * from {_ROWS} where reckoning_id = $1) a
  full join (select * from {_ROWS} where reckoning_id = $2) b using (case_id, clock, occurrence)"""
_VERDICTS = "coalesce(a.asked_verdict, '') as one_verdict, coalesce(b.asked_verdict, '') as other_verdict"


async def apart(db: Database, one: UUID, other: UUID, *, after: RowAfter | None = None, fetch: int = 51) -> list[Apart]:
    """Return the promises that two reckonings judge differently, case by case, at most `fetch` of them, behind `after`."""
    behind = "(case_id, clock, occurrence) > ($3, $4, $5) and" if after else ""
    sql = (
        f"select case_id, clock, occurrence, {_VERDICTS}, coalesce(a.asked_status, '') as one_status, "
        f"coalesce(b.asked_status, '') as other_status from {_BOTH} "
        f"where {behind} coalesce(a.asked_verdict, '') <> coalesce(b.asked_verdict, '') order by 1, 2, 3 limit {int(fetch)}"
    )
    return [msgspec.convert(dict(row), Apart) for row in await db.fetch(sql, one, other, *(after or ()))]


async def together(db: Database, one: UUID, other: UUID) -> list[Together]:
    """Count the promises by what the two reckonings make of them."""
    sql = f"select {_VERDICTS}, count(*) as promises from {_BOTH} group by 1, 2 order by 1, 2"
    return [msgspec.convert(dict(row), Together) for row in await db.fetch(sql, one, other)]
