"""How a relay begins in a partition: it reads back what the last one sent but did not note, and has the outbox agree with it."""

from collections.abc import Mapping
from contextlib import suppress
from uuid import UUID

import structlog

from libs.events.engine.folding import Folding
from libs.events.engine.leases import Standing
from libs.events.engine.pace import EVENTS, RELAY_MOST, give_way
from libs.events.engine.service import Service
from libs.events.log.envelope import Envelope, Undecodable, fact_of, open_envelope, unstamped
from libs.events.log.port import Log, LostTail, Partition
from libs.events.log.sequence import numbers_of, source_of
from libs.events.store.port import Fenced, Store
from libs.events.store.values import Cursor, Numbered, Rewind

_output = structlog.get_logger()

Own = Mapping[tuple[int, int], Envelope]
"""Own events by epoch and number, each as it stands on the log first."""


class TakeOver:
    """Takes over the relays of one service."""

    def __init__(self, service: Service, store: Store, log: Log) -> None:
        self._service, self._store, self._log = service, store, log

    async def begin(self, standing: Standing) -> None:
        """Set the relay behind the last event that stands on the log."""
        partition, lease_epoch = standing.partition, standing.lease_epoch
        cursor = await self._store.outbox.cursor(partition, lease_epoch)
        last = (cursor.epoch, cursor.last_seq)
        own, end = await self._read_back(partition, last, cursor.log_offset)
        if cursor.last_seq >= 0 and last not in own:
            own, end = await self._read_back(partition, last, 0)
            if last not in own:
                where = f"{partition.topic}/{partition.number}"
                raise LostTail(f"{where} does not have number {last} of {self._service.name} any more")
        unnoted = {at: envelope for at, envelope in own.items() if at != last}
        if unnoted:
            cursor = await self._reconcile(standing, cursor, unnoted, end)
            if await self._store.outbox.sent({partition: cursor}, {partition: lease_epoch}):
                raise Fenced(f"{partition.topic}/{partition.number} is not under this lease any more")
        standing.sent, standing.log_end = cursor, end

    async def _read_back(self, partition: Partition, last: tuple[int, int], offset: int) -> tuple[Own, int]:
        """Return own events from the `last` one on, and where the log ends."""
        own: dict[tuple[int, int], Envelope] = {}
        end = (await self._log.ends(partition.topic))[partition]
        while offset < end:
            for batch in await self._log.read({partition: offset}, limit=RELAY_MOST, wait=1.0):
                for n, record in enumerate(batch.records):
                    await give_way(n, EVENTS)
                    with suppress(Undecodable):  # a stranger's: readers set it aside
                        envelope = open_envelope(record.body)
                        if source_of(envelope) == self._service.name and numbers_of(envelope) >= last:
                            own.setdefault(numbers_of(envelope), envelope)
                offset = batch.next_offset
        return own, end

    async def _reconcile(self, standing: Standing, cursor: Cursor, own: Own, end: int) -> Cursor:
        """Return where to go on behind own events on the log, which the outbox is made to agree with first."""
        partition = standing.partition
        held: dict[tuple[int, int], UUID] = {}
        for epoch in {epoch for epoch, _ in own}:
            before = cursor if epoch == cursor.epoch else Cursor(epoch, -1, cursor.log_offset)
            found = await self._store.outbox.after({partition: before}, len(own) + 1)
            held |= {(one.epoch, one.seq): one.record.id for one in found.get(partition, ())}
        highest = max(own)
        if all(held.get(at) == envelope.id for at, envelope in own.items()):
            return Cursor(*highest, cursor.log_offset)
        counted, _ = await self._store.outbox.counter(partition)
        _output.error("the database went back in time", service=self._service.name, partition=partition, on_log=len(own))
        epoch = max(highest[0], counted) + 1
        on_log = [Numbered(*at, unstamped(envelope)) for at, envelope in sorted(own.items())]
        await self.adopt(Rewind(partition, standing.lease_epoch, cursor, on_log, epoch))
        return Cursor(epoch, -1, end)

    async def adopt(self, rewind: Rewind) -> None:
        """Take in own events that only the log remembered: into the outbox and into what is known, both or neither."""
        topic = rewind.partition.topic
        facts = {one.record.id: (fact_of(one.record.body, topic), one.record.body) for one in rewind.on_log}
        async with self._store.transaction() as transaction:
            folding = Folding(self._service, transaction)
            await folding.load(self._service.subjects(fact for fact, _ in facts.values()))
            known = await transaction.rewind(rewind)
            for id, (fact, body) in facts.items():
                if id not in known:
                    folding.hear(fact, body)
            await folding.write()
