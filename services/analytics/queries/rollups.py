"""The rollups, summed as asked: by day, and in total."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pydantic import BaseModel, create_model
from typing_extensions import TypedDict

from libs.events.store.asked import Database
from services.analytics.queries.filters import Figures, Filter, where_of


class Rollup(TypedDict):
    """A rollup as it is answered: its rows by day, and their totals. `api.py` says beside them the zone of the days."""

    rows: list[Figures]
    totals: list[Figures]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rolled:
    """A rollup: the view it reads, the columns it groups by, the columns it sums, and the rates it makes of these sums."""

    name: str
    view: str
    by: tuple[str, ...]
    sums: tuple[str, ...]
    rates: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    async def __call__(self, db: Database, chosen: Filter) -> Rollup:
        """Return the sums by day and `by`, and their totals by `by`, each with its rates."""
        where, values = where_of(chosen)
        names = ("day", *self.by, *self.sums, "zone", *self.rates)
        found = [dict(zip(names, row, strict=True)) for row in await db.fetch(self._statement(where), *values)]
        of_totals = (*self.by, *self.sums, *self.rates)
        totals = [{name: row[name] for name in of_totals} for row in found if row["day"] is None]
        return {
            "rows": [row for row in found if row["day"] is not None],
            "totals": sorted(totals, key=lambda total: [total[name] for name in self.by]),
        }

    def _statement(self, where: str) -> str:
        """Return the question. The totals are summed from the days, because there are many more rows than days."""
        by = "".join(f", {name}" for name in self.by)
        sums = ", ".join((*(f"sum({name})::bigint as {name}" for name in self.sums), "min(zone) as zone"))
        rates = (f", round({num}::numeric / nullif({den}, 0), 6)::float8 as {name}" for name, (num, den) in self.rates.items())
        return (
            f"with days as (select day{by}, {sums} from analytics.{self.view} where {where} group by day{by}) "
            f"select *{''.join(rates)} from (select * from days union all select null{by}, {sums} from days "
            f"{f'group by {by[2:]}' if by else ''} having count(*) > 0) f order by day{by}"
        )

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
