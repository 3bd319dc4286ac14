"""What goes to where cases are counted, and what comes back. It may go to another process."""

import pickle
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from libs.events.engine.known import Known
from libs.events.store.projection import Statement

HEAD_BYTES = 8
"""What goes in front of each message: its length."""


class KeptCase(NamedTuple):
    """A case as the store keeps it; its facts only where it is asked about as it stood."""

    case_id: str
    state: bytes
    facts: Sequence[bytes] | None = None


@dataclass(frozen=True, slots=True)
class Basis:
    """By what cases are counted: what is published, and the same with the terms that were asked for."""

    known: Known
    changed: Known


class Question(NamedTuple):
    """Which reckoning it is, when the question is put, and as of which instants it is asked."""

    reckoning_id: UUID
    at: datetime
    as_of: datetime
    known_at: datetime


@dataclass(frozen=True, slots=True)
class Tally:
    """What some cases come to: how their rows are written, how many promises and flips these are, how many cases are left out."""

    written: Statement
    promises: int
    flips: int
    left_out: int


def message(said: object) -> bytes:
    """Return something as it is sent from one process to the other."""
    body = pickle.dumps(said, pickle.HIGHEST_PROTOCOL)
    return len(body).to_bytes(HEAD_BYTES) + body
