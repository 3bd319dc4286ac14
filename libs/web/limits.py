"""Refuses a body above the limit, whether it announces its length or streams."""

import re
from collections.abc import Mapping

from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.routing import compile_path
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from libs.web.problems import problem


class TooLarge(HTTPException):
    """The body grew beyond its limit while it was read. An HTTPException, because FastAPI hides others as a 400."""

    def __init__(self, bytes_max: int) -> None:
        super().__init__(413, _detail(bytes_max))


class BodyLimit:
    """Refuses bodies above `bytes_max`; a path in `larger`, which may have names in braces, has a limit of its own."""

    def __init__(self, app: ASGIApp, bytes_max: int, larger: Mapping[str, int]) -> None:
        self.app = app
        self.bytes_max = bytes_max
        self.larger: list[tuple[re.Pattern[str], int]] = [(compile_path(path)[0], most) for path, most in larger.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        limit = next((most for path, most in self.larger if path.match(scope["path"])), self.bytes_max)
        if _announced(scope) > limit:
            return await problem(413, "body-too-large", _detail(limit), at=HTTPConnection(scope))(scope, receive, send)
        await self.app(scope, _counted(receive, limit), send)
        return None


def _counted(receive: Receive, limit: int) -> Receive:
    total = 0

    async def counted() -> Message:
        nonlocal total
        message = await receive()
        total += len(message.get("body", b""))
        if total > limit:
            raise TooLarge(limit)
        return message

    return counted


def _announced(scope: Scope) -> int:
    length = next((value for name, value in scope["headers"] if name == b"content-length"), b"")
    # The server lets no length pass that is no number; the bytes are counted anyway.
    return int(length) if length.isdigit() and len(length) < 20 else 0


def _detail(limit: int) -> str:
    return f"The body is larger than {limit} bytes; send less at once."
