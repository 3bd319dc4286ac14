"""A book declares how a service remembers one kind of subject, and what its subjects show, say and feed to others."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Generic, TypeVar
from uuid import UUID

import msgspec

from libs.events.engine.known import Known
from libs.events.log.envelope import Fact
from libs.events.store.values import Subject
from libs.events.words.event import TYPES, EventType, Topic
from libs.events.words.row import Part, Row, Timer

S = TypeVar("S")
R = TypeVar("R")

Reaction = Callable[[Any, Fact, Known], Iterable[Fact]]
"""Answers a fact of others: state, fact, what is known → own events."""

Settle = Callable[[str, Any, Known, datetime | None], Iterable[Fact]]
"""The difference between what a subject implies and what was said of it.

With an instant, all facts before it have been read, and what is implied by their absence belongs to the difference too.
"""


def nothing(key: str, state: Any) -> Iterable[Any]:
    """Show, feed, arm or await nothing."""
    return ()


@dataclass(frozen=True, kw_only=True)
class Book(Generic[S]):
    """Pure functions over a subject's facts in their order (envelope.Order); the state is a function of their set.

    `evolve` neither judges nor raises; it may change the state that it is given and returns it. `keeps` are the event
    classes that enter the state. `key` gives the subject of a fact, where that is not the event's own key.

    A book may be fed by another book of its service. The `parts` of that one say what each of its subjects shows, and to
    which fed subject. The fed state has them in its field `parts`, by the key of the subject that shows them. So it is a
    function of a set too, and evolve leaves that field alone. A fed subject hears of several partitions, so its timers go by
    the watermark.

    A class of events may live on several topics. A book hears what is said on its own, and what its subjects say goes there.

    `awaits` gives names of references, for instance a calendar. When another version of one is published, the subject is
    settled again.

    `settle` is asked again after it has said something, because more may follow from that. With `says_all` a book promises
    that nothing does before time passes. Then it is not asked again, which would cost as much as the first time.

    What some books say follows from nothing that could still come, but from what is there now: who of a team gets which work.
    With `at_once`, settle is given the instant of the transaction, whenever it is asked.
    """

    name: str
    topic: Topic
    state: type[S]
    initial: Callable[[str], S]
    evolve: Callable[[S, Fact], S] = lambda state, fact: state
    keeps: frozenset[type[Any]] = frozenset()
    key: Callable[[Fact], str] | None = None
    feeds: str = ""
    parts: Callable[[str, S], Iterable[Part]] = nothing
    rows: Callable[[str, S], Iterable[Row]] = nothing
    timers: Callable[[str, S], Iterable[Timer]] = nothing
    awaits: Callable[[str, S], Iterable[str]] = nothing
    reactions: Mapping[type[Any], Reaction] = field(default_factory=dict)
    settle: Settle | None = None
    says_all: bool = False
    at_once: bool = False

    @cached_property
    def collection(self) -> str:
        """The name under which its facts are kept. Books whose subject is the event's key share the facts of their topic."""
        return self.name if self.key else str(self.topic)

    @cached_property
    def decode(self) -> Callable[[bytes], S]:
        """Bytes → the state that was kept."""
        return msgspec.json.Decoder(self.state).decode

    @cached_property
    def wire_types(self) -> list[str]:
        """The wire types that enter the state."""
        return sorted(TYPES[cls].wire for cls in self.keeps)

    def hears(self, cls: type[Any]) -> EventType:
        """Return a class of events as the book hears it: of one that lives on the book's topic, what is said there."""
        return TYPES[cls].on(self.topic)

    def subject(self, fact: Fact) -> Subject:
        """Return the subject that the fact is about."""
        return (self.name, self.key(fact) if self.key else fact.key)

    def of(self, key: str, facts: Iterable[Fact]) -> S:
        """Return the state of a subject with these facts, in whatever order they came, however often."""
        state = self.initial(key)
        for fact in sorted({fact.id: fact for fact in facts}.values(), key=_occurred):
            state = self.evolve(state, fact)
        return state


encode_state = msgspec.json.Encoder().encode
"""State → bytes; the same for every book."""


def in_order(facts: Iterable[tuple[Fact, R]]) -> list[tuple[Fact, R]]:
    """Return facts with their records as they occurred: a fact that sorts last needs no refolding."""
    return sorted(facts, key=lambda heard: _occurred(heard[0]))


def _occurred(fact: Fact) -> tuple[datetime, int, UUID]:
    # Fact.order without its name: sorting asks for one of every fact of a batch.
    return (fact.time, fact.place, fact.id)
