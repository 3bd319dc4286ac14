"""One measurement. The sides take turns, so that a disturbance of the machine hits all of them; each turn gives a ratio."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import TypeVar

ROUNDS = 5
T = TypeVar("T")


@dataclass(frozen=True)
class Spread:
    """Median, smallest and largest of what the rounds gave."""

    median: float
    low: float
    high: float


@dataclass(frozen=True)
class Side:
    """One side of a comparison. `measure` does one round and returns its figure in `unit`."""

    name: str
    measure: Callable[[], float]
    unit: str = "1/s"


@dataclass(frozen=True)
class Goal:
    """The goal for ours divided by theirs: at least `ratio`, or with `at_most` at most that, where less is better."""

    ratio: float
    at_most: bool = False

    def is_met(self, ratio: float) -> bool:
        """Test whether the ratio is on the right side of the goal; the border is met."""
        return ratio <= self.ratio if self.at_most else ratio >= self.ratio


@dataclass(frozen=True)
class Row:
    """A line of the table of results. Without a peer there is no ratio: the goal is about the figure itself."""

    work: str
    unit: str
    ours: Spread
    peer: str
    theirs: Spread | None
    ratio: Spread | None
    goal: Goal | None
    limit: str


def compare(
    work: str, ours: Side, peers: Sequence[tuple[Side, Goal | None]], *, limit: str, rounds: int = ROUNDS, warm: int = 1
) -> list[Row]:
    """Return a row for each peer, after `warm` rounds that do not count. `limit` says what bounds ours now."""
    sides = [ours, *(peer for peer, _ in peers)]
    figures = take_turns({side.name: side.measure for side in sides}, rounds=rounds, warm=warm)
    mine = figures[ours.name]
    return [beside(work, ours.unit, mine, peer.name, figures[peer.name], goal=goal, limit=limit) for peer, goal in peers]


def take_turns(turns: Mapping[str, Callable[[], T]], *, rounds: int = ROUNDS, warm: int = 1) -> dict[str, list[T]]:
    """Return what each side's rounds gave: everybody once, then everybody again; the first `warm` rounds do not count."""
    found: dict[str, list[T]] = {name: [] for name in turns}
    for number in range(warm + rounds):
        for name, turn in turns.items():
            result = turn()
            if number >= warm:
                found[name].append(result)
    return found


def beside(
    work: str, unit: str, mine: Sequence[float], peer: str, others: Sequence[float], *, goal: Goal | None = None, limit: str
) -> Row:
    """Return the row of two sides that took turns: the ratio is taken round by round."""
    ratios = [a / b for a, b in zip(mine, others, strict=True)]
    return Row(work, unit, spread(mine), peer, spread(others), spread(ratios), goal, limit)


def alone(work: str, ours: Side, *, goal: Goal | None = None, limit: str, rounds: int = 1) -> Row:
    """Return a row about ours only; its goal is about the figure itself."""
    return Row(work, ours.unit, spread([ours.measure() for _ in range(rounds)]), "", None, None, goal, limit)


def spread(figures: Sequence[float]) -> Spread:
    """Return the median and the ends."""
    return Spread(median(figures), min(figures), max(figures))
