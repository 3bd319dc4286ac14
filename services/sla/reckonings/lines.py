"""How reckonings and what they found are shown."""

from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from pydantic import create_model

from libs.events.words.refusal import Refused
from libs.service.running import RunningService
from libs.web.filters import Ref, Word, by
from libs.web.shapes import Paged, Shape
from services.sla.domain.changed_terms import Asked
from services.sla.reckonings import queries
from services.sla.reckonings.sums import Apart, Sums, Together
from services.sla.reckonings.tables import ReckonedRow, ReckoningRow

_SECOND_US = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How quickly it goes, and in how many seconds of work it is done; null where that is not known."""

    cases_per_second: float | None = None
    remaining_seconds: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was asked for, and what it has come to so far."""

    asked: Asked
    summary: Sums


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """How many cases are in a scope, and how many promises they have now."""

    cases: int
    promises: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RowFilter:
    """The filters of what a reckoning found; None takes all."""

    process: Word | None = by("process_id =")
    grade: Word | None = by()
    clock: Word | None = by()
    case_id: Ref | None = by()
    flips: bool | None = by(says="Whether they are broken in one of the two and not in the other.")


_SHOWN = tuple(one.name for one in ReckoningRow.__table__.stored if one.name not in ("asked", "reached", "busy_us"))

LINE = Shape(ReckoningRow, "ReckoningLine", "A reckoning: how far it is, and how quickly it goes.", only=_SHOWN, beside=Progress)

SHEET = create_model("ReckoningSheet", __base__=LINE.model, __doc__=Found.__doc__, asked=(Asked, ...), summary=(Sums, ...))

ROW = Shape(
    ReckonedRow,
    "ReckonedLine",
    "A promise as it is contracted and as it was asked for.",
    only=tuple(one.name for one in ReckonedRow.__table__.stored if one.name != "reckoning_id"),
)


class Comparison(Paged[Apart]):
    """The promises that two reckonings judge differently, and how many promises there are of each pair of verdicts."""

    counts: list[Together]


def line(row: ReckoningRow) -> dict[str, Any]:
    """Return a reckoning as the list shows it."""
    return LINE(row, progress(row))


def sheet(row: ReckoningRow, summary: Sums) -> dict[str, Any]:
    """Return a reckoning with what was asked for and what it has come to."""
    return {**line(row), "asked": row.asked, "summary": asdict(summary)}


def progress(row: ReckoningRow) -> Progress:
    """Return how quickly a reckoning goes."""
    if not row.busy_us or row.cases is None:
        return Progress()
    rate = row.cases_done * _SECOND_US / row.busy_us
    left = max(0, row.cases - row.cases_done) if row.state in queries.UNFINISHED else 0
    remaining = round(left / rate, 1) if rate else None
    return Progress(cases_per_second=round(rate, 1), remaining_seconds=remaining)


async def known_reckoning(running: RunningService, id: str) -> ReckoningRow:
    """Return a reckoning; refuse one that is not here."""
    try:
        found = await queries.reckoning(running.pool, UUID(id))
    except ValueError:
        found = None
    if found is None:
        raise Refused("unknown-reckoning", f"There is no reckoning {id}, or it was deleted. GET /reckonings lists them.", 404)
    return found
