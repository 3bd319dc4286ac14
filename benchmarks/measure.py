"""One measurement: the sides take turns, so that what disturbs the machine disturbs them all, and each turn gives a ratio."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

ROUNDS = 5


@dataclass(frozen=True)
class Spread:
    """Median, smallest and largest of what the rounds gave."""

    median: float
    low: float
    high: float


@dataclass(frozen=True)
class Side:
    """One of those that are compared. `measure` does one round and returns its figure in `unit`."""

    name: str
    measure: Callable[[], float]
    unit: str = "1/s"


@dataclass(frozen=True)
class Goal:
    """What ours divided by theirs shall reach: at least `ratio`, or `at_most` that for figures of which less is better."""

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
    for _ in range(warm):
        for side in sides:
            side.measure()
    figures: dict[str, list[float]] = {side.name: [] for side in sides}
    for _ in range(rounds):
        for side in sides:
            figures[side.name].append(side.measure())
    mine = figures[ours.name]
    return [
        Row(
            work,
            ours.unit,
            spread(mine),
            peer.name,
            spread(figures[peer.name]),
            spread([a / b for a, b in zip(mine, figures[peer.name], strict=True)]),
            goal,
            limit,
        )
        for peer, goal in peers
    ]


def alone(work: str, ours: Side, *, goal: Goal | None = None, limit: str, rounds: int = 1) -> Row:
    """Return a row about ours only."""
    return Row(work, ours.unit, spread([ours.measure() for _ in range(rounds)]), "", None, None, goal, limit)


def spread(figures: Sequence[float]) -> Spread:
    """Return the median and the ends."""
    return Spread(median(figures), min(figures), max(figures))
