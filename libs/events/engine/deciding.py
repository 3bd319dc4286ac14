"""One transaction's worth of work that may also speak: decisions on states that were loaded once, written with what they say."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from libs.events.engine.folding import Folding
from libs.events.engine.known import Known, NotYetKnown
from libs.events.engine.service import Service
from libs.events.log.envelope import Fact, record_of
from libs.events.log.port import partition_for
from libs.events.log.schema import Malformed, check
from libs.events.store.port import Conflict, StoreUnavailable, Transaction
from libs.events.store.values import Appended, Changes, Subject
from libs.events.words.refusal import Refused
from libs.events.words.row import Row

ROUNDS_MAX = 20
"""Facts may lead to new facts this often in one transaction. If they do more often, the books run in a circle: a fault."""


class Culprit(Exception):
    """A key's facts cannot be handled; `heard` is the one at which it failed."""

    def __init__(self, error: str, heard: Fact | None) -> None:
        super().__init__(error)
        self.heard = heard


@contextmanager
def blamed(heard: Fact | None) -> Iterator[None]:
    """Raise a Culprit with this fact for an error inside. Errors that pass by themselves stay as they are."""
    try:
        yield
    except (NotYetKnown, StoreUnavailable, Conflict, Culprit):
        raise
    except Exception as error:
        raise Culprit(f"{type(error).__name__}: {error}", heard) from error


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
        """Make a decision on the subject's state and fold what it says. A refused decision leaves nothing behind.

        What lives on several topics is said on that of the subject.
        """
        topic = self.service.book[subject[0]].topic
        facts = [fact.on(topic) for fact in decision(await self.state(subject))]
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
        until = self.transaction.at if book.at_once else until
        for _ in range(ROUNDS_MAX):
            before = len(self.said)
            await self.decide(subject, lambda state: settle(key, state, self._known, until), trace)
            if len(self.said) == before or (book.says_all and until is None):
                return
        raise Culprit(f"what {name} {key} implies leads to facts without end", None)

    def say(self, facts: Iterable[Fact], trace: str = "", by: Subject | None = None) -> None:
        """Say facts as they are. A fact that is said again is said once. `trace` is for facts that have none of their own.

        `by` is the subject that decided to say them. Other subjects that they are about are settled in `follow`.
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
        """Fold an own fact into the subjects that are loaded. For the others it takes effect in `follow`."""
        for book in self.service.kept_by.get(fact.kind, ()):
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
            self._keep(one, fact, record_of(fact, self.transaction.at).body)

    async def follow(self) -> None:
        """Let facts and parts reach the other subjects that they are about, and settle those, until nothing follows.

        They are settled when all that was said has reached everybody: who gives out work knows what was just given.
        """
        for _ in range(ROUNDS_MAX):
            reached = set[Subject]()
            while more := await self.spread() | await self._reach_others():
                reached |= more
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
            (partition_for(fact.kind.topic, fact.key), record_of(fact, self.transaction.at, self._traces[fact.id]))
            for fact in self.said.values()
        ]
        return await self.transaction.append(events) if events else Appended({}, {})


def _must_be_sound(fact: Fact) -> None:
    try:
        check(fact)
    except Malformed as error:
        raise Refused("malformed", str(error), 422) from error
