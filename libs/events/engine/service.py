"""A service as the kernel knows it: the form that each one fills in."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from zlib import crc32

from libs.events.catalogue.references import Reference
from libs.events.engine.book import Book
from libs.events.log.envelope import Fact
from libs.events.log.port import Partition
from libs.events.store.values import Place, Subject
from libs.events.words.event import TYPES, EventType, Topic
from libs.events.words.row import Tables


@dataclass(frozen=True)
class Service:
    """One service: its books, what its tables are and which version of them.

    `variant` is what an operator chose that the tables' rows depend on. `constants` are what it knows of references without
    their being published.
    """

    name: str
    books: tuple[Book[Any], ...]
    tables: Tables
    version: int
    vault: Tables = field(default_factory=dict)
    views: str = ""
    variant: str = ""
    constants: Sequence[tuple[Reference[Any], Any]] = ()

    def __post_init__(self) -> None:
        if fault := _fault(self.books):
            raise ValueError(f"{self.name}: {fault}")

    @cached_property
    def code(self) -> int:
        """The number by which tables know what computed their rows: the version, or one of version and variant."""
        return crc32(f"{self.version} {self.variant}".encode()) >> 1 if self.variant else self.version

    @cached_property
    def book(self) -> Mapping[str, Book[Any]]:
        """Every book by its name."""
        return {book.name: book for book in self.books}

    @cached_property
    def fed(self) -> frozenset[str]:
        """The names of the books that are fed by others."""
        return frozenset(book.feeds for book in self.books if book.feeds)

    @cached_property
    def kept_by(self) -> Mapping[EventType, Sequence[Book[Any]]]:
        """The books whose state a class of events enters, by the topic on which it is said."""
        return _by_kind((book.hears(cls), book) for book in self.books for cls in book.keeps)

    @cached_property
    def heard_by(self) -> Mapping[EventType, Sequence[Book[Any]]]:
        """The books that remember a class of events, or answer it, by the topic on which it is said."""
        heard = ((cls, book) for book in self.books for cls in dict.fromkeys([*book.keeps, *book.reactions]))
        return _by_kind((book.hears(cls), book) for cls, book in heard)

    @cached_property
    def reacts(self) -> bool:
        """Whether any book answers what it hears at once."""
        return any(book.reactions for book in self.books)

    @cached_property
    def settles(self) -> bool:
        """Whether any book says what its subjects imply."""
        return any(book.settle for book in self.books)

    @cached_property
    def additive(self) -> frozenset[str]:
        """The tables whose rows are sums of contributions."""
        return frozenset(name for name, table in self.tables.items() if table.additive)

    @cached_property
    def hears(self) -> Mapping[str, frozenset[str]]:
        """The wire types of others that this service listens to, by topic."""
        return _by_topic(kind for kind in self.heard_by if kind.owner != self.name)

    @cached_property
    def keeps(self) -> Mapping[str, frozenset[str]]:
        """The wire types, own and foreign, that its tables are made of, by topic."""
        return _by_topic(self.kept_by)

    @cached_property
    def topics_heard(self) -> tuple[Topic, ...]:
        return tuple(topic for topic in Topic if topic in self.hears)

    @cached_property
    def topics_kept(self) -> tuple[Topic, ...]:
        return tuple(topic for topic in Topic if any(book.topic == topic for book in self.books))

    @cached_property
    def topics_said(self) -> tuple[Topic, ...]:
        return tuple(topic for topic in Topic if any(k.owner == self.name and topic in k.lives for k in TYPES.values()))

    def subjects(self, facts: Iterable[Fact]) -> set[Subject]:
        """Return the subjects that these facts are about."""
        return {book.subject(fact) for fact in facts for book in self.heard_by.get(fact.kind, ())}

    def namesakes(self, topic: str, key: str) -> list[Subject]:
        """Return the subjects that go by this key of a topic."""
        return [(book.name, key) for book in self.books if book.topic == topic and book.key is None]

    def places(self, partitions: Iterable[Partition]) -> list[Place]:
        """Return where its subjects are looked after in these partitions."""
        return [Place(book.name, partition) for partition in partitions for book in self.books if book.topic == partition.topic]


def _by_kind(pairs: Iterable[tuple[EventType, Book[Any]]]) -> Mapping[EventType, Sequence[Book[Any]]]:
    found: dict[EventType, list[Book[Any]]] = defaultdict(list)
    for kind, book in pairs:
        found[kind].append(book)
    return dict(found)


def _by_topic(kinds: Iterable[EventType]) -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for kind in kinds:
        found[kind.topic].add(kind.wire)
    return {topic: frozenset(wires) for topic, wires in found.items()}


def _fault(books: Sequence[Book[Any]]) -> str:
    """Return why these books cannot be kept together, or nothing."""
    feeds = {book.name: book.feeds for book in books}
    fed = [book.feeds for book in books if book.feeds]
    if twice := _twice([book.name for book in books]):
        return f"two books are called {twice}; give each a name of its own"
    if twice := _twice(fed):
        return f"two books feed {twice}; a book is fed by one other at most"
    if missing := sorted(set(fed) - feeds.keys()):
        return f"a book feeds {missing[0]}, which is not among its books"
    for name in feeds:
        way = [name]
        while (following := feeds[way[-1]]) and following != name:  # each is fed by one, so only the first can come again
            way.append(following)
        if following:
            return f"books feed each other in a circle: {', '.join([*way, name])}; one of them must not feed the next"
    return ""


def _twice(names: Sequence[str]) -> str:
    return next((name for name, count in Counter(names).items() if count > 1), "")
