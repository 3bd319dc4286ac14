"""Compares rebuilt tables with the live ones, and the outbox's counters with the log. Where tables differ, it names rows."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from libs.events.engine.service import Service
from libs.events.store.postgres import PostgresStore
from libs.events.store.projection import Projection, TableWriter
from libs.events.upkeep.replay import Replay

NAMED_MOST = 5
"""So many of the rows that differ are named for each table: enough to see what is wrong."""

SHOWN_MOST, BEFORE = 80, 20
"""Characters of a value, and how many of these stand before the first that differs; some values are whole documents."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A row that the live and the rebuilt table do not have alike; nothing where one of them lacks it."""

    keys: Sequence[str]
    live: Mapping[str, Any] | None
    rebuilt: Mapping[str, Any] | None

    def __str__(self) -> str:
        live, rebuilt = self.live, self.rebuilt
        one = live or rebuilt or {}
        key = ", ".join(f"{name} {one[name]}" for name in self.keys)
        if live is None or rebuilt is None:
            return f"{key}: only in the {'rebuilt' if live is None else 'live'} table"
        differ = (name for name in live if live[name] != rebuilt[name])
        return f"{key}: " + "; ".join(_apart(name, live[name], rebuilt[name]) for name in differ)


def _apart(name: str, live: Any, rebuilt: Any) -> str:
    texts = [json.dumps(value, ensure_ascii=False) for value in (live, rebuilt)]
    alike = next((n for n, (one, other) in enumerate(zip(*texts, strict=False)) if one != other), min(map(len, texts)))
    return f"{name} is {_cut(texts[0], alike)}, rebuilt {_cut(texts[1], alike)}"


def _cut(text: str, at: int) -> str:
    """Return a text, or of a long one what stands around a place."""
    if len(text) <= SHOWN_MOST:
        return text
    begin = max(0, min(at - BEFORE, len(text) - SHOWN_MOST))
    part = text[begin : begin + SHOWN_MOST]
    return ("…" if begin else "") + part + ("…" if begin + SHOWN_MOST < len(text) else "")


@dataclass(frozen=True, slots=True)
class Compared:
    """One table: rows and digest, live and rebuilt, and the first of the rows that differ. Or one counter: outbox and log."""

    name: str
    live: tuple[int, int]
    rebuilt: tuple[int, int]
    differing: int = 0
    first: Sequence[Difference] = ()

    @property
    def is_equal(self) -> bool:
        return self.live == self.rebuilt


async def compare_tables(connection: Any, service: Service, live: int, version: int) -> Sequence[Compared]:
    """Compare every table of two versions, as the connection sees them."""
    there, here = (Projection(f"{service.name}_v{number}", service.tables).writers for number in (live, version))
    return [await _compared(connection, f"{service.name}.{name}", there[name], here[name]) for name in sorted(there)]


async def _compared(connection: Any, name: str, live: TableWriter, rebuilt: TableWriter) -> Compared:
    sums = [tuple(await connection.fetchrow(one.digest())) for one in (live, rebuilt)]
    if sums[0] == sums[1]:
        return Compared(name, sums[0], sums[1])
    rows = await connection.fetch(live.differing(rebuilt, NAMED_MOST))
    found = [Difference(live.keys, _row(row["here"]), _row(row["there"])) for row in rows]
    return Compared(name, sums[0], sums[1], rows[0]["many"] if rows else 0, found)


def _row(text: str | None) -> Mapping[str, Any] | None:
    row: Mapping[str, Any] | None = json.loads(text) if text else None
    return row


async def compare_counters(live: PostgresStore, replay: Replay) -> Sequence[Compared]:
    """Compare the outbox's counter of every partition with the last own number on the log."""
    compared = []
    for partition in replay.partitions():
        counter = await live.outbox.counter(partition)
        on_log = replay.standing(partition).read.seen.get(live.source, (1, -1))
        name = f"{live.source} outbox {partition.topic}/{partition.number}"
        compared.append(Compared(name, counter, following(on_log, counter[0])))
    return compared


def following(last: tuple[int, int], epoch: int) -> tuple[int, int]:
    """Return the counter that follows the last number on the log, when the outbox is in this epoch.

    An epoch begun after a restore from a backup leaves no mark on the log until something is said in it.
    """
    return (epoch, 0) if epoch > last[0] else (last[0], last[1] + 1)
