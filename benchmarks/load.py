"""The client of all HTTP loads: requests are built beforehand, connections are kept, and the client's own cost is told.

A client that parses more than it needs is measured instead of the server: httpx ends at some hundred requests a second.
"""

import asyncio
import itertools
import re
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import cast
from urllib.parse import urlsplit

import uvloop

CLIENTS = 32
ANSWER_SECONDS_MAX = 30.0
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


@dataclass(frozen=True)
class Load:
    """The result of a load: the answers, the time they took together and each, and the time of the client itself."""

    seconds: float
    waits: list[float]
    client_cpu: float

    @property
    def rate(self) -> float:
        return len(self.waits) / self.seconds

    def percentile(self, share: float) -> float:
        """Return the wait in milliseconds that this share of the requests did not exceed."""
        return sorted(self.waits)[min(int(len(self.waits) * share), len(self.waits) - 1)] * 1000


class Refused(Exception):
    """An answer was not the expected one; a load of refusals measures nothing."""


class Connection(asyncio.Protocol):
    """One kept HTTP/1.1 connection, one request at a time."""

    def __init__(self, expected: bytes) -> None:
        self._expected, self._got = expected, b""
        self._answer: asyncio.Future[bytes] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)  # uvloop's is one only by its methods

    async def ask(self, request: bytes) -> bytes:
        """Return the whole answer, head and body."""
        self._answer, self._got = asyncio.get_running_loop().create_future(), b""
        self.transport.write(request)
        return await self._answer

    def data_received(self, data: bytes) -> None:
        self._got += data
        head = self._got.find(b"\r\n\r\n")
        length = _LENGTH.search(self._got, 0, head) if head > 0 else None
        if self._answer is None or length is None or len(self._got) < head + 4 + int(length[1]):
            return
        answer, self._answer = self._answer, None
        if self._got.startswith(b"HTTP/1.1 " + self._expected):
            answer.set_result(self._got)
        else:
            answer.set_exception(Refused(self._got[:600].decode(errors="replace")))

    def connection_lost(self, error: Exception | None) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(Refused(f"the server closed the connection: {error}"))


def get(url: str, *headers: str) -> bytes:
    """Return a GET request as bytes."""
    where = urlsplit(url)
    target = f"{where.path}?{where.query}" if where.query else where.path
    return "\r\n".join([f"GET {target} HTTP/1.1", f"Host: {where.netloc}", *headers, "", ""]).encode()


def post(url: str, body: bytes, *headers: str) -> bytes:
    """Return a POST request as bytes."""
    where = urlsplit(url)
    lines = [f"POST {where.path} HTTP/1.1", f"Host: {where.netloc}", "Content-Type: application/json", *headers]
    return "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode() + body


def closed(url: str, requests: Iterator[bytes], *, seconds: float, clients: int = CLIENTS, expected: bytes = b"201") -> Load:
    """Let each of `clients` ask one thing after the other, the next one when it has its answer."""

    async def run(connections: list[Connection], waits: list[float]) -> None:
        end = time.perf_counter() + seconds

        async def client(connection: Connection) -> None:
            while (begun := time.perf_counter()) < end:
                await connection.ask(next(requests))
                waits.append(time.perf_counter() - begun)

        await asyncio.gather(*map(client, connections))

    return _loaded(url, clients, expected, run, seconds)


def each(url: str, requests: Iterable[bytes], *, expected: bytes = b"201") -> Load:
    """Ask every one of the requests, one after the other."""

    async def run(connections: list[Connection], waits: list[float]) -> None:
        for request in requests:
            begun = time.perf_counter()
            await connections[0].ask(request)
            waits.append(time.perf_counter() - begun)

    return _loaded(url, 1, expected, run, ANSWER_SECONDS_MAX)


def at_rate(
    url: str, requests: Iterator[bytes], rate: float, *, seconds: float, clients: int = 4 * CLIENTS, expected: bytes = b"201"
) -> Load:
    """Ask at a fixed rate, however long the answers take; a wait is counted from the instant the request was due."""

    async def run(connections: list[Connection], waits: list[float]) -> None:
        begun, places = time.perf_counter(), itertools.count()

        async def client(connection: Connection) -> None:
            while (due := next(places) / rate) < seconds:
                await asyncio.sleep(begun + due - time.perf_counter())
                await connection.ask(next(requests))
                waits.append(time.perf_counter() - begun - due)

        await asyncio.gather(*map(client, connections))

    return _loaded(url, clients, expected, run, seconds)


def _loaded(
    url: str, clients: int, expected: bytes, run: Callable[[list[Connection], list[float]], Awaitable[None]], seconds: float
) -> Load:
    async def connected() -> Load:
        where, loop = urlsplit(url), asyncio.get_running_loop()
        pairs = [
            await loop.create_connection(lambda: Connection(expected), where.hostname or "", where.port or 80)
            for _ in range(clients)
        ]
        waits: list[float] = []
        begun, cpu = time.perf_counter(), time.process_time()
        async with asyncio.timeout(seconds + ANSWER_SECONDS_MAX):
            await run([connection for _, connection in pairs], waits)
        load = Load(time.perf_counter() - begun, waits, time.process_time() - cpu)
        for transport, _ in pairs:
            transport.close()
        return load

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(connected())
