"""How many promises were kept: by weekday and hour at which they began, and by week at which they were decided."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from zoneinfo import ZoneInfo

from libs.events.store.asked import Database, asked
from services.analytics.domain.days import begin_of
from services.analytics.queries.filters import Filter, where_of


@dataclass(frozen=True, slots=True)
class Decided:
    """How many of those that were decided were kept."""

    kept: int
    decided: int


@dataclass(frozen=True, slots=True)
class Promise:
    """A promise of a process; the same word names another one in another process."""

    process_id: str
    kind: str
    clock: str


Starts = Mapping[tuple[int, int], Decided]
"""Weekday (0 is Monday) and hour of the desk → promises that began then and are decided."""

Weeks = Mapping[tuple[Promise, date], Decided]
"""Promise and Monday of the week in which it was decided → how many were kept."""


async def by_start(db: Database, chosen: Filter, kind: str | None, zone: ZoneInfo) -> Starts:
    """Return how many were kept, by when they began."""
    where, values = asked(
        {
            "k.started_at >=": chosen.since and begin_of(chosen.since, zone),
            "k.started_at <": chosen.until and begin_of(chosen.until, zone),
            "k.kind =": kind,
            "c.process_version =": chosen.version,
            "k.team =": chosen.team,
            "k.agent =": chosen.agent,
            "c.process_id =": chosen.process,
        },
        first=2,
    )
    of_cases = (chosen.process, chosen.version) != (None, None)
    cases = "join analytics.cases c on c.case_id = k.case_id " if of_cases else ""
    # Instants of one quarter of an hour are counted together, because making a local time of each takes three times as long.
    # No zone is off by less than a quarter.
    rows = await db.fetch(
        "select extract(isodow from quarter at time zone $1)::int - 1 as weekday,"
        "  extract(hour from quarter at time zone $1)::int as hour,"
        "  sum(kept)::bigint as kept, sum(decided)::bigint as decided from ("
        "  select date_bin('15 minutes', k.started_at, '2000-01-01Z') as quarter,"
        "    count(*) filter (where k.on_time) as kept, count(*) as decided"
        f"  from analytics.clocks k {cases}where k.on_time is not null and k.started_at is not null and {where} group by 1"
        ") q group by 1, 2",
        zone.key,
        *values,
    )
    return {(row["weekday"], row["hour"]): Decided(row["kept"], row["decided"]) for row in rows}


async def by_week(db: Database, chosen: Filter, kind: str | None) -> Weeks:
    """Return how many were kept, by week, as GET /timeliness sums them up."""
    where, values = where_of(replace(chosen, rule=None))
    rows = await db.fetch(
        "select process_id, kind, clock, date_trunc('week', day::timestamp)::date as week, sum(met)::bigint as kept,"
        f"  sum(decided)::bigint as decided from analytics.timeliness where {where} and ($%d::text is null or kind = $%d)"
        " group by 1, 2, 3, 4 having sum(decided) > 0" % ((len(values) + 1,) * 2),
        *values,
        kind,
    )
    return {
        (Promise(row["process_id"], row["kind"], row["clock"]), row["week"]): Decided(row["kept"], row["decided"]) for row in rows
    }
