"""The store in memory: the reference that PostgreSQL is compared with, and what the simulated world runs on."""

from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from libs.events.log.port import Partition
from libs.events.store.memory_transaction import Memory, MemoryTransaction, copied
from libs.events.store.port import (
    SOMEWHERE,
    Arrears,
    Checkpoint,
    Cursor,
    Dropped,
    Fenced,
    Kept,
    Outgoing,
    Parked,
    Place,
    Position,
    Running,
    Subject,
    Waiting,
    Whereabouts,
)
from libs.events.store.values import fair_share
from libs.events.words.now import Now, is_wrong


class MemoryStore:
    """See libs.events.store.port.Store. Survives the instances that use it, as a database does."""

    def __init__(self, source: str, now: Now, *, lease_now: Now | None = None, lease_seconds: float = 10.0) -> None:
        """`lease_now`: leases may run out by a clock of their own, so that a test can let them without a promise breaking."""
        self.memory, self._source, self._shared, self._now = Memory(), source, now, lease_now or now
        self._lease = timedelta(seconds=lease_seconds)
        self._leases: dict[Partition, tuple[UUID, int, datetime]] = {}
        self._instances: dict[UUID, Running] = {}
        self._cursors: dict[Partition, tuple[int, Cursor]] = {}

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[MemoryTransaction]:
        before = self.memory
        transaction = MemoryTransaction(copied(before), self._source, self._cursors, self._shared())
        yield transaction
        self.memory = transaction.memory if self.memory is before else await transaction.after(self.memory)

    async def now(self) -> datetime:
        return self._shared()

    async def shortage(self) -> str:
        return ""

    async def lease(self, owner: UUID, wanted: Sequence[Partition], about: Whereabouts = SOMEWHERE) -> Mapping[Partition, int]:
        now = self._now()
        since = self._instances[owner].since if owner in self._instances else now
        self._instances[owner] = Running(owner, about, since, now, ())
        wrong = [is_wrong(one.about.apart) for one in await self.instances()]
        share = fair_share(len(wanted), wrong.count(False), wrong.count(True), is_wrong=is_wrong(about.apart))
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

    async def instances(self) -> Sequence[Running]:
        live = [one for one in self._instances.values() if one.seen_at > self._now() - self._lease]
        return [replace(one, held=[at for at in self._leases if self._is_mine(one.owner, at)]) for one in live]

    def _is_mine(self, owner: UUID, partition: Partition) -> bool:
        holder, _, expires_at = self._leases.get(partition, (None, 0, self._now()))
        return holder == owner and expires_at > self._now()

    async def release(self, owner: UUID) -> None:
        self._instances.pop(owner, None)
        self._leases = {p: (o, e, self._now() if o == owner else at) for p, (o, e, at) in self._leases.items()}

    async def checkpoint(self, partition: Partition, lease_epoch: int) -> Checkpoint:
        held, next_offset, seen = self.memory.checkpoints.get(partition, (0, 0, {}))
        if held > lease_epoch:
            raise Fenced(f"{partition.topic}/{partition.number} is not under this lease any more")
        checkpoints = {**self.memory.checkpoints, partition: (lease_epoch, next_offset, seen)}
        self.memory = replace(self.memory, checkpoints=checkpoints)
        parked = frozenset(key for where, key in self.memory.parked if where == partition)
        return Checkpoint(next_offset, dict(seen), parked, self.memory.applied.get(partition))

    async def cursor(self, partition: Partition, lease_epoch: int) -> Cursor:
        held, cursor = self._cursors.get(partition, (0, Cursor(1, -1, 0)))
        if held > lease_epoch:
            raise Fenced(f"{partition.topic}/{partition.number} is not under this lease any more")
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

    async def outbox(self, behind: Mapping[Partition, Cursor], limit: int) -> Mapping[Partition, Sequence[tuple[int, Outgoing]]]:
        waiting: dict[Partition, list[tuple[int, Outgoing]]] = {}
        for epoch, seq, event in self.memory.outbox.values():
            cursor = behind.get(event.partition)
            if cursor and epoch == cursor.epoch and seq > cursor.last_seq:
                waiting.setdefault(event.partition, []).append((seq, event))
        return {partition: sorted(events, key=lambda one: one[0])[:limit] for partition, events in waiting.items()}

    async def sent(self, cursors: Mapping[Partition, Cursor], leases: Mapping[Partition, int]) -> Collection[Partition]:
        lost = {partition for partition in cursors if self._cursors[partition][0] != leases[partition]}
        self._cursors |= {partition: (leases[partition], cursors[partition]) for partition in cursors.keys() - lost}
        return lost

    async def counter(self, partition: Partition) -> tuple[int, int]:
        return self.memory.counters.get(partition, (1, 0))

    async def due(self, until: Mapping[Place, datetime], limit: int) -> Sequence[tuple[Partition, Subject]]:
        places = {(place.book, place.partition.number): place for place in until}
        found: dict[tuple[Partition, Subject], None] = {}
        for (subject, _), (number, due_at) in self.memory.timers.items():
            place = places.get((subject[0], number))
            if place and due_at < until[place] and (place.partition, subject[1]) not in self.memory.parked:
                found[place.partition, subject] = None
        return list(found)[:limit]

    async def awaiting(
        self, places: Sequence[Place], published: Mapping[str, int], limit: int
    ) -> Sequence[tuple[Partition, Subject]]:
        mine = {(place.book, place.partition.number): place.partition for place in places}
        found: dict[tuple[Partition, Subject], None] = {}
        for (subject, name), (number, known_to) in self.memory.awaiting.items():
            partition = mine.get((subject[0], number))
            if partition and known_to <= published.get(name, -1) and (partition, subject[1]) not in self.memory.parked:
                found[partition, subject] = None
        return list(found)[:limit]

    async def ask_retry(self, key: str | None) -> int:
        asked = {one: None for _, one in self.memory.parked if key in (None, one)}
        self.memory = copied(self.memory)
        self.memory.asked |= asked
        return len(asked)

    async def arrears(self) -> Arrears:
        at = self._shared()
        late = [due_at for _, due_at in self.memory.timers.values() if due_at < at]
        oldest = max(((at - due_at).total_seconds() for due_at in late), default=0.0)
        return Arrears(0.0, len(self.memory.parked) - len(self.memory.waiting), len(late), oldest)

    async def parked(self) -> Sequence[Parked]:
        return [
            Parked(
                partition,
                key,
                error,
                self._shared(),
                list(records),
                key in self.memory.asked,
                self.memory.waiting.get((partition, key), ""),
                self.memory.dropping.get(key, ""),
            )
            for (partition, key), (error, records) in self.memory.parked.items()
        ]

    async def ask_drop(self, key: str, by: str) -> int:
        asked = [one for _, one in self.memory.parked if one == key]
        self.memory = copied(self.memory)
        self.memory.dropping |= dict.fromkeys(asked, by)
        return len(asked)

    async def retriable(self, partitions: Sequence[Partition], is_known: Callable[[str], bool], limit: int) -> Sequence[Parked]:
        mine = [one for one in await self.parked() if one.partition in partitions]
        return [one for one in mine if one.is_asked or one.dropped_by or (one.waits_for and is_known(one.waits_for))][:limit]

    async def dropped(self) -> Sequence[Dropped]:
        return list(self.memory.dropped.values())

    async def state(self, subject: Subject) -> Kept | None:
        return self.memory.states.get(subject)

    async def facts(self, subject: Subject) -> Sequence[bytes]:
        heard = {id: body for id, (_, body) in self.memory.heard.get(subject, {}).items()}
        said = [event for _, _, event in self.memory.outbox.values() if (event.partition.topic, event.key) == subject]
        return list((heard | {event.id: event.body for event in said}).values())

    async def has_read(self, position: Position) -> bool:
        _, _, seen = self.memory.checkpoints.get(position.partition, (0, 0, {}))
        return position.source in seen and seen[position.source] >= (position.epoch, position.seq)

    async def waiting(self) -> Sequence[Waiting]:
        return [Waiting(name, keys, 0.0) for name, keys in sorted(Counter(self.memory.waiting.values()).items())]
