"""A case as figures look at it: what it was at an instant, in the desk's zone."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from functools import cached_property
from typing import NamedTuple
from zoneinfo import ZoneInfo

from libs.events.catalogue.phases import CANCELLED
from services.analytics.domain.case import UNKNOWN, Case, Registration, Stretch, stretch_at
from services.analytics.domain.clocks import Clock
from services.analytics.domain.days import day_of


class Whose(NamedTuple):
    """The key of the rollups under which something counts: its day, and the team and agent it counts for."""

    day: date
    process_id: str
    process_version: int
    team: str
    agent: str
    grade: str
    service_class: str


class Life:
    """A registered case. `runs`: of all its clocks. Answers are remembered, because many figures ask the same."""

    def __init__(self, case: Case, came: Registration, runs: Sequence[Clock], zone: ZoneInfo) -> None:
        self.case, self.came, self.runs, self._zone = case, came, runs, zone
        self._days: dict[datetime, date] = {}
        self._then: dict[datetime, Stretch] = {}
        self._whose: dict[tuple[datetime, str, str], Whose] = {}

    def day(self, at: datetime) -> date:
        """Return the day on which an instant counts; what odd history tells of the time before, on the day the case came."""
        day = self._days.get(at)
        if day is None:
            day = self._days[at] = day_of(max(at, self.came.at), self._zone)
        return day

    def then(self, at: datetime) -> Stretch:
        """Return what the case was at an instant."""
        found = self._then.get(at)
        if found is None:
            found = self._then[at] = stretch_at(self.case, max(at, self.came.at))
        return found

    def whose(self, at: datetime, team: str, agent: str) -> Whose:
        """Return under which key of the rollups something counts that happened at an instant."""
        found = self._whose.get((at, team, agent))
        if found is None:
            then, came = self.then(at), self.came
            found = Whose(self.day(at), came.process_id, came.process_version, team, agent, then.grade, then.service_class)
            self._whose[at, team, agent] = found
        return found

    def finished(self, kind: str) -> Iterator[tuple[datetime, int, Clock]]:
        """Yield when each promise of a kind was finished, what it used of its own time, and its clock; in time or late."""
        for run in self.runs:
            if run.kind == kind and run.ended_at is not None and run.used_us is not None and not run.lapse:
                yield run.ended_at, run.used_us, run

    def moments(self, more: Iterable[datetime]) -> list[datetime]:
        """Return the instants from its arrival on at which the case became another, with some more, in order."""
        found = {max(at, self.came.at) for at in more}
        found.update([max(one.since, self.came.at) for one in self.case.stretches])
        return sorted(found)

    def is_cancelled(self, at: datetime) -> bool:
        """Test whether the case was cancelled at an instant."""
        return self.then(at).phase == CANCELLED

    @cached_property
    def arrival(self) -> Stretch:
        """The case at the end of the day on which it came. Work of the next week changes nothing of that day."""
        day = self.day(self.came.at)
        return next((one for one in reversed(self.case.stretches) if self.day(one.since) <= day), UNKNOWN)
