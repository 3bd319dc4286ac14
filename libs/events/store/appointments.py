"""When a subject is to be looked at again: its timers, and the names of what it awaits."""

from typing import Any

from libs.events.store.unnested import columns
from libs.events.store.values import Changes


async def write_appointments(connection: Any, data: str, changes: Changes) -> None:
    """Take away what is void, then note what is new."""
    for table, void in (("timer", changes.disarmed), ("awaiting", changes.unawaited)):
        if void:
            await connection.execute(
                f"delete from {data}.{table} t using unnest($1::text[], $2::text[], $3::text[]) as d(book, key, name) "
                "where (t.book, t.key, t.name) = (d.book, d.key, d.name)",
                *columns([(*subject, name) for subject, name in void], 3),
            )
    armed = [(*subject, timer.name, part, timer.due_at) for subject, part, timer in changes.armed]
    awaited = [(*one.subject, one.name, one.number, one.known_to) for one in changes.awaited]
    for table, column, kind, new in (("timer", "due_at", "timestamptz", armed), ("awaiting", "known_to", "bigint", awaited)):
        if new:
            await connection.execute(
                f"insert into {data}.{table} (book, key, name, part, {column}) select * from "
                f"unnest($1::text[], $2::text[], $3::text[], $4::int[], $5::{kind}[]) as n(book, key, name, part, {column}) "
                f"order by book, key, name on conflict (book, key, name) do update set {column} = excluded.{column}",
                *columns(new, 5),
            )
