"""The life of a case, fact by fact."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from libs.events.log.envelope import Envelope, open_envelope, read_fact


@dataclass(frozen=True, slots=True)
class Moment:
    """One fact in the life of a case."""

    id: UUID
    at: datetime
    recorded_at: datetime
    type: str
    service: str
    actor: str
    origin: str
    because: str
    data: dict[str, Any]


def timeline(facts: Iterable[bytes]) -> list[Moment]:
    """Return the facts of a case in the order in which they occurred; empty when nobody spoke of it."""
    return [_moment(one) for one in sorted(map(open_envelope, facts), key=lambda one: read_fact(one).order)]


def _moment(said: Envelope) -> Moment:
    return Moment(
        id=said.id,
        at=said.time,
        recorded_at=said.recordedtime,
        type=said.type,
        service=said.source.rsplit("/", 1)[-1],
        actor=said.actor,
        origin=said.origin,
        because=said.causationid,
        data=msgspec.json.decode(bytes(said.data)),
    )
