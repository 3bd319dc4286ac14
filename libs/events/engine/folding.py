"""One transaction's worth of learning: states are loaded once, facts folded into them, and all is written together.

A Folding has no way to say anything, and that is what replays with.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from libs.events.engine.pace import EVENTS, SUBJECTS, give_way
from libs.events.engine.service import Service
from libs.events.engine.subject import Loaded, loaded
from libs.events.log.envelope import Fact, fact_of
from libs.events.log.port import Record
from libs.events.store.port import Transaction
from libs.events.store.values import Changes, HeardFact, Subject


class Folding:
    """Folds facts into states and works out what that changes in the tables. `known_to`: see Loaded.compare."""

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
        kept: set[tuple[str, str]] = set()
        for book in self.service.kept_by.get(fact.kind, ()):
            subject = book.subject(fact)
            if self._loaded[subject].fold(fact) and (book.collection, subject[1]) not in kept:
                kept.add((book.collection, subject[1]))
                self._keep(self._loaded[subject], fact, body)

    def _keep(self, one: Loaded, fact: Fact, body: bytes) -> None:
        record = Record(fact.id, one.key, fact.kind.wire, body)
        kept = HeardFact(one.book.collection, fact.time, fact.place, record)
        self.changes.heard.append(kept)

    async def _refold(self, one: Loaded) -> None:
        """Compute the state again from all facts. The first time, read the kept facts of every loaded subject at once."""
        if one.subject not in self._kept:
            await self._remember_facts([each for each in self._loaded.values() if each.book is one.book])
        one.refold([fact_of(body, one.book.topic) for body in self._kept[one.subject]])

    async def _remember_facts(self, subjects: Sequence[Loaded]) -> None:
        for book in self.service.books:
            missing = [one.key for one in subjects if one.book is book and one.subject not in self._kept]
            if missing:
                found = await self.transaction.facts([(book.collection, key) for key in missing], book.wire_types)
                self._kept |= {(book.name, key): found[book.collection, key] for key in missing}

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
