"""The store port: where one service keeps what it said, what it knows and how far it read; all in one transaction."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol
from uuid import UUID

from libs.events.log.port import Partition, Record, Stored
from libs.events.store.values import (
    SOMEWHERE,
    Advance,
    Answer,
    Appended,
    Applied,
    Arrears,
    Changes,
    Checkpoint,
    Cursor,
    Dropped,
    Idempotency,
    Kept,
    Numbered,
    Parked,
    Place,
    Position,
    Rewind,
    Running,
    Subject,
    Waiting,
    Whereabouts,
)


class Conflict(Exception):
    """Somebody else changed what this transaction had read; nothing was written, try again."""


class Fenced(Exception):
    """This instance no longer owns the partition; nothing was written."""


class StoreUnavailable(Exception):
    """The database cannot be reached now; trying again later is right."""


class NoRoom(StoreUnavailable):
    """The database cannot write, because its disk is full; it may still answer questions."""


class Unstorable(Exception):
    """The database refuses a value; trying again is no use, the culprit must be found."""


class Transaction(Protocol):
    """All or nothing. Reads lock what they return."""

    at: datetime
    """When it began, by the clock that all instances share; what it writes was recorded then."""

    async def answers(self, asked: Iterable[Idempotency]) -> Mapping[tuple[str, str], tuple[bytes, Answer]]:
        """Return fingerprints and answers of the requests that were answered before."""

    async def states(self, subjects: Sequence[Subject], claimed: Collection[Subject] = ()) -> Mapping[Subject, Kept]:
        """Return the kept states. The `claimed` ones are locked even before they are kept for the first time."""

    async def facts(self, kept: Sequence[tuple[str, str]], types: Sequence[str]) -> Mapping[tuple[str, str], Sequence[bytes]]:
        """Return by shelf and key the envelopes of own and heard facts of these wire types, in no order."""

    async def change(self, changes: Changes) -> None:
        """Write states, rows and timers; Conflict when a state has another version than expected."""

    async def append(self, events: Sequence[tuple[Partition, Record]]) -> Appended:
        """Number the events and put them into the outbox; one whose id is there already is left out."""

    async def rewind(self, rewind: Rewind) -> Collection[UUID]:
        """Make the outbox agree with the log; return the ids that were here before, or raise Fenced when it is another's."""

    async def remember(self, answers: Iterable[tuple[Idempotency, Answer]]) -> None:
        """Keep answers; Conflict when a twin was quicker."""

    async def advance(self, advances: Sequence[Advance]) -> None:
        """Move checkpoints, or raise Fenced when one of them is not under its lease any more."""

    async def note_applied(self, applied: Sequence[Applied]) -> Collection[Partition]:
        """Move on until when partitions are applied, and return those that moved.

        One that is not under its lease any more, or was known as far, stays; so does one whose batch is being written.
        """

    async def watermark(self, topics: Collection[str]) -> datetime | None:
        """Return until when all partitions of these topics are applied, or nothing when that is not known of each.

        Of no topic it is now: a service that reads nothing knows all that concerns it. Nothing is locked: it only grows.
        """

    async def park(self, partition: Partition, key: str, error: str, records: Sequence[Stored], waits_for: str = "") -> None:
        """Set the key's records aside, behind those that already wait.

        A new error replaces the old one, what it waited for and all wishes; without one (`""`) they stand.
        """

    async def drop(self, partition: Partition, key: str) -> None:
        """Give a parked key's records up: they are kept with who asked for it, and its later facts are handled again."""

    async def fired(self, subjects: Sequence[Subject], until: datetime) -> None:
        """Forget the subjects' timers due before `until`: all that could follow from them was said."""

    async def looked(self, subjects: Sequence[Subject], known_to: int) -> None:
        """Note that the subjects were settled knowing what is published before this offset of topic `standards`."""

    async def unpark(self, partition: Partition, key: str) -> None:
        """Take the key's records off the shelf; they were handled or given up."""


