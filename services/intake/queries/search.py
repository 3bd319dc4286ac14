"""Finding cases, the newest first: by what a case says; and by its customer or subject, for those who may see these."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from libs.events.store.asked import Database, names_of, read
from services.intake.queries import After, place
from services.intake.tables import CaseRow

LOOKED_THROUGH_MAX = 10_000
"""A subject is looked for in so many cases at once, because no index helps there. The next page looks in those before them."""

_NEWEST = "order by received_at desc, case_id desc"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is looked for; None takes all. `number` is the case's id, or its name in the client's system."""

    number: str | None = None
    customer_refs: Sequence[str] | None = None
    subject: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A page of cases. `following` is where it goes on; `is_cut` says that there the cases begin that were not looked through."""

    rows: Sequence[CaseRow]
    following: After | None = None
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """What the vault keeps of a case and a list shows."""

    subject: str
    name: str


async def search(db: Database, wanted: Wanted, *, before: After | None = None, limit: int) -> Found:
    """Return the newest cases that fit, at most `limit`, of those that came before the row of this key."""
    where, values = _asked(wanted, before)
    if wanted.subject is None:
        return _found(await _rows(db, f"intake.cases where {where}", values, limit), limit)
    # Where the last case stands that is looked through; nothing if all are.
    last = await db.fetchrow(
        f"select received_at, case_id from intake.cases where {where} {_NEWEST} offset {LOOKED_THROUGH_MAX - 1} limit 1", *values
    )
    if last is not None:
        where += f" and (received_at, case_id) >= (${len(values) + 1}, ${len(values) + 2})"
        values += last
    where += f" and subject ilike ${len(values) + 1}"
    source = f"intake.cases join intake_core.vault using (case_id) where {where}"
    found = _found(await _rows(db, source, [*values, _containing(wanted.subject)], limit), limit)
    return found if found.following or last is None else Found(found.rows, (last["received_at"], last["case_id"]), is_cut=True)


async def people(db: Database, case_ids: Iterable[str]) -> Mapping[str, Person]:
    """Return case → what the vault keeps of it, of these cases."""
    kept = await db.fetch(
        "select case_id, subject, coalesce(customer->>'name', '') as name from intake_core.vault where case_id = any($1)",
        list(case_ids),
    )
    return {one["case_id"]: Person(one["subject"], one["name"]) for one in kept}


async def _rows(db: Database, source: str, values: Sequence[Any], limit: int) -> list[CaseRow]:
    rows = await db.fetch(f"select {names_of(CaseRow)} from {source} {_NEWEST} limit {int(limit) + 1}", *values)
    return [read(CaseRow, row) for row in rows]


def _found(rows: Sequence[CaseRow], limit: int) -> Found:
    return Found(rows[:limit], place(rows[limit - 1]) if len(rows) > limit else None)


def _asked(wanted: Wanted, before: After | None) -> tuple[str, list[Any]]:
    conditions, values = [], list[Any]()
    for words, given in _conditions(wanted, before):
        numbers = range(len(values) + 1, len(values) + 1 + len(given))
        conditions.append(words.format(*(f"${number}" for number in numbers)))
        values += given
    return " and ".join(conditions) or "true", values


def _conditions(wanted: Wanted, before: After | None) -> Iterator[tuple[str, Sequence[Any]]]:
    if wanted.number is not None:
        yield "(case_id = {0} or external_ref = {0})", [wanted.number]
    if wanted.customer_refs is not None:
        yield "customer_ref = any({0})", [wanted.customer_refs]
    if wanted.since is not None:
        yield "received_at >= {0}", [wanted.since]
    if wanted.until is not None:
        yield "received_at < {0}", [wanted.until]
    if before is not None:
        yield "(received_at, case_id) < ({0}, {1})", before


def _containing(text: str) -> str:
    """Return the pattern of `ilike` that finds the text as it is written."""
    return "%" + "".join("\\" + one if one in "\\%_" else one for one in text) + "%"
