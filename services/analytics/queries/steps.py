"""Which steps the cases of a process took from node to node, how long the work before each took, and by which paths they went."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg

from libs.events.store.asked import Database, asked

START, END, HERE = ":start", ":end", ":here"
"""Where a case comes from, where one goes that is over, and where one goes that stands at its node. No node has such an id."""

PATHS_MAX = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Which:
    """The cases of a process that were received in these days of the desk; without a version those of all."""

    process: str
    since: date
    until: date
    version: int | None = None

    def where(self, zone: ZoneInfo, first: int = 1) -> tuple[str, list[Any]]:
        """Return the condition on the cases `c` and its values."""
        return asked(
            {
                "c.process_id =": self.process,
                "c.received_at >=": _begin(self.since, zone),
                "c.received_at <": _begin(self.until, zone),
                "c.process_version =": self.version,
            },
            first=first,
        )


@dataclass(frozen=True, slots=True)
class Step:
    """A step from a node to the next one. `median_us`: from entering the first to completing it, of those `timed`.

    It is the time of the node's own clock where it has one (`by_clock` of them), else elapsed. `late` of those `decided`.
    """

    source: str
    target: str
    count: int
    timed: int = 0
    by_clock: int = 0
    median_us: int | None = None
    late: int = 0
    decided: int = 0


@dataclass(frozen=True, slots=True)
class Path:
    """The nodes that cases went through, in order, and how many went so."""

    nodes: tuple[str, ...]
    cases: int


@dataclass(frozen=True, slots=True)
class Walked:
    """What the cases of a process did. `paths` are the commonest, out of so many in all."""

    cases: int
    over: int
    steps: Sequence[Step]
    paths: Sequence[Path]
    paths_in_all: int


# Text is compared byte by byte, because its order does not matter here and sorting by a language takes twice as long.
_STEPS = f"""
with visits as materialized (
  select c.case_id, c.ended_at is not null as is_over, v.node, v.occurrence, v.entered_at, v.completed_at,
    lead(v.node) over w as next, row_number() over w = 1 as is_first
  from analytics.cases c left join analytics.node_visits v on v.case_id = c.case_id
  where {{where}}
  window w as (partition by c.case_id collate "C" order by v.n)
),
timed as (
  select v.node, coalesce(v.next, case when v.is_over then '{END}' else '{HERE}' end) as target, k.on_time, k.used_us,
    coalesce(k.used_us::float8, extract(epoch from v.completed_at - v.entered_at)::float8 * 1e6) as took
  from visits v
  left join analytics.clocks k on k.case_id = v.case_id and k.clock = 'node:' || v.node and k.occurrence = v.occurrence
  where v.node is not null
)
select node as source, target, count(*) as count, count(took) as timed, count(used_us) as by_clock,
  round(percentile_cont(0.5) within group (order by took))::bigint as median_us,
  count(*) filter (where not on_time) as late, count(on_time) as decided
from timed group by 1, 2
union all
select '{START}', coalesce(node, case when is_over then '{END}' else '{HERE}' end), count(*), 0, 0, null, 0, 0
from visits where is_first group by 1, 2
order by 3 desc, 1, 2"""

_PATHS = """
select path, count(*) as cases, count(*) over () as paths from (
  select array_agg(v.node order by v.n) as path
  from analytics.cases c join analytics.node_visits v on v.case_id = c.case_id
  where {where} group by c.case_id collate "C"
) p group by path order by 2 desc, 1 limit {most}"""

_CASES = "select count(*) as cases, count(c.ended_at) as over from analytics.cases c where {where}"


async def walked(pool: "asyncpg.Pool[Any]", which: Which, zone: ZoneInfo) -> Walked:
    """Return the steps and the commonest paths of these cases."""
    where, values = which.where(zone)
    async with pool.acquire() as db, db.transaction(readonly=True, isolation="repeatable_read"):
        await db.execute("set local work_mem = '64MB'")  # a year of visits is sorted in memory
        (cases,) = await db.fetch(_CASES.format(where=where), *values)
        steps = [Step(**dict(row)) for row in await db.fetch(_STEPS.format(where=where), *values)]
        paths = await db.fetch(_PATHS.format(where=where, most=PATHS_MAX), *values)
    return Walked(
        cases["cases"],
        cases["over"],
        steps,
        [Path(tuple(row["path"]), row["cases"]) for row in paths],
        paths[0]["paths"] if paths else 0,
    )


@dataclass(frozen=True, slots=True)
class StandardNode:
    """A node of a version of a process standard, in its order."""

    node: str
    name: str
    version: int


async def nodes_of(db: Database, process: str, lang: str) -> list[StandardNode]:
    """Return the nodes of all published versions, the latest version first."""
    column = "zh" if lang == "zh" else "en"
    rows = await db.fetch(
        f"select node, name_{column} as name, process_version as version from analytics.process_nodes where process_id = $1 "
        "order by process_version desc, n",
        process,
    )
    return [StandardNode(**dict(row)) for row in rows]


async def versions_of(db: Database, process: str) -> list[int]:
    """Return the versions under which cases came, or that are published."""
    rows = await db.fetch(
        "select process_version as version from analytics.workload where process_id = $1 and registered > 0 union "
        "select process_version from analytics.process_nodes where process_id = $1 order by 1",
        process,
    )
    return [row["version"] for row in rows]


def _begin(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)


def days(since: date | None, until: date | None, today: date, usual: int, most: int) -> tuple[date, date, bool]:
    """Return the first day and the first one left out, at most so many days, and whether that leaves any out."""
    end = until or today + timedelta(1)
    first = since or end - timedelta(usual)
    return max(first, end - timedelta(most)), end, first < end - timedelta(most)
