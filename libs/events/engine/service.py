"""What a service is to the kernel: the form each one fills in."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any
from zlib import crc32

from sqlalchemy import MetaData

from libs.events.engine.fold import Fold
from libs.events.engine.standards import Standards
from libs.events.log.envelope import Fact
from libs.events.words.event import TYPES, Topic

Reaction = Callable[[Any, Fact, Standards], Iterable[Fact]]
"""Someone spoke: state, what was said, the standards → own events."""

Settle = Callable[[str, Any, Standards, datetime | None], Iterable[Fact]]
"""The difference between what a subject's facts imply and what was said of it.

With an instant (time passed) also what their absence until then implies.
"""


@dataclass(frozen=True)
class Service:
    """One service: what it remembers, how it answers what it hears, what its tables are and which version of them.

    `variant` is what an operator chose that the tables' rows depend on.
    """

    name: str
    folds: tuple[Fold[Any], ...]
    tables: MetaData
    version: int
    reactions: Mapping[type[Any], Reaction] = field(default_factory=dict)
    settle: Settle | None = None
    vault: MetaData | None = None
    views: str = ""
    variant: str = ""

    @cached_property
    def code(self) -> int:
        """The number by which tables know what computed their rows: the version, or one of version and variant."""
        return crc32(f"{self.version} {self.variant}".encode()) >> 1 if self.variant else self.version

    @cached_property
    def additive(self) -> frozenset[str]:
        """The tables whose rows are sums of contributions."""
        return frozenset(name for name, table in self.tables.tables.items() if table.info.get("additive"))

    @cached_property
    def hears(self) -> frozenset[str]:
        """The wire types of others that this service listens to."""
        kept = {cls for fold in self.folds for cls in fold.keeps}
        return frozenset(TYPES[cls].wire for cls in kept | set(self.reactions) if TYPES[cls].owner != self.name)

    @cached_property
    def keeps(self) -> frozenset[str]:
        """The wire types, own and foreign, that its tables are made of."""
        return frozenset(TYPES[cls].wire for fold in self.folds for cls in fold.keeps)

    @cached_property
    def topics_heard(self) -> tuple[Topic, ...]:
        return tuple(topic for topic in Topic if any(kind.wire in self.hears and kind.topic == topic for kind in TYPES.values()))

    @cached_property
    def topics_kept(self) -> tuple[Topic, ...]:
        return tuple(fold.topic for fold in self.folds)

    @cached_property
    def topics_said(self) -> tuple[Topic, ...]:
        return tuple(topic for topic in Topic if any(k.owner == self.name and k.topic == topic for k in TYPES.values()))
