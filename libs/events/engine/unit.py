"""One transaction's worth of work: facts folded and decisions made on states loaded once, written together.

`Folding` only learns: it has no way to say anything, and that is what replays with. `Deciding` also speaks.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from libs.events.engine.known import Known, NotYetKnown
from libs.events.engine.service import Service
from libs.events.engine.subject import Loaded, loaded
from libs.events.engine.turns import EVENTS, SUBJECTS, give_way
from libs.events.log.envelope import Fact, encode, open_envelope, read_fact
from libs.events.log.partition import partition_for
from libs.events.log.schema import Malformed, check
from libs.events.store.port import Appended, Changes, Conflict, HeardFact, Outgoing, StoreUnavailable, Subject, Transaction
from libs.events.words.refusal import Refused
from libs.events.words.row import Row

ROUNDS_MAX = 20
"""So often may what subjects show each other lead to new facts; more is a circle, and an error of the books."""


class Culprit(Exception):
    """A key's facts cannot be handled; `heard` is the one at which it failed."""

    def __init__(self, error: str, heard: Fact | None) -> None:
        super().__init__(error)
        self.heard = heard


@contextmanager
def blamed(heard: Fact | None) -> Iterator[None]:
    """Say of an error that it came of this fact, unless it is nobody's fault: then the work is done again."""
    try:
        yield
    except (NotYetKnown, StoreUnavailable, Conflict, Culprit):
        raise
    except Exception as error:
        raise Culprit(f"{type(error).__name__}: {error}", heard) from error


class Folding:
    """Folds facts into states and works out what that changes in the tables. `known_to`: see values.Awaited."""

    def __init__(self, service: Service, transaction: Transaction, known_to: int = -1) -> None:
        self.service, self.transaction, self._known_to = service, transaction, known_to
        self._loaded: dict[Subject, Loaded] = {}
        self._kept: dict[Subject, Sequence[bytes]] = {}
        self.changes = Changes()

    async def load(self, subjects: Iterable[Subject]) -> None:
        """Read and lock the states of these subjects, all at once and so in one order."""
        wanted = sorted(set(subjects) - self._loaded.keys())
        if not wanted:
            return
        fed = [subject for subject in wanted if subject[0] in self.service.fed]
        kept = await self.transaction.states(wanted, fed)
        for n, (name, key) in enumerate(wanted):
            await give_way(n, EVENTS)
            self._loaded[name, key] = loaded(self.service.book[name], key, kept.get((name, key)))

    def version(self, subject: Subject) -> int:
        """Return how often the subject was changed before this transaction."""
        return self._loaded[subject].version

    async def state(self, subject: Subject) -> Any:
        """Return the state of a loaded subject as it is now."""
        one = self._loaded[subject]
        if one.is_stale:
            await self._refold(one)
        return one.state

    def hear(self, fact: Fact, body: bytes) -> None:
        """Fold a fact read from the log into every state that is made of its kind, and keep it for refolding."""
        shelves: set[tuple[str, str]] = set()
        for book in self.service.keeping.get(fact.kind.cls, ()):
            subject = book.subject(fact)
            if self._loaded[subject].fold(fact) and (book.shelf, subject[1]) not in shelves:
                shelves.add((book.shelf, subject[1]))
                self._keep(self._loaded[subject], fact, body)

    def _keep(self, one: Loaded, fact: Fact, body: bytes) -> None:
        kept = HeardFact(one.book.shelf, one.key, fact.id, fact.time, fact.place, fact.kind.wire, body)
        self.changes.heard.append(kept)

    async def _refold(self, one: Loaded) -> None:
        """Compute the state again from all facts. The first time, read the kept facts of every loaded subject at once."""
        if one.subject not in self._kept:
            await self._remember_facts([each for each in self._loaded.values() if each.book is one.book])
        one.refold([read_fact(open_envelope(body)) for body in self._kept[one.subject]])

    async def _remember_facts(self, subjects: Sequence[Loaded]) -> None:
        for book in self.service.books:
            missing = [one.key for one in subjects if one.book is book and one.subject not in self._kept]
            if missing:
                found = await self.transaction.facts([(book.shelf, key) for key in missing], book.wire_types)
                self._kept |= {(book.name, key): found[book.shelf, key] for key in missing}

    async def spread(self) -> set[Subject]:
        """Let what changed take effect on the subjects that it feeds; return those."""
        await self._refold_stale()
        moved: dict[Subject, dict[str, Any]] = defaultdict(dict)
        for one in [one for one in self._loaded.values() if one.has_news]:
            for fed, part in one.tell().items():
                moved[fed][one.key] = part
        await self.load(moved)
        for fed, parts in moved.items():
            await self.state(fed)
            for source, part in parts.items():
                self._loaded[fed].take_part(source, part)
        return set(moved)

    async def _refold_stale(self) -> None:
        stale = [one for one in self._loaded.values() if one.is_stale]
        await self._remember_facts(stale)
        for n, one in enumerate(stale):
            await give_way(n, SUBJECTS)
            await self._refold(one)

    async def write(self) -> None:
        """Write what changed."""
        while await self.spread():
            pass
        for n, one in enumerate([one for one in self._loaded.values() if one.is_changed]):
            await give_way(n, SUBJECTS)
            one.compare(self.changes, self.service.additive, self._known_to)
        await self.transaction.change(self.changes)


