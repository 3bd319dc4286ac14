"""What became of a case's promises: one result per clock, from the clock events that nobody withdrew."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from services.analytics.domain.case import ClockFact


@dataclass(slots=True)
class Clock:
    """A promise and its result. A broken promise stays broken, also when its work ended late or never."""

    name: str
    kind: str = ""
    node: str = ""
    allowance: str = ""
    process_version: int = 0
    status: str = "running"
    paused_by: str = ""
    started_at: datetime | None = None
    due_at: datetime | None = None
    breached_at: datetime | None = None
    ended_at: datetime | None = None
    used_us: int | None = None
    paused_us: int | None = None
    team: str = ""
    agent: str = ""

    @property
    def on_time(self) -> bool | None:
        """Whether the promise was kept; None while that is open, and for one that lapsed."""
        return {"met": True, "breached": False}.get(self.status)

    @property
    def decided_at(self) -> datetime | None:
        """The instant at which the promise was kept or broken."""
        return {"met": self.ended_at, "breached": self.breached_at}.get(self.status)


def clocks_of(facts: Iterable[ClockFact]) -> Mapping[str, Clock]:
    """Return the result of every clock, by name. A second start under one name replaces the first."""
    clocks: dict[str, Clock] = {}
    for fact in facts:
        clock = clocks.setdefault(fact.clock, Clock(fact.clock))
        clocks[fact.clock] = _STEPS[fact.what](clock, fact)
    return clocks


def _started(clock: Clock, fact: ClockFact) -> Clock:
    return Clock(
        clock.name,
        kind=fact.kind,
        node=fact.node,
        allowance=fact.word,
        process_version=fact.process_version,
        started_at=fact.at,
        due_at=fact.due_at,
    )


def _paused(clock: Clock, fact: ClockFact) -> Clock:
    status = "breached" if clock.status == "breached" else "paused"
    return replace(clock, status=status, paused_by=fact.word)


def _resumed(clock: Clock, fact: ClockFact) -> Clock:
    if clock.status == "breached":
        return replace(clock, paused_by="", due_at=fact.due_at)
    return replace(clock, status="running", paused_by="", due_at=fact.due_at, ended_at=None)


def _met(clock: Clock, fact: ClockFact) -> Clock:
    return replace(_finished(clock, fact), status="met", breached_at=None, team=fact.team, agent=fact.agent)


def _breached(clock: Clock, fact: ClockFact) -> Clock:
    # A breach attributes the result to who held the case at the due instant, whoever ends it later.
    broken = replace(clock, status="breached", breached_at=fact.at, due_at=fact.due_at)
    return replace(broken, team=fact.team, agent=fact.agent)


def _ended(clock: Clock, fact: ClockFact) -> Clock:
    late = _finished(clock, fact)
    if clock.status == "breached":
        return late
    return replace(late, status="breached", breached_at=fact.due_at, team=fact.team, agent=fact.agent)


def _cancelled(clock: Clock, fact: ClockFact) -> Clock:
    return clock if clock.status == "breached" else replace(clock, status="cancelled", paused_by="", ended_at=fact.at)


def _finished(clock: Clock, fact: ClockFact) -> Clock:
    counted = replace(clock, used_us=fact.used_us, paused_us=fact.paused_us)
    return replace(counted, paused_by="", ended_at=fact.at, due_at=fact.due_at)


_STEPS = {
    "started": _started,
    "paused": _paused,
    "resumed": _resumed,
    "met": _met,
    "breached": _breached,
    "ended": _ended,
    "cancelled": _cancelled,
}
