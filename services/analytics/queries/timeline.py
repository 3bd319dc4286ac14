"""The life of a case, fact by fact."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from libs.events.log.envelope import open_envelope
from services.analytics.queries.filters import Database


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


async def timeline(db: Database, data_schema: str, case_id: str) -> list[Moment]:
    """Return the facts of a case in the order in which they occurred; empty when nobody spoke of it."""
    found = await db.fetch(
        f"select body from {data_schema}.heard where topic = 'cases' and key = $1 order by time, sequence, id", case_id
    )
    return [_moment(row["body"]) for row in found]


def _moment(body: bytes) -> Moment:
    said = open_envelope(body)
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
