"""What our own standing events tell of each clock; rows and timers are read from this, never calculated anew."""

from dataclasses import dataclass
from datetime import datetime

from services.sla.domain.breach import Status
from services.sla.domain.case import Said, SlaCase
from services.sla.domain.difference import standing


@dataclass(slots=True)
class Told:
    """One clock as it was said to stand. `is_held`: it waits since before it fell due, so it is not due meanwhile."""

    clock: str
    kind: str = ""
    limit: str = ""
    node: str = ""
    process_version: int = 0
    status: Status = Status.RUNNING
    started_at: datetime | None = None
    due_at: datetime | None = None
    breached_at: datetime | None = None
    ended_at: datetime | None = None
    paused_by: str = ""
    is_held: bool = False
    used_us: int | None = None
    paused_us: int | None = None


def told(state: SlaCase) -> dict[str, Told]:
    """Return the clocks that were said to have started, by name, in order of name."""
    clocks: dict[str, Told] = {}
    for said in sorted(standing(state), key=lambda said: (said.clock, said.at, said.sequence)):
        if said.what == "clock.started":
            clocks[said.clock] = _started(said)
        elif clock := clocks.get(said.clock):
            _tell(clock, said)
    return clocks


def _started(said: Said) -> Told:
    return Told(
        said.clock,
        said.kind,
        said.limit,
        said.node,
        said.process_version,
        started_at=said.at,
        due_at=said.due_at,
    )


def _tell(clock: Told, said: Said) -> None:
    clock.due_at = said.due_at or clock.due_at
    match said.what:
        case "clock.paused":
            clock.paused_by = said.reason
            clock.is_held = clock.due_at is not None and said.at <= clock.due_at
        case "clock.resumed":
            clock.paused_by, clock.is_held = "", False
        case "clock.breached":
            clock.breached_at = said.at
        case "clock.met" | "clock.ended" | "clock.cancelled":
            clock.ended_at, clock.used_us, clock.paused_us = said.at, said.used_us, said.paused_us
            clock.paused_by = ""
    clock.status = _status(clock, said.what)


def _status(clock: Told, what: str) -> Status:
    ends = {"clock.met": Status.MET, "clock.ended": Status.ENDED_LATE, "clock.cancelled": Status.CANCELLED}
    if what in ends:
        return ends[what]
    if clock.breached_at is not None:
        return Status.BREACHED
    return Status.PAUSED if clock.paused_by else Status.RUNNING
