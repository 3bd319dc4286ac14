"""intake's HTTP: register a case, log a contact, attach a record, cancel, import history; read cases."""

from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Request, Response

from libs.events.engine.writer import Command, Outcome
from libs.events.log.envelope import Fact, fact_of
from libs.events.words.refusal import Refused
from libs.service.running import RunningService
from libs.web.access import require
from libs.web.answers import answer, respond
from libs.web.bodies import JSONRoute, read_by
from libs.web.keys import Client
from libs.web.position import WaitFor
from libs.web.shapes import shaped
from libs.web.text import Id
from libs.web.writes import Write, changes, creates
from services.intake.attachments import attachment_routes
from services.intake.commands import (
    attach_record,
    cancel_case,
    change_due_of,
    confirm_for,
    linked,
    log_contact_of,
    register_case,
    supply_fields,
)
from services.intake.domain.case import IntakeCase
from services.intake.domain.history import Recorded, Rejected, is_same, judge, rows_of
from services.intake.domain.link import Links
from services.intake.dossier import dossier_routes
from services.intake.questions import question_routes
from services.intake.requests import (
    IMPORT_FACTS_MAX,
    Attached,
    CancelBody,
    CaseBody,
    ConfirmationBody,
    ContactBody,
    DueBody,
    FieldsBody,
    RecordBody,
    Registered,
    Verdicts,
    import_body,
)
from services.intake.storage import Files

Creating = Annotated[Write, Depends(creates("cases:write"))]
Changing = Annotated[Write, Depends(changes("cases:write"))]
Rows = Annotated[list[msgspec.Raw], Depends(read_by(rows_of))]


TAGS = {
    "cases": "Cases as they came in, and what was said with their customers.",
    "import": "Another system's history.",
}
"""What the tags of /openapi.json mean."""


def routes(running: RunningService, pepper: str, links: Links, files: Files) -> APIRouter:
    """Return intake's routes."""
    router = APIRouter(tags=["cases"], route_class=JSONRoute)
    _registration(router, running, pepper, links)
    _contacts(router, running)
    _fields(router, running, pepper)
    _records(router, running, pepper)
    _cancellation(router, running, pepper)
    _imports(router, running, pepper)
    attachment_routes(router, running, pepper, files)
    dossier_routes(router, running, pepper, files)
    question_routes(router, running, pepper, links, files)
    return router


def _registration(router: APIRouter, running: RunningService, pepper: str, links: Links) -> None:
    onward = {name: {"case_id": "$response.body#/case_id"} for name in ("get_case", "post_contact", "post_cancel")}

    @router.post(
        "/cases",
        status_code=201,
        summary="Register a case",
        responses=shaped(Registered, status=201, links=onward, headers=["Location"]),
    )
    async def post_case(request: Request, body: CaseBody, write: Creating) -> Response:
        """Accept a customer need; asking again with the same Idempotency-Key gives the same case.

        With `unique` its external_ref names one case only: a second registration gets 409 and the first case as
        Location. `tracking` is the link by which the customer follows her case; give it to her only.
        """
        return respond(await register_case(running, pepper, body, write, linked(request, links)))


def _contacts(router: APIRouter, running: RunningService) -> None:
    @router.post(
        "/cases/{case_id}/contacts",
        status_code=201,
        summary="Log a contact with the customer",
        responses=shaped(
            IntakeCase, status=201, links={"get_case": {"case_id": "$response.body#/case_id"}}, headers=["Location"]
        ),
    )
    async def post_contact(case_id: Id, body: ContactBody, write: Changing) -> Response:
        """Write down that somebody spoke with the customer; the first outbound response stops the response clock."""
        return respond(await log_contact_of(running, case_id, body, write))


def _fields(router: APIRouter, running: RunningService, pepper: str) -> None:
    @router.post("/cases/{case_id}/fields", summary="Supply what a case lacked", responses=shaped(IntakeCase))
    async def post_fields(case_id: Id, body: FieldsBody, write: Changing) -> Response:
        """Take in fields that came after the registration; `missing` shrinks by those that are required."""
        return respond(await supply_fields(running, case_id, body, write))

    @router.post("/cases/{case_id}/due", summary="Agree on another due date", responses=shaped(IntakeCase))
    async def post_due(case_id: Id, body: DueBody, write: Changing) -> Response:
        """Write down by when an open case is due now: as agreed with the customer, as the law or a contract wants it, or both.

        The older dates stay in the case's history. A promise that an older date had broken by then stays broken.
        """
        return respond(await change_due_of(running, pepper, case_id, body, write))


