"""A subject that a transaction has loaded: its state, what the state shows, and what has changed of both."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from operator import add, sub
from typing import Any, NamedTuple

from libs.events.engine.book import Book, encode_state
from libs.events.log.envelope import Fact, Order
from libs.events.log.port import partition_for
from libs.events.store.values import BEFORE_ALL, Changes, Kept, StateChange, Subject
from libs.events.words.row import Row

At = tuple[str, tuple[Any, ...]]
"""A row's table and key."""


class Shown(NamedTuple):
    """What a state shows: rows, one for each of its timers among them, and the names under which it awaits something."""

    rows: Mapping[At, Row]
    awaited: Set[str]


NOTHING = Shown({}, frozenset())


@dataclass(slots=True)
class Loaded:
    """A subject in memory: what it was when the transaction began, and what it has become."""

    book: Book[Any]
    key: str
    version: int
    state: Any
    last: Order | None
    before: Shown | None = None
    shows: Mapping[Subject, Any] = field(default_factory=dict)
    """What it shows to the subjects that it feeds, as far as they know."""
    fresh: list[Fact] = field(default_factory=list)
    is_stale: bool = False
    has_news: bool = False
    """It changed since it last told the subjects that it feeds."""

    @property
    def subject(self) -> Subject:
        return (self.book.name, self.key)

    @property
    def partition(self) -> int:
        return partition_for(self.book.topic, self.key).number

    @property
    def is_changed(self) -> bool:
        return self.before is not None

    def remember_before(self) -> None:
        """Keep what the state shows as it was, before anything touches it."""
        self.has_news = bool(self.book.feeds)
        if self.before is None:
            existed = self.version > 0
            self.before = self.shown() if existed else NOTHING
            self.shows = self.parts() if existed else {}

    def fold(self, fact: Fact) -> bool:
        """Take the fact into the state; a late one makes it stale. Say whether it was new."""
        order = fact.order
        if order == self.last:
            return False
        self.remember_before()
        self.fresh.append(fact)
        if self.is_stale or (self.last is not None and order < self.last):
            self.is_stale = True
            self.last = max(self.last or order, order)
        else:
            self.state, self.last = self.book.evolve(self.state, fact), order
        return True

    def refold(self, facts: Sequence[Fact]) -> None:
        """Compute the state again from these facts and the fresh ones; what others show of it stays."""
        state = self.book.of(self.key, [*facts, *self.fresh])
        if hasattr(state, "parts"):
            state.parts = self.state.parts
        self.state, self.is_stale = state, False

    def take_part(self, source: str, part: Any) -> None:
        """Let another subject show this instead of what it showed before; None is nothing."""
        self.remember_before()
        if part is None:
            self.state.parts.pop(source, None)
        else:
            self.state.parts[source] = part

    def tell(self) -> dict[Subject, Any]:
        """Return what it shows otherwise than they know to the subjects that it feeds; None where it shows nothing any more."""
        known, shows = self.shows, self.parts()
        self.shows, self.has_news = shows, False
        return {fed: shows.get(fed) for fed in known.keys() | shows.keys() if known.get(fed) != shows.get(fed)}

    def parts(self) -> dict[Subject, Any]:
        """Return what it shows to the subjects that it feeds."""
        book = self.book
        return {(book.feeds, part.key): part.body for part in book.parts(self.key, self.state)} if book.feeds else {}

    def shown(self) -> Shown:
        """Return what the state shows; contributions to one row of a rollup are added up."""
        book, rows = self.book, dict[At, Row]()
        for row in book.rows(self.key, self.state):
            at = (row.table, row.key)
            if earlier := rows.get(at):
                rows[at] = Row(*at, tuple(map(add, earlier.values, row.values)))
            else:
                rows[at] = row
        for timer in book.timers(self.key, self.state):
            row = Row("timer", (*self.subject, timer.name), (self.partition, timer.due_at))
            rows[row.table, row.key] = row
        return Shown(rows, frozenset(book.awaits(self.key, self.state)))

    def compare(self, changes: Changes, additive: Set[str], known_to: int) -> None:
        """Note what the subject is now, and what of what it shows differs from before.

        `known_to`: it was settled with all of topic `standards` before this offset.
        """
        before, after = self.before or NOTHING, self.shown()
        changes.states.append(StateChange(self.subject, self.version, encode_state(self.state), self.last or BEFORE_ALL))
        _compare_rows(changes, additive, before.rows, after.rows)
        changes.upserts += [self._awaiting(name, known_to) for name in after.awaited - before.awaited]
        changes.deletes += [self._awaiting(name, known_to) for name in before.awaited - after.awaited]

    def _awaiting(self, name: str, known_to: int) -> Row:
        return Row("awaiting", (*self.subject, name), (self.partition, known_to))


def loaded(book: Book[Any], key: str, kept: Kept | None) -> Loaded:
    """Return the subject as it was kept; a new one if it never was."""
    if kept is None or kept.version == 0:
        return Loaded(book, key, 0, book.initial(key), None)
    return Loaded(book, key, kept.version, book.decode(kept.state), kept.last)


def _compare_rows(changes: Changes, additive: Set[str], before: Mapping[At, Row], after: Mapping[At, Row]) -> None:
    for at, row in after.items():
        old = before.get(at)
        if old is None or old.values != row.values:
            if row.table in additive:
                changes.add(row, tuple(map(sub, row.values, old.values)) if old else row.values)
            else:
                changes.upserts.append(row)
    for at, row in before.items():
        if at not in after:
            if row.table in additive:
                changes.add(row, [-value for value in row.values])
            else:
                changes.deletes.append(row)
