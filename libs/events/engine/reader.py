"""Someone spoke: read bounded batches, fold and answer them, write everything with the checkpoints in one transaction."""

import logging
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from functools import partial
from logging import DEBUG
from typing import Any

import structlog

from libs.events.engine.book import Reaction, in_order
from libs.events.engine.known import Known, NotYetKnown
from libs.events.engine.meters import Meters
from libs.events.engine.reading import Heard, Opened, Reading, Taken
from libs.events.engine.tracing import span
from libs.events.engine.turns import EVENTS, SUBJECTS, give_way
from libs.events.engine.unit import Culprit, Deciding, blamed
from libs.events.engine.work import Work
from libs.events.log.envelope import Envelope, Fact, Undecodable, Unknown, open_envelope, read_fact
from libs.events.log.port import Batch, Stored
from libs.events.log.sequence import follow, refuse_impostor
from libs.events.store.port import Appended, Subject, Unstorable
from libs.events.words.event import BY_WIRE

_output = structlog.get_logger()
Learn = Callable[[], Awaitable[None]]
"""Reads topic `standards` to its end."""

TRIED_MOST = 10
"""A culprit is looked for, key by key, among so many events."""

_talkative = logging.getLogger(__name__)


class Reader:
    """Handles batches for one service."""

    def __init__(self, work: Work, learn: Learn, meters: Meters) -> None:
        self._service, self._work, self._learn, self._meters = work.service, work, learn, meters
        self.failed_in_a_row = 0

    async def handle(self, batches: Sequence[tuple[Reading, Batch]]) -> None:
        """Handle batches of different partitions in one transaction, or raise and leave everything as it was.

        One batch alone is handled to its end, if need be in pieces: then a piece that fails leaves those before it done.
        """
        parts = [Taken(reading, batch, await self._open(reading, batch)) for reading, batch in batches]
        traces = (fact.trace for part in parts for facts in part.opened.facts.values() for fact, _ in facts)
        topics, count = {batch.partition.topic for _, batch in batches}, sum(len(batch.records) for _, batch in batches)
        try:
            with span("read", traces, service=self._service.name, topic=" ".join(sorted(topics)), events=count):
                await self._write(parts)
        except (Unstorable, Culprit, NotYetKnown):
            if len(parts) > 1:
                raise  # alone, only the sick partition's keys are tried one by one
            await self._handle_in_pieces(parts[0])

    async def _write(self, parts: Sequence[Taken]) -> None:
        """Write everything and move on behind it. Who names a standard had read it, so mostly we are only a moment behind."""
        known_to = self._work.known.read_to
        try:
            await self._transact(parts)
        except NotYetKnown:
            if len(parts) > 1:
                raise
            await self._learn()
            if self._work.known.read_to == known_to:
                raise
            await self._transact(parts)
        for part in parts:
            part.reading.next_offset, part.reading.seen = part.batch.next_offset, part.opened.seen
            part.reading.parked |= part.opened.poison.keys()
            self._count(part)
            self._note_failures(part)

    async def _handle_in_pieces(self, part: Taken) -> None:
        """Handle a batch with a culprit in it: what is healthy in large pieces, and around the culprit key by key.

        To try every key of a large batch alone would take minutes on a slow machine, and nothing would be done until its end.
        """
        if len(part.batch.records) > TRIED_MOST:
            for half in part.batch.halves():
                await self.handle([(part.reading, half)])
            return
        await self._park_culprits(part.reading, part.opened)
        await self._write([part])

    def _count(self, part: Taken) -> None:
        labels = (self._service.name, part.batch.partition.topic)
        self._meters.read.labels(*labels).inc(len(part.batch.records))
        self._meters.duplicates.labels(*labels).inc(part.opened.duplicates)
        self._meters.unknown.labels(*labels).inc(part.opened.unknown)

    def _note_failures(self, part: Taken) -> None:
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
        _output.error("event set aside", service=self._service.name, offset=record.offset, error=error, **names)

    async def _transact(self, parts: Sequence[Taken]) -> None:
        healthy = [(facts, self._subjects(facts)) for part in parts for facts in part.healthy()]

        async def answer(unit: Deciding) -> None:
            for n, (facts, subjects) in enumerate(healthy):
                await give_way(n, SUBJECTS)
                await self.answer(unit, facts, subjects)

        async def move_on(unit: Deciding, appended: Appended) -> None:
            for part in parts:
                opened = part.opened
                for key, error in opened.poison.items():
                    await unit.transaction.park(part.batch.partition, key, error, opened.offsets[key], opened.waits.get(key, ""))
            await unit.transaction.advance([part.advance() for part in parts])

        await self._work.do({one for _, subjects in healthy for one in subjects}, answer, move_on)

    def _subjects(self, facts: Heard) -> set[Subject]:
        return self._service.subjects(fact for fact, _ in facts)

    async def answer(self, unit: Deciding, facts: Heard, subjects: Collection[Subject]) -> None:
        """Hear the facts of one key in order and say what follows of its subjects; without facts, from what is known."""
        for fact, body in facts if self._service.reacts else in_order(facts):
            with blamed(fact):
                if _talkative.isEnabledFor(DEBUG):
                    _output.debug("event heard", service=self._service.name, **named(fact))
                unit.hear(fact, body)
                await self._react(unit, fact)
        if self._service.settles:
            last = facts[-1][0] if facts else None
            with blamed(last):
                for subject in sorted(subjects):
                    await unit.settle(subject, last.trace if last else "")

    async def _react(self, unit: Deciding, fact: Fact) -> None:
        for book in self._service.touched.get(fact.kind.cls, ()):
            if reaction := book.reactions.get(fact.kind.cls):
                await unit.decide(book.subject(fact), partial(_reacted, reaction, fact, self._work.known))

    async def _park_culprits(self, reading: Reading, opened: Opened) -> None:
        """Find out which keys fail by trying each alone; what succeeds here is the same again, by id, in the real write."""
        for key, facts in opened.facts.items():
            if key in opened.poison:
                continue
            told = {"service": self._service.name, "topic": reading.partition.topic}
            try:
                subjects = self._subjects(facts)
                await self._work.rehearse(subjects, partial(self.answer, facts=facts, subjects=subjects))
            except NotYetKnown as error:
                opened.poison[key], opened.waits[key] = f"waits for {error}", str(error)
                _output.info("key waits", case=key, reference=str(error), **told)
            except (Culprit, Unstorable) as error:
                opened.poison[key] = str(error)
                names = named(error.heard) if isinstance(error, Culprit) and error.heard else {"case": key}
                _output.error("key parked", error=str(error), **told, **names)


def _reacted(reaction: Reaction, fact: Fact, known: Known, state: Any) -> Iterable[Fact]:
    return reaction(state, fact, known)


def named(fact: Fact) -> dict[str, str]:
    """Return what a line of the log calls a fact by: never by what it says."""
    return {
        "fact": str(fact.id),
        "type": fact.kind.wire,
        "case": fact.key,
        "correlation": fact.correlation or str(fact.id),
        "trace": fact.trace,
    }
