"""What must hold at every commit of the simulated world, not only when it has come to rest."""

from collections.abc import Callable, Iterable
from datetime import datetime
from uuid import UUID

from libs.events.catalogue.sla import ClockBreached, ClockReminded, ClockWarned
from libs.events.log.envelope import open_envelope
from libs.events.log.port import Partition
from libs.events.testing.clocks import SteppingClock
from libs.events.testing.memory_store import MemoryStore
from libs.events.testing.memory_transaction import Cursors, Memory
from libs.events.words.event import TYPES
from libs.events.words.now import Now

Backup = tuple[Memory, Cursors, dict[Partition, tuple[UUID, int, datetime]]]
_CALLED = {ClockBreached: "breach", ClockWarned: "warning", ClockReminded: "reminder"}
ALARMS = {TYPES[cls].wire: what for cls, what in _CALLED.items()}


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
        return self._memory, dict(self.outbox.cursors), dict(self.leases.held)

    def restore(self, backup: Backup) -> None:
        """Go back in time; nobody watches."""
        self._memory, self.outbox.cursors, self.leases.held = backup


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


def early_alarms(before: Memory, after: Memory, clock: SteppingClock) -> list[str]:
    """Return the breaches, warnings and reminders said before all was read that stood on the log when they were due."""
    found = []
    for at, event in list(after.outbox.values())[len(before.outbox) :]:
        # Events of an older epoch came back from the log to a database that went back in time.
        if event.type in ALARMS and at.epoch == after.counters[at.partition][0]:
            what, due_at = ALARMS[event.type], open_envelope(event.body).time
            needed, read = clock.end_at(due_at, at.partition), after.checkpoints[at.partition][1]
            # At its due instant a promise can still be kept; a warning or reminder is due at its own.
            if due_at > clock.at or (due_at == clock.at and what == "breach"):
                found.append(f"a {what} due {due_at} was said at {clock.at}")
            if read < needed:
                found.append(f"a {what} due {due_at} was said at offset {read}, but facts up to {needed} stood on the log")
    return found