class Leases(Protocol):
    """Who owns which partition, for how long."""

    async def take(self, owner: UUID, wanted: Sequence[Partition], about: Whereabouts = SOMEWHERE) -> Mapping[Partition, int]:
        """Renew this owner's leases, take free ones up to its fair share, and return the epochs of those it holds.

        A share has a part of each topic.

        An owner whose clock is wrong leaves all partitions to those whose clock is right, as long as there are any.
        """

    async def instances(self) -> Sequence[Running]:
        """Return the instances that live, and what each holds."""

    async def release(self, owner: UUID) -> None:
        """Give all leases back."""


class Outbox(Protocol):
    """What the service said, in the order of its numbers, as its relays see it."""

    async def cursor(self, partition: Partition, lease_epoch: int) -> Cursor:
        """Return the relay's cursor, now fenced to this lease."""

    async def unsent(self, partitions: Sequence[Partition]) -> Mapping[Partition, int]:
        """Return how many events of each partition wait in the outbox, leaving out those with none."""

    async def after(self, cursors: Mapping[Partition, Cursor], limit: int) -> Mapping[Partition, Sequence[Numbered]]:
        """Return the next events of each cursor's epoch in order, `limit` of a partition, leaving out those with none."""

    async def sent(self, cursors: Mapping[Partition, Cursor], leases: Mapping[Partition, int]) -> Collection[Partition]:
        """Move relays' cursors; return the partitions that are not under their lease any more, whose cursors stay."""

    async def counter(self, partition: Partition) -> tuple[int, int]:
        """Return the outbox's current epoch and the next number in it."""


class ParkedKeys(Protocol):
    """Keys set aside: what waits, why, and what was given up."""

    async def all(self) -> Sequence[Parked]:
        """Return every parked key."""

    async def retriable(self, partitions: Sequence[Partition], is_known: Callable[[str], bool], limit: int) -> Sequence[Parked]:
        """Return parked keys that somebody asked about, or that waited for what is known now."""

    async def ask_retry(self, key: str | None) -> int:
        """Ask the owner of a parked key, or of all, to try it again; return how many were asked for."""

    async def ask_drop(self, key: str, by: str) -> int:
        """Ask the owner of a parked key to give up what is set aside; return how many were asked for."""

    async def dropped(self) -> Sequence[Dropped]:
        """Return what was given up, in order."""

    async def waiting(self) -> Sequence[Waiting]:
        """Return what parked keys wait for."""


class Store(Protocol):
    """One service's memory."""

    @property
    def leases(self) -> Leases:
        """Which partitions are whose."""

    @property
    def outbox(self) -> Outbox:
        """What was said, and how far it was sent."""

    @property
    def parked(self) -> ParkedKeys:
        """What is set aside."""

    def transaction(self) -> AbstractAsyncContextManager[Transaction]:
        """Begin; commit on a clean exit, roll back on an exception."""

    async def now(self) -> datetime:
        """Return the instant by the clock that all instances share."""

    async def shortage(self) -> str:
        """Return why nothing can be written, or nothing.

        A disk is known to be full only by writing. So after a write has failed for want of room, asking tries one that is
        taken back; before, and once that went well, it costs nothing.
        """

    async def checkpoint(self, partition: Partition, lease_epoch: int) -> Checkpoint:
        """Return the checkpoint, now fenced to this lease."""

    async def due(self, until: Mapping[Place, datetime], limit: int) -> Sequence[tuple[Partition, Subject]]:
        """Return subjects with a timer due before their place's instant, parked ones left out."""

    async def awaiting(
        self, places: Sequence[Place], published: Mapping[str, int], limit: int
    ) -> Sequence[tuple[Partition, Subject]]:
        """Return subjects that await one of these names and were last settled before it was published at its offset.

        Parked ones are left out.
        """

    async def state(self, subject: Subject) -> Kept | None:
        """Return what is known of a subject, for a question: nothing is locked."""

    async def walk(self, book: str, after: str, limit: int) -> Sequence[tuple[str, Kept]]:
        """Return the next subjects of a book in the order of their keys, for a question over many: nothing is locked."""

    async def facts(self, subject: Subject) -> Sequence[bytes]:
        """Return the envelopes of all the subject's own and heard facts, in no order, for a question."""

    async def has_read(self, position: Position) -> bool:
        """Test whether the tables hold what the source had said at the position."""

    async def arrears(self) -> Arrears:
        """Return what waits now."""
