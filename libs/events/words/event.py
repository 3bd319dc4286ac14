"""What an event is: a frozen, slotted, keyword-only dataclass in the past tense, with a name and a version.

An occurrence says which time it is: the second visit of node `n4` is `n4/2`, the third clock `next_reply` is `next_reply/3`.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Annotated, Any, TypeVar, dataclass_transform, get_type_hints

from pydantic import Field

Word = Annotated[str, Field(min_length=1, max_length=200)]
"""A word of an event: a name, an id or a code, never a sentence."""


class Topic(StrEnum):
    """The three logs. `cases` and `quality` are partitioned by key; `standards` is one small ordered list."""

    CASES = "cases"
    STANDARDS = "standards"
    QUALITY = "quality"


@dataclass(frozen=True, slots=True, eq=False)
class EventType:
    """The identity of an event class on a topic of the log, and its facts' order within an instant.

    A class may live on several topics. There is one of these for each, and facts of two never meet in one subject.
    """

    name: str
    version: int
    owner: str
    topic: Topic
    cls: type[Any]
    wire: str
    """The CloudEvents `type`: `case.registered.v1`."""
    concludes: bool = False
    """It follows from the other facts of its instant, so it comes after all of them."""
    lives: Mapping[str, "EventType"] = field(default_factory=dict, repr=False)
    """The class on each topic that it lives on, at home first."""

    def place(self, sequence: int, is_answer: bool) -> int:
        """Return a fact's place in its instant: its source's own sequence, an answer behind what it answers, conclusions last."""
        return (_CONCLUSIONS if self.concludes else 0) + 2 * sequence + is_answer

    def on(self, topic: str) -> "EventType":
        """Return the class as it lives on a topic; where it does not live there, as it is."""
        return self.lives.get(topic, self)


_CONCLUSIONS = 1 << 40
"""The first place of what concludes from the facts of an instant."""


class Free:
    """The mark of a field in which people write what they like: on the log stands a reference into a vault (free.py)."""


FREE = Free()


class Later:
    """The mark of a field that an event had not at first. While it says nothing, the event's id is made without it."""


LATER = Later()
TYPES: dict[type[Any], EventType] = {}
BY_WIRE: dict[str, EventType] = {}
_MARKED: dict[tuple[type[Any], object], tuple[str, ...]] = {}

Upcast = Callable[[dict[str, Any]], dict[str, Any]]

UPCASTS: Mapping[str, tuple[str, Upcast]] = {}
"""Old wire type → (next wire type, function on the data), run when an old event is read. Chains lead to the newest version."""

_NAME = re.compile(r"[a-z]+(\.[a-z_]+)+")
C = TypeVar("C")


@dataclass_transform(frozen_default=True, kw_only_default=True)
def event(
    name: str, version: int = 1, *, topic: Topic = Topic.CASES, also: Iterable[Topic] = (), concludes: bool = False
) -> Callable[[type[C]], type[C]]:
    """Make a class an event. Its owner is the service its catalogue module is named after.

    It is at home on `topic`. Where it lives `also` on others, each fact is on that of the subject which says it.
    """

    def register(cls: type[C]) -> type[C]:
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} is no event name; write subject.fact, for example case.registered")
        data = dataclass(frozen=True, slots=True, kw_only=True)(cls)
        lives: dict[str, EventType] = {}
        kind = EventType(name, version, cls.__module__.rsplit(".", 1)[-1], topic, data, f"{name}.v{version}", concludes, lives)
        lives |= {topic: kind, **{other: replace(kind, topic=other) for other in also}}
        if kind.wire in BY_WIRE:
            raise ValueError(f"{kind.wire} is already {BY_WIRE[kind.wire].cls.__qualname__}")
        TYPES[data] = BY_WIRE[kind.wire] = kind
        return data

    return register


def free_fields(cls: type[Any]) -> tuple[str, ...]:
    """Return the fields of an event class in which people write freely."""
    return _marked(cls, FREE)


def later_fields(cls: type[Any]) -> tuple[str, ...]:
    """Return the fields of an event class that it had not at first."""
    return _marked(cls, LATER)


def _marked(cls: type[Any], mark: object) -> tuple[str, ...]:
    if (cls, mark) not in _MARKED:
        hints = get_type_hints(cls, include_extras=True)
        _MARKED[cls, mark] = tuple(name for name, hint in hints.items() if mark in getattr(hint, "__metadata__", ()))
    return _MARKED[cls, mark]


NUMBER_MAX = 2**31 - 1
"""What a whole number of PostgreSQL holds."""

Number = Annotated[int, Field(ge=1, le=NUMBER_MAX), LATER]
"""An occurrence as a field of an event. What was said before there were any reads as the first."""

_NUMBER = re.compile(r"[1-9][0-9]{0,9}", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class Occurrence:
    """A name, and which of those with this name is meant. The first one is written without its number: `n4` is `n4/1`."""

    name: str
    number: int = 1

    def __str__(self) -> str:
        # A name that itself ends like an occurrence, `24/7`, is always written with its number.
        return self.name if self == occurrence_of(self.name) else f"{self.name}/{self.number}"


def occurrence_of(text: str) -> Occurrence:
    """Return the occurrence that `text` names."""
    name, _, number = text.rpartition("/")
    if name and _NUMBER.fullmatch(number) and int(number) <= NUMBER_MAX:
        return Occurrence(name, int(number))
    return Occurrence(text)


@dataclass(slots=True)
class Visits:
    """The visits of a case so far. `last` is the number of each node's last visit, `open` are those that have not ended.

    A visit is the next one of its node. Only where the speaker knows of more, because this history begins late, it is as said:
    what was said before visits had numbers, and what another system tells, calls every visit the first.
    """

    last: dict[str, int] = field(default_factory=dict)
    open: list[tuple[str, int]] = field(default_factory=list)

    def next(self, node: str) -> Occurrence:
        """Return the visit that would begin now."""
        return Occurrence(node, self.last.get(node, 0) + 1)

    def begin(self, node: str, said: int = 1) -> Occurrence:
        """The case arrives at a node."""
        visit = Occurrence(node, max(said, self.next(node).number))
        self.last[node] = visit.number
        self.open.append((node, visit.number))
        return visit

    def at(self, node: str, said: int = 1) -> Occurrence:
        """Return the visit in which something happens at a node; one begins where history is silent."""
        return self.now(node) or self.begin(node, said)

    def end(self, node: str, said: int = 1) -> Occurrence:
        """A visit of a node ends."""
        visit = self.at(node, said)
        self.open.remove((node, visit.number))
        return visit

    def now(self, node: str) -> Occurrence | None:
        """Return the last visit of a node that has not ended."""
        numbers = (number for at, number in reversed(self.open) if at == node)
        number = next(numbers, None)
        return None if number is None else Occurrence(node, number)
