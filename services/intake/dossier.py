"""The dossier: everything that intake keeps of a case, in one place, and what is missing there."""

import io
import zipfile
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from fastapi import APIRouter, Response
from pydantic import BaseModel
from starlette.responses import StreamingResponse

from libs.events.catalogue.intake import ContactLogged, CustomerConfirmed
from libs.events.log.envelope import Fact, fact_of
from libs.events.words.event import Topic
from libs.events.words.free import PREFIX
from libs.service.running import RunningService
from libs.web.answers import shown
from libs.web.shapes import shaped
from libs.web.text import Id
from services.intake import queries
from services.intake.domain.dossier import Missing, closing, missing, wordless
from services.intake.domain.need import pin
from services.intake.questions import SHEET, Personal, attachments_of, file_from, records_of, unknown_case
from services.intake.requests import AttachmentLine, RecordLine
from services.intake.storage import Files
from services.intake.tables import CaseRow

_BINARY = {"type": "string", "format": "binary"}


@dataclass(frozen=True, slots=True)
class Answered:
    """What the customer accepted or rejected; `evidence` and `comment` as the vault has them, or the id of a record."""

    at: datetime
    said: CustomerConfirmed
    evidence: str
    comment: str


@dataclass(frozen=True, slots=True)
class Contact:
    """A conversation with the customer."""

    at: datetime
    said: ContactLogged
    note: str


@dataclass(frozen=True, slots=True)
class Step:
    """What happened, when, by whom, and at which node."""

    at: datetime
    what: str
    by: str
    node: str


class ContactLine(BaseModel):
    """A conversation with the customer, with what was said; `note` is empty where nothing is kept."""

    at: datetime
    direction: str
    channel: str
    purpose: str
    agent: str
    automated: bool
    reached: bool
    meets_expectation: bool | None
    note: str


class ConfirmationLine(BaseModel):
    """What the customer accepted or rejected, with what shows it."""

    at: datetime
    subject: str
    decision: str
    evidence: str
    comment: str
    agent: str


class Dossier(BaseModel):
    """Everything that is kept of a case. `missing` was not there when it was closed, or is not now."""

    case: SHEET.model  # type: ignore[name-defined]
    closed_at: datetime | None
    contacts: list[ContactLine]
    records: list[RecordLine]
    confirmations: list[ConfirmationLine]
    attachments: list[AttachmentLine]
    life: list[Step]
    missing: list[Missing]


def dossier_routes(router: APIRouter, running: RunningService, pepper: str, files: Files) -> None:
    """Add how it is read, and taken away."""

    @router.get("/cases/{case_id}/dossier", summary="Everything that is kept of a case", responses=shaped(Dossier))
    async def get_dossier(case_id: Id, client: Personal) -> Response:
        """Show all of it, and what is missing when the case was closed, however it ended."""
        return shown(await dossier_of(running, case_id, pepper))

    @router.get(
        "/cases/{case_id}/dossier.zip",
        summary="A case to take away",
        response_class=Response,
        responses={
            200: {
                "description": "The dossier.",
                "content": {"application/zip": {"schema": _BINARY}},
            }
        },
    )
    async def get_dossier_zip(case_id: Id, client: Personal) -> Response:
        """Give the dossier out as one file: `dossier.json`, and each attachment below `files/`."""
        dossier = await dossier_of(running, case_id, pepper)
        headers = {"Content-Disposition": f'attachment; filename="{case_id}.zip"', "Cache-Control": "no-store"}
        return StreamingResponse(packed(running, files, case_id, dossier), 200, headers, media_type="application/zip")


async def dossier_of(running: RunningService, case_id: str, pepper: str) -> dict[str, Any]:
    """Return the dossier of a case; refuse a case that is not here."""
    found = await queries.case(running.pool, case_id)
    if found is None:
        raise unknown_case(case_id)
    case, kept = found
    facts = sorted((fact_of(one) for one in await running.store.facts((Topic.CASES, case_id))), key=lambda one: one.order)
    standard, closed = pin(running.known, case.process_id, case.process_version), closing(facts)
    records, attachments = await records_of(running, case_id, pepper), await attachments_of(running, case_id, pepper)
    is_kept = await queries.is_kept(running.pool, case_id)
    return {
        "case": SHEET(case, kept) | {"tracking": ""},
        "closed_at": closed.time if closed else None,
        "contacts": [_contact(one) for one in contacts(facts, kept.notes)],
        "records": records,
        "confirmations": [_confirmation(one) for one in confirmations(facts, kept.words)],
        "attachments": attachments,
        "life": [Step(one.time, one.kind.name, one.actor, getattr(one.data, "node", "")) for one in facts],
        "missing": [*missing(standard, facts), *wordless(facts, kept.notes), *_erased(case, is_kept, records, attachments)],
    }


def _erased(
    case: CaseRow, is_kept: bool, records: Sequence[RecordLine], attachments: Sequence[AttachmentLine]
) -> Iterator[Missing]:
    # A live case has a row in the vault from its first instant, so that only an erasure can have taken it.
    if case.origin == "live" and not is_kept:
        yield Missing("words-erased", case.case_id)
    yield from (Missing("record-erased", one.record) for one in records if one.intact is None)
    yield from (Missing("attachment-erased", one.hash) for one in attachments if not one.sha256)


async def packed(running: RunningService, files: Files, case_id: str, dossier: Mapping[str, Any]) -> AsyncIterator[bytes]:
    """Yield an archive piece by piece, so that never more than one file of it is in memory."""
    out = _Out()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("dossier.json", msgspec.json.format(msgspec.json.encode(dossier), indent=2))
        yield out.taken()
        for n, one in enumerate(dossier["attachments"], 1):
            if one.sha256:
                row, content = await file_from(running, files, case_id, one.sha256)
                archive.writestr(f"files/{n:03} {row.name}", content)
                yield out.taken()
    yield out.taken()


class _Out(io.RawIOBase):
    """Where an archive is written to, and taken from at once."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, piece: Any) -> int:
        self._pieces.append(bytes(piece))
        return len(piece)

    def taken(self) -> bytes:
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)


def _contact(one: Contact) -> dict[str, Any]:
    told = asdict(one.said)
    return {"at": one.at, **{name: told[name] for name in ContactLine.model_fields if name in told}, "note": one.note}


def _confirmation(one: Answered) -> dict[str, Any]:
    said = one.said
    words = {"subject": said.subject, "decision": said.decision, "agent": said.agent}
    return {"at": one.at, **words, "evidence": one.evidence, "comment": one.comment}


def contacts(facts: Iterable[Fact], notes: Mapping[UUID, str]) -> Iterator[Contact]:
    """Yield the conversations in their order, each with its note."""
    for fact in sorted(facts, key=lambda one: (one.time, one.id)):
        if isinstance(fact.data, ContactLogged):
            yield Contact(fact.time, fact.data, notes.get(fact.id, ""))


def confirmations(facts: Iterable[Fact], words: Mapping[str, str]) -> Iterator[Answered]:
    """Yield the customer's answers in their order, with the words behind their references."""
    for fact in sorted(facts, key=lambda one: (one.time, one.id)):
        if isinstance(said := fact.data, CustomerConfirmed):
            evidence = words.get(said.evidence, "") if said.evidence.startswith(PREFIX) else said.evidence
            yield Answered(fact.time, said, evidence, words.get(said.comment, ""))