class Deciding(Folding):
    """A Folding that may also say something: its decisions' events are folded at once and go out with the write."""

    def __init__(self, service: Service, transaction: Transaction, known: Known, known_to: int = -1) -> None:
        super().__init__(service, transaction, known_to)
        self.said: dict[UUID, Fact] = {}
        self._known = known
        self._traces: dict[UUID, str] = {}
        self._elsewhere: dict[Subject, list[Fact]] = defaultdict(list)
        self._reached: set[Subject] = set()

    async def decide(self, subject: Subject, decision: Callable[[Any], Iterable[Fact]], trace: str = "") -> list[Fact]:
        """Make a decision on the subject's state and fold what it says. What it refuses leaves nothing behind."""
        facts = list(decision(await self.state(subject)))
        self.say(facts, trace, by=subject)
        return facts

    async def settle(self, subject: Subject, trace: str = "", until: datetime | None = None) -> None:
        """Say what the subject implies and was not said, if its book says anything; with `until`, also what time implies.

        What it says may imply more: a promise begins and is broken, an invitation goes out and ends. So the book is asked
        until it says nothing new. One that `says_all` is asked once, unless time has passed.
        """
        name, key = subject
        book = self.service.book[name]
        if (settle := book.settle) is None:
            return
        for _ in range(ROUNDS_MAX):
            before = len(self.said)
            await self.decide(subject, lambda state: settle(key, state, self._known, until), trace)
            if len(self.said) == before or (book.says_all and until is None):
                return
        raise Culprit(f"what {name} {key} implies leads to facts without end", None)

    def say(self, facts: Iterable[Fact], trace: str = "", by: Subject | None = None) -> None:
        """Say facts as they are; each once, however often. `trace` is what made us say them, for those that have none.

        `by` decided to say them: what others are told by it is news to them.
        """
        facts = list(facts)
        for fact in facts:
            _must_be_sound(fact)
            if fact.kind.owner != self.service.name:
                raise PermissionError(f"{self.service.name} may not say {fact.kind.wire}: it belongs to {fact.kind.owner}")
        for fact in facts:
            if fact.id not in self.said:
                self.said[fact.id] = fact
                self._traces[fact.id] = trace
                self._hear_oneself(fact, by)

    def _hear_oneself(self, fact: Fact, by: Subject | None) -> None:
        """Fold an own fact. What it says of a subject that is not in hand takes effect in `follow`."""
        for book in self.service.keeping.get(fact.kind.cls, ()):
            subject = book.subject(fact)
            if subject in self._loaded:
                self._fold_own(subject, fact)
                if by not in (None, subject):
                    self._reached.add(subject)
            else:
                self._elsewhere[subject].append(fact)

    def _fold_own(self, subject: Subject, fact: Fact) -> None:
        one = self._loaded[subject]
        if one.fold(fact) and one.book.key:  # the outbox has it under the event's key
            self._keep(one, fact, encode(fact, self.transaction.at))

    async def follow(self) -> None:
        """Let what was said and shown reach the other subjects that it is about, and settle these, until nothing follows."""
        for _ in range(ROUNDS_MAX):
            reached = await self.spread() | await self._reach_others()
            if not reached:
                return
            with blamed(None):
                for subject in sorted(reached):
                    await self.settle(subject)
        raise Culprit(f"facts lead to facts without end, the last about {sorted(reached)}", None)

    async def _reach_others(self) -> set[Subject]:
        waiting, self._elsewhere = self._elsewhere, defaultdict(list)
        reached, self._reached = self._reached, set()
        await self.load(waiting)
        for subject, facts in waiting.items():
            for fact in facts:
                self._fold_own(subject, fact)
        return reached | waiting.keys()

    async def keep(self, rows: Iterable[Row]) -> None:
        """Put rows into the vault; of several with one key the last stands."""
        private = list({(row.table, row.key): row for row in rows}.values())
        if private:
            await self.transaction.change(Changes(private=private))

    async def append(self) -> Appended:
        """Put what was said into the outbox; the last thing before commit, because it locks the counters."""
        events = [
            Outgoing(
                partition_for(fact.kind.topic, fact.key),
                fact.id,
                fact.key,
                fact.kind.wire,
                encode(fact, self.transaction.at, self._traces[fact.id]),
            )
            for fact in self.said.values()
        ]
        return await self.transaction.append(events) if events else Appended({}, {})


def _must_be_sound(fact: Fact) -> None:
    try:
        check(fact)
    except Malformed as error:
        raise Refused("malformed", str(error), 422) from error
