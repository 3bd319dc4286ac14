"""Sends the outbox to the log: one relay for each owned partition, in the outbox's order, with one batch in flight.

Every relay, even a zombie, appends a run that starts at or below the highest number on the log plus one. So the first
occurrences of all numbers stand on the log in order and without holes, and readers drop the echoes.
"""

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

import structlog

from libs.events.engine.leases import Leases, Standing
from libs.events.engine.meters import Meters
from libs.events.engine.pace import RELAY_MOST, Portion
from libs.events.engine.takeover import TakeOver
from libs.events.engine.tracing import span
from libs.events.log.envelope import open_envelope, stamped
from libs.events.log.port import Log, LogUnavailable, LostTail, Partition, ends_of
from libs.events.store.port import Conflict, Fenced, Store, StoreUnavailable
from libs.events.store.values import Cursor, Numbered

_output = structlog.get_logger()

PASSING = (LogUnavailable, StoreUnavailable, Conflict)

UNSENT_EVENTS_MAX = 20_000
"""While more than this waits for the log, nothing is read, because reading leads to more events and takes the relay's time."""


class Relay:
    """Sends one service's outbox. `unsent`: how many own events wait for the log, as far as that is known."""

    def __init__(self, takeover: TakeOver, service: str, store: Store, log: Log, leases: Leases, meters: Meters) -> None:
        self._takeover, self._service, self._store, self._log = takeover, service, store, log
        self._leases, self._meters = leases, meters
        self._portion = Portion(RELAY_MOST)
        self.unsent: int | None = None
        self.is_behind = False

    async def send(self) -> int:
        """Relay one batch of every owned partition that has something to send; return how many events went out."""
        mine = self._leases.speakable()
        unsent = await self._store.outbox.unsent([one.partition for one in mine]) if mine else {}
        self.unsent = sum(unsent.values())
        self.is_behind = sum(unsent.get(one.partition, 0) for one in mine if not one.is_cut) > UNSENT_EVENTS_MAX
        # What is new here is read back even with nothing to send: the log may remember what a restored database forgot.
        due = [one for one in mine if one.partition in unsent or one.sent is None]
        await self._cut_shortened([one for one in due if one.sent is not None])
        ready, faults = await self._ready(due)
        count = await self._send(ready) if ready else 0
        if faults:
            raise faults[0]  # ours to mend, and no reason for the others to wait
        return count

    async def _cut_shortened(self, standings: Iterable[Standing]) -> None:
        """Cut those whose partition ends before what was sent to it."""
        reached = [(one, one.log_end) for one in standings]
        ends = await ends_of(self._log, [one.partition for one, _ in reached])
        for one, end in reached:
            if ends[one.partition] < end and self._leases.holds(one):
                self._leases.cut(one, "the log ends before what was sent to it")

    async def _ready(self, due: Sequence[Standing]) -> tuple[list[Standing], list[Exception]]:
        """Return those in which the relay can send, and faults that are ours."""
        ready: list[Standing] = []
        faults: list[Exception] = []
        # One after the other: a client that is asked for another partition throws away what it has fetched of the last.
        # Those that need not be taken over come first, and last those for which the log could not be reached most often.
        for one in sorted(due, key=lambda one: (one.sent is None, one.unreached)):
            try:
                if await self._is_ready(one):
                    ready.append(one)
            except LogUnavailable as error:
                _output.warning("the log cannot be reached", service=self._service, why=str(error))
                break  # it would keep the others waiting as long; if it alone is away, it is the last to be asked next time
            except Exception as error:
                faults.append(error)
        return ready, faults

    async def _is_ready(self, one: Standing) -> bool:
        """Take the relay over if it is new here; say whether it may send."""
        if one.is_cut or not self._leases.holds(one):
            return False
        try:
            if one.sent is None:
                await self._takeover.begin(one)
            return True
        except Fenced:
            self._leases.give_up(one, "send")
        except LostTail as error:
            self._leases.cut(one, str(error))
        except LogUnavailable:
            one.unreached += 1
            raise
        except (StoreUnavailable, Conflict) as error:
            _output.warning("a partition will be taken over later", service=self._service, why=str(error))
        return False

    async def _send(self, ready: Sequence[Standing]) -> int:
        """Send the next batch of each; return how many events went out."""
        try:
            counts, unsure = await self._round({one: one.sent for one in ready if one.sent})
        except (StoreUnavailable, Conflict) as error:
            counts, unsure = {}, dict.fromkeys(ready, error)
        for one in unsure:
            one.sent = None  # whether the batch landed is unknown: read back before sending again
        for one, count in counts.items():
            self._meters.said.labels(self._service, one.partition.topic).inc(count)
        for fault in unsure.values():
            if not isinstance(fault, PASSING):
                raise fault
            _output.warning("the log cannot be reached", service=self._service, why=str(fault))
        return sum(counts.values())

    async def _round(self, cursors: Mapping[Standing, Cursor]) -> tuple[dict[Standing, int], dict[Standing, Exception]]:
        """Append to all at once and note what landed; return the sizes of those batches, and of which batches it is unknown."""
        waiting = await self._store.outbox.after({one.partition: cursor for one, cursor in cursors.items()}, self._portion.size)
        full = [one for one in cursors if one.partition in waiting]
        moved = [one for one in cursors if one.partition not in waiting and await self._next_epoch(one, cursors[one])]
        errors = await asyncio.gather(*(self._append(one, cursors[one], waiting[one.partition]) for one in full))
        unsure = {one: error for one, error in zip(full, errors, strict=True) if error is not None}
        landed = [one for one in full if one not in unsure]
        fenced = await self._note([*landed, *moved])
        return {one: len(waiting[one.partition]) for one in landed if one.partition not in fenced}, unsure

    async def _note(self, standings: Sequence[Standing]) -> Collection[Partition]:
        """Note how far these were sent; give up and return the partitions that are another's now."""
        if not standings:
            return ()
        cursors = {one.partition: one.sent for one in standings if one.sent}
        fenced = await self._store.outbox.sent(cursors, {one.partition: one.lease_epoch for one in standings})
        for one in standings:
            if one.partition in fenced:
                self._leases.give_up(one, "send")
        return fenced

    async def _next_epoch(self, one: Standing, cursor: Cursor) -> bool:
        """Go on to the next epoch if there is one, this one having been sent; say whether there is."""
        epoch, _ = await self._store.outbox.counter(one.partition)
        if epoch <= cursor.epoch:
            return False
        one.sent = replace(cursor, epoch=cursor.epoch + 1, last_seq=-1)
        return True

    async def _append(self, one: Standing, cursor: Cursor, waiting: Sequence[Numbered]) -> Exception | None:
        """Append a batch and move on behind it, or return why that is not known to have happened."""
        traces = (open_envelope(each.record.body).traceparent for each in waiting)
        records = [stamped(each.record, one.partition.number, each.epoch, each.seq) for each in waiting]
        with span("send", traces, service=self._service, topic=one.partition.topic, events=len(waiting)):
            try:
                with self._portion.taken(len(waiting)):
                    first = await self._log.append(one.partition, records)
            except Exception as error:  # one partition's trouble is not the others'
                return error
        one.sent, one.log_end = Cursor(cursor.epoch, waiting[-1].seq, first), first + len(waiting)
        return None
