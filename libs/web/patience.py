"""How long a client may take: a connection that sends slowly, is silent or never reads is closed, and no head grows for ever."""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_BYTES_MAX = 64 * 1024
SWEEP_SECONDS = 0.5


class HeadTooLong(Exception):
    """The request line and headers are larger than HEAD_BYTES_MAX."""


class NoHost(Exception):
    """An HTTP/1.1 request without a Host header, or with several (RFC 9112, section 3.2)."""


class Room:
    """The connections of one server that wait for their client, the longest wait first."""

    def __init__(self, connections_max: int, seconds: float) -> None:
        self.connections_max, self.seconds = connections_max, seconds
        self._waiting: dict[Patient, float] = {}
        self._sweep: asyncio.TimerHandle | None = None

    def wait(self, connection: "Patient") -> None:
        """Let a connection wait for its client from now on."""
        self._waiting.pop(connection, None)
        self._waiting[connection] = connection.loop.time()
        if self._sweep is None:
            self._sweep = connection.loop.call_later(SWEEP_SECONDS, self._show_out, connection.loop)

    def leave(self, connection: "Patient") -> None:
        """Stop counting: the client has said what it wants, or is gone."""
        self._waiting.pop(connection, None)

    def make_room(self) -> None:
        """Close the connection that waits longest, because an idle one must not keep others outside."""
        if self._waiting:
            self._end(next(iter(self._waiting)))

    def _show_out(self, loop: asyncio.AbstractEventLoop) -> None:
        while self._waiting:
            connection, since = next(iter(self._waiting.items()))
            if loop.time() - since < self.seconds:
                break
            self._end(connection)
        self._sweep = loop.call_later(SWEEP_SECONDS, self._show_out, loop) if self._waiting else None

    def _end(self, connection: "Patient") -> None:
        self.leave(connection)
        connection.transport.abort()


class Patient(HttpToolsProtocol):
    """One connection, patient within limits."""

    def __init__(self, *arguments: Any, room: Room, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self._room = room
        self._is_asking = self._is_in_head = False
        self._head_bytes = 0
        self._unread: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._room.wait(self)
        if len(self.connections) > self._room.connections_max:
            self._room.make_room()

    def connection_lost(self, exc: Exception | None) -> None:
        self._room.leave(self)
        # Also resumes writing, which ends the wait for a reader.
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if not self._is_asking:
            self._is_asking = True
            self._room.wait(self)
        was_in_head = self._is_in_head
        super().data_received(data)
        # The piece in which a head begins may also hold the end of another request, so the bytes after that piece are counted.
        if was_in_head and self._is_in_head:
            self._head_bytes += len(data)
            if self._head_bytes > HEAD_BYTES_MAX and not self.transport.is_closing():
                self.send_400_response("")

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._is_asking = self._is_in_head = True
        self._head_bytes = 0
        self._room.wait(self)

    def on_header(self, name: bytes, value: bytes) -> None:
        # Blanks around a value are no part of it (RFC 9110, section 5.5); the parser leaves those behind it.
        super().on_header(name, value.strip(b" \t"))

    def on_headers_complete(self) -> None:
        self._is_in_head = False
        if len(self.url) + sum(len(name) + len(value) for name, value in self.headers) > HEAD_BYTES_MAX:
            self._head_bytes = HEAD_BYTES_MAX + 1
            raise HeadTooLong
        hosts = sum(name == b"host" for name, _ in self.headers)
        if hosts > 1 or (hosts == 0 and self.parser.get_http_version() == "1.1"):
            raise NoHost
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._is_asking = False
        if self.cycle.response_complete:
            # The answer came before the end of the request; the next request is awaited already.
            self._room.wait(self)
        else:
            self._room.leave(self)

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP, or whose head is too long, and close."""
        if self._head_bytes <= HEAD_BYTES_MAX:
            return super().send_400_response(msg)
        self.transport.write(b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n")
        return self.transport.close()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._unread = self.loop.call_later(self._room.seconds, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None

    def timeout_keep_alive_handler(self) -> None:
        """Close a connection that was silent after its answer. Bytes that its client never read are dropped in the end."""
        super().timeout_keep_alive_handler()
        self.loop.call_later(self._room.seconds, self.transport.abort)
