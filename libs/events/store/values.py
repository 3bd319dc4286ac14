"""The values a store takes and gives."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from operator import add
from typing import Any, NamedTuple
from uuid import UUID

from libs.events.log.envelope import Order
from libs.events.log.port import Partition, Record, Stored
from libs.events.words.now import EPOCH
from libs.events.words.row import Row

Subject = tuple[str, str]
"""Book and key."""


class Place(NamedTuple):
    """Where a book's subjects are looked after: one partition of its topic."""

    book: str
    partition: Partition


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
    """An HTTP answer, kept so that a repeated request gets it again byte for byte; `replayed` when it is given again."""

    status: int
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()
    replayed: bool = field(default=False, compare=False)


class Position(NamedTuple):
    """Where an own event stands in the outbox; the same numbers stand on the log."""

    source: str
    partition: Partition
    epoch: int
    seq: int


@dataclass(frozen=True, slots=True)
class Appended:
    """What became of the events: their positions, and the bodies of those that had been said before."""

    positions: Mapping[UUID, Position]
    said_before: Mapping[UUID, bytes]


BEFORE_ALL = Order(EPOCH, 0, UUID(int=0))
"""Where a subject stands of which no fact is known, only what others show of it."""


class HeardFact(NamedTuple):
    """A fact kept for refolding, in the collection of its book (Book.collection)."""

    collection: str
    time: datetime
    place: int
    record: Record


class StateChange(NamedTuple):
    """A subject's new state; `expected` is the version it was computed from."""

    subject: Subject
    expected: int
    state: bytes
    last: Order


@dataclass(slots=True)
class Changes:
    """Everything one transaction writes besides events."""

    heard: list[HeardFact] = field(default_factory=list)
    states: list[StateChange] = field(default_factory=list)
    upserts: list[Row] = field(default_factory=list)
    deletes: list[Row] = field(default_factory=list)
    additions: dict[tuple[str, tuple[Any, ...]], tuple[int, ...]] = field(default_factory=dict)
    private: list[Row] = field(default_factory=list)

    def add(self, row: Row, difference: Sequence[int]) -> None:
        """Add a difference to the sums of a rollup's row."""
        sums = self.additions.get((row.table, row.key))
        self.additions[row.table, row.key] = tuple(map(add, sums, difference)) if sums else tuple(difference)


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where an instance runs, which release it is, and how far its own clock is from the shared one (ahead is above zero)."""

    host: str = ""
    pid: int = 0
    release: str = ""
    apart: timedelta = timedelta(0)


SOMEWHERE = Whereabouts()


@dataclass(frozen=True, slots=True)
class Running:
    """An instance that lives: since when, when it was last heard of, and the partitions it holds."""

    owner: UUID
    about: Whereabouts
    since: datetime
    seen_at: datetime
    held: Sequence[Partition]


def fair_share(wanted: int, right: int, wrong: int, *, is_wrong: bool) -> int:
    """Return how many partitions are one instance's part, among so many whose clock is right and so many whose is wrong."""
    if right and is_wrong:
        return 0
    return -(-wanted // (right or wrong))


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far the outbox was relayed: the last number sent, and the log offset from which own records are to be looked for."""

    epoch: int
    last_seq: int
    log_offset: int


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


@dataclass(frozen=True, slots=True)
class Applied:
    """All that stood on a partition at the instant `until` is applied; its owner knows, who had read to `next_offset`."""

    partition: Partition
    lease_epoch: int
    next_offset: int
    until: datetime


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How far a partition was read, what of it is set aside, and until which instant all else is applied, if that is known."""

    next_offset: int = 0
    seen: Seen = field(default_factory=dict)
    parked: frozenset[str] = frozenset()
    applied_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Parked:
    """A key set aside, with its waiting records; what it waits for, if that is all; who wants it tried again, or given up."""

    partition: Partition
    key: str
    error: str
    since: datetime
    records: Sequence[Stored]
    is_asked: bool = False
    waits_for: str = ""
    dropped_by: str = ""


@dataclass(frozen=True, slots=True)
class Dropped:
    """What was given up of a parked key, and by whom; no rebuild takes it in again."""

    partition: Partition
    key: str
    error: str
    at: datetime
    by: str
    records: Sequence[Stored]


class Waiting(NamedTuple):
    """How many keys wait for something that is not known yet, and for how long the first of them has."""

    name: str
    keys: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Arrears:
    """What waits: the oldest event not on the log yet, keys set aside, and timers that are due."""

    unsent_seconds: float
    parked: int
    timers_due: int
    timers_seconds: float


class Numbered(NamedTuple):
    """An own event, and the number that it has in the outbox and on the log."""

    epoch: int
    seq: int
    record: Record


@dataclass(frozen=True, slots=True)
class Rewind:
    """What to make of a partition's outbox after the database went back in time.

    Behind the cursor these events stand on the log, so they stand here; what only the outbox has gets numbers in a new epoch.
    """

    partition: Partition
    lease_epoch: int
    cursor: Cursor
    on_log: Sequence[Numbered]
    epoch: int
