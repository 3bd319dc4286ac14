"""What the store in memory keeps, and one transaction on a copy of it."""

import copy
from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import wraps
from typing import Any, TypeVar, cast
from uuid import UUID

from libs.events.log.partition import PARTITIONS
from libs.events.log.port import Partition
from libs.events.store.port import (
    Advance,
    Answer,
    Appended,
    Applied,
    Changes,
    Conflict,
    Cursor,
    Dropped,
    Fenced,
    Idempotency,
    Kept,
    Outgoing,
    Position,
    Rewind,
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
    awaiting: dict[tuple[Subject, str], tuple[int, int]] = field(default_factory=dict)
    checkpoints: dict[Partition, tuple[int, int, Seen]] = field(default_factory=dict)
    applied: dict[Partition, datetime] = field(default_factory=dict)
    parked: dict[tuple[Partition, str], tuple[str, list[tuple[int, bytes]]]] = field(default_factory=dict)
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

    def __init__(self, memory: Memory, source: str, cursors: Mapping[Partition, tuple[int, Cursor]], at: datetime) -> None:
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
        for _, _, event in self.memory.outbox.values():
            if (event.partition.topic, event.key) in found and event.type in types:
                found[event.partition.topic, event.key].append(event.body)
        return found

    @noted
    async def change(self, changes: Changes) -> None:
        memory = self.memory
        for one in changes.states:
            if one.expected != (memory.states[one.subject].version if one.subject in memory.states else 0):
                raise Conflict("a subject was changed meanwhile")
            memory.states[one.subject] = Kept(one.expected + 1, one.state, one.last)
        for fact in changes.heard:
            memory.heard.setdefault((fact.shelf, fact.key), {})[fact.id] = (fact.type, fact.body)
        for row in changes.deletes:
            memory.tables.get(row.table, {}).pop(row.key, None)
        for row in [*changes.upserts, *changes.private]:
            memory.tables.setdefault(row.table, {})[row.key] = row.values
        for (table, key), sums in changes.additions.items():
            old = memory.tables.setdefault(table, {}).get(key, (0,) * len(sums))
            memory.tables[table][key] = tuple(a + b for a, b in zip(old, sums, strict=True))
        self._appoint(changes)

    def _appoint(self, changes: Changes) -> None:
        memory = self.memory
        for subject, name in changes.disarmed:
            memory.timers.pop((subject, name), None)
        for subject, number, timer in changes.armed:
            memory.timers[subject, timer.name] = (number, timer.due_at)
        for subject, name in changes.unawaited:
            memory.awaiting.pop((subject, name), None)
        for subject, number, name, known_to in changes.awaited:
            memory.awaiting[subject, name] = (number, known_to)

    @noted
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
            positions[event.id] = Position(self._source, event.partition, epoch, seq)
        return Appended(positions, said_before)

    @noted
    async def rewind(self, rewind: Rewind) -> Collection[UUID]:
        at, outbox = rewind.partition, self.memory.outbox
        if self._cursors.get(at, (0, None))[0] != rewind.lease_epoch:
            raise Fenced(f"{at.topic}/{at.number} is not under this lease any more")
        known = {one.event.id for one in rewind.on_log} & outbox.keys()
        behind = (rewind.cursor.epoch, rewind.cursor.last_seq)
        moved = sorted(
            (epoch, seq, id)
            for id, (epoch, seq, event) in outbox.items()
            if event.partition == at and (epoch, seq) > behind and id not in known
        )
        for number, (_, _, id) in enumerate(moved):
            outbox[id] = (rewind.epoch, number, outbox[id][2])
        outbox |= {one.event.id: (one.epoch, one.seq, one.event) for one in rewind.on_log}
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
        stand = {at: (*point[:2], self.memory.applied.get(at)) for at, point in self.memory.checkpoints.items()}
        moved = {one.partition: one.until for one in applied if one.partition in stand and one.moves(*stand[one.partition])}
        self.memory.applied |= moved
        return set(moved)

    async def watermark(self, topics: Collection[str]) -> datetime | None:
        every = [Partition(topic, number) for topic in topics for number in range(PARTITIONS[topic])]
        is_known = self.memory.applied.keys() >= set(every)
        return min((self.memory.applied[at] for at in every), default=self.at) if is_known else None

    @noted
    async def park(
        self, partition: Partition, key: str, error: str, records: Sequence[tuple[int, bytes]], waits_for: str = ""
    ) -> None:
        old, waiting = self.memory.parked.get((partition, key), ("", []))
        if error:
            self._forget_wishes(partition, key)
            self.memory.waiting |= {(partition, key): waits_for} if waits_for else {}
        fresh = [record for record in records if record not in waiting]
        self.memory.parked[partition, key] = (error or old, [*waiting, *fresh])

    @noted
    async def fired(self, subjects: Sequence[Subject], until: datetime) -> None:
        for at, (_, due_at) in list(self.memory.timers.items()):
            if at[0] in subjects and due_at < until:
                del self.memory.timers[at]

    @noted
    async def looked(self, subjects: Sequence[Subject], known_to: int) -> None:
        for at, (number, _) in list(self.memory.awaiting.items()):
            if at[0] in subjects:
                self.memory.awaiting[at] = (number, known_to)

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
