"""Nobody waits for ever for an answer, because a database that froze or cannot be reached neither answers nor refuses."""

import asyncio
from collections.abc import Callable, Mapping
from typing import NamedTuple

import structlog
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from libs.web.problems import RETRY_SECONDS, problem

_output = structlog.get_logger("web")


class Answering:
    """The way back to a client: whether an answer has begun, and whether one still may."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.has_begun, self.is_over = False, False

    async def __call__(self, message: Message) -> None:
        """Send a part of the answer, unless it comes too late."""
        if self.is_over:
            return
        self.has_begun = self.has_begun or message["type"] == "http.response.start"
        await self._send(message)


class Late(NamedTuple):
    """What is answered late under a path instead of a problem, and the seconds after which that is late there."""

    answer: Callable[[HTTPConnection], ASGIApp]
    seconds: float


class Overdue:
    """Asks a client to come again when no answer has begun after `seconds`. The work itself goes on.

    `late`: beginning of a path → what holds there.
    """

    def __init__(self, app: ASGIApp, seconds: float, late: Mapping[str, Late]) -> None:
        self.app = app
        self._common, self._others = Late(_asked_again, seconds), late
        self._late: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        answering, late = Answering(send), self._late_at(scope["path"])
        # A task of its own: cancelling a database call costs a connection, and the work may still end well.
        work = asyncio.ensure_future(self.app(scope, receive, answering))
        try:
            await asyncio.wait({work}, timeout=min(late.seconds, self._common.seconds))
            if work.done() or answering.has_begun:
                return await work
        except asyncio.CancelledError:
            work.cancel()
            raise
        answering.is_over = True
        self._late.add(work)
        work.add_done_callback(self._ended)
        _output.warning("answer overdue")
        return await late.answer(HTTPConnection(scope))(scope, receive, send)

    def _late_at(self, path: str) -> Late:
        return next((late for beginning, late in self._others.items() if path.startswith(beginning)), self._common)

    def _ended(self, work: asyncio.Task[None]) -> None:
        self._late.discard(work)
        if not work.cancelled() and (error := work.exception()) is not None:
            _output.warning("overdue work failed", error=type(error).__name__)


def _asked_again(at: HTTPConnection) -> ASGIApp:
    detail = (
        f"The log or the database does not answer. What you asked for may still be done; ask again in {RETRY_SECONDS} seconds."
    )
    return problem(503, "answer-overdue", detail, at=at, headers={"Retry-After": str(RETRY_SECONDS)})
