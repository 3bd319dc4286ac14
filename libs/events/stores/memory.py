"""The store in memory: the reference that PostgreSQL is compared with, and what the simulated world runs on."""

import copy
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from libs.events.log import Partition
from libs.events.now import Now
from libs.events.store import (
    Advance,
    Answer,
    Appended,
    Arrears,
    Changes,
    Checkpoint,
    Conflict,
    Cursor,
    Fenced,
    Ghost,
    Idempotency,
    Kept,
    Outgoing,
    Parked,
    Position,
    Seen,
    Subject,
)

Rows = dict[tuple[Any, ...], tuple[Any, ...]]


@dataclass(slots=True)
class Memory:
    """Everything one service keeps; a transaction works on a copy and puts it in place when it ends well."""

    outbox: dict[UUID, tuple[int, int, Outgoing]] = field(default_factory=dict)
    counters: dict[Partition, tuple[int, int]] = field(default_factory=dict)
    answers: dict[tuple[str, str], tuple[bytes, Answer]] = field(default_factory=dict)
    states: dict[Subject, Kept] = field(default_factory=dict)
    heard: dict[Subject, dict[UUID, tuple[str, bytes]]] = field(default_factory=dict)
    tables: dict[str, Rows] = field(default_factory=dict)
    timers: dict[tuple[Subject, str], tuple[int, datetime]] = field(default_factory=dict)
    checkpoints: dict[Partition, tuple[int, int, Seen]] = field(default_factory=dict)
    parked: dict[tuple[Partition, str], tuple[str, list[tuple[int, bytes]]]] = field(default_factory=dict)
    asked: dict[str, None] = field(default_factory=dict)


class MemoryTransaction:
    """See libs.events.store.Transaction."""

    def __init__(self, memory: Memory, source: str) -> None:
        self.memory, self._source = memory, source

    async def answers(self, asked: Iterable[Idempotency]) -> Mapping[tuple[str, str], tuple[bytes, Answer]]:
        wanted = {(one.client, one.key) for one in asked}
        return {at: found for at, found in self.memory.answers.items() if at in wanted}

    async def states(self, subjects: Sequence[Subject]) -> Mapping[Subject, Kept]:
        return {subject: self.memory.states[subject] for subject in subjects if subject in self.memory.states}

    async def facts(self, subjects: Sequence[Subject], types: Sequence[str]) -> Mapping[Subject, Sequence[bytes]]:
        found: dict[Subject, list[bytes]] = {subject: [] for subject in subjects}
        for subject in subjects:
            found[subject] += [body for type, body in self.memory.heard.get(subject, {}).values() if type in types]
        for _, _, event in self.memory.outbox.values():
            if (event.partition.topic, event.key) in found and event.type in types:
                found[event.partition.topic, event.key].append(event.body)
        return found

    async def change(self, changes: Changes) -> None:
        memory = self.memory
        for one in changes.states:
            if one.expected != (memory.states[one.subject].version if one.subject in memory.states else 0):
                raise Conflict("a subject was changed meanwhile")
            memory.states[one.subject] = Kept(one.expected + 1, one.state, one.last)
        for fact in changes.heard:
            memory.heard.setdefault(fact.subject, {})[fact.order.id] = (fact.type, fact.body)
        for row in changes.deletes:
            memory.tables.get(row.table, {}).pop(row.key, None)
        for row in [*changes.upserts, *changes.private]:
            memory.tables.setdefault(row.table, {})[row.key] = row.values
        for (table, key), sums in changes.additions.items():
            old = memory.tables.setdefault(table, {}).get(key, (0,) * len(sums))
            memory.tables[table][key] = tuple(a + b for a, b in zip(old, sums, strict=True))
        for subject, name in changes.disarmed:
            memory.timers.pop((subject, name), None)
        for subject, number, timer in changes.armed:
            memory.timers[subject, timer.name] = (number, timer.due_at)

    async def append(self, events: Sequence[Outgoing]) -> Appended:
        positions: dict[UUID, Position] = {}
        said_before: dict[UUID, bytes] = {}
        for event in events:
            if event.id in self.memory.outbox:
                epoch, seq, old = self.memory.outbox[event.id]
                said_before[event.id] = old.body
            else:
                epoch, seq = self.memory.counters.get(event.partition, (1, 0))
                self.memory.outbox[event.id] = (epoch, seq, event)
                self.memory.counters[event.partition] = (epoch, seq + 1)
            positions[event.id] = Position(self._source, event.partition.number, epoch, seq)
        return Appended(positions, said_before)

    async def remember(self, answers: Iterable[tuple[Idempotency, Answer]]) -> None:
        for asked, answer in answers:
            if (asked.client, asked.key) in self.memory.answers:
                raise Conflict("a twin was quicker")
            self.memory.answers[asked.client, asked.key] = (asked.fingerprint, answer)

    async def advance(self, advance: Advance) -> None:
        lease_epoch, next_offset, _ = self.memory.checkpoints.get(advance.partition, (0, 0, {}))
        if (lease_epoch, next_offset) != (advance.lease_epoch, advance.expected):
            raise Fenced(f"{advance.partition.topic}/{advance.partition.number} belongs to another instance now")
        self.memory.checkpoints[advance.partition] = (advance.lease_epoch, advance.next_offset, dict(advance.seen))

    async def park(self, partition: Partition, key: str, error: str, records: Sequence[tuple[int, bytes]]) -> None:
        _, waiting = self.memory.parked.get((partition, key), ("", []))
        self.memory.asked.pop(key, None)
        fresh = [record for record in records if record not in waiting]
        self.memory.parked[partition, key] = (error, [*waiting, *fresh])

    async def fired(self, subjects: Sequence[Subject], until: datetime) -> None:
        for at, (_, due_at) in list(self.memory.timers.items()):
            if at[0] in subjects and due_at < until:
                del self.memory.timers[at]

    async def unpark(self, partition: Partition, key: str) -> None:
        self.memory.parked.pop((partition, key), None)


