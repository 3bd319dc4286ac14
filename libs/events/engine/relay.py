"""What was said goes to the log: one relay for each owned partition, in the outbox's order, one batch in flight.

Every relay, even a zombie, appends a run that starts at or below the highest number on the log plus one. So the first
occurrences of all numbers stand on the log in order and without holes, and readers drop the echoes.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

import msgspec
import structlog

from libs.events.engine.portion import RELAY_MOST, Portion
from libs.events.engine.tracing import span
from libs.events.engine.turns import EVENTS, give_way
from libs.events.log.envelope import Envelope, Undecodable, open_envelope, stamp
from libs.events.log.port import Log, LostTail, Partition, Record
from libs.events.log.sequence import numbers_of, source_of
from libs.events.store.port import Cursor, Fenced, OnLog, Outgoing, Rewind, Store

_output = structlog.get_logger()

Adopt = Callable[[Rewind], Awaitable[None]]


@dataclass(slots=True)
class Relaying:
    """Where an instance's relay stands in a partition that it owns."""

    partition: Partition
    lease_epoch: int
    cursor: Cursor
    end: int  # the log reached at least so far


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a round: sizes of the batches that landed, what may have landed or not, and what is another's now."""

    counts: Mapping[Partition, int]
    unsure: Mapping[Partition, Exception]
    fenced: Collection[Partition]


