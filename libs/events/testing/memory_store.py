"""The store in memory: the reference that PostgreSQL is compared with, and what the simulated world runs on."""

from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from libs.events.log.port import Partition
from libs.events.store.port import Fenced
from libs.events.store.values import (
    SOMEWHERE,
    Arrears,
    Checkpoint,
    Cursor,
    Dropped,
    Kept,
    Numbered,
    Parked,
    Place,
    Position,
    Running,
    Subject,
    Waiting,
    Whereabouts,
    fair_share,
)
from libs.events.testing.memory_transaction import FIRST_CURSOR, Cursors, Memory, MemoryTransaction, copied
from libs.events.words.now import Now, is_wrong


class MemoryLeases:
    """See libs.events.store.port.Leases."""

    def __init__(self, now: Now, seconds: float) -> None:
        self._now, self._lease = now, timedelta(seconds=seconds)
        self.held: dict[Partition, tuple[UUID, int, datetime]] = {}
        self._instances: dict[UUID, Running] = {}

    async def take(self, owner: UUID, wanted: Sequence[Partition], about: Whereabouts = SOMEWHERE) -> Mapping[Partition, int]:
        now = self._now()
        since = self._instances[owner].since if owner in self._instances else now
        self._instances[owner] = Running(owner, about, since, now, ())
        wrong = [is_wrong(one.about.apart) for one in await self.instances()]
        share = fair_share(len(wanted), wrong.count(False), wrong.count(True), is_wrong=is_wrong(about.apart))
        held: dict[Partition, int] = {}
        for partition in sorted(wanted, key=lambda one: (not self._is_mine(owner, one), one.number, one.topic)):
            holder, epoch, expires_at = self.held.get(partition, (None, 0, now))
            is_mine = self._is_mine(owner, partition)
            if len(held) < share and (is_mine or expires_at <= now):
                held[partition] = epoch if is_mine else epoch + 1
                self.held[partition] = (owner, held[partition], now + self._lease)
            elif holder == owner:
                self.held[partition] = (owner, epoch, now)
        return held

    async def instances(self) -> Sequence[Running]:
        live = [one for one in self._instances.values() if one.seen_at > self._now() - self._lease]
        return [replace(one, held=[at for at in self.held if self._is_mine(one.owner, at)]) for one in live]

    def _is_mine(self, owner: UUID, partition: Partition) -> bool:
        holder, _, expires_at = self.held.get(partition, (None, 0, self._now()))
        return holder == owner and expires_at > self._now()

    async def release(self, owner: UUID) -> None:
        self._instances.pop(owner, None)
        self.held = {p: (o, e, self._now() if o == owner else at) for p, (o, e, at) in self.held.items()}


class MemoryOutbox:
    """See libs.events.store.port.Outbox."""

    def __init__(self, store: "MemoryStore") -> None:
        self._store = store
        self.cursors: Cursors = {}

    async def cursor(self, partition: Partition, lease_epoch: int) -> Cursor:
        held, cursor = self.cursors.get(partition, (0, FIRST_CURSOR))
        if held > lease_epoch:
            raise Fenced(f"{partition.topic}/{partition.number} is not under this lease any more")
        self.cursors[partition] = (lease_epoch, cursor)
        return cursor

    async def unsent(self, partitions: Sequence[Partition]) -> Mapping[Partition, int]:
        waiting: dict[Partition, int] = {}
        for partition in partitions:
            epoch, next_seq = await self.counter(partition)
            _, cursor = self.cursors.get(partition, (0, FIRST_CURSOR))
            if (epoch, next_seq) > (cursor.epoch, cursor.last_seq + 1):
                waiting[partition] = next_seq - cursor.last_seq - 1 if epoch == cursor.epoch else next_seq + 1
        return waiting

    async def after(self, cursors: Mapping[Partition, Cursor], limit: int) -> Mapping[Partition, Sequence[Numbered]]:
        waiting: dict[Partition, list[Numbered]] = {}
        for position, record in self._store.memory.outbox.values():
            cursor = cursors.get(position.partition)
            if cursor and position.epoch == cursor.epoch and position.seq > cursor.last_seq:
                waiting.setdefault(position.partition, []).append(Numbered(position.epoch, position.seq, record))
        return {partition: sorted(events)[:limit] for partition, events in waiting.items()}

    async def sent(self, cursors: Mapping[Partition, Cursor], leases: Mapping[Partition, int]) -> Collection[Partition]:
        lost = {partition for partition in cursors if self.cursors[partition][0] != leases[partition]}
        self.cursors |= {partition: (leases[partition], cursors[partition]) for partition in cursors.keys() - lost}
        return lost

    async def counter(self, partition: Partition) -> tuple[int, int]:
        return self._store.memory.counters.get(partition, (1, 0))


