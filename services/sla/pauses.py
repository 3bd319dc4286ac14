"""What holds promises, summed: for each reason how many promises and cases it held, and for how long."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Response

from libs.events.store.asked import Database, asked
from libs.service.running import RunningService
from libs.web.access import require
from libs.web.answers import shown
from libs.web.filters import Word, by, chosen, conditions
from libs.web.keys import Client
from libs.web.position import WaitFor
from libs.web.shapes import Listed, shaped

_HOUR = 3_600_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseFilter:
    """Filters of pauses; None takes all."""

    reason: Word | None = by(says="The exception that held them, by its code.")
    process: Word | None = by("process_id =")
    kind: Word | None = by()


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseSum:
    """How often and for how long a reason held promises of one kind and process.

    Each stretch of time is one of `pauses`. Where several reasons lasted at once, one of them has it: nothing counts twice.
    `lasting` ones go on, and count until now. `capped` ones ended because the process standard lets them last no longer.
    `held_us` is elapsed time, whatever the promise counts, and `held_hours` the same for people.
    """

    reason: str
    process_id: str
    kind: str
    pauses: int
    promises: int
    cases: int
    lasting: int
    capped: int
    held_us: int
    held_hours: float


def pause_routes(router: APIRouter, running: RunningService) -> None:
    """Add the route."""

    @router.get("/pauses", summary="What holds promises, and for how long", responses=shaped(Listed[PauseSum]))
    async def get_pauses(
        client: Annotated[Client, Depends(require("clocks:read"))],
        chosen: Annotated[PauseFilter, Depends(chosen(PauseFilter))],
        position: WaitFor,
    ) -> Response:
        """Sum the pauses by reason, process and kind of promise; the table `sla.pauses` has each of them."""
        await running.wait_for(position)
        return shown({"items": await pause_sums(running.pool, running.now(), chosen)})


async def pause_sums(db: Database, at: datetime, chosen: PauseFilter = PauseFilter()) -> list[PauseSum]:
    """Return the sums in the order of reason, process and kind."""
    where, values = asked(conditions(chosen), first=2)
    rows = await db.fetch(
        "select reason, process_id, kind, count(*) as pauses, count(distinct (case_id, clock, occurrence)) as promises, "
        "count(distinct case_id) as cases, count(*) filter (where until_at is null) as lasting, "
        "count(*) filter (where until_at = capped_at) as capped, "
        "sum(coalesce(held_us, greatest(0, extract(epoch from $1 - since_at) * 1000000)::bigint))::bigint as held_us "
        f"from sla.pauses where {where} group by 1, 2, 3 order by 1, 2, 3",
        at,
        *values,
    )
    return [PauseSum(**dict(row), held_hours=round(row["held_us"] / _HOUR, 2)) for row in rows]
