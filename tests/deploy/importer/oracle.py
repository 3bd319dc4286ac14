"""The figures that follow from a case's facts, folded independently of every service: those that `truth/` knows."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

NOTHING = timedelta()


@dataclass
class CaseFigures:
    """One case, from its facts in the order in which they occurred."""

    received: datetime | None = None
    resolved: datetime | None = None
    closed: datetime | None = None
    first_response: datetime | None = None
    grade: str = ""
    reopens: int = 0
    teams: list[str] = field(default_factory=list)
    agents: list[str] = field(default_factory=list)
    raised: list[tuple[str, datetime]] = field(default_factory=list)
    cleared: list[tuple[str, datetime]] = field(default_factory=list)
    stated: dict[str, Any] = field(default_factory=dict)

    @property
    def team_changes(self) -> int:
        return sum(a != b for a, b in pairwise(self.teams))

    @property
    def agent_changes(self) -> int:
        return sum(a != b for a, b in pairwise(self.agents))

    @property
    def waited_ever(self) -> bool:
        return any(code.startswith("awaiting_") for code, _ in self.raised)

    @property
    def resolution(self) -> timedelta:
        return self.resolved - self.received

    @property
    def customer_wait(self) -> timedelta:
        """Return the waits for the customer, clipped to received..resolved; one never cleared stays open."""
        starts = sorted(at for code, at in self.raised if code == "awaiting_customer")
        ends = sorted(at for code, at in self.cleared if code == "awaiting_customer")
        ends += [datetime.max.replace(tzinfo=self.resolved.tzinfo)] * (len(starts) - len(ends))
        pairs = zip(starts, ends, strict=True)
        return sum((max(NOTHING, min(end, self.resolved) - max(start, self.received)) for start, end in pairs), NOTHING)

    @property
    def net(self) -> timedelta:
        return self.resolution - self.customer_wait


def fold(facts: Iterable[Any]) -> dict[str, CaseFigures]:
    """Return the figures of every case; the facts may come in any order."""
    cases: dict[str, CaseFigures] = {}
    for fact in sorted(facts, key=lambda one: (one.time, one.sequence)):
        _add(cases.setdefault(fact.case, CaseFigures()), fact.type, fact.time, fact.data)
    return cases


def _add(case: CaseFigures, kind: str, time: datetime, data: dict[str, Any]) -> None:
    match kind:
        case "case.registered":
            case.received = time
        case "case.resolved":
            case.resolved = time
        case "case.closed":
            case.closed = time
        case "case.reopened":
            case.reopens += 1
        case "case.graded":
            case.grade = data["grade"]
        case "case.assigned":
            case.teams += filter(None, [data.get("team")])
            case.agents += filter(None, [data.get("agent")])
        case "contact.logged" if not case.first_response:
            case.first_response = time
        case "case.exception_raised":
            case.raised.append((data["code"], time))
        case "case.exception_cleared":
            case.cleared.append((data["code"], time))
        case "import.figures_stated":
            case.stated = data["figures"]


def hours(length: timedelta) -> float:
    return length / timedelta(hours=1)


def quantile(values: Iterable[float], share: float) -> float:
    """Return the quantile by linear interpolation."""
    found = sorted(values)
    at = share * (len(found) - 1)
    low = int(at)
    high = min(low + 1, len(found) - 1)
    return found[low] + (at - low) * (found[high] - found[low])
