"""An answer in the form that was asked for: not again when it is known (304), as CSV, compressed."""

import gzip
from collections.abc import Mapping
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from libs.web.accept import is_welcome, preferred
from libs.web.answers import JSON
from libs.web.conditional import is_known
from libs.web.routes import template_of
from libs.web.tables import CSV, Table, as_csv, tables_of

GZIP_BYTES_MIN = 1_000
GZIP_LEVEL = 4
VARY = "Accept, Accept-Encoding"


class Formats:
    """Turns the answer to a question into the form that the client asked for. The route knows nothing of it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._tables: Mapping[str, Table] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET":
            return await self.app(scope, receive, send)
        begun: Message = {}

        async def formed(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = message
                return
            # An answer that comes in parts is sent as it comes.
            if begun and not message.get("more_body", False):
                message = {**message, "body": self._formed(scope, begun, message.get("body", b""))}
            if begun:
                begun, start = {}, begun
                await send(start)
            await send(message)

        await self.app(scope, receive, formed)
        return None

    def _formed(self, scope: Scope, start: Message, body: bytes) -> bytes:
        """Return the body to send, and change the head to what it says of it."""
        asked, told = Headers(scope=scope), MutableHeaders(raw=start["headers"])
        start["headers"] = told.raw
        told.add_vary_header(VARY)
        if start["status"] == 200 and is_known(asked.get("if-none-match"), told.get("etag")):
            start["status"] = 304
            del told["content-type"], told["content-length"]
            return b""
        if start["status"] == 200 and (table := self._table(scope, asked, told)) is not None:
            body = as_csv(table, body)
            told["content-type"] = f"{CSV}; charset=utf-8"
        if len(body) >= GZIP_BYTES_MIN and _may_be_compressed(told) and is_welcome(asked.get("accept-encoding"), "gzip"):
            body = gzip.compress(body, GZIP_LEVEL, mtime=0)
            told["content-encoding"] = "gzip"
        told["content-length"] = str(len(body))
        return body

    def _table(self, scope: Scope, asked: Headers, told: MutableHeaders) -> Table | None:
        if told.get("content-type") != JSON or preferred(asked.get("accept"), (JSON, CSV)) != CSV:
            return None
        if self._tables is None:
            described: dict[str, Any] = scope["app"].openapi()
            self._tables = tables_of(described)
        return self._tables.get(template_of(scope))


def _may_be_compressed(told: MutableHeaders) -> bool:
    # The same strong tag means the same bytes, also the same encoding. The few answers with one are short, so they stay plain.
    # A file that is handed out is as a rule compressed already, and may be large.
    return not told.get("etag", "").startswith('"') and "content-disposition" not in told