class MemoryStore:
    """See libs.events.store.Store. Survives the instances that use it, as a database does."""

    def __init__(self, source: str, now: Now, *, lease_seconds: float = 10.0) -> None:
        self.memory, self._source, self._now = Memory(), source, now
        self._lease = timedelta(seconds=lease_seconds)
        self._leases: dict[Partition, tuple[UUID, int, datetime]] = {}
        self._instances: dict[UUID, datetime] = {}
        self._cursors: dict[Partition, tuple[int, Cursor]] = {}

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[MemoryTransaction]:
        before = self.memory
        transaction = MemoryTransaction(_copy(before), self._source)
        yield transaction
        if self.memory is not before:
            raise Conflict("another transaction ended first")
        self.memory = transaction.memory

    async def lease(self, owner: UUID, wanted: Sequence[Partition]) -> Mapping[Partition, int]:
        now = self._now()
        self._instances[owner] = now
        live = [one for one, seen_at in self._instances.items() if seen_at > now - self._lease]
        share = -(-len(wanted) // len(live))
        held: dict[Partition, int] = {}
        for partition in sorted(wanted, key=lambda one: (not self._is_mine(owner, one), one)):
            holder, epoch, expires_at = self._leases.get(partition, (None, 0, now))
            is_mine = self._is_mine(owner, partition)
            if len(held) < share and (is_mine or expires_at <= now):
                held[partition] = epoch if is_mine else epoch + 1
                self._leases[partition] = (owner, held[partition], now + self._lease)
            elif holder == owner:
                self._leases[partition] = (owner, epoch, now)
        return held

    def _is_mine(self, owner: UUID, partition: Partition) -> bool:
        holder, _, expires_at = self._leases.get(partition, (None, 0, self._now()))
        return holder == owner and expires_at > self._now()

    async def release(self, owner: UUID) -> None:
        self._instances.pop(owner, None)
        self._leases = {p: (o, e, self._now() if o == owner else at) for p, (o, e, at) in self._leases.items()}

    async def checkpoint(self, partition: Partition, lease_epoch: int) -> Checkpoint:
        held, next_offset, seen = self.memory.checkpoints.get(partition, (0, 0, {}))
        if held > lease_epoch:
            raise Fenced(f"{partition.topic}/{partition.number} belongs to another instance now")
        self.memory = _copy(self.memory)
        self.memory.checkpoints[partition] = (lease_epoch, next_offset, seen)
        parked = frozenset(key for where, key in self.memory.parked if where == partition)
        return Checkpoint(next_offset, dict(seen), parked)

    async def cursor(self, partition: Partition, lease_epoch: int) -> Cursor:
        held, cursor = self._cursors.get(partition, (0, Cursor(1, -1, 0)))
        if held > lease_epoch:
            raise Fenced(f"{partition.topic}/{partition.number} belongs to another instance now")
        self._cursors[partition] = (lease_epoch, cursor)
        return cursor

    async def unsent(self, partitions: Sequence[Partition]) -> Mapping[Partition, int]:
        waiting: dict[Partition, int] = {}
        for partition in partitions:
            epoch, next_seq = await self.counter(partition)
            _, cursor = self._cursors.get(partition, (0, Cursor(1, -1, 0)))
            if (epoch, next_seq) > (cursor.epoch, cursor.last_seq + 1):
                waiting[partition] = next_seq - cursor.last_seq - 1 if epoch == cursor.epoch else next_seq + 1
        return waiting

    async def outbox(self, partition: Partition, epoch: int, after: int, limit: int) -> Sequence[tuple[int, Outgoing]]:
        waiting = [
            (seq, event)
            for where, seq, event in self.memory.outbox.values()
            if event.partition == partition and where == epoch and seq > after
        ]
        return sorted(waiting, key=lambda one: one[0])[:limit]

    async def sent(self, partition: Partition, cursor: Cursor, lease_epoch: int) -> None:
        if self._cursors[partition][0] != lease_epoch:
            raise Fenced(f"{partition.topic}/{partition.number} belongs to another instance now")
        self._cursors[partition] = (lease_epoch, cursor)

    async def counter(self, partition: Partition) -> tuple[int, int]:
        return self.memory.counters.get(partition, (1, 0))

    async def new_epoch(self, partition: Partition, seq: int, ghosts: Sequence[Ghost], epoch: int) -> None:
        memory = _copy(self.memory)
        old, _ = memory.counters.get(partition, (1, 0))
        lost = {ghost.event.id for ghost in ghosts}
        moved = sorted(
            (number, id)
            for id, (where, number, event) in memory.outbox.items()
            if event.partition == partition and where == old and number >= seq and id not in lost
        )
        for number, (_, id) in enumerate(moved):
            memory.outbox[id] = (epoch, number, memory.outbox[id][2])
        for ghost in ghosts:
            memory.outbox[ghost.event.id] = (ghost.epoch, ghost.seq, ghost.event)
        memory.counters[partition] = (epoch, len(moved))
        self.memory = memory

    async def due(self, partitions: Mapping[Partition, datetime], limit: int) -> Sequence[tuple[Partition, Subject]]:
        found: dict[tuple[Partition, Subject], None] = {}
        for (subject, _), (number, due_at) in self.memory.timers.items():
            partition = Partition(subject[0], number)
            is_parked = (partition, subject[1]) in self.memory.parked
            if partition in partitions and due_at < partitions[partition] and not is_parked:
                found[partition, subject] = None
        return list(found)[:limit]

    async def ask_retry(self, key: str | None) -> int:
        asked = {one: None for _, one in self.memory.parked if key in (None, one)}
        self.memory = _copy(self.memory)
        self.memory.asked |= asked
        return len(asked)

    async def arrears(self, at: datetime) -> Arrears:
        late = [due_at for _, due_at in self.memory.timers.values() if due_at < at]
        oldest = max(((at - due_at).total_seconds() for due_at in late), default=0.0)
        return Arrears(0.0, len(self.memory.parked), len(late), oldest)

    async def parked(self) -> Sequence[Parked]:
        return [
            Parked(partition, key, error, self._now(), list(records), key in self.memory.asked)
            for (partition, key), (error, records) in self.memory.parked.items()
        ]


def _copy(memory: Memory) -> Memory:
    return Memory(**{name: _shallow(getattr(memory, name)) for name in Memory.__slots__})


def _shallow(value: dict[Any, Any]) -> dict[Any, Any]:
    """Copy two levels: what lies deeper is never changed in place."""
    return {key: copy.copy(one) if isinstance(one, dict) else one for key, one in value.items()}
