"""What a correction and a risk have in common: something is said of them in turn, each fact behind the one before it."""

from datetime import datetime
from typing import Any, Protocol

from libs.events.log.envelope import Fact, draft


class Told(Protocol):
    """A subject that knows when something was last said of it, and which place that has in its instant."""

    last_at: datetime | None
    last_sequence: int


def remember(subject: Told, fact: Fact) -> None:
    """Keep the place of the last fact of a subject."""
    subject.last_at, subject.last_sequence = fact.time, fact.sequence


def say(subject: Told, key: str, said: Any, *, at: datetime, actor: str) -> list[Fact]:
    """Return an event as a fact behind all that was said of the subject, even if this machine's clock is behind another's."""
    at = max(at, subject.last_at or at)
    sequence = subject.last_sequence + 1 if at == subject.last_at else 1
    return [draft(said, key, at, sequence=sequence, actor=actor)]
