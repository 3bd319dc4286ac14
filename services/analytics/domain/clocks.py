"""What became of a case's promises: one result per run of a clock, from the clock events that nobody withdrew."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from libs.events.words.event import Occurrence


class ClockFact(NamedTuple):
    """A clock event that nobody withdrew.

    `word` is the limit of what starts or waits, the reason of a pause or cancellation; `because` why it waits for a calendar.
    """

    id: UUID
    at: datetime
    what: str
    clock: str
    team: str
    agent: str
    due_at: datetime | None = None
    word: str = ""
    kind: str = ""
    node: str = ""
    process_version: int = 0
    used_us: int | None = None
    paused_us: int | None = None
    calendar: str = ""
    calendar_version: int = 0
    because: str = ""
    done: bool = False
    occurrence: int = 1


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
    waits_for: str = ""
    waits_version: int = 0
    waits_because: str = ""
    counted_by: int = 0
    lapse: str = ""
    occurrence: int = 1
    warned_at: datetime | None = None
    reminders: int = 0

    @property
    def on_time(self) -> bool | None:
        """Whether the promise was kept; None while that is open, and for one that lapsed."""
        return {"met": True, "breached": False}.get(self.status)

    @property
    def decided_at(self) -> datetime | None:
        """The instant at which the promise was kept or broken."""
        return {"met": self.ended_at, "breached": self.breached_at}.get(self.status)


def runs_of(facts: Iterable[ClockFact]) -> list[Clock]:
    """Return every occurrence of every clock, as they began. The result of one stays, whatever the result of the next.

    A second start under the same number begins the next occurrence all the same: so did all that was said before there were any.
    """
    runs: list[Clock] = []
    meant: dict[Occurrence, Clock] = {}
    last: dict[str, int] = {}
    for fact in facts:
        said = Occurrence(fact.clock, fact.occurrence)
        clock = meant.get(said)
        if clock is None or fact.what == "started":
            number = last[fact.clock] = max(fact.occurrence, last.get(fact.clock, 0) + 1)
            clock = meant[said] = Clock(fact.clock, occurrence=number)
            runs.append(clock)
        _STEPS[fact.what](clock, fact)
    return runs


def last_of(runs: Iterable[Clock]) -> Mapping[str, int]:
    """Return the last occurrence of every clock, by name: how the promise stands now."""
    return {run.name: run.occurrence for run in runs}


def _started(clock: Clock, fact: ClockFact) -> None:
    clock.kind, clock.node, clock.allowance = fact.kind, fact.node, fact.word
    clock.process_version, clock.started_at, clock.due_at = fact.process_version, fact.at, fact.due_at
    clock.counted_by = fact.calendar_version


def _waiting(clock: Clock, fact: ClockFact) -> None:
    if clock.started_at is None:  # not even its first due instant can be said
        _started(clock, fact)
        clock.counted_by = 0
    clock.waits_for, clock.waits_version, clock.waits_because = fact.calendar, fact.calendar_version, fact.because
    clock.paused_by = ""
    if fact.done:
        clock.ended_at = fact.at
    if clock.status != "breached":
        clock.status, clock.due_at = "waiting", None


def _paused(clock: Clock, fact: ClockFact) -> None:
    clock.paused_by = fact.word
    if clock.status != "breached":
        clock.status = "paused"


def _resumed(clock: Clock, fact: ClockFact) -> None:
    clock.paused_by, clock.due_at = "", fact.due_at
    if clock.status != "breached":
        clock.status, clock.ended_at = "running", None


def _warned(clock: Clock, fact: ClockFact) -> None:
    clock.warned_at = fact.at


def _reminded(clock: Clock, fact: ClockFact) -> None:
    clock.reminders += 1


def _met(clock: Clock, fact: ClockFact) -> None:
    _finish(clock, fact)
    clock.status, clock.breached_at = "met", None
    clock.team, clock.agent = fact.team, fact.agent


def _breached(clock: Clock, fact: ClockFact) -> None:
    # A breach counts for the team and agent at the due instant, even if others end it later.
    clock.status, clock.breached_at, clock.due_at = "breached", fact.at, fact.due_at
    clock.team, clock.agent = fact.team, fact.agent


def _ended(clock: Clock, fact: ClockFact) -> None:
    _finish(clock, fact)
    if clock.status != "breached":
        clock.status, clock.breached_at = "breached", fact.due_at
        clock.team, clock.agent = fact.team, fact.agent


def _cancelled(clock: Clock, fact: ClockFact) -> None:
    # A broken promise stays broken when its case ends; that it lapsed says that its work was never finished.
    clock.paused_by, clock.ended_at, clock.lapse = "", fact.at, fact.word
    # Whether one that waits for its calendar was kept until then is not known.
    if clock.status not in ("breached", "waiting"):
        clock.status = "cancelled"


def _finish(clock: Clock, fact: ClockFact) -> None:
    clock.used_us, clock.paused_us = fact.used_us, fact.paused_us
    clock.paused_by, clock.ended_at, clock.due_at, clock.lapse = "", fact.at, fact.due_at, ""


_STEPS = {
    "started": _started,
    "waiting": _waiting,
    "paused": _paused,
    "resumed": _resumed,
    "warned": _warned,
    "reminded": _reminded,
    "met": _met,
    "breached": _breached,
    "ended": _ended,
    "cancelled": _cancelled,
}
