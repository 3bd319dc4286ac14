"""The rollups, summed as asked: by day, and in total."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from typing_extensions import TypedDict

from services.analytics.queries.filters import Database, Figures, Filter, rate_of, where_of


class Rollup(TypedDict):
    """A rollup as it is answered: its rows by day, and their totals."""

    rows: list[Figures]
    totals: list[Figures]


async def fcr(db: Database, chosen: Filter) -> Rollup:
    """Return first contact resolution by day and rule; `final_at` says when the last day in it is final."""
    answer = await _rollup(db, "first_contact_resolution", ("rule",), ("num", "den"), chosen)
    return _with_rates(answer, rate=("num", "den"))


async def satisfaction(db: Database, chosen: Filter) -> Rollup:
    """Return satisfaction by day."""
    answer = await _rollup(db, "satisfaction", (), ("answers", "satisfied", "score_sum"), chosen)
    return _with_rates(answer, rate=("satisfied", "answers"), mean_score=("score_sum", "answers"))


async def answers(db: Database) -> list[tuple[str, str, int]]:
    """Count the last 30 days' answers by process: all of them, and those that say satisfied."""
    rows = await db.fetch(
        "select process_id, sum(answers) as given, sum(satisfied) as satisfied from analytics.satisfaction "
        "where day > current_date - 30 group by 1"
    )
    return [(row["process_id"], what, int(row[what])) for row in rows for what in ("given", "satisfied")]


async def timeliness(db: Database, chosen: Filter) -> Rollup:
    """Return promises kept and broken by day and clock."""
    sums = ("met", "breached", "ended_late", "decided", "ended", "used_us")
    answer = await _rollup(db, "timeliness", ("kind", "clock"), sums, chosen)
    return _with_rates(answer, rate=("met", "decided"), rate_of_ended=("met", "ended"))


async def workload(db: Database, chosen: Filter) -> Rollup:
    """Return what was done by day, team and agent."""
    sums = ("registered", "assigned", "resolved", "closed", "reopened", "contacts")
    return await _rollup(db, "workload", ("team", "agent"), sums, chosen)


async def node_durations(db: Database, chosen: Filter) -> Rollup:
    """Return waiting and working time by day and node."""
    answer = await _rollup(db, "node_durations", ("node",), ("visits", "waits", "touches", "wait_us", "touch_us"), chosen)
    return _with_rates(answer, mean_wait_us=("wait_us", "waits"), mean_touch_us=("touch_us", "touches"))


async def _rollup(db: Database, view: str, by: Sequence[str], sums: Sequence[str], chosen: Filter) -> Rollup:
    """Return the sums of a rollup by day and `by`, and their totals by `by`."""
    where, values = where_of(chosen, "day")
    if chosen.rule is not None and "rule" in by:
        where, values = f"{where} and rule = ${len(values) + 1}", [*values, chosen.rule]
    groups = ", ".join(("day", *by))
    what = ", ".join(f"sum({name})::bigint as {name}" for name in sums)
    found = await db.fetch(
        f"select {groups}, {what} from analytics.{view} where {where} group by {groups} order by {groups}", *values
    )
    rows = [dict(row) for row in found]
    return {"rows": rows, "totals": _totals(rows, by, sums)}


def _totals(rows: Iterable[Mapping[str, Any]], by: Sequence[str], sums: Sequence[str]) -> list[Figures]:
    totals: dict[tuple[Any, ...], Figures] = {}
    for row in rows:
        key = tuple([row[name] for name in by])
        if (total := totals.get(key)) is None:
            totals[key] = {name: row[name] for name in (*by, *sums)}
        else:
            for name in sums:
                total[name] += row[name]
    return [totals[key] for key in sorted(totals)]


def _with_rates(answer: Rollup, **rates: tuple[str, str]) -> Rollup:
    for row in (*answer["rows"], *answer["totals"]):
        for name, (num, den) in rates.items():
            row[name] = rate_of(row[num], row[den])
    return answer
