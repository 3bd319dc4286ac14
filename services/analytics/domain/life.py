"""A case as figures look at it: what it was at an instant, in the desk's zone."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from libs.events.catalogue.routing import CANCELLED
from services.analytics.domain.case import UNKNOWN, Case, Registration, Stretch, stretch_at
from services.analytics.domain.clocks import Clock
from services.analytics.domain.days import day_of


class Life:
    """A registered case. `runs`: of all its clocks."""

    def __init__(self, case: Case, came: Registration, runs: Sequence[Clock], zone: ZoneInfo) -> None:
        self.case, self.came, self.runs, self._zone = case, came, runs, zone
        self._days: dict[datetime, date] = {}
        self._then: dict[datetime, Stretch] = {}

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

    def finished(self, kind: str) -> Iterator[tuple[datetime, int, Clock]]:
        """Yield when each promise of a kind was finished, what it used of its own time, and its clock; in time or late."""
        for run in self.runs:
            if run.kind == kind and run.ended_at is not None and run.used_us is not None and not run.lapse:
                yield run.ended_at, run.used_us, run

    def moments(self, more: Iterable[datetime]) -> list[datetime]:
        """Return the instants from its arrival on at which the case became another, with some more, in order."""
        found = {max(at, self.came.at) for at in (*(one.since for one in self.case.stretches), *more)}
        return sorted(found)

    def is_cancelled(self, at: datetime) -> bool:
        """Test whether the case was cancelled at an instant."""
        return self.then(at).phase == CANCELLED

    @cached_property
    def arrival(self) -> Stretch:
        """What the case was when the day ended on which it came; who works on it next week changes nothing of that day."""
        day = self.day(self.came.at)
        return next((one for one in reversed(self.case.stretches) if self.day(one.since) <= day), UNKNOWN)
