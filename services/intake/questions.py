"""What may be asked of intake: the cases, one with what the vault keeps of it; and how a person is forgotten."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated, Any

import structlog
from fastapi import APIRouter, Depends, Path, Request, Response

from libs.events.catalogue.intake import ANONYMOUS, AttachmentAdded, RecordAttached
from libs.events.log.envelope import Fact, fact_of
from libs.events.words.event import Topic
from libs.events.words.refusal import Refused
from libs.service.personal import personal
from libs.service.running import RunningService
from libs.web.access import require
from libs.web.answers import shown
from libs.web.filters import chosen
from libs.web.keys import Client
from libs.web.pages.shell import link_to
from libs.web.paging import Page, paged, pages
from libs.web.position import WaitFor
from libs.web.shapes import Shape, shaped
from libs.web.text import Id, Text
from services.intake import queries
from services.intake.domain import attachment
from services.intake.domain.link import Links
from services.intake.domain.record import hash_of
from services.intake.domain.vault import AttachmentRow
from services.intake.queries.tracking import tracked
from services.intake.requests import AttachmentLine, Erased, RecordLine, Records
from services.intake.storage import Files
from services.intake.tables import CaseRow, ProgressRow

_output = structlog.get_logger()
Reading = Annotated[Client, Depends(require("cases:read"))]
Personal = Annotated[Client, Depends(personal("cases:personal"))]

LINE = Shape(CaseRow, "CaseLine", "A case as the list shows it; nothing personal.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside(queries.Kept):
    """What the vault keeps of a case, and where its customer follows it."""

    tracking: str = ""


ABOUT = "A case with what the vault keeps of it, which is empty after an erasure, and with its customer's link."
SHEET = Shape(CaseRow, "CaseSheet", ABOUT, beside=Beside)


def unknown_case(case_id: str) -> Refused:
    """Return the refusal of what is asked about a case that is not here."""
    return Refused("unknown-case", f"There is no case {case_id}.", 404)


async def followed(running: RunningService, case_id: str) -> tuple[CaseRow, ProgressRow | None]:
    """Return a case and how far it has come, as far as that is known; refuse a case that is not here."""
    found = await tracked(running.pool, case_id)
    if found is None:
        raise unknown_case(case_id)
    return found


def question_routes(router: APIRouter, running: RunningService, pepper: str, links: Links, files: Files) -> None:
    """Add what may be asked, and what forgets a person."""
    _questions(router, running, links)
    _records(router, running, pepper)
    _erasure(router, running, files)


def _questions(router: APIRouter, running: RunningService, links: Links) -> None:
    @router.get(
        "/cases",
        summary="List cases",
        responses=shaped(LINE.paged(), links={"get_case": {"case_id": "$response.body#/items/0/case_id"}}),
    )
    async def get_cases(
        request: Request,
        client: Reading,
        page: Annotated[Page[queries.After], Depends(pages(queries.After))],
        chosen: Annotated[queries.Filter, Depends(chosen(queries.Filter))],
        position: WaitFor,
    ) -> Response:
        """List cases in the order they came in; nothing personal."""
        await running.wait_for(position)
        rows = await queries.cases(running.pool, after=page.after, fetch=page.fetch, chosen=chosen)
        return paged(request, page, rows, queries.place, LINE)

    @router.get("/cases/{case_id}", summary="Read a case", responses=shaped(SHEET.model, headers=["ETag"]))
    async def get_case(request: Request, case_id: Id, client: Personal) -> Response:
        """Show a case with what the vault keeps of it, and the link by which its customer follows it."""
        found = await queries.case(running.pool, case_id)
        if found is None:
            raise unknown_case(case_id)
        version = await running.version((Topic.CASES, case_id))
        case, kept = found
        return shown(SHEET(case, kept) | {"tracking": link_to(request, "intake", links.path(case_id))}, version=version)


def _records(router: APIRouter, running: RunningService, pepper: str) -> None:
    @router.get("/cases/{case_id}/records", summary="The filled forms of a case", responses=shaped(Records))
    async def get_records(case_id: Id, client: Personal) -> Response:
        """List what was filled in, the newest first; without its words after an erasure."""
        return shown({"items": await records_of(running, case_id, pepper)})


async def records_of(running: RunningService, case_id: str, pepper: str) -> list[RecordLine]:
    """Return the filled forms of a case with what the vault has of them; refuse a case that is not here."""
    facts = [fact_of(one) for one in await running.store.facts((Topic.CASES, case_id))]
    if not facts:
        raise unknown_case(case_id)
    kept = await queries.records(running.pool, case_id)
    attached = [one for one in facts if isinstance(one.data, RecordAttached)]
    return [_line(one, kept.get(one.data.record), pepper) for one in sorted(attached, key=lambda one: one.order, reverse=True)]


def _line(fact: Fact, data: dict[str, Any] | None, pepper: str) -> RecordLine:
    said: RecordAttached = fact.data
    proof = None if data is None else hash_of(data, case_id=fact.key, record=said.record, pepper=pepper)
    return RecordLine(
        record=said.record,
        form=said.form,
        at=fact.time,
        agent=said.agent or fact.actor,
        missing=list(said.missing),
        hash=said.hash,
        data=data or {},
        intact=None if proof is None else proof == said.hash,
    )


async def attachments_of(running: RunningService, case_id: str, pepper: str) -> list[AttachmentLine]:
    """Return the files of a case with their names as far as they are kept; refuse a case that is not here."""
    facts = [fact_of(one) for one in await running.store.facts((Topic.CASES, case_id))]
    if not facts:
        raise unknown_case(case_id)
    kept = {
        attachment.hash_of(one.sha256, case_id=case_id, pepper=pepper): one
        for one in await queries.attachments(running.pool, case_id)
    }
    added = [one for one in facts if isinstance(one.data, AttachmentAdded)]
    return [_file_line(one, kept.get(one.data.hash)) for one in sorted(added, key=lambda one: one.order, reverse=True)]


def _file_line(fact: Fact, row: AttachmentRow | None) -> AttachmentLine:
    said: AttachmentAdded = fact.data
    return AttachmentLine(
        sha256=row.sha256 if row else "",
        name=row.name if row else "",
        media_type=said.media_type,
        size=said.size,
        node=said.node,
        occurrence=said.occurrence,
        at=fact.time,
        agent=said.agent or fact.actor,
        hash=said.hash,
    )


async def file_from(running: RunningService, files: Files, case_id: str, asked: str) -> tuple[AttachmentRow, bytes]:
    """Return a file of a case; refuse one that is not attached to it, and one whose content is not what was attached."""
    row = next((one for one in await queries.attachments(running.pool, case_id) if one.sha256 == asked), None)
    if row is None:
        raise Refused("unknown-attachment", f"The case {case_id} has no attachment {asked}.", 404)
    content = await files.kept.get(case_id, asked)
    if content is None or sha256(content).hexdigest() != asked:
        _output.error("an attachment is lost or damaged", case_id=case_id, sha256=asked)
        raise Refused("attachment-lost", "The storage does not have what was attached. Its operator can restore it.", 500)
    return row, content


def _erasure(router: APIRouter, running: RunningService, files: Files) -> None:
    @router.delete("/customers/{customer_ref}/personal", summary="Forget a person", responses=shaped(Erased))
    async def delete_personal(
        customer_ref: Annotated[Text, Path(min_length=1, max_length=64)],
        client: Annotated[Client, Depends(require("cases:erase"))],
    ) -> Response:
        """Delete names, words, notes and files of all their cases, and list these: routing and survey keep words about each, too.

        No figure changes. Asked again, it answers the same.
        """
        if customer_ref == ANONYMOUS:
            detail = "anonymous is everybody who gave no identity. Forget one person's cases by DELETE /cases/{case_id}/personal."
            raise Refused("nobody-in-particular", detail, 422)
        await files.forget(await queries.of_customer(running.pool, customer_ref))
        return shown({"case_ids": await queries.erase(running.pool, customer_ref)})

    @router.delete("/cases/{case_id}/personal", summary="Forget who a case is about", responses=shaped(Erased))
    async def delete_case_personal(case_id: Id, client: Annotated[Client, Depends(require("cases:erase"))]) -> Response:
        """Delete names, words, notes and files of one case: also of a customer who gave nothing but a name.

        Routing and survey keep words about it, too. No figure changes. Asked again, it answers the same.
        """
        # Of a case of another system the registration may be missing, and words may be there all the same.
        if not await running.store.facts((Topic.CASES, case_id)):
            raise unknown_case(case_id)
        await files.forget([case_id])
        return shown({"case_ids": await queries.erase_case(running.pool, case_id)})
