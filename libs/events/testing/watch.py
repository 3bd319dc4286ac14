"""What must hold at every commit of the simulated world, not only when it has come to rest."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from libs.events.catalogue.sla import ClockBreached
from libs.events.log.envelope import open_envelope
from libs.events.log.memory import Lines
from libs.events.log.port import Partition
from libs.events.store.memory import MemoryStore
from libs.events.store.memory_transaction import Memory
from libs.events.store.port import Cursor
from libs.events.words.event import TYPES
from libs.events.words.now import Now, StoppedClock

Backup = tuple[Memory, dict[Partition, tuple[int, Cursor]], dict[Partition, tuple[UUID, int, datetime]]]
BREACHED = TYPES[ClockBreached].wire


class SteppingClock(StoppedClock):
    """A stopped clock that notes, at every step, where the log ended before it."""

    def __init__(self, at: datetime, lines: Lines) -> None:
        self._lines, self._steps = lines, list[tuple[datetime, Mapping[Partition, int]]]()
        self._at = at

    @property
    def at(self) -> datetime:
        return self._at

    @at.setter
    def at(self, at: datetime) -> None:
        self._steps.append((at, {partition: line.end for partition, line in self._lines.lines.items()}))
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


class WatchedStore(MemoryStore):
    """A store that shows every commit to somebody before it takes it."""

    def __init__(self, source: str, now: Now, lease_now: Now, watch: Callable[[Memory, Memory], None]) -> None:
        self._watch, self._memory = watch, Memory()
        super().__init__(source, now, lease_now=lease_now)

    @property
    def memory(self) -> Memory:
        return self._memory

    @memory.setter
    def memory(self, memory: Memory) -> None:
        self._watch(self._memory, memory)
        self._memory = memory

    def backup(self) -> Backup:
        """Return all that a backup of the database has."""
        return self._memory, dict(self._cursors), dict(self._leases)

    def restore(self, backup: Backup) -> None:
        """Go back in time; nobody watches."""
        self._memory, self._cursors, self._leases = backup


def ways_back(before: Memory, after: Memory) -> list[str]:
    """Return the checkpoints that went back, to a place read before or to a lease given up before."""
    found = []
    for partition, (lease, offset, _) in before.checkpoints.items():
        new_lease, new_offset, _ = after.checkpoints[partition]
        if new_lease < lease or new_offset < offset:
            where = f"{partition.topic}/{partition.number}"
            went = f"from offset {offset} under lease {lease} to {new_offset} under {new_lease}"
            found.append(f"the checkpoint of {where} went back {went}")
    return found


def early_marks(before: Memory, after: Memory, clock: SteppingClock) -> list[str]:
    """Return the partitions that are said to be applied until an instant, and are not, or were until a later one."""
    moved = {at: until for at, until in after.applied.items() if until != before.applied.get(at)}
    back = [f"the watermark of {at} went back to {until}" for at, until in moved.items() if before.applied.get(at, until) > until]
    return [*back, *(one for at, until in moved.items() for one in unread(until, [at], after, clock))]


def unread(until: datetime, partitions: Iterable[Partition], memory: Memory, clock: SteppingClock) -> list[str]:
    """Return the partitions in which something stood on the log at an instant that was not read."""
    found = []
    for partition in partitions:
        needed, read = clock.end_before(until, partition), memory.checkpoints.get(partition, (0, 0, {}))[1]
        if read < needed:
            where = f"{partition.topic}/{partition.number}"
            found.append(f"the watermark is {until}, but {where} was read to {read}, and facts up to {needed} stood on the log")
    return found


def early_breaches(before: Memory, after: Memory, clock: SteppingClock) -> list[str]:
    """Return the breaches said by somebody who had not read all that stood on the log when the promise fell due."""
    found = []
    for epoch, _, event in list(after.outbox.values())[len(before.outbox) :]:
        # Of an older epoch is what the log gave back to a database that went back in time.
        if event.type == BREACHED and epoch == after.counters[event.partition][0]:
            due_at = msgspec.json.decode(open_envelope(event.body).data, type=ClockBreached).due_at
            needed, read = clock.end_at(due_at, event.partition), after.checkpoints[event.partition][1]
            if due_at >= clock.at:
                found.append(f"a breach due {due_at} was said at {clock.at}")
            if read < needed:
                found.append(f"a breach due {due_at} was said at offset {read}, but facts up to {needed} stood on the log")
    return found
