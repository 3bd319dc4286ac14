"""Around every request: its id, its trace, one log line, and headers that keep browsers safe."""

import re
import time
from collections.abc import Iterable, Mapping
from contextvars import ContextVar

import structlog
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from libs.events.engine.tracing import Span, span
from libs.events.words.now import Now, new_id
from libs.web.routes import PROBES, template_of

_REQUEST_ID = re.compile(r"[A-Za-z0-9._:/+=@-]{1,128}")
_TRACEPARENT = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")

SECURITY_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""Set unless the route has set its own: a page with styles states its own policy."""

_SECURITY = [(name.lower().encode(), value.encode()) for name, value in SECURITY_HEADERS.items()]

_output = structlog.get_logger("web")
_trace: ContextVar[str] = ContextVar("trace", default="")


class Context:
    """Names the request, for its answer, its log lines and the facts it makes."""

    def __init__(self, app: ASGIApp, service: str, now: Now) -> None:
        self.app = app
        self.service = service
        self.now = now

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        state = scope.setdefault("state", {})
        state["request_id"], given = self._names(Headers(scope=scope))
        with span("request", [given], is_root=True, service=self.service) as told:
            await self._answer(scope, receive, send, told, told.traceparent or given)
        return None

    async def _answer(self, scope: Scope, receive: Receive, send: Send, told: Span, trace: str) -> None:
        state = scope["state"]
        _trace.set(trace)
        status = 0

        async def dressed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                _dress(message, state["request_id"], state.get("headers", {}).items())
            await send(message)

        started = time.perf_counter()
        names = {"service": self.service, "request_id": state["request_id"], "trace": trace}
        with structlog.contextvars.bound_contextvars(**{name: text for name, text in names.items() if text}):
            try:
                await self.app(scope, receive, dressed)
            finally:
                _tell(scope, status, time.perf_counter() - started)
                told.note(f"{scope['method']} {template_of(scope)}", status=status)
                structlog.contextvars.unbind_contextvars("client")

    def _names(self, headers: Headers) -> tuple[str, str]:
        given, trace = headers.get("x-request-id", ""), headers.get("traceparent", "")
        return (
            given if _REQUEST_ID.fullmatch(given) else str(new_id(self.now())),
            trace if _TRACEPARENT.fullmatch(trace) else "",
        )


def trace_here() -> str:
    """Return the traceparent of the request being answered, or nothing. The facts that the request makes carry it."""
    return _trace.get()


def add_headers(request: HTTPConnection, headers: Mapping[str, str]) -> None:
    """Add these headers to the answer to this request, also when it is an error."""
    told = {name.encode(): text.encode() for name, text in headers.items()}
    request.scope["state"].setdefault("headers", {}).update(told)


def _dress(message: Message, request_id: str, more: Iterable[tuple[bytes, bytes]]) -> None:
    given = list(message.get("headers", ()))
    set_already = {name for name, _ in given}
    added = [header for header in _SECURITY if header[0] not in set_already]
    message["headers"] = [*given, (b"x-request-id", request_id.encode()), *more, *added]


def _tell(scope: Scope, status: int, seconds: float) -> None:
    # The template, not the path: a survey's link is a secret.
    say = _output.debug if scope["path"] in PROBES else _output.info
    say("request", method=scope["method"], route=template_of(scope), status=status, ms=round(seconds * 1000, 2))
