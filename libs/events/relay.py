"""What was said goes to the log: one relay for each owned partition, in the outbox's order, one batch in flight.

Every relay, even a zombie, appends a run that starts at or below the highest number on the log plus one. So the first
occurrences of all numbers stand on the log in order and without holes, and readers drop the echoes.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import msgspec
import structlog

from libs.events.envelope import Envelope, open_envelope, stamp
from libs.events.log import Log, LostTail, Partition, Record
from libs.events.sequence import numbers_of, source_of
from libs.events.store import Cursor, Ghost, Outgoing, Store
from libs.events.tracing import span

RELAY_EVENTS_MAX = 1_000

log = structlog.get_logger()

Adopt = Callable[[Sequence[Ghost]], Awaitable[None]]


@dataclass(slots=True)
class Relaying:
    """Where an instance's relay stands in a partition that it owns."""

    partition: Partition
    lease_epoch: int
    cursor: Cursor
    end: int  # the log reached at least so far


class Relay:
    """Sends one service's outbox."""

    def __init__(self, source: str, store: Store, log: Log, adopt: Adopt) -> None:
        self._source, self._store, self._log, self._adopt = source, store, log, adopt

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
            cursor = await self._reconcile(partition, cursor, own, end)
            await self._store.sent(partition, cursor, lease_epoch)
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
            for batch in await self._log.read({partition: offset}, limit=1_000, wait=1.0):
                for record in batch.records:
                    envelope = open_envelope(record.value)
                    if source_of(envelope) == self._source and numbers_of(envelope) >= last:
                        own.setdefault(numbers_of(envelope), envelope)
                offset = batch.next_offset
        return own, end

    async def _reconcile(self, partition: Partition, cursor: Cursor, own: dict[tuple[int, int], Envelope], end: int) -> Cursor:
        held = {
            (epoch, seq): event.id
            for epoch in {epoch for epoch, _ in own}
            for seq, event in await self._store.outbox(partition, epoch, _before(cursor, epoch), len(own) + 1)
        }
        ghosts = [at for at, envelope in sorted(own.items()) if held.get(at) != envelope.id]
        highest = max(own)
        if not ghosts:
            return Cursor(*highest, cursor.log_offset)
        log.error("the database went back in time", service=self._source, partition=partition.number, ghosts=len(ghosts))
        lost = [_ghost(partition, at, own[at]) for at in ghosts]
        await self._store.new_epoch(partition, ghosts[0][1], lost, highest[0] + 1)
        await self._adopt(lost)
        return Cursor(highest[0] + 1, -1, end)

    async def send(self, relaying: Relaying) -> int:
        """Send the next batch, note it, and return its size."""
        partition, cursor = relaying.partition, relaying.cursor
        waiting = await self._store.outbox(partition, cursor.epoch, cursor.last_seq, RELAY_EVENTS_MAX)
        if not waiting:
            epoch, _ = await self._store.counter(partition)
            if epoch > cursor.epoch:
                relaying.cursor = replace(cursor, epoch=cursor.epoch + 1, last_seq=-1)
            return 0
        traces = (open_envelope(event.body).traceparent for _, event in waiting)
        with span("send", traces, service=self._source, topic=partition.topic, events=len(waiting)):
            first = await self._log.append(partition, [_record(cursor.epoch, seq, event) for seq, event in waiting])
        relaying.cursor = Cursor(cursor.epoch, waiting[-1][0], first)
        relaying.end = first + len(waiting)
        await self._store.sent(partition, relaying.cursor, relaying.lease_epoch)
        return len(waiting)


def _before(cursor: Cursor, epoch: int) -> int:
    return cursor.last_seq if epoch == cursor.epoch else -1


def _record(epoch: int, seq: int, event: Outgoing) -> Record:
    return Record(event.key, stamp(event.body, event.partition.number, epoch, seq), event.type, str(event.id))


def _ghost(partition: Partition, at: tuple[int, int], envelope: Envelope) -> Ghost:
    return Ghost(*at, Outgoing(partition, envelope.id, envelope.subject, envelope.type, unstamped(envelope)))


def unstamped(envelope: Envelope) -> bytes:
    """Return the envelope as the outbox keeps it, without the numbers."""
    return msgspec.json.encode(msgspec.structs.replace(envelope, outboxpartition="", outboxepoch="", outboxseq=""))
