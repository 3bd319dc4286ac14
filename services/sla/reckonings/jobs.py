"""Reckonings as jobs, over HTTP: asked for, counted first, followed, paused, resumed and cancelled."""

import asyncio
from collections.abc import Callable
from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Request, Response

from libs.events.engine.writer import Command
from libs.events.words.now import derived_id
from libs.events.words.refusal import Refused
from libs.service.running import RunningService
from libs.web.access import require
from libs.web.answers import answer, respond, shown
from libs.web.keys import Client
from libs.web.paging import Page, paged, pages
from libs.web.position import WaitFor
from libs.web.shapes import shaped
from libs.web.text import Id
from libs.web.writes import Write, creates
from services.sla.domain.changed_terms import Asked
from services.sla.reckonings import queries, sums
from services.sla.reckonings.lines import LINE, SHEET, Counted, known_reckoning, line, sheet
from services.sla.reckonings.queries import UNFINISHED, State
from services.sla.reckonings.requests import ReckoningBody
from services.sla.reckonings.scope import count
from services.sla.reckonings.tables import ReckoningRow

Wake = Callable[[], None]
"""Tells the job that there is something to do."""

UNFINISHED_MAX = 10
"""So many reckonings may wait, run or be paused."""

Asking = Annotated[Client, Depends(require("clocks:read"))]
Writing = Annotated[Write, Depends(creates("reckonings:write"))]
_TO_ONE = {"get_reckoning": {"reckoning_id": "$response.body#/reckoning_id"}}


def asking_routes(router: APIRouter, running: RunningService, wake: Wake) -> None:
    """Add how a reckoning is asked for."""
    turn = asyncio.Lock()

    @router.post(
        "/reckonings",
        status_code=202,
        summary="Reckon many cases",
        responses=shaped(LINE.model, status=202, links=_TO_ONE, headers=["Location"]) | shaped(Counted),
    )
    async def post_reckoning(body: ReckoningBody, write: Writing) -> Response:
        """Ask what promises would be by other terms, or as of another time. It is reckoned in the background.

        Without other terms and instants it reckons live again. It says nothing about any case: it only answers. With `dry` it
        only counts the cases and promises in scope.
        """
        await running.wait_for(write.position)
        asked = body.asked(running.known, running.now())
        if body.dry:
            cases, promises = await count(running, asked)
            return shown(Counted(cases=cases, promises=promises))
        # What waits for its turn at other instances holds a connection each, so those of this one wait in line first.
        async with turn, queries.asking_alone(running.pool):
            row = await _new(running, body.name, asked, write)
            answered = await running.execute(_kept(row, write))
        wake()
        return respond(answered)


def _kept(row: ReckoningRow, write: Write) -> Command:
    """Return the command that keeps a new reckoning."""
    return Command(
        lambda outcome: answer(line(row), status=202, location=f"/reckonings/{row.reckoning_id}"),
        private=lambda outcome: [row.row],
        idempotency=write.once,
    )


async def _new(running: RunningService, name: str, asked: Asked, write: Write) -> ReckoningRow:
    """Return the row of a new reckoning. The same request sent again has the same id."""
    id = derived_id("reckoning", write.client.name, write.once.key)
    if await queries.reckoning(running.pool, id) is None and await queries.unfinished(running.pool) >= UNFINISHED_MAX:
        detail = f"{UNFINISHED_MAX} reckonings are not over yet. Wait for one of them, or cancel one; GET /reckonings lists them."
        raise Refused("too-many-reckonings", detail, 429, retry_after=30)
    return ReckoningRow(
        reckoning_id=id,
        name=name,
        asked_at=running.now(),
        asked_by=write.client.actor,
        asked=msgspec.to_builtins(asked),
        state=State.QUEUED.value,
        why="",
        cases=None,
        cases_done=0,
        left_out=0,
        promises=0,
        flips=0,
        reached="",
        busy_us=0,
        begun_at=None,
        ended_at=None,
    )


def following_routes(router: APIRouter, running: RunningService) -> None:
    """Add how a reckoning is followed."""

    @router.get("/reckonings", summary="The reckonings, the newest first", responses=shaped(LINE.paged()))
    async def get_reckonings(
        request: Request,
        client: Asking,
        page: Annotated[Page[queries.After], Depends(pages(queries.After))],
        position: WaitFor,
    ) -> Response:
        """List the reckonings that are kept, with how far each is."""
        await running.wait_for(position)
        found = await queries.reckonings(running.pool, after=page.after, fetch=page.fetch)
        return paged(request, page, found, lambda row: (row.asked_at, row.reckoning_id), line)

    @router.get("/reckonings/{reckoning_id}", summary="A reckoning", responses=shaped(SHEET))
    async def get_reckoning(reckoning_id: Id, client: Asking, position: WaitFor) -> Response:
        """Return how far it is, what was asked for, and what it has come to so far."""
        await running.wait_for(position)
        row = await known_reckoning(running, reckoning_id)
        return shown(sheet(row, await sums.total(running.pool, row.reckoning_id)))


def turning_routes(router: APIRouter, running: RunningService, wake: Wake) -> None:
    """Add how a reckoning is paused, resumed and cancelled. To do it twice changes nothing."""

    @router.post("/reckonings/{reckoning_id}/pause", summary="Pause a reckoning", responses=shaped(LINE.model))
    async def pause_reckoning(reckoning_id: Id, write: Writing) -> Response:
        """Stop after the cases that are being reckoned; what was found stays."""
        return shown(line(await turned(running, reckoning_id, (State.QUEUED, State.RUNNING), State.PAUSED)))

    @router.post("/reckonings/{reckoning_id}/resume", summary="Resume a reckoning", responses=shaped(LINE.model))
    async def resume_reckoning(reckoning_id: Id, write: Writing) -> Response:
        """Go on behind the last case that was reckoned."""
        row = await turned(running, reckoning_id, (State.PAUSED,), State.RUNNING)
        wake()
        return shown(line(row))

    @router.post("/reckonings/{reckoning_id}/cancel", summary="Cancel a reckoning", responses=shaped(LINE.model))
    async def cancel_reckoning(reckoning_id: Id, write: Writing) -> Response:
        """End it; what was found stays until it is deleted."""
        return shown(line(await turned(running, reckoning_id, UNFINISHED, State.CANCELLED)))


async def turned(running: RunningService, id: str, before: tuple[State, ...], after: State) -> ReckoningRow:
    """Let a reckoning be paused, running or cancelled; refuse it for one that is over."""
    row = await known_reckoning(running, id)
    await queries.turn(running.pool, row.reckoning_id, before, after, running.now())
    row = await known_reckoning(running, id)
    same = (State.QUEUED, State.RUNNING) if after is State.RUNNING else (after,)
    if row.state not in same:
        raise Refused("reckoning-over", f"This reckoning is {row.state}. Ask for a new one with POST /reckonings.", 409)
    return row
