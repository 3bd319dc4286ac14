"""The one way to tell a made-up case: an instant and an event make a fact, pairs of them a story."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from libs.events.log.envelope import Fact, draft


@dataclass(frozen=True, slots=True)
class Teller:
    """Tells the story of one case. Instants are counted in `unit` from `start`, because 90 reads better than a date."""

    key: str
    start: datetime
    unit: timedelta = timedelta(minutes=1)

    def at(self, when: float) -> datetime:
        """Return an instant."""
        return self.start + when * self.unit

    def fact(self, when: float, event: Any, **words: Any) -> Fact:
        """Return the event as said at that instant; `words` are those of `draft`."""
        return draft(event, self.key, self.at(when), **words)

    def facts(self, story: Iterable[tuple[float, Any]], *, first: int = 1, origin: str = "live") -> list[Fact]:
        """Return a story as facts, numbered in the order in which it is told."""
        return [self.fact(when, event, sequence=n, origin=origin) for n, (when, event) in enumerate(story, first)]