def _records(router: APIRouter, running: RunningService, pepper: str) -> None:
    @router.post(
        "/cases/{case_id}/records",
        status_code=201,
        summary="Attach a filled form",
        responses=shaped(
            Attached, status=201, links={"get_records": {"case_id": "$response.body#/case_id"}}, headers=["Location"]
        ),
    )
    async def post_record(case_id: Id, body: RecordBody, write: Changing) -> Response:
        """Take in a form of the version that the case is pinned to; every field that does not fit is named.

        A record that lacks mandatory fields is kept, and they are named; another one of the same form supplies them.
        """
        return respond(await attach_record(running, pepper, case_id, body, write))

    @router.post(
        "/cases/{case_id}/confirmations",
        status_code=201,
        summary="Record the customer's yes or no",
        responses=shaped(
            IntakeCase, status=201, links={"get_case": {"case_id": "$response.body#/case_id"}}, headers=["Location"]
        ),
    )
    async def post_confirmation(case_id: Id, body: ConfirmationBody, write: Changing) -> Response:
        """Write down that the customer accepted or rejected the scope, the solution or the result, with what shows it.

        A node that asks for it is complete only with her yes; her no sends the case back. Where the case stands elsewhere it is
        kept, and nothing follows.
        """
        return respond(await confirm_for(running, pepper, case_id, body, write))


def _cancellation(router: APIRouter, running: RunningService, pepper: str) -> None:
    @router.post("/cases/{case_id}/cancel", summary="Withdraw a case", responses=shaped(IntakeCase))
    async def post_cancel(case_id: Id, body: CancelBody, write: Changing) -> Response:
        """Ask that a case end that the customer withdrew or that was registered in error; routing ends it.

        Only an open case can be cancelled, and a reopened one again. What was decided about it before stays as it is.
        `cancellation` of the case then says what became of the wish: granted, or in_vain if the case ended otherwise.
        """
        return respond(await cancel_case(running, pepper, case_id, body, write))


def _imports(router: APIRouter, running: RunningService, pepper: str) -> None:
    @router.post(
        "/import", tags=["import"], summary="Import historic facts", responses=shaped(Verdicts), openapi_extra=import_body()
    )
    async def post_import(rows: Rows, client: Annotated[Client, Depends(require("import:write"))], position: WaitFor) -> Response:
        """Take `{"facts": [...]}`, 1 to 1,000 facts of any stage with their own times.

        Every fact is known by (system, case, sequence, type), so sending it again is harmless.
        The answer has a verdict for each row: recorded, duplicate, conflict or rejected.
        """
        await running.wait_for(position)
        if not 1 <= len(rows) <= IMPORT_FACTS_MAX:
            raise Refused("bad-batch", f"Send 1 to {IMPORT_FACTS_MAX} facts at once, not {len(rows)}.", 422)
        at = running.now()
        verdicts = [judge(row, running.known, at=at, actor=client.actor, pepper=pepper) for row in rows]
        recorded = [one for one in verdicts if isinstance(one, Recorded)]
        command = Command(
            lambda outcome: answer({"verdicts": _told(verdicts, outcome)}),
            facts=[one.fact for one in recorded],
            private=lambda outcome: [row for one in recorded if _is_first(one, outcome) for row in one.private],
        )
        return respond(await running.execute(command))


def _told(verdicts: list[Recorded | Rejected], outcome: Outcome) -> list[dict[str, str]]:
    """Return each row's verdict. If two rows are one fact, here or in a parallel request, the first is recorded."""
    told = []
    for one in verdicts:
        if isinstance(one, Rejected):
            told.append({"status": "rejected", "code": one.code, "detail": one.detail})
            continue
        if _is_first(one, outcome):
            told.append({"status": "recorded"})
        elif is_same(one, _standing(one, outcome)):
            told.append({"status": "duplicate"})
        else:
            told.append({"status": "conflict", "detail": "This fact was imported with other content; the first stands."})
    return told


def _is_first(one: Recorded, outcome: Outcome) -> bool:
    """Test whether this row's fact is said; only then it may write into the vault."""
    return one.fact.id not in outcome.appended.said_before and outcome.standing[one.fact.id] is one.fact


def _standing(one: Recorded, outcome: Outcome) -> Fact:
    """Return the fact recorded under this row's identity."""
    earlier = outcome.appended.said_before.get(one.fact.id)
    return outcome.standing[one.fact.id] if earlier is None else fact_of(earlier)
