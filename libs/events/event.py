"""What an event is: a frozen, slotted, keyword-only dataclass in the past tense, with a name and a version."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar, dataclass_transform


class Topic(StrEnum):
    """The three logs. `cases` and `quality` are partitioned by key; `standards` is one small ordered list."""

    CASES = "cases"
    STANDARDS = "standards"
    QUALITY = "quality"


@dataclass(frozen=True, slots=True)
class EventType:
    """The identity of an event class on the log."""

    name: str
    version: int
    owner: str
    topic: Topic
    cls: type[Any]
    wire: str
    """The CloudEvents `type`: `case.registered.v1`."""
    concludes: bool = False
    """It follows from the other facts of its instant, so it comes after all of them."""


TYPES: dict[type[Any], EventType] = {}
BY_WIRE: dict[str, EventType] = {}

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
