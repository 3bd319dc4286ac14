"""How urgent unfinished promises are: how many are broken, fall due soon, are paused or wait, and the first few of each."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from itertools import groupby
from typing import NamedTuple
from zoneinfo import ZoneInfo

from libs.events.store.asked import Database, asked, names_of, read
from libs.events.words.now import utc
from libs.web.filters import conditions
from services.sla.queries import OPEN, DueFilter, worded
from services.sla.tables import DUE, ClockRow

SOON = timedelta(hours=1)
FEW = 6
"""So many promises of each group are shown; all are counted."""
TEAMS_MAX = 200
EVERY = DueFilter()


class Urgency(StrEnum):
    """How urgent an unfinished promise is, the most urgent first. One that broke stays broken while something pauses it."""

    BROKEN = "broken"
    SOON = "soon"
    TODAY = "today"
    LATER = "later"
    PAUSED = "paused"
    WAITING = "waiting"


class Borders(NamedTuple):
    """From when on a promise is no longer due soon, and from when on no longer today; the later of the two comes last."""

    soon: datetime
    tomorrow: datetime


@dataclass(frozen=True, slots=True)
class Group:
    """Promises that are alike urgent, how many there are, and those due first. Paused ones are apart by their reason."""

    urgency: Urgency
    reason: str
    number: int
    first: tuple[ClockRow, ...]

    @property
    def others(self) -> int:
        """How many are not among the first."""
        return self.number - len(self.first)


def borders(at: datetime, zone: ZoneInfo) -> Borders:
    """Return the borders at an instant; a day ends at midnight of the zone."""
    midnight = datetime.combine(at.astimezone(zone).date() + timedelta(days=1), time(), zone)
    return Borders(at + SOON, max(at + SOON, utc(midnight)))


def listed(group: Urgency, reason: str, at: Borders) -> Mapping[str, str]:
    """Return what to ask the list of promises for, so that it shows exactly those of a group."""
    soon, tomorrow = at.soon.isoformat(), at.tomorrow.isoformat()
    match group:
        case Urgency.BROKEN:
            return {"stand": "breached"}
        case Urgency.SOON:
            return {"status": "running", "due_before": soon}
        case Urgency.TODAY:
            return {"status": "running", "due_from": soon, "due_before": tomorrow}
        case Urgency.LATER:
            return {"status": "running", "due_from": tomorrow}
        case Urgency.PAUSED:
            return {"stand": "paused", **({"paused_by": reason} if reason else {})}
        case Urgency.WAITING:
            return {"stand": "waiting"}


_URGENCY = (
    "case status when 'breached' then 'broken' when 'running' then "
    "case when due_at < $1 then 'soon' when due_at < $2 then 'today' else 'later' end else status end as urgency, "
    "case status when 'paused' then paused_by else '' end as held"
)
_ALIKE = "partition by urgency, held"


async def board(db: Database, at: Borders, chosen: DueFilter = EVERY, lang: str = "en") -> list[Group]:
    """Return the groups that have promises, the most urgent first."""
    where, values = asked(conditions(chosen), first=4)
    rows = await db.fetch(
        f"with unfinished as (select *, {_URGENCY} from sla.clocks where {OPEN} and {where}), "
        f"ranked as (select *, count(*) over ({_ALIKE}) as number, "
        f"row_number() over ({_ALIKE} order by {DUE}, case_id, clock, occurrence) as place from unfinished) "
        f"select {names_of(ClockRow)}, urgency, held, number from ranked where place <= $3 order by urgency, held, place",
        *at,
        FEW,
        *values,
    )
    found = []
    for (urgency, held), alike in groupby(rows, key=lambda row: (row["urgency"], row["held"])):
        first = [*alike]
        shown = tuple(worded(read(ClockRow, row), lang) for row in first)
        found.append(Group(Urgency(urgency), held, first[0]["number"], shown))
    order = list(Urgency)
    return sorted(found, key=lambda one: (order.index(one.urgency), -one.number, one.reason))


async def teams(db: Database) -> list[str]:
    """Return the teams that have unfinished promises."""
    rows = await db.fetch(
        f"select distinct team from sla.clocks where {OPEN} and team <> '' order by team limit {int(TEAMS_MAX)}"
    )
    return [row["team"] for row in rows]
