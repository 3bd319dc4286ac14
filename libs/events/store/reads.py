"""The audit of a service: who has read which case, and why. No personal data stands in it, so an erasure leaves it as it is."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from libs.events.store.asked import Database, asked, names_of, read, translated
from libs.events.store.projection import touched
from libs.events.words.column import column, key
from libs.events.words.row import Index, TableRow, columns

After = tuple[datetime, UUID]
"""The sort key of the list: when it was read, and the line's id."""

_ORDER = "read_at, read_id"


@columns("reads", indexes=(Index("reads_at", ("read_at", "read_id")), Index("reads_case", ("case_id", "read_at"))))
class ReadRow(TableRow):
    """One row for each time that somebody read what is personal in a case; written before the answer."""

    read_id: UUID = key("The line.")
    read_at: datetime = column("When it was read.")
    client: str = column("The name of the key with which it was read.")
    person: str = column("Whose key that is; empty for a system.")
    case_id: str = column("The case, or the correction or risk.")
    what: str = column("What was asked for: an operation of /openapi.json, or a page.")
    why: str = column("serves: a person who serves the case; scope: a system's key, or a case of teams without a roster.")


async def write_reads(db: Database, service: str, rows: Sequence[ReadRow]) -> None:
    """Write lines, in one statement."""
    stored = ReadRow.__table__.stored
    places = ", ".join(f"${n}::{one.type}[]" for n, one in enumerate(stored, 1))
    values = [[getattr(row, one.name) for row in rows] for one in stored]
    sql = f"insert into {service}_core.reads ({names_of(ReadRow)}) select * from unnest({places})"
    with translated():
        await db.execute(sql, *values)


async def reads(
    db: Database,
    service: str,
    chosen: Mapping[str, Any],
    *,
    after: After | None = None,
    fetch: int = 51,
    newest_first: bool = False,
) -> list[ReadRow]:
    """Return lines in the order they were written, or the other way round, at most `fetch` of them, behind `after`."""
    where, values = asked(chosen, order=_ORDER, after=after, descending=newest_first)
    order = _ORDER.replace(",", " desc,") + " desc" if newest_first else _ORDER
    sql = f"select {names_of(ReadRow)} from {service}_core.reads where {where} order by {order} limit {int(fetch)}"
    return [read(ReadRow, row) for row in await db.fetch(sql, *values)]


async def forget_reads(db: Database, service: str, before: datetime, limit: int) -> int:
    """Delete the oldest lines from before an instant, at most `limit` of them, and return how many there were."""
    # What another instance is deleting now is left to that one.
    reads = f"{service}_core.reads"
    oldest = f"select read_id from {reads} where read_at < $1 order by {_ORDER} limit {int(limit)} for update skip locked"
    with translated():
        return touched(await db.execute(f"delete from {reads} where read_id in ({oldest})", before))
