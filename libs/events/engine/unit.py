"""One transaction's worth of work: facts folded and decisions made on states loaded once, written together.

`Folding` only learns: it has no way to say anything, and that is what replays with. `Deciding` also speaks.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from libs.events.engine.fold import Fold, encode_state
from libs.events.engine.service import Service
from libs.events.engine.turns import EVENTS, SUBJECTS, give_way
from libs.events.log.envelope import Fact, Order, encode, open_envelope, read_fact
from libs.events.log.partition import partition_for
from libs.events.log.schema import Malformed, check
from libs.events.store.port import Appended, Awaited, Changes, HeardFact, Kept, Outgoing, StateChange, Subject, Transaction
from libs.events.words.event import Topic
from libs.events.words.refusal import Refused
from libs.events.words.row import Row, Timer


@dataclass(slots=True)
class Loaded:
    """A subject in memory: what it was when the transaction began, and what it has become."""

    fold: Fold[Any]
    key: str
    version: int
    state: Any
    last: Order | None
    rows_before: Mapping[tuple[str, tuple[Any, ...]], Row] | None = None
    timers_before: Mapping[str, Timer] = field(default_factory=dict)
    awaited_before: Set[str] = frozenset()
    fresh: list[Fact] = field(default_factory=list)
    is_stale: bool = False

    @property
    def subject(self) -> Subject:
        return (self.fold.topic, self.key)

    def remember_before(self) -> None:
        """Keep the rows and timers of the state as it was, before anything touches it."""
        if self.rows_before is None:
            existed = self.version > 0
            self.rows_before = _rows(self) if existed else {}
            self.timers_before = {timer.name: timer for timer in self.fold.timers(self.key, self.state)} if existed else {}
            self.awaited_before = frozenset(self.fold.awaits(self.key, self.state)) if existed else frozenset()


class Folding:
    """Folds facts into states and works out what that changes in the tables. `known_to`: see keeping.Awaited."""

    def __init__(self, service: Service, transaction: Transaction, known_to: int = -1) -> None:
        self._service, self._tx, self._known_to = service, transaction, known_to
        self._folds = {fold.topic: fold for fold in service.folds}
        self._loaded: dict[Subject, Loaded] = {}
        self._kept: dict[Subject, Sequence[bytes]] = {}
        self.changes = Changes()

    async def load(self, subjects: Iterable[Subject]) -> None:
        """Read and lock the states of subjects this service remembers."""
        wanted = sorted({subject for subject in subjects if subject[0] in self._folds} - self._loaded.keys())
        if not wanted:
            return
        kept = await self._tx.states(wanted)
        for n, (topic, key) in enumerate(wanted):
            await give_way(n, EVENTS)
            self._loaded[topic, key] = _load(self._folds[Topic(topic)], key, kept.get((topic, key)))

    def version(self, subject: Subject) -> int:
        """Return how often the subject was changed before this transaction."""
        return self._loaded[subject].version

    async def state(self, subject: Subject) -> Any:
        """Return the subject's state as it is now; nothing when this service does not remember the topic."""
        loaded = self._loaded.get(subject)
        if loaded is None:
            return None
        if loaded.is_stale:
            await self._refold(loaded)
        return loaded.state

    async def hear(self, fact: Fact, body: bytes) -> None:
        """Fold a fact read from the log, if the state is made of its kind, and keep it for refolding."""
        if await self._fold(fact):
            self.changes.heard.append(HeardFact(fact.kind.topic, fact.key, fact.id, fact.time, fact.place, fact.kind.wire, body))

    async def _fold(self, fact: Fact) -> bool:
        if not self._is_kept(fact):
            return False
        fold, order = self._folds[fact.kind.topic], fact.order
        loaded = self._loaded[fact.kind.topic, fact.key]
        if order == loaded.last:
            return False
        loaded.remember_before()
        loaded.fresh.append(fact)
        if loaded.is_stale or (loaded.last is not None and order < loaded.last):
            loaded.is_stale = True
            loaded.last = max(loaded.last or order, order)
        else:
            loaded.state, loaded.last = fold.evolve(loaded.state, fact), order
        return True

    def _is_kept(self, fact: Fact) -> bool:
        fold = self._folds.get(fact.kind.topic)
        return fold is not None and fact.kind.cls in fold.keeps

    async def _refold(self, loaded: Loaded) -> None:
        """Compute the state again from all facts. The first time, read the kept facts of every loaded subject at once."""
        if loaded.subject not in self._kept:
            await self._remember_facts([one for one in self._loaded.values() if one.fold is loaded.fold])
        old = [read_fact(open_envelope(body)) for body in self._kept[loaded.subject]]
        loaded.state = loaded.fold.of(loaded.key, [*old, *loaded.fresh])
        loaded.is_stale = False

    async def _remember_facts(self, subjects: Sequence[Loaded]) -> None:
        for fold in self._folds.values():
            missing = [one.subject for one in subjects if one.fold is fold and one.subject not in self._kept]
            if missing:
                self._kept |= await self._tx.facts(missing, fold.wire_types())

    async def write(self) -> None:
        """Write what changed."""
        fresh = [loaded for loaded in self._loaded.values() if loaded.fresh]
        await self._remember_facts([loaded for loaded in fresh if loaded.is_stale])
        for n, loaded in enumerate(fresh):
            await give_way(n, SUBJECTS)
            if loaded.is_stale:
                await self._refold(loaded)
            self._compare(loaded)
        await self._tx.change(self.changes)

    def _compare(self, loaded: Loaded) -> None:
        assert loaded.last is not None
        self.changes.states.append(StateChange(loaded.subject, loaded.version, encode_state(loaded.state), loaded.last))
        before, after = loaded.rows_before or {}, _rows(loaded)
        for at, row in after.items():
            if at not in before or before[at].values != row.values:
                self._put(before.get(at), row)
        for at, row in before.items():
            if at not in after:
                self._take(row)
        timers = {timer.name: timer for timer in loaded.fold.timers(loaded.key, loaded.state)}
        number = partition_for(*loaded.subject).number
        self.changes.armed += [
            (loaded.subject, number, timer) for name, timer in timers.items() if loaded.timers_before.get(name) != timer
        ]
        self.changes.disarmed += [(loaded.subject, name) for name in loaded.timers_before.keys() - timers.keys()]
        awaited = set(loaded.fold.awaits(loaded.key, loaded.state))
        fresh = awaited - loaded.awaited_before
        self.changes.awaited += [Awaited(loaded.subject, number, name, self._known_to) for name in fresh]
        self.changes.unawaited += [(loaded.subject, name) for name in loaded.awaited_before - awaited]

    def _put(self, old: Row | None, new: Row) -> None:
        if new.table in self._service.additive:
            self._add(new, [a - b for a, b in zip(new.values, old.values, strict=True)] if old else new.values)
        else:
            self.changes.upserts.append(new)

    def _take(self, old: Row) -> None:
        if old.table in self._service.additive:
            self._add(old, [-value for value in old.values])
        else:
            self.changes.deletes.append(old)

    def _add(self, row: Row, difference: Sequence[int]) -> None:
        sums = self.changes.additions.get((row.table, row.key), (0,) * len(difference))
        self.changes.additions[row.table, row.key] = tuple(a + b for a, b in zip(sums, difference, strict=True))


