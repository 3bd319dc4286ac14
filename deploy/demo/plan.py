"""A case of the month: the plan, and its state during the walk (the time, the agent, the promises)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from libs.events.catalogue.promise import Target, limit_of
from libs.events.catalogue.standard import Standard
from services.sla.domain.limits import due

LATE = 0.06
"""One of this many steps takes longer than its limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A case before anything happened to it; `satisfied` None means that the customer will not answer."""

    case: str
    process_id: str
    at: datetime
    customer: str
    service_class: str
    satisfied: bool | None


@dataclass(slots=True)
class Walk:
    """A case under way: its time, its agent, its promises."""

    plan: Plan
    standard: Standard
    chance: Random
    at: datetime
    targets: dict[str, Target]
    team: str
    agent: str
    easy: bool

    def lasts(self, clock: str) -> timedelta:
        """Return the length of a step: mostly well within the clock's limit, now and then longer."""
        share = self.chance.betavariate(2, 4) * 0.95
        if self.easy:
            share *= 0.2
        elif self.chance.random() < LATE:
            share = self.chance.uniform(1.05, 1.8)
        return timedelta(seconds=round(share * self._allowed(clock).total_seconds()))

    def _allowed(self, clock: str) -> timedelta:
        limit = limit_of(self.targets[clock].limit)
        # A limit of n working days is at least n days.
        return timedelta(days=limit.amount) if limit.works else due(self.at, limit, None) - self.at
