"""The store port: where one service keeps what it said, what it knows and how far it read; all in one transaction."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from libs.events.envelope import Order
from libs.events.fold import Row, Timer
from libs.events.log import Partition

Subject = tuple[str, str]
"""Topic and key."""


class Conflict(Exception):
    """Somebody else changed what this transaction had read; nothing was written, try again."""


class Fenced(Exception):
    """This instance no longer owns the partition; nothing was written."""


class StoreUnavailable(Exception):
    """The database cannot be reached now; trying again later is right."""


class Unstorable(Exception):
    """The database refuses a value; trying again is no use, the culprit must be found."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A subject's state as it was kept; version 0 means never."""

    version: int
    state: bytes
    last: Order


@dataclass(frozen=True, slots=True)
class Idempotency:
    """Who asked, under which key, for what (a digest of method, path and body)."""

    client: str
    key: str
    fingerprint: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer, kept so that a repeated request gets it again byte for byte."""

    status: int
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Outgoing:
    """An own event, encoded, on its way into the outbox."""

    partition: Partition
    id: UUID
    key: str
    type: str
    body: bytes


class Position(NamedTuple):
    """Where an own event stands in the outbox; the same numbers stand on the log."""

    source: str
    partition: int
    epoch: int
    seq: int


@dataclass(frozen=True, slots=True)
class Appended:
    """What became of the events: their positions, and the bodies of those that had been said before."""

    positions: Mapping[UUID, Position]
    said_before: Mapping[UUID, bytes]


@dataclass(frozen=True, slots=True)
class HeardFact:
    """A foreign fact kept for refolding."""

    subject: Subject
    order: Order
    type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class StateChange:
    """A subject's new state; `expected` is the version it was computed from."""

    subject: Subject
    expected: int
    state: bytes
    last: Order


Seen = dict[str, tuple[int, int]]
"""Source → the epoch and the number of its last event read from a partition."""


@dataclass(frozen=True, slots=True)
class Advance:
    """A checkpoint's compare-and-set: only the lease's owner, only from where it read."""

    partition: Partition
    lease_epoch: int
    expected: int
    next_offset: int
    seen: Seen


@dataclass(slots=True)
class Changes:
    """Everything one transaction writes besides events."""

    heard: list[HeardFact] = field(default_factory=list)
    states: list[StateChange] = field(default_factory=list)
    upserts: list[Row] = field(default_factory=list)
    deletes: list[Row] = field(default_factory=list)
    additions: dict[tuple[str, tuple[Any, ...]], tuple[int, ...]] = field(default_factory=dict)
    armed: list[tuple[Subject, int, Timer]] = field(default_factory=list)
    disarmed: list[tuple[Subject, str]] = field(default_factory=list)
    private: list[Row] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How far a partition was read, and what of it is set aside."""

    next_offset: int = 0
    seen: Seen = field(default_factory=dict)
    parked: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far the outbox was relayed: the last number sent, and the log offset from which own records are to be looked for."""

    epoch: int
    last_seq: int
    log_offset: int


@dataclass(frozen=True, slots=True)
class Parked:
    """A key set aside, with its waiting records in order."""

    partition: Partition
    key: str
    error: str
    since: datetime
    records: Sequence[tuple[int, bytes]]
    is_asked: bool = False


@dataclass(frozen=True, slots=True)
class Arrears:
    """What waits: the oldest event not on the log yet, keys set aside, and timers that are due."""

    unsent_seconds: float
    parked: int
    timers_due: int
    timers_seconds: float


class Ghost(NamedTuple):
    """An own event that stands on the log but not in this store, because the database went back in time."""

    epoch: int
    seq: int
    event: Outgoing


class Transaction(Protocol):
    """All or nothing. Reads lock what they return."""

    async def answers(self, asked: Iterable[Idempotency]) -> Mapping[tuple[str, str], tuple[bytes, Answer]]:
        """Return fingerprints and answers of the requests that were answered before."""

    async def states(self, subjects: Sequence[Subject]) -> Mapping[Subject, Kept]:
        """Return the kept states."""

    async def facts(self, subjects: Sequence[Subject], types: Sequence[str]) -> Mapping[Subject, Sequence[bytes]]:
        """Return the envelopes of the subjects' own and heard facts of these wire types, in no order."""

    async def change(self, changes: Changes) -> None:
        """Write states, rows and timers; Conflict when a state has another version than expected."""

    async def append(self, events: Sequence[Outgoing]) -> Appended:
        """Number the events and put them into the outbox; one whose id is there already is left out."""

    async def remember(self, answers: Iterable[tuple[Idempotency, Answer]]) -> None:
        """Keep answers; Conflict when a twin was quicker."""

    async def advance(self, advance: Advance) -> None:
        """Move a checkpoint, or raise Fenced."""

    async def park(self, partition: Partition, key: str, error: str, records: Sequence[tuple[int, bytes]]) -> None:
        """Set the key's records aside, behind those that already wait; the newest error stands, and nobody asks to retry."""

    async def fired(self, subjects: Sequence[Subject], until: datetime) -> None:
        """Forget the subjects' timers due before `until`: all that could follow from them was said."""

    async def unpark(self, partition: Partition, key: str) -> None:
        """Take the key's records off the shelf; they were handled or given up."""


class Store(Protocol):
    """One service's memory."""

    def transaction(self) -> AbstractAsyncContextManager[Transaction]:
        """Begin; commit on a clean exit, roll back on an exception."""

    async def lease(self, owner: UUID, wanted: Sequence[Partition]) -> Mapping[Partition, int]:
        """Renew this owner's leases, take free ones up to its fair share, and return the epochs of those it holds."""

    async def release(self, owner: UUID) -> None:
        """Give all leases back."""

    async def checkpoint(self, partition: Partition, lease_epoch: int) -> Checkpoint:
        """Return the checkpoint, now fenced to this lease."""

    async def cursor(self, partition: Partition, lease_epoch: int) -> Cursor:
        """Return the relay's cursor, now fenced to this lease."""

    async def unsent(self, partitions: Sequence[Partition]) -> Mapping[Partition, int]:
        """Return how many events of each partition wait in the outbox, leaving out those with none."""

    async def outbox(self, partition: Partition, epoch: int, after: int, limit: int) -> Sequence[tuple[int, Outgoing]]:
        """Return the events of an epoch numbered above `after`, in order."""

    async def sent(self, partition: Partition, cursor: Cursor, lease_epoch: int) -> None:
        """Move the relay's cursor, or raise Fenced."""

    async def counter(self, partition: Partition) -> tuple[int, int]:
        """Return the outbox's current epoch and the next number in it."""

    async def new_epoch(self, partition: Partition, seq: int, ghosts: Sequence[Ghost], epoch: int) -> None:
        """Take in own events that only the log remembers; number what stands from `seq` on anew, in `epoch`."""

    async def due(self, partitions: Mapping[Partition, datetime], limit: int) -> Sequence[tuple[Partition, Subject]]:
        """Return subjects with a timer due before their partition's instant, parked ones left out."""

    async def parked(self) -> Sequence[Parked]:
        """Return every parked key."""

    async def ask_retry(self, key: str | None) -> int:
        """Ask the owner of a parked key, or of all, to try it again; return how many were asked for."""

    async def arrears(self, at: datetime) -> Arrears:
        """Return what waits at an instant."""
