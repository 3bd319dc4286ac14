"""Files of a case: they are taken in, listed and given out. The bytes are durable before anything says that they are there."""

import asyncio
from datetime import datetime, timedelta
from typing import Annotated, Any
from urllib.parse import quote

import structlog
from fastapi import APIRouter, Depends, Path, Request, Response

from libs.events.engine.writer import Command
from libs.events.log.envelope import Fact
from libs.events.store.values import Answer
from libs.events.words.event import Topic
from libs.events.words.refusal import Refused
from libs.service import personal
from libs.service.running import RunningService
from libs.web.answers import respond, shown
from libs.web.faults import pattern
from libs.web.keys import Client
from libs.web.position import WaitFor
from libs.web.shapes import shaped
from libs.web.text import Id
from libs.web.uploads import Parts, Sent, described, uploads
from libs.web.writes import Write
from services.intake import queries
from services.intake.commands import case_answer
from services.intake.domain.attachment import File, add, file_of
from services.intake.domain.case import IntakeCase, must_be_known
from services.intake.domain.vault import AttachmentRow
from services.intake.questions import Personal, attachments_of, file_from
from services.intake.requests import AttachmentList, FileAttached
from services.intake.storage import Files, Storage

Sending = Annotated[Sent, Depends(uploads("cases:write"))]
Sha = Annotated[str, Path(min_length=64, max_length=64, pattern=pattern("^[0-9a-f]+$", "digits and small letters from a to f"))]


class OfFile(personal.Personal):
    """The dependency of a route that gives out a file: a name that no file can have is refused before a line is written.

    So the name is asked for here: what a route itself asks for is looked at only after its dependencies have run.
    """

    async def __call__(self, request: Request, case_id: Id, sha256: Sha, position: WaitFor) -> Client:  # type: ignore[override]
        return await super().__call__(request, case_id, position)


FIELDS = {
    "visit": "The visit of a node that it is about, such as n4 or n4/2; empty for the whole case.",
    "agent": "Who attaches it.",
}
TAKING_FILES = ("/cases/{case_id}/attachments", "/cases/{case_id}/attachments/new")
_BYTES = "application/octet-stream"
SWEEP_SECONDS, FRESH = 86_400, timedelta(days=1)
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
_output = structlog.get_logger()


def attachment_routes(router: APIRouter, running: RunningService, pepper: str, files: Files) -> None:
    """Add how files are attached and read."""

    @router.post(
        "/cases/{case_id}/attachments",
        status_code=201,
        summary="Attach a file",
        responses=shaped(
            FileAttached,
            status=201,
            links={"get_attachments": {"case_id": "$response.body#/case_id"}},
            headers=["Location"],
        ),
        openapi_extra=described(FIELDS),
    )
    async def post_attachment(case_id: Id, sent: Sending) -> Response:
        """Take in a file as `curl -F file=@letter.pdf` sends it; its content shows its type. The same content is kept once."""
        return respond(await attach_file(running, pepper, files, case_id, sent.parts, sent.write))

    @router.get("/cases/{case_id}/attachments", summary="The files of a case", responses=shaped(AttachmentList))
    async def get_attachments(case_id: Id, client: Personal) -> Response:
        """List the files, the newest first; without their names after an erasure."""
        return shown({"items": await attachments_of(running, case_id, pepper)})

    @router.get(
        "/cases/{case_id}/attachments/{sha256}",
        summary="A file of a case",
        response_class=Response,
        responses={200: {"description": "The file.", "content": {_BYTES: {"schema": {"type": "string", "format": "binary"}}}}},
    )
    async def get_attachment(case_id: Id, sha256: Sha, client: Annotated[Client, Depends(OfFile("cases:personal"))]) -> Response:
        """Give the file out as bytes, to be kept and never to be shown in its place; its media type is in the list."""
        row, content = await file_from(running, files, case_id, sha256)
        return Response(content, 200, {**_HEADERS, "Content-Disposition": disposition(row.name)}, media_type=_BYTES)


async def attach_file(running: RunningService, pepper: str, files: Files, case_id: str, parts: Parts, write: Write) -> Answer:
    """Take in a file of a case."""
    await running.wait_for(write.position)
    storage, agent = files.kept, write.client.agent(parts.fields.get("agent", ""))
    _known_fields(parts)
    file = file_of(parts.name, parts.content, bytes_max=files.bytes_max, types=files.types)
    at, actor, visit = running.now(), write.client.actor, parts.fields.get("visit", "").strip()

    def decide(case: IntakeCase) -> list[Fact]:
        asked: dict[str, Any] = {"at": at, "actor": actor, "agent": agent, "pepper": pepper}
        return add(case, file, visit, running.known, count_max=files.count_max, **asked)

    # What would be refused anyway brings nothing into the storage.
    decide(await _case(running, case_id))
    row = AttachmentRow(case_id=case_id, sha256=file.sha256, name=file.name, media_type=file.media_type).row
    command = Command(
        case_answer(201, {"attachment": file.sha256}, f"/attachments/{file.sha256}"),
        (Topic.CASES, case_id),
        decide,
        idempotency=write.once,
        expected_version=write.expected,
        private=lambda outcome: [row],
    )
    await storage.put(case_id, file.sha256, file.content)
    try:
        return await running.execute(command)
    finally:
        await _settle(running, storage, case_id, file)


def _known_fields(parts: Parts) -> None:
    if unknown := sorted(parts.fields.keys() - FIELDS.keys() - {"key"}):
        raise Refused("unknown-field", f"There is no field {unknown[0][:40]}. Send {', '.join(FIELDS)}.", 422)


async def _case(running: RunningService, case_id: str) -> IntakeCase:
    kept = await running.store.state((Topic.CASES, case_id))
    case = IntakeCase(case_id) if kept is None else running.service.book[Topic.CASES].decode(kept.state)
    must_be_known(case)
    found: IntakeCase = case
    return found


async def _settle(running: RunningService, storage: Storage, case_id: str, file: File) -> None:
    """Let the storage have the file if it is attached, and only then: it was refused, or an erasure came between."""
    if not await queries.have(running.pool, [(case_id, file.sha256)]):
        await storage.delete(case_id, file.sha256)
    elif not await storage.has(case_id, file.sha256):
        await storage.put(case_id, file.sha256, file.content)


def disposition(name: str) -> str:
    """Return the header by which a browser keeps a file under its name (RFC 6266)."""
    plain = name.isascii() and not set(name) & set('"\\%')
    return f'attachment; filename="{name}"' if plain else f"attachment; filename*=UTF-8''{quote(name, safe='')}"


async def sweep(running: RunningService, storage: Storage, at: datetime) -> int:
    """Delete what a crash has left: what is kept since a day and attached to no case. Return how many they were."""
    found = 0
    async for part in storage.older(at - FRESH):
        for case_id, one in set(part) - await queries.have(running.pool, part):
            await storage.delete(case_id, one)
            found += 1
    return found


async def sweeping(running: RunningService, files: Files) -> None:
    """Sweep now and every day."""
    while files.storage is not None:
        if left := await sweep(running, files.storage, running.now()):
            _output.info("files that no case has were deleted", files=left)
        await asyncio.sleep(SWEEP_SECONDS)
