"""What the store in memory keeps, and one transaction on a copy of it."""

import copy
from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import wraps
from typing import Any, TypeVar, cast
from uuid import UUID

from libs.events.log.port import PARTITIONS, Partition, Record, Stored
from libs.events.store.port import Conflict, Fenced
from libs.events.store.values import (
    Advance,
    Answer,
    Appended,
    Applied,
    Changes,
    Cursor,
    Dropped,
    Idempotency,
    Kept,
    Position,
    Rewind,
    Seen,
    Subject,
)
from libs.events.words.now import FIRST

Rows = dict[tuple[Any, ...], tuple[Any, ...]]
Cursors = dict[Partition, tuple[int, Cursor]]
"""A relay's lease epoch, and how far it sent."""

FIRST_CURSOR = Cursor(1, -1, 0)


@dataclass(slots=True)
class Memory:
    """Everything one service keeps; a transaction works on a copy and puts it in place when it ends well."""

    outbox: dict[UUID, tuple[Position, Record]] = field(default_factory=dict)
    counters: dict[Partition, tuple[int, int]] = field(default_factory=dict)
    answers: dict[tuple[str, str], tuple[bytes, Answer]] = field(default_factory=dict)
    states: dict[Subject, Kept] = field(default_factory=dict)
    heard: dict[Subject, dict[UUID, tuple[str, bytes]]] = field(default_factory=dict)
    tables: dict[str, Rows] = field(default_factory=lambda: {"timer": {}, "awaiting": {}})
    checkpoints: dict[Partition, tuple[int, int, Seen]] = field(default_factory=dict)
    applied: dict[Partition, datetime] = field(default_factory=dict)
    parked: dict[tuple[Partition, str], tuple[str, list[Stored]]] = field(default_factory=dict)
    asked: dict[str, None] = field(default_factory=dict)
    waiting: dict[tuple[Partition, str], str] = field(default_factory=dict)
    dropping: dict[str, str] = field(default_factory=dict)
    dropped: dict[int, Dropped] = field(default_factory=dict)


Method = Callable[..., Awaitable[Any]]
M = TypeVar("M", bound=Method)


def noted(method: M) -> M:
    """Let a transaction remember that this was done, and what came of it."""

    @wraps(method)
    async def done(self: "MemoryTransaction", *arguments: Any) -> Any:
        kept = [list(one) if isinstance(one, Iterator) else one for one in arguments]
        outcome = await method(self, *kept)
        self.done.append((method, kept, outcome))
        return outcome

    return cast(M, done)


