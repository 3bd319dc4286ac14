"""Hears what others say: bounded batches are folded and answered, and all is written with the checkpoints in one transaction."""

import logging
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from functools import partial
from logging import DEBUG
from typing import Any

import structlog

from libs.events.engine.book import Reaction, in_order
from libs.events.engine.deciding import Culprit, Deciding, blamed
from libs.events.engine.known import Known, NotYetKnown
from libs.events.engine.leases import Standing
from libs.events.engine.meters import Meters
from libs.events.engine.opened import Heard, Opened, Takes, opened
from libs.events.engine.pace import SUBJECTS, give_way
from libs.events.engine.tracing import span
from libs.events.engine.work import Work
from libs.events.log.envelope import Envelope, Fact
from libs.events.log.port import Batch, Stored
from libs.events.log.sequence import refuse_impostor
from libs.events.store.port import Unstorable
from libs.events.store.values import Appended, Subject
from libs.events.words.event import BY_WIRE

_output = structlog.get_logger()

Learn = Callable[[], Awaitable[None]]
"""Reads topic `standards` to its end."""

TRIED_MOST = 10
"""A culprit is looked for key by key among at most so many events."""

_talkative = logging.getLogger(__name__)


class Reader:
    """Handles batches for one service."""

    def __init__(self, work: Work, learn: Learn, meters: Meters) -> None:
        self._service, self._work, self._learn, self._meters = work.service, work, learn, meters
        self.failed_in_a_row = 0

    async def handle(self, batches: Sequence[tuple[Standing, Batch]]) -> None:
        """Handle batches of different partitions in one transaction, or raise and leave everything as it was.

        One batch alone is handled to its end, if need be in pieces: then a piece that fails leaves those before it done.
        """
        parts = [await opened(self._service.name, one, batch, self._takes(batch.partition.topic)) for one, batch in batches]
        traces = (fact.trace for part in parts for facts in part.facts.values() for fact, _ in facts)
        topics, count = {batch.partition.topic for _, batch in batches}, sum(len(batch.records) for _, batch in batches)
        try:
            with span("read", traces, service=self._service.name, topic=" ".join(sorted(topics)), events=count):
                await self._write(parts)
        except (Unstorable, Culprit, NotYetKnown):
            if len(parts) > 1:
                raise  # alone, only the sick partition's keys are tried one by one
            await self._handle_in_pieces(parts[0])

    def _takes(self, topic: str) -> Takes:
        """Return what takes facts of others that are heard on a topic, and records that cannot be read: those are set aside."""
        own, heard = self._service.name, self._service.hears.get(topic, frozenset())

        def takes(record: Stored, source: str, envelope: Envelope | None) -> bool:
            if envelope is None:
                return True
            if source == own:
                return False
            refuse_impostor(envelope)
            return envelope.type in heard or envelope.type not in BY_WIRE

        return takes

    async def _write(self, parts: Sequence[Opened]) -> None:
        """Write everything and move on behind it.

        A service that names a standard had read it. So a standard that is not known here was mostly published a moment ago.
        What is new is read, and the batch is tried again.
        """
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
            part.move_on()
            self._count(part)
            self._note_failures(part)

    async def _handle_in_pieces(self, part: Opened) -> None:
        """Handle a batch with a culprit in it: the healthy rest in large pieces, and near the culprit key by key.

        To try every key of a large batch alone would take minutes on a slow machine, and nothing would be done until its end.
        """
        if len(part.batch.records) > TRIED_MOST:
            for half in part.batch.halves():
                await self.handle([(part.standing, half)])
            return
        await self._park_culprits(part)
        await self._write([part])

    def _count(self, part: Opened) -> None:
        labels = (self._service.name, part.batch.partition.topic)
        self._meters.read.labels(*labels).inc(len(part.batch.records))
        self._meters.duplicates.labels(*labels).inc(part.duplicates)
        self._meters.unknown.labels(*labels).inc(part.unknown)

    def _note_failures(self, part: Opened) -> None:
        """Count the keys that failed since one went well. Readiness tells by it a fault of ours from one of a writer."""
        if any(part.healthy()):
            self.failed_in_a_row = 0
        self.failed_in_a_row += sum(1 for key, error in part.poison.items() if error and key not in part.waits)

    async def _transact(self, parts: Sequence[Opened]) -> None:
        healthy = [(facts, self._subjects(facts)) for part in parts for facts in part.healthy()]

        async def answer(deciding: Deciding) -> None:
            for n, (facts, subjects) in enumerate(healthy):
                await give_way(n, SUBJECTS)
                await self.answer(deciding, facts, subjects)

        async def move_on(deciding: Deciding, appended: Appended) -> None:
            for part in parts:
                await part.park(deciding.transaction)
            await deciding.transaction.advance([part.advance() for part in parts])

        await self._work.do({one for _, subjects in healthy for one in subjects}, answer, move_on)

    def _subjects(self, facts: Heard) -> set[Subject]:
        return self._service.subjects(fact for fact, _ in facts)

    async def answer(self, deciding: Deciding, facts: Heard, subjects: Collection[Subject]) -> None:
        """Hear the facts of one key in order and say what follows for its subjects. Without facts they are only settled."""
        for fact, record in facts if self._service.reacts else in_order(facts):
            with blamed(fact):
                if _talkative.isEnabledFor(DEBUG):
                    _output.debug("event heard", service=self._service.name, **named(fact))
                deciding.hear(fact, record.body)
                await self._react(deciding, fact)
        if self._service.settles:
            last = facts[-1][0] if facts else None
            with blamed(last):
                for subject in sorted(subjects):
                    await deciding.settle(subject, last.trace if last else "")

    async def _react(self, deciding: Deciding, fact: Fact) -> None:
        for book in self._service.heard_by.get(fact.kind, ()):
            if reaction := book.reactions.get(fact.kind.cls):
                await deciding.decide(book.subject(fact), partial(_reacted, reaction, fact, self._work.known))

    async def _park_culprits(self, part: Opened) -> None:
        """Find out which keys fail by trying each alone. Keys that succeed say the same facts, by id, in the real write."""
        told = {"service": self._service.name, "topic": part.batch.partition.topic}
        for key, facts in part.facts.items():
            if key in part.poison:
                continue
            try:
                subjects = self._subjects(facts)
                await self._work.rehearse(subjects, partial(self.answer, facts=facts, subjects=subjects))
            except NotYetKnown as error:
                part.poison[key], part.waits[key] = f"waits for {error}", str(error)
                _output.info("key waits", case=key, reference=str(error), **told)
            except (Culprit, Unstorable) as error:
                part.poison[key] = str(error)
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
