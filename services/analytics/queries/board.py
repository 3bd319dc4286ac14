"""The open cases, node by node, and of each node those that are due first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from libs.events.store.asked import Database

CARDS_MAX = 6
"""Cases shown of one node; the others are counted."""

RISK_SHARE = 4
"""A promise is at risk once no more than one part in so many of its time from start to due is left."""

Standing = Literal["broken", "risk", "paused", "running", "none"]


@dataclass(frozen=True, slots=True)
class Card:
    """An open case with the promise that is due first, or that is broken and still not done."""

    case_id: str
    external_ref: str
    process_id: str
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
        """Return how much time is left, negative when it is over; None while nothing is due."""
        return None if self.due_at is None else self.due_at - now


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


_OPEN = """
with due as (
  select distinct on (case_id) case_id, clock, due_at,
    case when breached_at is not null or due_at <= $1 then 'broken' when status = 'paused' then 'paused'
      when (due_at - $1) * {share} <= due_at - started_at then 'risk' else 'running' end as standing
  from analytics.clocks where ended_at is null and due_at is not null order by case_id, due_at, clock
),
open as (
  select c.case_id, c.external_ref, c.process_id, c.node, c.phase, c.team, c.agent, c.grade, c.waiting_on, c.received_at,
    coalesce(d.clock, '') as clock, d.due_at, coalesce(d.standing, 'none') as standing
  from analytics.cases c left join due d using (case_id)
  where c.ended_at is null and ($2::text is null or c.process_id = $2)
)"""

_STANDS = """
select process_id, node, phase, count(*) as cases, count(*) filter (where standing = 'broken') as broken,
  count(*) filter (where standing = 'risk') as risk
from open group by 1, 2, 3 order by 1, 2, 3"""

_CARDS = """
select {columns} from (
  select *, row_number() over (
    partition by process_id, node, phase order by standing <> 'broken', standing <> 'risk', due_at, received_at, case_id
  ) as place from open
) o where place <= $3 order by process_id, node, phase, place"""


async def board(db: Database, now: datetime, process: str | None = None) -> Board:
    """Return what is open, in all processes or in one."""
    opened = _OPEN.format(share=RISK_SHARE)
    columns = ", ".join(Card.__dataclass_fields__)
    stands = await db.fetch(opened + _STANDS, now, process)
    cards = await db.fetch(opened + _CARDS.format(columns=columns), now, process, CARDS_MAX)
    return Board([Stand(**dict(one)) for one in stands], [Card(**dict(one)) for one in cards])


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
