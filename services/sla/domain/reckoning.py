"""What a reckoning finds: a promise as it is contracted beside the same promise as it was asked for, and what is different."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from services.sla.domain.told import Status

_MICROSECOND = timedelta(microseconds=1)


class Verdict(StrEnum):
    """What became of a promise; NONE where there is no such promise."""

    NONE = ""
    OPEN = "open"
    KEPT = "kept"
    BROKEN = "broken"
    LAPSED = "lapsed"


class Difference(StrEnum):
    """How the promise asked for differs from the contracted one: the first of these that is so."""

    NONE = "none"
    ADDED = "added"
    REMOVED = "removed"
    STATUS = "status"
    DUE = "due"
    USED = "used"


_VERDICTS = {
    Status.MET: Verdict.KEPT,
    Status.BREACHED: Verdict.BROKEN,
    Status.ENDED_LATE: Verdict.BROKEN,
    Status.CANCELLED: Verdict.LAPSED,
}


class Promise(Protocol):
    """A promise as a row of clocks tells it."""

    @property
    def clock(self) -> str: ...

    @property
    def occurrence(self) -> int: ...

    @property
    def status(self) -> str: ...

    @property
    def due_at(self) -> datetime | None: ...

    @property
    def used_us(self) -> int | None: ...


P = TypeVar("P", bound=Promise)


@dataclass(frozen=True, slots=True)
class Pair(Generic[P]):
    """A promise as it is contracted and as it was asked for; at most one of the two is missing."""

    contracted: P | None
    asked: P | None

    @property
    def one(self) -> P:
        """The promise: as it was asked for, or as it is contracted where nothing was."""
        found = self.asked or self.contracted
        assert found is not None  # a pair is made of at least one
        return found

    @property
    def flips(self) -> bool:
        """Test whether it is broken in one of the two, and not in the other."""
        return (verdict_of(self.contracted) is Verdict.BROKEN) != (verdict_of(self.asked) is Verdict.BROKEN)

    @property
    def difference(self) -> Difference:
        before, after = self.contracted, self.asked
        if before is None or after is None:
            return Difference.ADDED if before is None else Difference.REMOVED
        for name in (Difference.STATUS, Difference.DUE, Difference.USED):
            if _said(before, name) != _said(after, name):
                return name
        return Difference.NONE

    @property
    def due_moved_us(self) -> int | None:
        """By how much it falls due later; below zero it falls due earlier. None where it is not due in both."""
        before, after = self.contracted, self.asked
        if before is None or after is None or before.due_at is None or after.due_at is None:
            return None
        return (after.due_at - before.due_at) // _MICROSECOND


def verdict_of(promise: Promise | None) -> Verdict:
    """Return what became of a promise."""
    return Verdict.NONE if promise is None else _VERDICTS.get(Status(promise.status), Verdict.OPEN)


def compared(contracted: Iterable[P], asked: Iterable[P]) -> Iterator[Pair[P]]:
    """Yield every promise of a case that is in one of the two lists, by clock and occurrence."""
    before, after = _by_name(contracted), _by_name(asked)
    for name in sorted(before.keys() | after.keys()):
        yield Pair(before.get(name), after.get(name))


def _by_name(rows: Iterable[P]) -> dict[tuple[str, int], P]:
    return {(one.clock, one.occurrence): one for one in rows}


def _said(promise: Promise, what: Difference) -> object:
    told = {Difference.STATUS: promise.status, Difference.DUE: promise.due_at, Difference.USED: promise.used_us}
    return told[what]
