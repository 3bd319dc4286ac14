"""Kernels with one thing left out. A simulation or a checker that misses one of them proves nothing about the whole one.

with MUTANTS["drop-fence"]():
    …                           # here the kernel is the mutant
"""

from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from unittest.mock import patch

from libs.events.engine import opened
from libs.events.engine.alarms import Alarms
from libs.events.engine.reader import Reader
from libs.events.engine.takeover import TakeOver
from libs.events.log.sequence import numbers_of, source_of
from libs.events.store.values import Kept
from libs.events.testing.memory_store import MemoryStore
from libs.events.testing.memory_transaction import MemoryTransaction, copied, noted
from libs.events.words.now import SharedClock


@contextmanager
def drop_fence():
    """A checkpoint moves under any lease and from any place."""

    @noted
    async def advance(self, advances):
        for one in advances:
            self.memory.checkpoints[one.partition] = (one.lease_epoch, one.next_offset, dict(one.seen))

    with patch.object(MemoryTransaction, "advance", advance):
        yield


@contextmanager
def skip_read_back():
    """A relay takes over where its store says the last one stopped, without a look at the log."""

    async def begin(self, standing):
        standing.log_end = (await self._log.ends(standing.partition.topic))[standing.partition]
        standing.sent = await self._store.outbox.cursor(standing.partition, standing.lease_epoch)

    with patch.object(TakeOver, "begin", begin):
        yield


@contextmanager
def forget_sequence():
    """A reader takes every record for new and sees no hole."""

    def follow(envelope, seen):
        source = source_of(envelope)
        seen[source] = numbers_of(envelope)
        return source

    with patch.object(opened, "follow", follow):
        yield


@contextmanager
def checkpoint_apart():
    """The checkpoint is committed first and the rows after it, in a transaction of their own."""
    whole = Reader._transact

    async def apart(self, parts):
        async with self._work.store.transaction() as transaction:
            await transaction.advance([part.advance() for part in parts])
        await whole(self, [replace(part, standing=passed(part)) for part in parts])

    def passed(part):
        return replace(part.standing, read=replace(part.standing.read, next_offset=part.batch.next_offset))

    with patch.object(Reader, "_transact", apart):
        yield


@contextmanager
def forget_answers():
    """A repeated request is treated as new."""

    async def answers(self, asked):
        return {}

    async def remember(self, answers):
        list(answers)

    with patch.object(MemoryTransaction, "answers", answers), patch.object(MemoryTransaction, "remember", remember):
        yield


@contextmanager
def fire_early():
    """Timers fire by the clock, however far the log was read."""

    async def look(self, readings, asked_at):
        for one in readings:
            one.known_until = asked_at

    with patch.object(Alarms, "look", look):
        yield


@contextmanager
def own_clock():
    """An instance goes by the clock of its own machine, however that is set."""

    async def ask(self, say):
        at = self._own()
        self.hear(at, self.ticks())
        return at

    with patch.object(SharedClock, "ask", ask):
        yield


@contextmanager
def ignore_versions():
    """A state is written even if another writer has changed it meanwhile."""
    checked = MemoryTransaction.change

    @noted
    async def change(self, changes):
        stand = {one.subject: self.memory.states.get(one.subject, Kept(0, b"", None)).version for one in changes.states}
        changes = replace(changes, states=[one._replace(expected=stand[one.subject]) for one in changes.states])
        await checked.__wrapped__(self, changes)

    async def after(self, others):
        again = MemoryTransaction(copied(others), self._source, self._cursors, self.at)
        for method, arguments, _ in self.done:
            await method(again, *arguments)
        return again.memory

    with patch.object(MemoryTransaction, "change", change), patch.object(MemoryTransaction, "after", after):
        yield


@contextmanager
def keep_half():
    """A transaction that breaks off leaves its work so far behind."""

    @asynccontextmanager
    async def transaction(self):
        before = self.memory
        transaction = MemoryTransaction(copied(before), self._source, self.outbox.cursors, self.shared_now())
        try:
            yield transaction
        finally:
            self.memory = transaction.memory if self.memory is before else await transaction.after(self.memory)

    with patch.object(MemoryStore, "transaction", transaction):
        yield


@contextmanager
def one_partition():
    """The watermark of a service is taken from one of its partitions."""

    async def watermark(self, topics):
        return next((self.memory.applied[one] for one in sorted(self.memory.applied) if one.topic in topics), None)

    with patch.object(MemoryTransaction, "watermark", watermark):
        yield


@contextmanager
def unlocked():
    """A subject that several partitions feed is read without a lock, and written even if others have changed it meanwhile."""
    reading, changing, fed = MemoryTransaction.states, MemoryTransaction.change, set()

    async def states(self, subjects, claimed=()):
        fed.update(claimed)
        locked = await reading(self, [one for one in subjects if one not in fed])
        return {**locked, **{one: self.memory.states[one] for one in subjects if one in fed and one in self.memory.states}}

    @noted
    async def change(self, changes):
        stand = {one.subject: self.memory.states.get(one.subject, Kept(0, b"", None)).version for one in changes.states}
        written = [one._replace(expected=stand[one.subject]) if one.subject in fed else one for one in changes.states]
        await changing.__wrapped__(self, replace(changes, states=written))

    with patch.object(MemoryTransaction, "states", states), patch.object(MemoryTransaction, "change", change):
        yield


MUTANTS = {
    "drop-fence": drop_fence,
    "skip-read-back": skip_read_back,
    "forget-sequence": forget_sequence,
    "checkpoint-apart": checkpoint_apart,
    "forget-answers": forget_answers,
    "fire-early": fire_early,
    "own-clock": own_clock,
    "ignore-versions": ignore_versions,
    "keep-half": keep_half,
    "one-partition": one_partition,
    "unlocked": unlocked,
}
