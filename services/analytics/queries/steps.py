"""Which steps the cases of a process took from node to node, how long the work before each took, and by which paths they went."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg

from libs.events.store.asked import Database, asked
from services.analytics.domain.steps import END, START, path_word

PATHS_MAX = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Which:
    """The cases of a process that were received in these days of the desk; without a version those of all."""

    process: str
    since: date
    until: date
    version: int | None = None

    def where(self, zone: ZoneInfo, of: str = "c", first: int = 1) -> tuple[str, list[Any]]:
        """Return the condition on the cases `c`, or on rows of another name that say as much, and its values."""
        return asked(
            {
                f"{of}.process_id =": self.process,
                f"{of}.received_at >=": _begin(self.since, zone),
                f"{of}.received_at <": _begin(self.until, zone),
                f"{of}.process_version =": self.version,
            },
            first=first,
        )

    def days(self) -> tuple[str, list[Any]]:
        """Return the condition on sums by the day on which cases were registered, and its values."""
        return asked({"process_id =": self.process, "day >=": self.since, "day <": self.until, "process_version =": self.version})


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


# The sums say how many steps of a kind took how long is known of, so that the median is the one behind half of them in the index.
_STEPS = """
with sums as (
  select source, target, sum(steps)::bigint as count, sum(timed)::bigint as timed, sum(by_clock)::bigint as by_clock,
    sum(late)::bigint as late, sum(decided)::bigint as decided
  from analytics.steps where {days} group by 1, 2
)
select s.*, (
  select round(avg(took_us)::float8)::bigint from (
    select v.took_us from analytics.node_visits v
    where v.node = s.source and v.next_node = s.target and v.took_us is not null and {visits}
    order by v.took_us offset (s.timed - 1) / 2 limit 2 - s.timed % 2
  ) middle
) as median_us
from sums s where s.count > 0 order by s.count desc, s.source, s.target"""

_PATHS = f"""
select path, count(*) as cases, count(*) over () as paths from analytics.cases c
where {{cases}} and path <> '{path_word([])}' group by path order by 2 desc, path collate "C" limit {PATHS_MAX}"""


async def walked(pool: "asyncpg.Pool[Any]", which: Which, zone: ZoneInfo) -> Walked:
    """Return the steps and the commonest paths of these cases; `zone` is that of the desk."""
    days, of_days = which.days()
    visits, of_visits = which.where(zone, "v", first=len(of_days) + 1)
    cases, of_cases = which.where(zone)
    async with pool.acquire() as db, db.transaction(readonly=True, isolation="repeatable_read"):
        rows = await db.fetch(_STEPS.format(days=days, visits=visits), *of_days, *of_visits)
        paths = await db.fetch(_PATHS.format(cases=cases), *of_cases)
    steps = [Step(**dict(row)) for row in rows]
    return Walked(
        sum(one.count for one in steps if one.source == START),
        sum(one.count for one in steps if one.target == END),
        steps,
        [Path(tuple(json.loads(row["path"])), row["cases"]) for row in paths],
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
