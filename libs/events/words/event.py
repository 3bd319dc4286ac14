"""What an event is: a frozen, slotted, keyword-only dataclass in the past tense, with a name and a version."""

import re
from collections.abc import Callable
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class EventType:
    """The identity of an event class on the log, and its facts' order within an instant."""

    name: str
    version: int
    owner: str
    topic: Topic
    cls: type[Any]
    wire: str
    """The CloudEvents `type`: `case.registered.v1`."""
    concludes: bool = False
    """It follows from the other facts of its instant, so it comes after all of them."""

    def place(self, sequence: int, is_answer: bool) -> int:
        """Return a fact's place in its instant: its source's own sequence, an answer behind what it answers, conclusions last."""
        return (_CONCLUSIONS if self.concludes else 0) + 2 * sequence + is_answer


_CONCLUSIONS = 1 << 40
"""The first place of what concludes from the facts of an instant."""


class Free:
    """The mark of a field in which people write what they like: on the log stands a reference into a vault (words.py)."""


FREE = Free()
TYPES: dict[type[Any], EventType] = {}
BY_WIRE: dict[str, EventType] = {}
_FREE_FIELDS: dict[type[Any], tuple[str, ...]] = {}

_NAME = re.compile(r"[a-z]+(\.[a-z_]+)+")
C = TypeVar("C")


@dataclass_transform(frozen_default=True, kw_only_default=True)
def event(name: str, version: int = 1, *, topic: Topic = Topic.CASES, concludes: bool = False) -> Callable[[type[C]], type[C]]:
    """Make a class an event. Its owner is the service its catalogue module is named after."""

    def register(cls: type[C]) -> type[C]:
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} is no event name; write subject.fact, for example case.registered")
        data = dataclass(frozen=True, slots=True, kw_only=True)(cls)
        kind = EventType(name, version, cls.__module__.rsplit(".", 1)[-1], topic, data, f"{name}.v{version}", concludes)
        if kind.wire in BY_WIRE:
            raise ValueError(f"{kind.wire} is already {BY_WIRE[kind.wire].cls.__qualname__}")
        TYPES[data] = BY_WIRE[kind.wire] = kind
        return data

    return register


def free_fields(cls: type[Any]) -> tuple[str, ...]:
    """Return the fields of an event class in which people write freely."""
    if cls not in _FREE_FIELDS:
        hints = get_type_hints(cls, include_extras=True)
        _FREE_FIELDS[cls] = tuple(name for name, hint in hints.items() if FREE in getattr(hint, "__metadata__", ()))
    return _FREE_FIELDS[cls]