class Deciding(Folding):
    """A Folding that may also say something: its decisions' events are folded at once and go out with the write."""

    def __init__(self, service: Service, transaction: Transaction, known_to: int = -1) -> None:
        super().__init__(service, transaction, known_to)
        self.said: dict[UUID, Fact] = {}
        self._traces: dict[UUID, str] = {}

    async def decide(self, subject: Subject, decision: Callable[[Any], Iterable[Fact]], trace: str = "") -> list[Fact]:
        """Make a decision on the subject's state and fold what it says. What it refuses leaves nothing behind."""
        facts = list(decision(await self.state(subject)))
        await self.say(facts, trace)
        return facts

    def kept_by(self, facts: Iterable[Fact]) -> set[Subject]:
        """Return the subjects of those facts that enter a state."""
        return {(fact.kind.topic, fact.key) for fact in facts if self._is_kept(fact)}

    async def say(self, facts: Iterable[Fact], trace: str = "") -> None:
        """Say facts as they are; each once, however often. `trace` is what made us say them, for those that have none."""
        facts = list(facts)
        for fact in facts:
            _must_be_sound(fact)
            if fact.kind.owner != self._service.name:
                raise PermissionError(f"{self._service.name} may not say {fact.kind.wire}: it belongs to {fact.kind.owner}")
        for fact in facts:
            if fact.id not in self.said:
                self.said[fact.id] = fact
                self._traces[fact.id] = trace
                await self._fold(fact)

    async def keep(self, rows: Iterable[Row]) -> None:
        """Put rows into the vault; of several with one key the last stands."""
        private = list({(row.table, row.key): row for row in rows}.values())
        if private:
            await self._tx.change(Changes(private=private))

    async def append(self) -> Appended:
        """Put what was said into the outbox; the last thing before commit, because it locks the counters."""
        events = [
            Outgoing(
                partition_for(fact.kind.topic, fact.key),
                fact.id,
                fact.key,
                fact.kind.wire,
                encode(fact, self._tx.at, self._traces[fact.id]),
            )
            for fact in self.said.values()
        ]
        return await self._tx.append(events) if events else Appended({}, {})


def _must_be_sound(fact: Fact) -> None:
    try:
        check(fact)
    except Malformed as error:
        raise Refused("malformed", str(error), 422) from error


def _load(fold: Fold[Any], key: str, kept: Kept | None) -> Loaded:
    if kept is None:
        return Loaded(fold, key, 0, fold.initial(key), None)
    return Loaded(fold, key, kept.version, fold.decode(kept.state), kept.last)


def _rows(loaded: Loaded) -> dict[tuple[str, tuple[Any, ...]], Row]:
    """Return the state's rows by table and key; contributions to one row of a rollup are added up."""
    rows: dict[tuple[str, tuple[Any, ...]], Row] = {}
    for row in loaded.fold.rows(loaded.key, loaded.state):
        at = (row.table, row.key)
        if earlier := rows.get(at):
            rows[at] = row._replace(values=tuple(a + b for a, b in zip(earlier.values, row.values, strict=True)))
        else:
            rows[at] = row
    return rows
