"""The tables that a service ought to have: the rows of the set of all facts on a log, found without store, reader or replay."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from libs.events.engine.service import Service
from libs.events.log.envelope import Fact, fact_of, open_envelope, read_fact
from libs.events.log.port import Log
from libs.events.log.sequence import follow, source_of
from libs.events.store.port import Store
from libs.events.store.values import Seen, Subject
from libs.events.testing.memory_log import Broker, PartitionLog
from libs.events.testing.memory_store import MemoryStore
from libs.events.upkeep.replay import Extent, Replay
from libs.events.words.now import EPOCH
from libs.events.words.row import Row

Tables = Mapping[str, Mapping[tuple[Any, ...], tuple[Any, ...]]]


def shown(service: Service, tables: Tables) -> Tables:
    """Return a service's projection tables, less the rollup rows that add up to nothing."""
    return {
        name: {key: row for key, row in tables.get(name, {}).items() if name not in service.additive or any(row)}
        for name in service.tables
    }


def implied(service: Service, broker: Broker) -> Tables:
    """Return the tables that follow from all facts on the log."""
    return rows_of(service, _facts(service, broker))


def rows_of(service: Service, facts: Iterable[Fact]) -> Tables:
    """Return the tables that follow from a set of facts."""
    found: dict[str, dict[tuple[Any, ...], tuple[Any, ...]]] = {}
    for row in _rows(service, facts):
        rows = found.setdefault(row.table, {})
        old = rows.get(row.key) if row.table in service.additive else None
        rows[row.key] = tuple(a + b for a, b in zip(old, row.values, strict=True)) if old else row.values
    return shown(service, found)


async def replayed(service: Service, log: Log) -> Tables:
    """Return the tables as a replay of the whole log makes them."""
    store = MemoryStore(service.name, lambda: EPOCH)
    replay, extents = Replay(service, store, log), {}
    for partition in replay.partitions():
        end = (await log.ends(partition.topic))[partition]
        extents[partition] = Extent(end, end)
    await replay.run(extents)
    return shown(service, store.memory.tables)


async def unaccounted(store: Store, name: str, broker: Broker) -> list[str]:
    """Return where a service's numbers on the log do not end with its last event; a hole raises Gap."""
    found = []
    for partition, line in broker.partitions.items():
        seen: Seen = {}
        for record in line.records:
            envelope = open_envelope(record.body)
            if source_of(envelope) == name:
                follow(envelope, seen)
        on_log, (epoch, next_seq) = seen.get(name, (1, -1)), await store.outbox.counter(partition)
        # A database that went back in time may not have said anything yet in its new epoch.
        if on_log != (epoch, next_seq - 1) and not (next_seq == 0 and on_log[0] < epoch):
            found.append(f"{name} numbered up to {epoch}/{next_seq - 1} in {partition}; on the log stands {on_log}")
    return found


def misplaced(broker: Broker) -> list[str]:
    """Return the answers on the log that do not sort after their causes."""
    facts = {str(fact.id): fact for line in broker.partitions.values() for fact in _read(line)}
    causes = [(fact, cause) for fact in facts.values() if (cause := facts.get(fact.causation)) and cause.key == fact.key]
    return [f"{fact.kind.wire} sorts before {cause.kind.wire}" for fact, cause in causes if fact.order <= cause.order]


def _read(line: PartitionLog) -> Iterable[Fact]:
    return (fact_of(record.body) for record in line.records)


def _facts(service: Service, broker: Broker) -> list[Fact]:
    facts: list[Fact] = []
    for (topic, _), line in broker.partitions.items():
        for record in line.records:
            envelope = open_envelope(record.body)
            if envelope.type in service.keeps.get(topic, ()):
                facts.append(read_fact(envelope, topic))
    return facts


def states_of(service: Service, facts: Iterable[Fact]) -> Mapping[Subject, Any]:
    """Return every subject's state: its facts all at once, and then the parts that others feed it."""
    about: dict[Subject, list[Fact]] = defaultdict(list)
    for fact in facts:
        for book in service.kept_by.get(fact.kind, ()):
            about[book.subject(fact)].append(fact)
    states = {(name, key): service.book[name].of(key, said) for (name, key), said in about.items()}
    for book in sorted((one for one in service.books if one.feeds), key=lambda one: _steps(service, one.name), reverse=True):
        for key, state in [(key, state) for (name, key), state in states.items() if name == book.name]:
            for part in book.parts(key, state):
                fed = (book.feeds, part.key)
                states.setdefault(fed, service.book[book.feeds].initial(part.key)).parts[key] = part.body
    return states


def _steps(service: Service, name: str) -> int:
    """Count the books that one feeds, by way of others too."""
    return 1 + _steps(service, fed) if (fed := service.book[name].feeds) else 0


def _rows(service: Service, facts: Iterable[Fact]) -> Iterable[Row]:
    for (name, key), state in states_of(service, facts).items():
        yield from service.book[name].rows(key, state)
