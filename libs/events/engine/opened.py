"""A batch in hand, opened: its facts by key, and what is set aside of it."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import structlog

from libs.events.engine.leases import Standing
from libs.events.engine.pace import EVENTS, give_way
from libs.events.log.envelope import Envelope, Fact, Undecodable, Unknown, open_envelope, read_fact
from libs.events.log.port import Batch, Stored
from libs.events.log.sequence import follow
from libs.events.store.port import Transaction
from libs.events.store.values import Advance, Seen

Heard = Sequence[tuple[Fact, Stored]]
"""Facts with the records that they were read from."""

Takes = Callable[[Stored, str, Envelope | None], bool]
"""Whether a record is taken in: the record, its source and its envelope. Without an envelope it could not be read at all."""

_output = structlog.get_logger()


@dataclass(slots=True)
class Opened:
    """Facts to handle by key in order, what is set aside and why, and the numbers seen.

    `behind` has the records of a key from the one on that cannot be read. `waits` has, of the keys in `poison`, those with
    which nothing is wrong, and what they wait for.
    """

    standing: Standing
    batch: Batch
    facts: dict[str, list[tuple[Fact, Stored]]] = field(default_factory=lambda: defaultdict(list))
    behind: dict[str, list[Stored]] = field(default_factory=lambda: defaultdict(list))
    poison: dict[str, str] = field(default_factory=dict)
    waits: dict[str, str] = field(default_factory=dict)
    seen: Seen = field(default_factory=dict)
    duplicates: int = 0
    unknown: int = 0

    def healthy(self) -> Iterator[Heard]:
        """Yield the facts of each key that can be handled."""
        return (facts for key, facts in self.facts.items() if key not in self.poison)

    async def park(self, transaction: Transaction) -> None:
        """Write down what is set aside."""
        for key, error in self.poison.items():
            records = [*(record for _, record in self.facts.get(key, ())), *self.behind.get(key, ())]
            await transaction.park(self.batch.partition, key, error, records, self.waits.get(key, ""))

    def advance(self) -> Advance:
        """Return the step of the checkpoint behind the batch."""
        one = self.standing
        return Advance(one.partition, one.lease_epoch, one.read.next_offset, self.batch.next_offset, self.seen)

    def move_on(self) -> None:
        """Stand behind the batch, which is written."""
        read = self.standing.read
        self.standing.read = replace(
            read, next_offset=self.batch.next_offset, seen=self.seen, parked=read.parked | self.poison.keys()
        )


async def opened(service: str, standing: Standing, batch: Batch, takes: Takes) -> Opened:
    """Open a batch that follows in the partition; of what was read before, nothing is taken."""
    found = Opened(standing, batch, seen=dict(standing.read.seen))
    for n, record in enumerate(batch.records):
        await give_way(n, EVENTS)
        try:
            envelope = open_envelope(record.body)
        except Undecodable as error:
            if takes(record, "", None):
                _set_aside(service, found, record.key, record, error)
            continue
        source = follow(envelope, found.seen)
        if source is None:
            found.duplicates += 1
        elif takes(record, source, envelope):
            _sort_in(service, found, envelope, record)
    return found


def _sort_in(service: str, found: Opened, envelope: Envelope, record: Stored) -> None:
    key = envelope.subject
    if key in found.standing.read.parked or key in found.poison:
        found.behind[key].append(record)
        found.poison.setdefault(key, "")  # it waits behind an earlier event, whose error stands
        return
    try:
        found.facts[key].append((read_fact(envelope, found.batch.partition.topic), record))
    except Unknown:
        found.unknown += 1
    except Undecodable as error:
        names = {"fact": str(envelope.id), "type": envelope.type, "case": key, "trace": envelope.traceparent}
        names["correlation"] = envelope.correlationid
        _set_aside(service, found, key, record, error, **names)


def _set_aside(service: str, found: Opened, key: str, record: Stored, error: Undecodable, **names: str) -> None:
    found.behind[key].append(record)
    found.poison[key] = str(error)
    topic, number = found.batch.partition
    where = {"topic": topic, "partition": number, "offset": record.offset}
    _output.error("event set aside", service=service, error=str(error), **where, **names)
