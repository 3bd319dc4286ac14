"""Where an instance stands in the partitions that it reads, and a batch in its hands."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from libs.events.log.envelope import Fact
from libs.events.log.port import Batch, Partition
from libs.events.store.port import Advance, Seen
from libs.events.words.instants import FIRST

Heard = Sequence[tuple[Fact, bytes]]
"""Facts with the records that they were read from."""


@dataclass(slots=True)
class Reading:
    """Where an instance stands in a partition that it owns.

    `known_until`: all that stood on the log at that instant is applied; `noted_until`: as far as the checkpoint says so.
    `sought`: an end of the log that is being read up to, and the instant just before it was seen.
    """

    partition: Partition
    lease_epoch: int
    next_offset: int
    seen: Seen
    parked: set[str] = field(default_factory=set)
    known_until: datetime | None = None
    noted_until: datetime = FIRST
    sought: tuple[int, datetime] | None = None


@dataclass(slots=True)
class Opened:
    """A batch, opened: facts to handle by key in order, records to set aside and why, and the numbers seen.

    `waits` has, of the keys in `poison`, those with which nothing is wrong, and what they wait for.
    """

    facts: dict[str, list[tuple[Fact, bytes]]] = field(default_factory=lambda: defaultdict(list))
    offsets: dict[str, list[tuple[int, bytes]]] = field(default_factory=lambda: defaultdict(list))
    poison: dict[str, str] = field(default_factory=dict)
    waits: dict[str, str] = field(default_factory=dict)
    seen: Seen = field(default_factory=dict)
    duplicates: int = 0
    unknown: int = 0


@dataclass(frozen=True, slots=True)
class Taken:
    """A batch in hand, and where its reader stood before it."""

    reading: Reading
    batch: Batch
    opened: Opened

    def healthy(self) -> Iterator[Heard]:
        """Yield the facts of each key that can be handled."""
        return (facts for key, facts in self.opened.facts.items() if key not in self.opened.poison)

    def advance(self) -> Advance:
        """Return the step of the checkpoint behind the batch."""
        one = self.reading
        return Advance(one.partition, one.lease_epoch, one.next_offset, self.batch.next_offset, self.opened.seen)
