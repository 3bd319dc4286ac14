"""Clocks for tests and the simulated world: one that stands until it is told to move, and machines whose clock is set wrong."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from libs.events.log.port import Partition
from libs.events.testing.memory_log import Broker
from libs.events.words.now import EPOCH, Now


class StoppedClock:
    """A clock that moves only when told to."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def advance(self, by: timedelta) -> None:
        self.at += by

    def ticks(self) -> timedelta:
        return self.at - EPOCH


class SteppingClock(StoppedClock):
    """A stopped clock that notes, at every step, where the log ended before it."""

    def __init__(self, at: datetime, broker: Broker) -> None:
        self._broker, self._steps = broker, list[tuple[datetime, Mapping[Partition, int]]]()
        self._at = at

    @property
    def at(self) -> datetime:
        return self._at

    @at.setter
    def at(self, at: datetime) -> None:
        self._steps.append((at, {partition: line.end for partition, line in self._broker.partitions.items()}))
        self._at = at

    def end_at(self, instant: datetime, partition: Partition) -> int:
        """Return where the log ended when the clock stood at `instant` for the last time."""
        return next((ends.get(partition, 0) for at, ends in self._steps if at > instant), 0)

    def end_before(self, instant: datetime, partition: Partition) -> int:
        """Return where the log ended when the clock came to `instant`, the first time if it was set to it again."""
        came, found = None, 0
        for at, ends in reversed(self._steps):
            if at <= instant:
                if came not in (None, at):
                    break
                came, found = at, ends.get(partition, 0)
        return found


class OwnClock:
    """A machine's own clock, which may be set wrong `by` some time."""

    def __init__(self, right: Now) -> None:
        self._right, self.by = right, timedelta(0)

    def __call__(self) -> datetime:
        return self._right() + self.by
