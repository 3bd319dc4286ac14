"""The evidence after a run: the log, the tables of every service, and its answers over HTTP."""

import asyncio
import json
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import asyncpg
import httpx

from deploy.settled import Unsettled, settled
from libs.events.log.envelope import open_envelope, read_fact
from libs.events.log.opening import open_log
from libs.events.log.port import PARTITIONS, Partition, Stored
from libs.events.log.sequence import numbers_of, source_of
from libs.events.store.values import Subject
from libs.events.testing.tables import states_of
from libs.events.words.event import BY_WIRE
from libs.events.words.now import real_now
from services.__main__ import PORTS, service_of
from tests.faults.records import ends_of, records_of
from tests.faults.standard import PROCESS

SETTLE_SECONDS_MAX = 90.0
FIRED_BEFORE = timedelta(seconds=2)
"""A timer due so long before now must have fired; a later one may wait for its turn."""

GATHER_SECONDS_MAX = 240.0


@dataclass(frozen=True, slots=True)
class Record:
    """One record of the log, opened."""

    part: str
    offset: int
    source: str
    epoch: int
    seq: int
    id: str
    type: str
    key: str
    at: datetime
    place: int
    origin: str
    data: Mapping[str, Any]


@dataclass(slots=True)
class Evidence:
    """Everything the checker looks at. `hears` are the wire types each service keeps of others.

    `compared` has a name, the value found and the value wanted; `pages` the services' answers about each case; `left` the
    work that was not done when the patience was over.
    """

    log: list[Record] = field(default_factory=list)
    hears: dict[str, frozenset[str]] = field(default_factory=dict)
    heard: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    seen: dict[str, dict[str, dict[str, tuple[int, int]]]] = field(default_factory=dict)
    parked: dict[str, list[str]] = field(default_factory=dict)
    sums: dict[str, int] = field(default_factory=dict)
    pages: dict[str, dict[str, Any]] = field(default_factory=dict)
    compared: list[tuple[str, Any, Any]] = field(default_factory=list)
    left: str = ""
    fired_until: datetime | None = None
    read_at: datetime | None = None


async def gather(
    url: str,
    log_url: str,
    http: httpx.AsyncClient,
    addresses: Mapping[str, str],
    cases: Iterable[str],
    *,
    patience: float = SETTLE_SECONDS_MAX,
) -> Evidence:
    """Return the evidence of an instant at which nobody was saying anything."""
    log = open_log(log_url)
    connection = await asyncpg.connect(url)
    try:
        end = time.monotonic() + GATHER_SECONDS_MAX
        while True:
            found = Evidence(fired_until=real_now() - FIRED_BEFORE)
            try:
                await settled(list(PORTS), url, log_url, seconds=patience, timers_within=FIRED_BEFORE)
            except Unsettled as unsettled:
                found.left = str(unsettled)
            ends = await ends_of(log, *PARTITIONS)
            found.log = [_record(*one) for one in await records_of(log, ends)]
            for name in PORTS:
                await _tables(connection, name, found)
            found.sums = await _sums(connection)
            found.pages = {case: await _pages(http, addresses, case) for case in cases}
            found.read_at = real_now()
            if found.left or await ends_of(log, *PARTITIONS) == ends or time.monotonic() > end:
                break
    finally:
        await connection.close()
        await log.close()
    return found


def _record(partition: Partition, stored: Stored) -> Record:
    said = open_envelope(stored.body)
    where, place = f"{partition.topic}/{partition.number:02}", BY_WIRE[said.type].place(said.sequence, said.causationid != "")
    order = (*numbers_of(said), str(said.id), said.type, said.subject, said.time, place, said.origin)
    return Record(where, stored.offset, source_of(said), *order, json.loads(bytes(said.data)))


