"""How fast a replay goes and when it will be over, in words for a line that people watch."""

from collections import deque
from datetime import timedelta

from libs.events.upkeep.replay import Reached
from libs.events.words.now import Ticks, real_ticks

WINDOW = timedelta(seconds=30)
"""The rate is that of the last half minute: it falls as tables grow, and rises when the machine has less else to do."""


class Rate:
    """What was reached when. As a text it says how many facts, how many a second, what part of all, and what time is left."""

    def __init__(self, ticks: Ticks = real_ticks) -> None:
        self._ticks, self._begun = ticks, ticks()
        self._reached = deque([(self._begun, Reached(0, 0, 0))])

    def reach(self, reached: Reached) -> None:
        """Note how far it is now."""
        now = self._ticks()
        self._reached.append((now, reached))
        while self._reached[1][0] <= now - WINDOW:
            self._reached.popleft()

    def __str__(self) -> str:
        (since, before), (now, reached) = self._reached[0], self._reached[-1]
        told = f"{reached.facts:,} facts, {_each_second(reached.facts - before.facts, now - since)}"
        if reached.total:
            told += f", {100 * reached.done // reached.total} %"
        if (gone := reached.done - before.done) > 0:
            told += f", {_whole_seconds((now - since) * ((reached.total - reached.done) / gone))} left"
        return told

    @property
    def whole(self) -> str:
        """What it comes to when it is over."""
        took, (_, reached) = self._ticks() - self._begun, self._reached[-1]
        return f"{reached.facts:,} facts in {_whole_seconds(took)}, {_each_second(reached.facts, took)}"


def _each_second(facts: int, took: timedelta) -> str:
    return f"{facts / max(took.total_seconds(), 0.001):,.0f}/s"


def _whole_seconds(duration: timedelta) -> timedelta:
    return timedelta(seconds=round(duration.total_seconds()))
