"""What a service's tables ought to say: the rows of the set of all facts on a log, found without store, reader or replay."""

from collections.abc import Iterable, Mapping
from typing import Any

from libs.events.adapters.memory import MemoryStore as Lines
from libs.events.envelope import Fact, open_envelope, read_fact
from libs.events.fold import Row
from libs.events.service import Service

Tables = Mapping[str, Mapping[tuple[Any, ...], tuple[Any, ...]]]


def shown(service: Service, tables: Tables) -> Tables:
    """Return a service's projection tables, less the rollup rows that add up to nothing."""
    return {
        name: {key: row for key, row in tables.get(name, {}).items() if name not in service.additive or any(row)}
        for name in service.tables.tables
    }


def implied(service: Service, lines: Lines) -> Tables:
    """Return the tables that follow from all facts on the log."""
    found: dict[str, dict[tuple[Any, ...], tuple[Any, ...]]] = {}
    for row in _rows(service, _facts(service, lines)):
        rows = found.setdefault(row.table, {})
        old = rows.get(row.key) if row.table in service.additive else None
        rows[row.key] = tuple(a + b for a, b in zip(old, row.values, strict=True)) if old else row.values
    return shown(service, found)


def _facts(service: Service, lines: Lines) -> Mapping[tuple[str, str], list[Fact]]:
    facts: dict[tuple[str, str], list[Fact]] = {}
    for partition, line in lines.lines.items():
        for record in line.records:
            envelope = open_envelope(record.value)
            if envelope.type in service.keeps:
                facts.setdefault((partition.topic, envelope.subject), []).append(read_fact(envelope))
    return facts


def _rows(service: Service, facts: Mapping[tuple[str, str], list[Fact]]) -> Iterable[Row]:
    for fold in service.folds:
        for (topic, key), of_key in facts.items():
            if topic == fold.topic:
                yield from fold.rows(key, fold.of(key, of_key))