async def _tables(connection: Any, name: str, found: Evidence) -> None:
    """Add a service's heard facts and its checkpoints, and compare its states with those that follow from its facts."""
    service = service_of(name)
    data = f"{name}_v{await connection.fetchval(f'select version from {name}_core.live')}"
    found.hears[name] = service.hears["cases"] & service.keeps["cases"]
    heard: dict[str, list[str]] = defaultdict(list)
    of_cases = f"{data}.heard where topic = 'cases'"
    facts = await connection.fetch(f"select key, id, body from {of_cases} order by key, time, sequence, id")
    for row in facts:
        heard[row["key"]].append(str(row["id"]))
    found.heard[name] = dict(heard)
    rows = await connection.fetch(f"select topic, part, seen from {data}.checkpoint")
    found.seen[name] = {
        f"{row['topic']}/{row['part']:02}": {source: tuple(at) for source, at in json.loads(row["seen"]).items()}
        for row in rows
        if row["topic"] in service.topics_heard
    }
    found.parked[name] = [row["key"] for row in await connection.fetch(f"select key from {data}.parked")]
    own = await connection.fetch(f"select key, body from {name}_core.outbox where topic = 'cases'")
    states = await connection.fetch(f"select book, key, body from {data}.state where version > 0")
    found.compared += _states(name, [*facts, *own], {(row["book"], row["key"]): row["body"] for row in states})


def _states(name: str, facts: Sequence[Any], live: Mapping[Subject, bytes]) -> list[tuple[str, Any, Any]]:
    """Compare each subject of topic cases, also those that others feed, with the state that follows from the set of all facts."""
    service = service_of(name)
    books = {book.name: book for book in service.books if book.topic == "cases"}
    said = (open_envelope(row["body"]) for row in facts)
    implied = states_of(service, [read_fact(one) for one in said if one.type in service.keeps["cases"]])
    kept = {(book, key): books[book].decode(body) for (book, key), body in live.items() if book in books}
    of_cases = {subject: state for subject, state in implied.items() if subject[0] in books}
    nothing = {(book, key): books[book].initial(key) for book, key in kept.keys() | of_cases.keys()}
    unlike = [one for one, empty in nothing.items() if kept.get(one, empty) != of_cases.get(one, empty)]
    return [(f"{name}'s states", sorted(unlike), [])]


_SUMS = {
    **{f"workload.{one}": f"sum({one})" for one in ("registered", "assigned", "resolved", "closed", "contacts")},
    **{f"timeliness.{one}": f"sum({one})" for one in ("met", "breached")},
    "satisfaction.answers": "sum(answers)",
}
"""Sums of our process in the rollups of analytics."""


async def _sums(connection: Any) -> dict[str, int]:
    asked = {name: f"select {total} from analytics.{name.partition('.')[0]}" for name, total in _SUMS.items()}
    asked |= {f"{name}.cases": f"select count(*) from {name}.cases" for name in ("intake", "routing", "analytics")}
    return {name: int(await connection.fetchval(f"{sql} where process_id = $1", PROCESS) or 0) for name, sql in asked.items()}


async def _pages(http: httpx.AsyncClient, addresses: Mapping[str, str], case: str) -> dict[str, Any]:
    """Return the answers of intake, sla, survey and analytics about a case."""
    asked = {
        "case": f"{addresses['intake']}/cases/{case}",
        "clocks": f"{addresses['sla']}/clocks/{case}",
        "timeline": f"{addresses['analytics']}/cases/{case}/timeline",
        "surveys": f"{addresses['survey']}/surveys?case_id={case}",
    }
    answers = await asyncio.gather(*(http.get(url) for url in asked.values()))
    pages = {name: one.json() for name, one in zip(asked, answers, strict=True) if one.status_code == 200}
    for survey in pages.get("surveys", {}).get("items", []):
        found = await http.get(f"{addresses['survey']}/surveys/{survey['survey_id']}")
        pages["comment"] = found.json().get("comment", "") if found.status_code == 200 else ""
    return pages
