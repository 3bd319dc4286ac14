"""intake's answers: one case with its personal data, and the list of cases."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from libs.events.catalogue.serving import Serving
from libs.events.store.asked import Database, asked, names_of, read
from libs.service.reads import Concern
from libs.web.filters import Ref, Word, by, conditions
from libs.web.text import Instant
from services.intake.domain.vault import AttachmentRow
from services.intake.tables import CaseRow

After = tuple[datetime, str]
"""The sort key of the list: when a case came in, and its id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What the vault keeps of a case; empty after an erasure."""

    subject: str = ""
    description: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    customer: dict[str, str] = field(default_factory=dict)
    notes: dict[UUID, str] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)


async def case(db: Database, case_id: str) -> tuple[CaseRow, Kept] | None:
    """Return one case with its vault, its contacts' notes and the words behind its events' references, or nothing."""
    row = await db.fetchrow(
        f"select {names_of(CaseRow)}, v.subject, v.description, v.fields::text, v.customer::text, "
        "(select json_object_agg(name, value) from intake_core.supplied s where s.case_id = c.case_id)::text as supplied, "
        "(select json_object_agg(contact_id, note) from intake_core.contact_notes n "
        "where n.case_id = c.case_id)::text as notes, "
        "(select json_object_agg(reference, words) from intake_core.words w where w.case_id = c.case_id)::text as words "
        "from intake.cases c left join intake_core.vault v using (case_id) where case_id = $1",
        case_id,
    )
    return None if row is None else (read(CaseRow, row), _kept(row))


async def concerns(db: Database, case_ids: Sequence[str]) -> dict[str, Concern]:
    """Return who serves each of these cases that are here."""
    rows = await db.fetch(
        "select case_id, process_id, process_version, "
        "coalesce(teams, '[]')::text as teams, coalesce(called, '[]')::text as called "
        "from intake.cases left join intake.serving using (case_id) where case_id = any($1)",
        case_ids,
    )
    return {row["case_id"]: Concern(row["process_id"], row["process_version"], _serving(row)) for row in rows}


def _serving(row: Mapping[str, Any]) -> Serving:
    return Serving(msgspec.json.decode(row["teams"]), msgspec.json.decode(row["called"]))


async def is_kept(db: Database, case_id: str) -> bool:
    """Test whether the vault has what came with the registration of a case."""
    return bool(await db.fetch("select from intake_core.vault where case_id = $1", case_id))


async def records(db: Database, case_id: str) -> dict[str, dict[str, Any]]:
    """Return what the vault has of a case's filled forms, by the records' ids."""
    rows = await db.fetch("select record, data::text as data from intake_core.records where case_id = $1", case_id)
    return {row["record"]: msgspec.json.decode(row["data"]) for row in rows}


async def attachments(db: Database, case_id: str) -> list[AttachmentRow]:
    """Return the files of a case."""
    rows = await db.fetch(f"select {names_of(AttachmentRow)} from intake_core.attachments where case_id = $1", case_id)
    return [read(AttachmentRow, row) for row in rows]


async def have(db: Database, files: Sequence[tuple[str, str]]) -> set[tuple[str, str]]:
    """Return which of these files, by case and SHA-256, are attached."""
    rows = await db.fetch(
        "select case_id, sha256 from intake_core.attachments "
        "join unnest($1::text[], $2::text[]) as asked(case_id, sha256) using (case_id, sha256)",
        [case_id for case_id, _ in files],
        [sha256 for _, sha256 in files],
    )
    return {(row["case_id"], row["sha256"]) for row in rows}


async def of_customer(db: Database, customer_ref: str) -> list[str]:
    """Return the cases of a customer."""
    rows = await db.fetch("select case_id from intake.cases where customer_ref = $1 order by case_id", customer_ref)
    return [row["case_id"] for row in rows]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """The filters of the list of cases; None takes all."""

    customer_ref: Ref | None = by()
    external_ref: Word | None = by(says="The case's name in your system.")
    process: Word | None = by("process_id =")
    channel: Word | None = by()
    kind: Word | None = by()
    follows: Word | None = by(says="The earlier case that it goes on with.")
    since: Instant | None = by("received_at >=", "Came in at this instant or later.")
    until: Instant | None = by("received_at <", "Came in before this instant.")


_ORDER = "received_at, case_id"


async def cases(db: Database, *, after: After | None = None, fetch: int = 51, chosen: Filter = Filter()) -> list[CaseRow]:
    """Return cases in the order they came in, at most `fetch` of them, behind `after`."""
    where, values = asked(conditions(chosen), order=_ORDER, after=after)
    sql = f"select {names_of(CaseRow)} from intake.cases where {where} order by {_ORDER} limit {int(fetch)}"
    rows = await db.fetch(sql, *values)
    return [read(CaseRow, row) for row in rows]


def place(row: CaseRow) -> After:
    """Return where a case stands in the list."""
    return row.received_at, row.case_id


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
    """Forget the person of one case, also of an imported one without a registration; return its id."""
    return await _forget(db, "select $1::text as case_id", case_id)


async def _forget(db: Database, theirs: str, whose: str) -> list[str]:
    rows = await db.fetch(
        f"with theirs as ({theirs}), "
        "notes as (delete from intake_core.contact_notes where case_id in (select case_id from theirs)), "
        "supplied as (delete from intake_core.supplied where case_id in (select case_id from theirs)), "
        "records as (delete from intake_core.records where case_id in (select case_id from theirs)), "
        "attachments as (delete from intake_core.attachments where case_id in (select case_id from theirs)), "
        "words as (delete from intake_core.words where case_id in (select case_id from theirs)), "
        "vault as (delete from intake_core.vault where case_id in (select case_id from theirs)) "
        "select case_id from theirs order by case_id",
        whose,
    )
    return [row["case_id"] for row in rows]


def _kept(row: Mapping[str, Any]) -> Kept:
    texts = {name: row[name] or "" for name in ("subject", "description")}
    parts = {name: msgspec.json.decode(row[name] or "{}") for name in ("fields", "customer", "notes", "words")}
    parts["fields"] |= msgspec.json.decode(row["supplied"] or "{}")
    return msgspec.convert(texts | parts, Kept)