class MemoryParked:
    """See libs.events.store.port.ParkedKeys."""

    def __init__(self, store: "MemoryStore") -> None:
        self._store = store

    async def all(self) -> Sequence[Parked]:
        return [
            Parked(
                partition,
                key,
                error,
                self._store.shared_now(),
                list(records),
                key in self._store.memory.asked,
                self._store.memory.waiting.get((partition, key), ""),
                self._store.memory.dropping.get(key, ""),
            )
            for (partition, key), (error, records) in self._store.memory.parked.items()
        ]

    async def retriable(self, partitions: Sequence[Partition], is_known: Callable[[str], bool], limit: int) -> Sequence[Parked]:
        mine = [one for one in await self.all() if one.partition in partitions]
        return [one for one in mine if one.is_asked or one.dropped_by or (one.waits_for and is_known(one.waits_for))][:limit]

    async def ask_retry(self, key: str | None) -> int:
        asked = {one: None for _, one in self._store.memory.parked if key in (None, one)}
        self._store.memory = copied(self._store.memory)
        self._store.memory.asked |= asked
        return len(asked)

    async def ask_drop(self, key: str, by: str) -> int:
        asked = [one for _, one in self._store.memory.parked if one == key]
        self._store.memory = copied(self._store.memory)
        self._store.memory.dropping |= dict.fromkeys(asked, by)
        return len(asked)

    async def dropped(self) -> Sequence[Dropped]:
        return list(self._store.memory.dropped.values())

    async def waiting(self) -> Sequence[Waiting]:
        return [Waiting(name, keys, 0.0) for name, keys in sorted(Counter(self._store.memory.waiting.values()).items())]


class MemoryStore:
    """See libs.events.store.port.Store. Survives the instances that use it, as a database does."""

    def __init__(self, source: str, now: Now, *, lease_now: Now | None = None, lease_seconds: float = 10.0) -> None:
        """`lease_now`: leases may run out by a clock of their own, so that a test can let them without a promise breaking."""
        self.memory, self._source, self.shared_now = Memory(), source, now
        self.leases = MemoryLeases(lease_now or now, lease_seconds)
        self.outbox, self.parked = MemoryOutbox(self), MemoryParked(self)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[MemoryTransaction]:
        before = self.memory
        transaction = MemoryTransaction(copied(before), self._source, self.outbox.cursors, self.shared_now())
        yield transaction
        self.memory = transaction.memory if self.memory is before else await transaction.after(self.memory)

    async def now(self) -> datetime:
        return self.shared_now()

    async def shortage(self) -> str:
        return ""

    async def checkpoint(self, partition: Partition, lease_epoch: int) -> Checkpoint:
        held, next_offset, seen = self.memory.checkpoints.get(partition, (0, 0, {}))
        if held > lease_epoch:
            raise Fenced(f"{partition.topic}/{partition.number} is not under this lease any more")
        checkpoints = {**self.memory.checkpoints, partition: (lease_epoch, next_offset, seen)}
        self.memory = replace(self.memory, checkpoints=checkpoints)
        parked = frozenset(key for where, key in self.memory.parked if where == partition)
        return Checkpoint(next_offset, dict(seen), parked, self.memory.applied.get(partition))

    async def due(self, until: Mapping[Place, datetime], limit: int) -> Sequence[tuple[Partition, Subject]]:
        places = {(place.book, place.partition.number): place for place in until}
        found: dict[tuple[Partition, Subject], None] = {}
        for (book, key, _), (number, due_at) in self.memory.tables["timer"].items():
            place = places.get((book, number))
            if place and due_at < until[place] and (place.partition, key) not in self.memory.parked:
                found[place.partition, (book, key)] = None
        return list(found)[:limit]

    async def awaiting(
        self, places: Sequence[Place], published: Mapping[str, int], limit: int
    ) -> Sequence[tuple[Partition, Subject]]:
        mine = {(place.book, place.partition.number): place.partition for place in places}
        found: dict[tuple[Partition, Subject], None] = {}
        for (book, key, name), (number, known_to) in self.memory.tables["awaiting"].items():
            partition = mine.get((book, number))
            if partition and known_to <= published.get(name, -1) and (partition, key) not in self.memory.parked:
                found[partition, (book, key)] = None
        return list(found)[:limit]

    async def state(self, subject: Subject) -> Kept | None:
        return self.memory.states.get(subject)

    async def walk(self, book: str, after: str, limit: int) -> Sequence[tuple[str, Kept]]:
        found = sorted((key, kept) for (of, key), kept in self.memory.states.items() if of == book and key > after)
        return found[:limit]

    async def facts(self, subject: Subject) -> Sequence[bytes]:
        heard = {id: body for id, (_, body) in self.memory.heard.get(subject, {}).items()}
        said = [record for at, record in self.memory.outbox.values() if (at.partition.topic, record.key) == subject]
        return list((heard | {record.id: record.body for record in said}).values())

    async def has_read(self, position: Position) -> bool:
        _, _, seen = self.memory.checkpoints.get(position.partition, (0, 0, {}))
        return position.source in seen and seen[position.source] >= (position.epoch, position.seq)

    async def arrears(self) -> Arrears:
        at = self.shared_now()
        late = [due_at for _, due_at in self.memory.tables["timer"].values() if due_at < at]
        oldest = max(((at - due_at).total_seconds() for due_at in late), default=0.0)
        return Arrears(0.0, len(self.memory.parked) - len(self.memory.waiting), len(late), oldest)