class Relay:
    """Sends one service's outbox."""

    def __init__(self, source: str, store: Store, log: Log, adopt: Adopt) -> None:
        self._source, self._store, self._log, self._adopt = source, store, log, adopt
        self._portion = Portion(RELAY_MOST)

    async def take_over(self, partition: Partition, lease_epoch: int) -> Relaying:
        """Begin where the last relay stopped: read back what it sent but did not note, and compare it with the outbox."""
        cursor = await self._store.cursor(partition, lease_epoch)
        last = (cursor.epoch, cursor.last_seq)
        own, end = await self._read_back(partition, last, cursor.log_offset)
        if cursor.last_seq >= 0 and last not in own:
            own, end = await self._read_back(partition, last, 0)
            if last not in own:
                raise LostTail(f"{partition.topic}/{partition.number} does not have number {last} of {self._source} any more")
        own.pop(last, None)
        if own:
            cursor = await self._reconcile(partition, lease_epoch, cursor, own, end)
            if await self._store.sent({partition: cursor}, {partition: lease_epoch}):
                raise Fenced(f"{partition.topic}/{partition.number} is not under this lease any more")
        return Relaying(partition, lease_epoch, cursor, end)

    async def shortened(self, relayings: Iterable[Relaying]) -> list[Relaying]:
        """Return those whose partition ends before what was sent to it."""
        # Noted before the log is asked: who sends meanwhile moves on.
        reached = [(one, one.end) for one in relayings]
        ends: dict[Partition, int] = {}
        for topic in {one.partition.topic for one, _ in reached}:
            ends |= await self._log.ends(topic)
        return [one for one, end in reached if ends[one.partition] < end]

    async def _read_back(
        self, partition: Partition, last: tuple[int, int], offset: int
    ) -> tuple[dict[tuple[int, int], Envelope], int]:
        """Return own events from the `last` one on by epoch and number, each where it stands first, and where the log ends."""
        own: dict[tuple[int, int], Envelope] = {}
        end = (await self._log.ends(partition.topic))[partition]
        while offset < end:
            for batch in await self._log.read({partition: offset}, limit=RELAY_MOST, wait=1.0):
                for n, record in enumerate(batch.records):
                    await give_way(n, EVENTS)
                    with suppress(Undecodable):  # a stranger's: readers set it aside
                        envelope = open_envelope(record.value)
                        if source_of(envelope) == self._source and numbers_of(envelope) >= last:
                            own.setdefault(numbers_of(envelope), envelope)
                offset = batch.next_offset
        return own, end

    async def _reconcile(
        self, partition: Partition, lease_epoch: int, cursor: Cursor, own: dict[tuple[int, int], Envelope], end: int
    ) -> Cursor:
        """Return where to go on behind own events on the log, which the outbox is made to agree with first."""
        held = {
            (epoch, seq): event.id
            for epoch in {epoch for epoch, _ in own}
            for seq, event in await self._events(partition, _before(cursor, epoch), len(own) + 1)
        }
        highest = max(own)
        if all(held.get(at) == envelope.id for at, envelope in own.items()):
            return Cursor(*highest, cursor.log_offset)
        counted, _ = await self._store.counter(partition)
        _output.error("the database went back in time", service=self._source, partition=partition, on_log=len(own))
        epoch = max(highest[0], counted) + 1
        on_log = [_on_log(partition, at, envelope) for at, envelope in sorted(own.items())]
        await self._adopt(Rewind(partition, lease_epoch, cursor, on_log, epoch))
        return Cursor(epoch, -1, end)

    async def _events(self, partition: Partition, cursor: Cursor, limit: int) -> Sequence[tuple[int, Outgoing]]:
        return (await self._store.outbox({partition: cursor}, limit)).get(partition, ())

    async def send(self, relayings: Sequence[Relaying]) -> Sent:
        """Send the next batch of each, all at once, note what landed, and say what became of them."""
        waiting = await self._store.outbox({one.partition: one.cursor for one in relayings}, self._portion.size)
        moved = [one for one in relayings if one.partition not in waiting and await self._next_epoch(one)]
        full = [one for one in relayings if one.partition in waiting]
        errors = await asyncio.gather(*(self._append(one, waiting[one.partition]) for one in full))
        landed = [one for one, error in zip(full, errors, strict=True) if error is None]
        unsure = {one.partition: error for one, error in zip(full, errors, strict=True) if error is not None}
        noted = [*landed, *moved]
        cursors = {one.partition: one.cursor for one in noted}
        fenced = await self._store.sent(cursors, {one.partition: one.lease_epoch for one in noted}) if noted else ()
        counts = {one.partition: len(waiting[one.partition]) for one in landed if one.partition not in fenced}
        return Sent(counts, unsure, fenced)

    async def _next_epoch(self, relaying: Relaying) -> bool:
        """Go on to the next epoch if there is one, this one having been sent; say whether there is."""
        epoch, _ = await self._store.counter(relaying.partition)
        if epoch <= relaying.cursor.epoch:
            return False
        relaying.cursor = replace(relaying.cursor, epoch=relaying.cursor.epoch + 1, last_seq=-1)
        return True

    async def _append(self, relaying: Relaying, waiting: Sequence[tuple[int, Outgoing]]) -> Exception | None:
        """Append a batch and move on behind it, or return why that is not known to have happened."""
        partition, cursor = relaying.partition, relaying.cursor
        traces = (open_envelope(event.body).traceparent for _, event in waiting)
        with span("send", traces, service=self._source, topic=partition.topic, events=len(waiting)):
            try:
                with self._portion.taken(len(waiting)):
                    first = await self._log.append(partition, [_record(cursor.epoch, seq, event) for seq, event in waiting])
            except Exception as error:  # one partition's trouble is not the others'
                return error
        relaying.cursor = Cursor(cursor.epoch, waiting[-1][0], first)
        relaying.end = first + len(waiting)
        return None


def _before(cursor: Cursor, epoch: int) -> Cursor:
    return cursor if epoch == cursor.epoch else Cursor(epoch, -1, cursor.log_offset)


def _record(epoch: int, seq: int, event: Outgoing) -> Record:
    return Record(event.key, stamp(event.body, event.partition.number, epoch, seq), event.type, str(event.id))


def _on_log(partition: Partition, at: tuple[int, int], envelope: Envelope) -> OnLog:
    return OnLog(*at, Outgoing(partition, envelope.id, envelope.subject, envelope.type, unstamped(envelope)))


def unstamped(envelope: Envelope) -> bytes:
    """Return the envelope as the outbox keeps it, without the numbers."""
    return msgspec.json.encode(msgspec.structs.replace(envelope, outboxpartition="", outboxepoch="", outboxseq=""))