class MemoryTransaction:
    """See libs.events.store.port.Transaction."""

    def __init__(self, memory: Memory, source: str, cursors: Cursors, at: datetime) -> None:
        self.memory, self._source, self._cursors, self.at = memory, source, cursors, at
        self.done: list[tuple[Method, Sequence[Any], Any]] = []

    async def after(self, others: Memory) -> Memory:
        """Return what others have left meanwhile with this done to it; Conflict where it would come out otherwise.

        So two that touch different subjects pass each other, as on PostgreSQL, where only what was read is locked.
        """
        again = MemoryTransaction(copied(others), self._source, self._cursors, self.at)
        for method, arguments, outcome in self.done:
            if await method(again, *arguments) != outcome:
                raise Conflict("another transaction ended first")
        return again.memory

    async def answers(self, asked: Iterable[Idempotency]) -> Mapping[tuple[str, str], tuple[bytes, Answer]]:
        wanted = {(one.client, one.key) for one in asked}
        return {at: found for at, found in self.memory.answers.items() if at in wanted}

    @noted
    async def states(self, subjects: Sequence[Subject], claimed: Collection[Subject] = ()) -> Mapping[Subject, Kept]:
        return {subject: self.memory.states[subject] for subject in subjects if subject in self.memory.states}

    async def facts(self, kept: Sequence[tuple[str, str]], types: Sequence[str]) -> Mapping[tuple[str, str], Sequence[bytes]]:
        found: dict[tuple[str, str], list[bytes]] = {at: [] for at in kept}
        for at in kept:
            found[at] += [body for type, body in self.memory.heard.get(at, {}).values() if type in types]
        for position, record in self.memory.outbox.values():
            if (position.partition.topic, record.key) in found and record.type in types:
                found[position.partition.topic, record.key].append(record.body)
        return found

    @noted
    async def change(self, changes: Changes) -> None:
        memory = self.memory
        for one in changes.states:
            if one.expected != (memory.states[one.subject].version if one.subject in memory.states else 0):
                raise Conflict("a subject was changed meanwhile")
            memory.states[one.subject] = Kept(one.expected + 1, one.state, one.last)
        for shelf, _, _, record in changes.heard:
            memory.heard.setdefault((shelf, record.key), {})[record.id] = (record.type, record.body)
        for row in changes.deletes:
            memory.tables.get(row.table, {}).pop(row.key, None)
        for row in [*changes.upserts, *changes.private]:
            memory.tables.setdefault(row.table, {})[row.key] = row.values
        for (table, key), sums in changes.additions.items():
            old = memory.tables.setdefault(table, {}).get(key, (0,) * len(sums))
            memory.tables[table][key] = tuple(a + b for a, b in zip(old, sums, strict=True))

    @noted
    async def append(self, events: Sequence[tuple[Partition, Record]]) -> Appended:
        positions: dict[UUID, Position] = {}
        said_before: dict[UUID, bytes] = {}
        for partition, record in events:
            if record.id in self.memory.outbox:
                said_before[record.id] = self.memory.outbox[record.id][1].body
            else:
                epoch, seq = self.memory.counters.get(partition, (1, 0))
                self._number(partition, epoch, seq, record)
                self.memory.counters[partition] = (epoch, seq + 1)
            positions[record.id] = self.memory.outbox[record.id][0]
        return Appended(positions, said_before)

    def _number(self, partition: Partition, epoch: int, seq: int, record: Record) -> None:
        self.memory.outbox[record.id] = (Position(self._source, partition, epoch, seq), record)

    @noted
    async def rewind(self, rewind: Rewind) -> Collection[UUID]:
        at, outbox = rewind.partition, self.memory.outbox
        if self._cursors.get(at, (0, None))[0] != rewind.lease_epoch:
            raise Fenced(f"{at.topic}/{at.number} is not under this lease any more")
        known = {one.record.id for one in rewind.on_log} & outbox.keys()
        behind = (rewind.cursor.epoch, rewind.cursor.last_seq)
        here = [(there.epoch, there.seq, id) for id, (there, _) in outbox.items() if there.partition == at and id not in known]
        moved = sorted(one for one in here if one[:2] > behind)
        for number, (_, _, id) in enumerate(moved):
            self._number(at, rewind.epoch, number, outbox[id][1])
        for one in rewind.on_log:
            self._number(at, *one)
        self.memory.counters[at] = (rewind.epoch, len(moved))
        return known

    @noted
    async def remember(self, answers: Iterable[tuple[Idempotency, Answer]]) -> None:
        for asked, answer in answers:
            if (asked.client, asked.key) in self.memory.answers:
                raise Conflict("a twin was quicker")
            self.memory.answers[asked.client, asked.key] = (asked.fingerprint, answer)

    @noted
    async def advance(self, advances: Sequence[Advance]) -> None:
        for one in advances:
            lease_epoch, next_offset, _ = self.memory.checkpoints.get(one.partition, (0, 0, {}))
            if (lease_epoch, next_offset) != (one.lease_epoch, one.expected):
                raise Fenced(f"{one.partition.topic}/{one.partition.number} is not under this lease any more")
            self.memory.checkpoints[one.partition] = (one.lease_epoch, one.next_offset, dict(one.seen))

    @noted
    async def note_applied(self, applied: Sequence[Applied]) -> Collection[Partition]:
        moved = {one.partition: one.until for one in applied if self._moves(one)}
        self.memory.applied |= moved
        return set(moved)

    def _moves(self, one: Applied) -> bool:
        """Test whether a checkpoint moves on: it is under this lease and came this far, and less was known so far."""
        lease_epoch, next_offset, _ = self.memory.checkpoints.get(one.partition, (-1, -1, {}))
        is_owner = lease_epoch == one.lease_epoch and next_offset >= one.next_offset
        return is_owner and self.memory.applied.get(one.partition, FIRST) < one.until

    async def watermark(self, topics: Collection[str]) -> datetime | None:
        every = [Partition(topic, number) for topic in topics for number in range(PARTITIONS[topic])]
        is_known = self.memory.applied.keys() >= set(every)
        return min((self.memory.applied[at] for at in every), default=self.at) if is_known else None

    @noted
    async def park(self, partition: Partition, key: str, error: str, records: Sequence[Stored], waits_for: str = "") -> None:
        old, waiting = self.memory.parked.get((partition, key), ("", []))
        if error:
            self._forget_wishes(partition, key)
            self.memory.waiting |= {(partition, key): waits_for} if waits_for else {}
        fresh = [record for record in records if record not in waiting]
        self.memory.parked[partition, key] = (error or old, [*waiting, *fresh])

    @noted
    async def fired(self, subjects: Sequence[Subject], until: datetime) -> None:
        timers = self.memory.tables["timer"]
        for at, (_, due_at) in list(timers.items()):
            if at[:2] in subjects and due_at < until:
                del timers[at]

    @noted
    async def looked(self, subjects: Sequence[Subject], known_to: int) -> None:
        awaiting = self.memory.tables["awaiting"]
        for at, (number, _) in list(awaiting.items()):
            if at[:2] in subjects:
                awaiting[at] = (number, known_to)

    @noted
    async def drop(self, partition: Partition, key: str) -> None:
        memory = self.memory
        if (partition, key) in memory.parked:
            error, records = memory.parked[partition, key]
            by = memory.dropping.get(key, "")
            memory.dropped[len(memory.dropped)] = Dropped(partition, key, error, self.at, by, list(records))
        await self.unpark(partition, key)

    @noted
    async def unpark(self, partition: Partition, key: str) -> None:
        self.memory.parked.pop((partition, key), None)
        self._forget_wishes(partition, key)

    def _forget_wishes(self, partition: Partition, key: str) -> None:
        self.memory.asked.pop(key, None)
        self.memory.dropping.pop(key, None)
        self.memory.waiting.pop((partition, key), None)


def copied(memory: Memory) -> Memory:
    return Memory(**{name: _shallow(getattr(memory, name)) for name in Memory.__slots__})


def _shallow(value: dict[Any, Any]) -> dict[Any, Any]:
    """Copy two levels: what lies deeper is never changed in place."""
    return {key: copy.copy(one) if isinstance(one, dict) else one for key, one in value.items()}
