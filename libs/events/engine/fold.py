"""How a service remembers one kind of subject: a fold of its facts, and the rows that follow from it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Generic, TypeVar
from uuid import UUID

import msgspec

from libs.events.log.envelope import Fact
from libs.events.words.event import TYPES, Topic
from libs.events.words.row import Row, Timer

S = TypeVar("S")


def no_timers(key: str, state: Any) -> Iterable[Timer]:
    """Arm nothing."""
    return ()


def awaits_nothing(key: str, state: Any) -> Iterable[str]:
    """Await nothing that is still to be published."""
    return ()


def no_rows(key: str, state: Any) -> Iterable[Row]:
    """Show nothing."""
    return ()


@dataclass(frozen=True)
class Fold(Generic[S]):
    """Pure functions over a subject's facts in their order (envelope.Order); the state is a function of their set.

    `evolve` neither judges nor raises; it may change the state that it is given and returns it.
    `keeps` are the event classes that enter the state. `awaits` gives the names of what is published on topic `standards` of
    which another version would change what is said of the subject: it is looked at again when one comes.
    """

    topic: Topic
    state: type[S]
    initial: Callable[[str], S]
    evolve: Callable[[S, Fact], S]
    keeps: frozenset[type[Any]]
    rows: Callable[[str, S], Iterable[Row]] = no_rows
    timers: Callable[[str, S], Iterable[Timer]] = no_timers
    awaits: Callable[[str, S], Iterable[str]] = awaits_nothing

    @cached_property
    def _decoder(self) -> msgspec.json.Decoder[S]:
        return msgspec.json.Decoder(self.state)

    def decode(self, body: bytes) -> S:
        """Return the state that was kept as `body`."""
        return self._decoder.decode(body)

    def of(self, key: str, facts: Iterable[Fact]) -> S:
        """Return the state of a subject with these facts, in whatever order they came, however often."""
        state = self.initial(key)
        for fact in sorted({fact.id: fact for fact in facts}.values(), key=_occurred):
            state = self.evolve(state, fact)
        return state

    def wire_types(self) -> list[str]:
        """Return the wire types that enter the state."""
        return sorted(TYPES[cls].wire for cls in self.keeps)


encode_state = msgspec.json.Encoder().encode
"""State → bytes; the same for every fold."""


def in_order(facts: Iterable[tuple[Fact, bytes]]) -> list[tuple[Fact, bytes]]:
    """Return facts with their records as they occurred: a fact that sorts last needs no refolding."""
    return sorted(facts, key=lambda heard: _occurred(heard[0]))


def _occurred(fact: Fact) -> tuple[datetime, int, UUID]:
    # Fact.order without its name: sorting asks for one of every fact of a batch.
    return (fact.time, fact.place, fact.id)
