"""The rollups, summed as asked: by day, and in total."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pydantic import BaseModel, create_model
from typing_extensions import TypedDict

from libs.events.store.asked import Database
from services.analytics.queries.filters import Figures, Filter, rate_of, where_of


class Rollup(TypedDict):
    """A rollup as it is answered: its rows by day, and their totals. `api.py` says beside them the zone of the days."""

    rows: list[Figures]
    totals: list[Figures]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rolled:
    """A rollup: the view it reads, what it counts by, what it sums, and which of these sums it divides by which."""

    name: str
    view: str
    by: tuple[str, ...]
    sums: tuple[str, ...]
    rates: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    async def __call__(self, db: Database, chosen: Filter) -> Rollup:
        """Return the sums by day and `by`, and their totals by `by`, each with its rates."""
        where, values = where_of(chosen)
        groups = ", ".join(("day", *self.by))
        what = ", ".join((*(f"sum({name})::bigint as {name}" for name in self.sums), "min(zone) as zone"))
        found = await db.fetch(
            f"select {groups}, {what} from analytics.{self.view} where {where} group by {groups} order by {groups}",
            *values,
        )
        rows = [dict(row) for row in found]
        totals = _totals(rows, self.by, self.sums)
        for row in (*rows, *totals):
            row |= {name: rate_of(row[num], row[den]) for name, (num, den) in self.rates.items()}
        return {"rows": rows, "totals": totals}

    def shape(self) -> type[BaseModel]:
        """Return what it answers, for /openapi.json."""
        figures: dict[str, Any] = dict.fromkeys(self.by, (str, ...)) | dict.fromkeys(self.sums, (int, ...))
        figures |= dict.fromkeys(self.rates, (float | None, ...))
        title = self.name.title().replace("_", "")
        total = create_model(f"{title}Total", **figures)
        row = create_model(f"{title}Day", day=(date, ...), **figures, zone=(str, ...))  # a table of the rows says it, too
        return create_model(title, zone=(str, ...), rows=(list[row], ...), totals=(list[total], ...))


fcr = Rolled(name="fcr", view="first_contact_resolution", by=("rule",), sums=("num", "den"), rates={"rate": ("num", "den")})
satisfaction = Rolled(
    name="satisfaction",
    view="satisfaction",
    by=(),
    sums=("answers", "satisfied", "score_sum", "answers_apart"),
    rates={"rate": ("satisfied", "answers"), "mean_score": ("score_sum", "answers")},
)
timeliness = Rolled(
    name="timeliness",
    view="timeliness",
    by=("process_id", "kind", "clock"),  # the same word names another promise in another process
    sums=("met", "breached", "ended_late", "decided", "ended", "used_us"),
    rates={"rate": ("met", "decided"), "rate_of_ended": ("met", "ended")},
)
workload = Rolled(
    name="workload",
    view="workload",
    by=("team", "agent"),
    sums=("registered", "assigned", "resolved", "closed", "reopened", "contacts"),
)
node_durations = Rolled(
    name="node_durations",
    view="node_durations",
    by=("process_id", "node"),
    sums=("visits", "waits", "touches", "wait_us", "touch_us", "worked", "work_elapsed_us"),  # touch…: deprecated
    rates={
        "mean_wait_us": ("wait_us", "waits"),
        "mean_touch_us": ("touch_us", "touches"),
        "mean_work_elapsed_us": ("work_elapsed_us", "worked"),
    },
)
outcomes = Rolled(name="outcomes", view="outcomes", by=("outcome",), sums=("cases",))


def _totals(rows: Iterable[Mapping[str, Any]], by: Iterable[str], sums: Iterable[str]) -> list[Figures]:
    totals: dict[tuple[Any, ...], Figures] = {}
    for row in rows:
        key = tuple([row[name] for name in by])
        if (total := totals.get(key)) is None:
            totals[key] = {name: row[name] for name in (*by, *sums)}
        else:
            for name in sums:
                total[name] += row[name]
    return [totals[key] for key in sorted(totals)]
