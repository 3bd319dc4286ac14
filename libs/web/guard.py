"""The last net: an exception that escapes a route becomes a 503 or a 500 problem, is logged once, and shows no internals."""

import structlog
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from libs.events.engine.known import NotYetKnown
from libs.events.log.outages import QUICKER, UNWRITABLE, is_outage
from libs.events.log.port import LogUnavailable
from libs.events.store.port import Conflict, Fenced, StoreUnavailable, Unstorable
from libs.web.problems import problem, unavailable

_AWAY = (LogUnavailable, StoreUnavailable, Conflict, Fenced, NotYetKnown)
_UNSTORABLE = (Unstorable, *UNWRITABLE)

_output = structlog.get_logger("web")


class Guard:
    """Answers for exceptions that nobody else answered."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            if not _is_readable(scope):
                detail = "The path or query contains a NUL character; remove it."
                return await problem(400, "invalid-path", detail, at=HTTPConnection(scope))(scope, receive, watched)
            await self.app(scope, receive, watched)
        except Exception as error:
            # A half-sent answer cannot be taken back: the server must break the connection, so that nobody trusts it.
            if started:
                _output.exception("answer broken off")
                raise
            await _answer(HTTPConnection(scope), error)(scope, receive, send)
        return None


def is_away(error: BaseException | None) -> bool:
    """Test whether waiting helps: the log or database is away, or somebody else was faster."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        if isinstance(error, (*_AWAY, *QUICKER)) or is_outage(error):
            return True
        error = error.__cause__
    return False


def _answer(at: HTTPConnection, error: Exception) -> ASGIApp:
    if is_away(error):
        _output.warning("unavailable", error=type(error).__name__)
        return unavailable(at, "The log, the database or a standard cannot be used now.")
    if isinstance(error, _UNSTORABLE):
        return problem(422, "unstorable-text", "A text contains a character that cannot be stored; remove NULs.", at=at)
    _output.error("unexpected error", exc_info=error)
    detail = "Something broke on our side and is logged under this request id. Try again; if it stays, report the id."
    return problem(500, "internal-error", detail, at=at)


def _is_readable(scope: Scope) -> bool:
    return "\x00" not in scope["path"] and b"%00" not in scope.get("query_string", b"")
