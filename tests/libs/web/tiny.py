"""A tiny app that uses every part of the shell, and a client for it."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Annotated, Any
from uuid import UUID

import asyncpg
import httpx
from fastapi import APIRouter, Depends, FastAPI, HTTPException, Request
from pydantic import Field
from starlette.responses import Response, StreamingResponse

from libs.events.log.port import LogUnavailable
from libs.events.testing.clocks import StoppedClock
from libs.events.words.now import derived_id
from libs.events.words.refusal import Refused
from libs.web.answers import answer, respond, shown
from libs.web.app import create_app
from libs.web.bodies import Body, JSONRoute, read_by
from libs.web.context import trace_here
from libs.web.paging import Page, paged, pages
from libs.web.position import WaitFor
from libs.web.settings import WebSettings
from libs.web.shapes import Paged, shaped
from libs.web.text import Instant, Text
from libs.web.writes import Write, changes, creates

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
KEY = {"Idempotency-Key": "k1"}
THINGS = sorted((NOON, derived_id("thing", n)) for n in range(7))

ERRORS: dict[str, Exception] = {
    "refused": Refused("case-closed", "Reopen the case first.", 409),
    "refused-404": Refused("case-unknown", "Pass the Position header.", 404),
    "refused-503": Refused("outbox-full", "Try later.", 503),
    "http": HTTPException(418, "short and stout"),
    "bug": RuntimeError("password=hunter2"),
    "group": ExceptionGroup("two", [ValueError("one"), KeyError("two")]),
    "log": LogUnavailable("broker:9092 is down"),
    "socket": ConnectionRefusedError("10.0.0.7"),
    "timeout": TimeoutError(),
    "pool": asyncpg.InterfaceError("pool is closing"),
    "deadlock": asyncpg.DeadlockDetectedError("process 4711 waits"),
    "serialization": asyncpg.SerializationError("could not serialize access"),
    "misuse": asyncpg.InterfaceError("another operation is in progress"),
    "nul": asyncpg.CharacterNotInRepertoireError("0x00"),
}


class Entry(Body):
    amount: int = Field(ge=1)
    note: str = ""


class Thing(Body):
    name: str = Field(min_length=1, max_length=40)
    lines: tuple[Entry, ...] = ()
    extra: dict[str, Any] | None = None


router = APIRouter(route_class=JSONRoute)
inner = APIRouter(prefix="/inner")
outer = APIRouter()


@router.post("/things", status_code=201)
async def add(body: Thing, write: Annotated[Write, Depends(creates("things:write"))]) -> Response:
    return respond(answer({"name": body.name, "by": write.client.name, "key": write.once.key}, status=201, version=1))


@router.post("/import")
async def take_in(size: Annotated[int, Depends(read_by(len))]) -> Response:
    return shown({"bytes": size})


@router.get("/things", responses=shaped(Paged[UUID]))
async def list_things(
    request: Request, page: Annotated[Page, Depends(pages(tuple[datetime, UUID]))], wait_for: WaitFor, q: str = ""
) -> Response:
    rows = [thing for thing in THINGS if page.after is None or thing > page.after][: page.fetch]
    return paged(request, page, rows, key=lambda thing: thing, show=lambda thing: thing[1])


@router.get("/lines", responses=shaped(Paged[Entry]))
async def list_lines(request: Request, page: Annotated[Page, Depends(pages(tuple[int]))]) -> Response:
    first = (page.after or (0,))[0]
    rows = [Entry(amount=n, note="a note") for n in range(first + 1, 300)][: page.fetch]
    return paged(request, page, rows, key=lambda line: (line.amount,), show=Entry.model_dump)


@router.get("/things/{name}", responses=shaped(dict[str, Any], headers=["ETag"]))
async def look(request: Request, name: Text, wait_for: WaitFor, at: Instant | None = None) -> Response:
    if name == "later":  # meanwhile more was read
        request.app.state.as_of = lambda: NOON + timedelta(hours=1)
    return shown({"name": name, "at": at}, version=7)


@router.patch("/things/{name}")
async def change(name: Text, write: Annotated[Write, Depends(changes("things:write"))]) -> Response:
    return shown({"expected": write.expected, "wait": write.position})


@router.get("/errors/{name}")
async def fail(name: str) -> Response:
    raise ERRORS[name]


@router.get("/names")
async def names(request: Request) -> Response:
    return shown({"request": request.state.request_id, "trace": trace_here()})


@router.get("/half")
async def half() -> Response:
    async def parts() -> AsyncIterator[bytes]:
        yield b"half"
        raise RuntimeError("broken off")

    return StreamingResponse(parts(), media_type="text/plain", headers={"Content-Security-Policy": "default-src 'self'"})


@router.get("/slow")
async def slow() -> Response:
    print("asked", flush=True)
    await asyncio.sleep(0.5)
    return shown("done")


@inner.get("/{name}")
async def inside(name: str) -> Response:
    return shown(name)


outer.include_router(inner, prefix="/outer")


def tiny_app(settings: WebSettings | None = None, **more: Any) -> FastAPI:
    return create_app(
        "tiny",
        "Tiny",
        [router, outer],
        settings=settings or WebSettings(),
        larger_bodies={"/import": 4096},
        now=StoppedClock(NOON),
        **more,
    )


@cache
def usual_app() -> FastAPI:
    """Return the tiny app as most tests want it; making it takes longer than most of them, and it keeps only its figures."""
    return tiny_app()


@asynccontextmanager
async def calling(app: FastAPI, headers: dict[str, str] | None = None) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers) as client:
        yield client


def codes(response: httpx.Response) -> Sequence[str]:
    return [error["code"] for error in response.json()["errors"]]
