"""The open cases, node by node, and of each node those that are due first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from libs.events.catalogue.promise import AT_RISK_SHARE
from libs.events.store.asked import Database

CARDS_MAX = 6
"""Cases shown of one node; the others are counted."""

Standing = Literal["broken", "risk", "paused", "running", "none"]


@dataclass(frozen=True, slots=True)
class Card:
    """An open case with the promise that is due first, or that is broken and still not done."""

    case_id: str
    external_ref: str
    process_id: str
    process_version: int
    node: str
    phase: str
    team: str
    agent: str
    grade: str
    waiting_on: str
    received_at: datetime
    clock: str
    due_at: datetime | None
    standing: Standing

    def left(self, now: datetime) -> timedelta | None:
        """Return how much time is left, negative when it is over; None while nothing is due, or while time stands still."""
        return None if self.due_at is None or self.standing == "paused" else self.due_at - now


@dataclass(frozen=True, slots=True)
class Stand:
    """How many open cases stand at a node, and how their promises stand."""

    process_id: str
    node: str
    phase: str
    cases: int
    broken: int
    risk: int


@dataclass(frozen=True, slots=True)
class Board:
    """What is open."""

    stands: Sequence[Stand]
    cards: Sequence[Card]


_BOARD = """
with open as (
  select c.case_id, c.external_ref, c.process_id, c.process_version, c.node, c.phase, c.team, c.agent, c.grade,
    c.waiting_on, c.received_at, coalesce(d.clock, '') as clock, d.due_at, coalesce(d.standing, 'none') as standing
  from analytics.cases c left join lateral (
    select clock, due_at,
      case when breached_at is not null then 'broken' when status = 'paused' then 'paused' when due_at <= $1 then 'broken'
        when $1 > due_at - (due_at - started_at) * $2::float8 then 'risk' else 'running' end as standing
    from analytics.clocks p where p.case_id = c.case_id and ended_at is null and due_at is not null
    order by status = 'paused', due_at, clock limit 1
  ) d on true
  where c.ended_at is null and ($3::text is null or c.process_id = $3)
)
select * from (
  select *, count(*) over stand as cases, count(*) filter (where standing = 'broken') over stand as broken,
    count(*) filter (where standing = 'risk') over stand as risk,
    row_number() over (stand order by standing <> 'broken', standing <> 'risk', due_at, received_at, case_id) as place
  from open window stand as (partition by process_id, node, phase)
) o where place <= $4 order by process_id, node, phase, place"""


# The promise is looked up case by case. As a list of all that are due it would be read once for each case where the database
# does not know yet that many cases are open: 400 new ones among 20,000 took 0.4 s, and twice as many four times that.
async def board(db: Database, now: datetime, process: str | None = None) -> Board:
    """Return what is open, in all processes or in one."""
    rows = await db.fetch(_BOARD, now, AT_RISK_SHARE, process, CARDS_MAX)
    return Board([_of(Stand, row) for row in rows if row["place"] == 1], [_of(Card, row) for row in rows])


def _of(kind: Any, row: Mapping[str, Any]) -> Any:
    return kind(**{name: row[name] for name in kind.__dataclass_fields__})


@dataclass(frozen=True, slots=True)
class NodeName:
    """A node of a process as its latest published version names it."""

    process_id: str
    node: str
    n: int
    name: str
    process_name: str


async def node_names(db: Database, lang: str) -> list[NodeName]:
    """Return the nodes of every process' latest version, in their order."""
    column = "zh" if lang == "zh" else "en"
    rows = await db.fetch(
        f"select process_id, node, n, name_{column} as name, process_name_{column} as process_name "
        "from analytics.process_nodes p "
        "where process_version = (select max(process_version) from analytics.process_nodes l where l.process_id = p.process_id) "
        "order by process_id, n"
    )
    return [NodeName(**dict(row)) for row in rows]
