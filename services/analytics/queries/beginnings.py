"""On which day each version of a process standard began to be used."""

from dataclasses import dataclass
from datetime import date

from libs.events.store.asked import Database


@dataclass(frozen=True, slots=True)
class Beginning:
    """The first day on which a case was registered under a version that replaced another one."""

    process_id: str
    version: int
    day: date


async def beginnings(db: Database, process: str | None, first: date, until: date) -> list[Beginning]:
    """Return where the version changed from the first day on until a day that is left out."""
    rows = await db.fetch(
        "select process_id, process_version as version, day from ("
        "  select process_id, process_version, min(day) as day, min(min(day)) over (partition by process_id) as first"
        "  from analytics.workload where registered > 0 and ($1::text is null or process_id = $1) group by 1, 2"
        ") v where day > first and day >= $2 and day < $3 order by day, process_id, version",
        process,
        first,
        until,
    )
    return [Beginning(**dict(row)) for row in rows]
