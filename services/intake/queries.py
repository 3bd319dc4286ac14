"""intake's answers: one case with what the vault keeps of it, and the list of cases."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from libs.events.store.asked import Database, asked
from libs.web.filters import Ref, Word, by, conditions
from libs.web.text import Instant

_COLUMNS = (
    "case_id, external_ref, channel, customer_ref, process_id, process_version, kind, missing::text, contacts, "
    "received_at, cancelled_at, origin"
)


After = tuple[datetime, str]
"""The sort key of the list: when a case came in, and its id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseLine:
    """A case as the list shows it; nothing personal."""

    case_id: str
    external_ref: str
    channel: str
    customer_ref: str
    process_id: str
    process_version: int
    kind: str
    missing: list[str]
    contacts: int
    received_at: datetime
    cancelled_at: datetime | None
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseSheet(CaseLine):
    """A case with what the vault keeps of it; empty after an erasure."""

    subject: str = ""
    description: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    customer: dict[str, str] = field(default_factory=dict)
    notes: dict[UUID, str] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)


async def case(db: Database, case_id: str) -> CaseSheet | None:
    """Return one case with its vault, its contacts' notes and the words behind its events' references, or nothing."""
    row = await db.fetchrow(
        f"select {_COLUMNS}, v.subject, v.description, v.fields::text, v.customer::text, "
        "(select json_object_agg(contact_id, note) from intake_core.contact_notes n "
        "where n.case_id = c.case_id)::text as notes, "
        "(select json_object_agg(reference, words) from intake_core.words w where w.case_id = c.case_id)::text as words "
        "from intake.cases c left join intake_core.vault v using (case_id) where case_id = $1",
        case_id,
    )
    if row is None:
        return None
    kept: dict[str, Any] = {name: value for name, value in row.items() if value is not None}
    return msgspec.convert({**_line(row), **_vault(kept)}, CaseSheet)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which cases are asked for; None takes all."""

    customer_ref: Ref | None = by()
    external_ref: Word | None = by(says="The case's name in your system.")
    process: Word | None = by("process_id =")
    channel: Word | None = by()
    kind: Word | None = by()
    since: Instant | None = by("received_at >=", "Came in at this instant or later.")
    until: Instant | None = by("received_at <", "Came in before this instant.")


_ORDER = "received_at, case_id"


async def cases(db: Database, *, after: After | None = None, fetch: int = 51, chosen: Filter = Filter()) -> list[CaseLine]:
    """Return cases in the order they came in, at most `fetch` of them, behind `after`."""
    where, values = asked(conditions(chosen), order=_ORDER, after=after)
    sql = f"select {_COLUMNS} from intake.cases where {where} order by {_ORDER} limit {int(fetch)}"
    rows = await db.fetch(sql, *values)
    return [msgspec.convert(_line(row), CaseLine) for row in rows]


async def by_process(db: Database) -> list[tuple[str, str, int]]:
    """Count registered cases by process and channel."""
    rows = await db.fetch("select process_id, channel, count(*) as n from intake.cases group by 1, 2")
    return [(row["process_id"], row["channel"], row["n"]) for row in rows]


async def erase(db: Database, customer_ref: str) -> list[str]:
    """Forget a customer: empty the vault and return the cases' ids; no figure changes."""
    return await _forget(
        db, "select case_id from intake.cases where customer_ref = $1 and customer_ref not in ('', 'anonymous')", customer_ref
    )


async def erase_case(db: Database, case_id: str) -> list[str]:
    """Forget whom one case is about, also one of another system whose registration is missing; return its id."""
    return await _forget(db, "select $1::text as case_id", case_id)


async def _forget(db: Database, theirs: str, whose: str) -> list[str]:
    rows = await db.fetch(
        f"with theirs as ({theirs}), "
        "notes as (delete from intake_core.contact_notes where case_id in (select case_id from theirs)), "
        "words as (delete from intake_core.words where case_id in (select case_id from theirs)), "
        "vault as (delete from intake_core.vault where case_id in (select case_id from theirs)) "
        "select case_id from theirs order by case_id",
        whose,
    )
    return [row["case_id"] for row in rows]


def _line(row: asyncpg.Record) -> dict[str, Any]:
    line = {name: row[name] for name in CaseLine.__dataclass_fields__}
    line["missing"] = msgspec.json.decode(row["missing"])
    return line


def _vault(kept: dict[str, Any]) -> dict[str, Any]:
    vault: dict[str, Any] = {name: kept[name] for name in ("subject", "description") if name in kept}
    for name in ("fields", "customer", "notes", "words"):
        if name in kept:
            vault[name] = msgspec.json.decode(kept[name])
    return vault
