"""A stream of server-sent events that says when something changed. The page then asks again; the stream carries no data."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable

from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.types import Message

EVENT_STREAM = "text/event-stream"
LOOK_SECONDS, STOP_SECONDS = 2.0, 0.25
"""How often we look for a change, and how soon a stream notices that the service stops."""
SILENT_MAX = 10
"""After so many looks without a change a comment is sent, so that no proxy closes a silent connection."""

Stamp = Callable[[], Awaitable[object]]
"""Returns something that differs when something changed."""


def shared(look: Stamp, ticks: Callable[[], float] = time.monotonic) -> Stamp:
    """Return a look that all who watch share, so that many of them ask the database no more often than one."""
    seen: tuple[float, object] = (float("-inf"), None)
    lock = asyncio.Lock()

    async def looked() -> object:
        nonlocal seen
        async with lock:
            if ticks() - seen[0] >= LOOK_SECONDS * 0.9:
                seen = ticks(), await look()
            return seen[1]

    return looked


def live(request: Request, stamp: Stamp) -> StreamingResponse:
    """Return the stream."""
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_changes(request, stamp), media_type=EVENT_STREAM, headers=headers)


def is_live(start: Message) -> bool:
    """Test whether an answer that begins is such a stream."""
    return any(name == b"content-type" and value.startswith(EVENT_STREAM.encode()) for name, value in start["headers"])


async def _changes(request: Request, stamp: Stamp) -> AsyncIterator[str]:
    known, silent = await stamp(), 0
    yield "retry: 2000\n\n"
    while await _rested(request):
        now = await stamp()
        silent = 0 if now != known else silent + 1
        if now != known:
            yield "event: changed\ndata:\n\n"
        elif silent % SILENT_MAX == 0:
            yield ": still here\n\n"
        known = now


async def _rested(request: Request) -> bool:
    """Wait until it is time to look again; test whether the service goes on."""
    for _ in range(round(LOOK_SECONDS / STOP_SECONDS)):
        if request.app.state.is_stopping:
            return False
        await asyncio.sleep(STOP_SECONDS)
    return True
