"""How figures went lately, day by day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from libs.events.store.asked import Database
from services.analytics.queries.filters import named


@dataclass(frozen=True, slots=True)
class Recent:
    """A figure over some days: numerator and denominator of each, none where nothing was counted."""

    name: str
    days: Sequence[tuple[int, int]]

    @property
    def num(self) -> int:
        return sum(num for num, _ in self.days)

    @property
    def den(self) -> int:
        return sum(den for _, den in self.days)


async def recent(db: Database, figures: Sequence[str], first: date, last: date) -> list[Recent]:
    """Return these rates for each day from the first to the last."""
    rows = await db.fetch(
        "select figure, day, sum(num)::bigint as num, sum(den)::bigint as den from analytics.figures "
        f"where {named(*figures)} and day between $1 and $2 group by 1, 2",
        first,
        last,
    )
    known = {(row["figure"], row["day"]): (row["num"], row["den"]) for row in rows}
    days = [first + timedelta(n) for n in range((last - first).days + 1)]
    return [Recent(name, [known.get((name, day), (0, 0)) for day in days]) for name in figures]
