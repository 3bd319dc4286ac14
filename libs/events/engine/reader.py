"""Someone spoke: read bounded batches, fold and answer them, write everything with the checkpoints in one transaction."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from logging import DEBUG

import structlog

from libs.events.engine.fold import in_order
from libs.events.engine.meters import Meters
from libs.events.engine.reading import Opened, Part, Reading
from libs.events.engine.service import Service
from libs.events.engine.standards import NotYetKnown, Standards
from libs.events.engine.tracing import span
from libs.events.engine.turns import EVENTS, SUBJECTS, give_way
from libs.events.engine.unit import Deciding
from libs.events.log.envelope import Envelope, Fact, Undecodable, Unknown, open_envelope, read_fact
from libs.events.log.port import Batch, Stored
from libs.events.log.sequence import follow, refuse_impostor
from libs.events.store.port import Appended, Conflict, Store, StoreUnavailable, Subject, Unstorable
from libs.events.words.event import BY_WIRE

log = structlog.get_logger()
Learn = Callable[[], Awaitable[None]]
"""Reads topic `standards` to its end."""

TRIED_MOST = 10
"""A culprit is looked for, key by key, among so many events."""

_talkative = logging.getLogger(__name__)


class Reader:
    """Handles batches for one service."""

    def __init__(
        self, service: Service, store: Store, standards: Standards, learn: Learn, meters: Meters, said: asyncio.Event
    ) -> None:
        self._service, self._store, self._standards, self._learn = service, store, standards, learn
        self._meters, self._said = meters, said
        self.failed_in_a_row = 0

    async def handle(self, batches: Sequence[tuple[Reading, Batch]]) -> None:
        """Handle batches of different partitions in one transaction, or raise and leave everything as it was.

        One batch alone is handled to its end, if need be in pieces: then a piece that fails leaves those before it done.
        """
        parts = [Part(reading, batch, await self._open(reading, batch)) for reading, batch in batches]
        traces = (fact.trace for part in parts for facts in part.opened.facts.values() for fact, _ in facts)
        topics, count = {batch.partition.topic for _, batch in batches}, sum(len(batch.records) for _, batch in batches)
        try:
            with span("read", traces, service=self._service.name, topic=" ".join(sorted(topics)), events=count):
                await self._write(parts)
        except (Unstorable, _Culprit, NotYetKnown):
            if len(parts) > 1:
                raise  # alone, only the sick partition's keys are tried one by one
            await self._handle_in_pieces(parts[0])

    async def _write(self, parts: Sequence[Part]) -> None:
        """Write everything and move on behind it. Who names a standard had read it, so mostly we are only a moment behind."""
        known_to = self._standards.read_to
        try:
            await self._transact(parts)
        except NotYetKnown:
            if len(parts) > 1:
                raise
            await self._learn()
            if self._standards.read_to == known_to:
                raise
            await self._transact(parts)
        for part in parts:
            part.reading.next_offset, part.reading.seen = part.batch.next_offset, part.opened.seen
            part.reading.parked |= part.opened.poison.keys()
            self._count(part)
            self._note_failures(part)

    async def _handle_in_pieces(self, part: Part) -> None:
        """Handle a batch with a culprit in it: what is healthy in large pieces, and around the culprit key by key.

        To try every key of a large batch alone would take minutes on a slow machine, and nothing would be done until its end.
        """
        if len(part.batch.records) > TRIED_MOST:
            for half in part.batch.halves():
                await self.handle([(part.reading, half)])
            return
        await self._park_culprits(part.reading, part.opened)
        await self._write([part])

    def _count(self, part: Part) -> None:
        labels = (self._service.name, part.batch.partition.topic)
        self._meters.read.labels(*labels).inc(len(part.batch.records))
        self._meters.duplicates.labels(*labels).inc(part.opened.duplicates)
        self._meters.unknown.labels(*labels).inc(part.opened.unknown)

    def _note_failures(self, part: Part) -> None:
        """Count the keys that failed since one went well. Nothing stops for it: it tells a fault of ours from one of a writer."""
        if any(part.healthy()):
            self.failed_in_a_row = 0
        fresh = (key for key, error in part.opened.poison.items() if error and key not in part.opened.waits)
        self.failed_in_a_row += sum(1 for _ in fresh)

    async def _open(self, reading: Reading, batch: Batch) -> Opened:
        opened = Opened(seen=dict(reading.seen))
        for n, record in enumerate(batch.records):
            await give_way(n, EVENTS)
            try:
                envelope = open_envelope(record.value)
            except Undecodable as error:
                self._set_aside(opened, record.key, record, str(error))
                continue
            source = follow(envelope, opened.seen)
            if source is None:
                opened.duplicates += 1
            elif source != self._service.name:
                self._sort_in(reading, opened, envelope, source, record)
        return opened

    def _sort_in(self, reading: Reading, opened: Opened, envelope: Envelope, source: str, record: Stored) -> None:
        refuse_impostor(envelope)
        if envelope.type in BY_WIRE and envelope.type not in self._service.hears:
            return
        key = envelope.subject
        if key in reading.parked or key in opened.poison:
            opened.offsets[key].append((record.offset, record.value))
            opened.poison.setdefault(key, "")  # it waits behind an earlier event, whose error stands
            return
        try:
            opened.facts[key].append((read_fact(envelope), record.value))
            opened.offsets[key].append((record.offset, record.value))
        except Unknown:
            opened.unknown += 1
        except Undecodable as error:
            names = {"fact": str(envelope.id), "correlation": envelope.correlationid, "trace": envelope.traceparent}
            self._set_aside(opened, key, record, str(error), **names)

    def _set_aside(self, opened: Opened, key: str, record: Stored, error: str, **names: str) -> None:
        opened.offsets[key].append((record.offset, record.value))
        opened.poison[key] = error
        log.error("event set aside", service=self._service.name, offset=record.offset, error=error, **names)

    async def _transact(self, parts: Sequence[Part]) -> None:
        async with self._store.transaction() as transaction:
            unit = Deciding(self._service, transaction, self._standards.read_to)
            healthy = {subject: facts for part in parts for subject, facts in part.healthy()}
            await unit.load(healthy)
            for n, (subject, facts) in enumerate(healthy.items()):
                await give_way(n, SUBJECTS)
                await self.answer(unit, subject, facts)
            await unit.write()
            for part in parts:
                opened = part.opened
                for key, error in opened.poison.items():
                    await transaction.park(part.batch.partition, key, error, opened.offsets[key], opened.waits.get(key, ""))
            appended = await unit.append()
            await transaction.advance([part.advance() for part in parts])
        self.tell(appended)

    def tell(self, appended: Appended) -> None:
        """Wake who sends, if anything is new."""
        if appended.positions:
            self._said.set()

    async def answer(self, unit: Deciding, subject: Subject, facts: Sequence[tuple[Fact, bytes]]) -> None:
        """Hear the facts of one subject in order and say what follows."""
        heard: Fact | None = None
        try:
            for fact, body in facts if self._service.reactions else in_order(facts):
                heard = fact
                if _talkative.isEnabledFor(DEBUG):
                    log.debug("event heard", service=self._service.name, **named(fact))
                await unit.hear(fact, body)
                if reaction := self._service.reactions.get(fact.kind.cls):
                    await unit.decide(subject, lambda state, f=fact, r=reaction: r(state, f, self._standards))  # type: ignore[misc]
            if settle := self._service.settle:
                trace = facts[-1][0].trace if facts else ""
                await unit.decide(subject, lambda state: settle(subject[1], state, self._standards, None), trace)
        except (NotYetKnown, StoreUnavailable, Conflict):
            raise  # nobody's fault: the batch is done again
        except Exception as error:
            raise _Culprit(f"{type(error).__name__}: {error}", heard) from error

    async def _park_culprits(self, reading: Reading, opened: Opened) -> None:
        """Find out which keys fail by trying each alone; what succeeds here is the same again, by id, in the real write."""
        for key, facts in opened.facts.items():
            if key in opened.poison:
                continue
            subject = (reading.partition.topic, key)
            try:
                async with self._store.transaction() as transaction:
                    unit = Deciding(self._service, transaction, self._standards.read_to)
                    await unit.load([subject])
                    await self.answer(unit, subject, facts)
                    await unit.write()
                    raise _Tried
            except _Tried:
                continue
            except NotYetKnown as error:
                opened.poison[key], opened.waits[key] = f"waits for {error}", str(error)
                log.info("key waits", service=self._service.name, topic=subject[0], case=key, reference=str(error))
            except (_Culprit, Unstorable) as error:
                opened.poison[key] = str(error)
                names = named(error.heard) if isinstance(error, _Culprit) and error.heard else {"case": key}
                log.error("key parked", service=self._service.name, topic=subject[0], error=str(error), **names)


class _Culprit(Exception):
    """A key's facts cannot be handled; `heard` is the one at which it failed."""

    def __init__(self, error: str, heard: Fact | None) -> None:
        super().__init__(error)
        self.heard = heard


class _Tried(Exception):
    """The trial went well; roll it back."""


def named(fact: Fact) -> dict[str, str]:
    """Return what a line of the log calls a fact by: never by what it says."""
    return {
        "fact": str(fact.id),
        "type": fact.kind.wire,
        "case": fact.key,
        "correlation": fact.correlation or str(fact.id),
        "trace": fact.trace,
    }
