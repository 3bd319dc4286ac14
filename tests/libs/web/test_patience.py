"""Clients that send slowly, say nothing, never read or are very many do not keep the others waiting."""

import asyncio
import json
import resource
import select
import socket
import subprocess
import sys
import textwrap
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress

import httpx
import pytest
from fastapi import APIRouter
from starlette.responses import Response

from libs.web.patience import HEAD_BYTES_MAX
from libs.web.serve import Serving
from libs.web.settings import WebSettings
from tests.libs.web.tiny import tiny_app

pytestmark = pytest.mark.slow

HEAD = b"POST /things HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nIdempotency-Key: k\r\n"
LONG = 30
"""Seconds that never pass unless something hangs."""

big = APIRouter()


@big.get("/big")
async def get_big() -> Response:
    return Response(b"x" * (64 << 20))


@asynccontextmanager
async def serving(**limits: float) -> AsyncIterator[tuple[Serving, int]]:
    settings = WebSettings(port=0, **{"request_seconds": 1.0, "idle_seconds": 1, **limits})  # type: ignore[arg-type]
    app = tiny_app(settings)
    app.include_router(big)
    served = Serving([(app, settings)])
    running = asyncio.create_task(served.run(signals=False))
    await asyncio.wait_for(served.until_up(), LONG)
    try:
        yield served, served.ports[0] or 0
    finally:
        served.stop()
        await asyncio.wait_for(running, LONG)


async def shown_out(port: int, first: bytes, drip: bytes, *, half_open: bool = False) -> bytes:
    """Send `first`, then `drip` again and again; return the answer once the connection was closed."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(first)
    if half_open:
        writer.write_eof()
    answer = asyncio.create_task(reader.read())
    while not answer.done():
        if drip and not writer.is_closing():
            writer.write(drip)
        await asyncio.wait([answer], timeout=0.05)
    writer.close()
    return b"" if answer.exception() else answer.result()


@pytest.mark.parametrize(
    ("why", "first", "drip"),
    [
        ("says nothing", b"", b""),
        ("half a head, then nothing", HEAD, b""),
        ("a head that drips", HEAD, b"x"),
        ("headers that drip", HEAD, b"X-More: y\r\n"),
        ("a request line that drips", b"GET /", b"a"),
        ("blank lines that drip", b"", b"\r\n"),
        ("half a body, then nothing", HEAD + b"Content-Length: 100\r\n\r\n{", b""),
        ("a body that drips", HEAD + b"Content-Length: 100000\r\n\r\n{", b" "),
        ("a body in chunks that drips", HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
        ("a second request that drips", b"GET /names HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" + HEAD, b"x"),
    ],
)
async def test_a_slow_client_is_shown_out(why: str, first: bytes, drip: bytes) -> None:
    async with serving() as (_, port), httpx.AsyncClient() as client:
        slow = [asyncio.create_task(shown_out(port, first, drip)) for _ in range(20)]
        await asyncio.sleep(0.2)
        assert (await client.get(f"http://127.0.0.1:{port}/names")).status_code == 200
        await asyncio.wait_for(asyncio.gather(*slow), LONG)
        assert (await client.get(f"http://127.0.0.1:{port}/names")).status_code == 200


@pytest.mark.parametrize("first", [b"", HEAD, HEAD + b"Content-Length: 100\r\n\r\n{"])
async def test_a_half_open_connection_is_shown_out(first: bytes) -> None:
    async with serving() as (_, port):
        await asyncio.wait_for(shown_out(port, first, b"", half_open=True), LONG)


async def test_a_client_that_never_reads_a_large_answer_is_shown_out() -> None:
    async with serving() as (served, port):
        _, writer = await asyncio.open_connection("127.0.0.1", port, limit=1024)
        writer.write(b"GET /big HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        connections = served._servers[0].server_state.connections
        for wanted in (1, 0):
            async with asyncio.timeout(LONG):
                while len(connections) != wanted:  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
        writer.close()


async def test_a_slow_service_is_no_slow_client() -> None:
    async with serving(request_seconds=0.1) as (_, port), httpx.AsyncClient() as client:
        assert (await client.get(f"http://127.0.0.1:{port}/slow")).status_code == 200


async def test_between_two_requests_a_connection_may_be_silent() -> None:
    async with serving(idle_seconds=20, request_seconds=0.1) as (_, port):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in range(2):
            writer.write(b"GET /names HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            assert (await reader.readline()).startswith(b"HTTP/1.1 200")
            length = int((await reader.readuntil(b"\r\n\r\n")).lower().split(b"content-length: ")[1].split(b"\r\n")[0])
            await reader.readexactly(length)
            await asyncio.sleep(1.0)
        writer.close()


def head_of(size: int, *, headers: int) -> bytes:
    """Return a request whose path, names and values have `size` bytes."""
    room = size - len("/names") - len("host") - len("127.0.0.1")
    each = [room // headers + (1 if number < room % headers else 0) for number in range(headers)]
    lines = b"".join(b"x-%04d: %s\r\n" % (number, b"v" * (one - 6)) for number, one in enumerate(each))
    return b"GET /names HTTP/1.1\r\nhost: 127.0.0.1\r\n" + lines + b"\r\n"


@pytest.mark.parametrize("headers", [1, 100])
@pytest.mark.parametrize(
    ("why", "size", "status"),
    [
        ("at the limit", HEAD_BYTES_MAX, b"200"),
        ("one byte above", HEAD_BYTES_MAX + 1, b"431"),
        ("far above", 4 << 20, b"431"),
    ],
)
async def test_a_head_has_a_limit(headers: int, why: str, size: int, status: bytes) -> None:
    async with serving() as (_, port):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(head_of(size, headers=headers))
        try:
            assert (await asyncio.wait_for(reader.readline(), LONG)).split()[1] == status
        except ConnectionResetError:
            # Bytes that were on their way when the server closed may take its answer with them.
            assert status == b"431"
        writer.close()


@pytest.mark.parametrize(("size", "status"), [(60_000, b"422"), (66_000, b"431")])
async def test_an_address_counts_as_head(size: int, status: bytes) -> None:
    async with serving() as (_, port):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /names?" + b"a" * size + b" HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n")
        assert (await asyncio.wait_for(reader.readline(), LONG)).split()[1] == status
        writer.close()


async def test_the_connection_that_waits_longest_makes_room() -> None:
    async with serving(connections_max=3, request_seconds=600) as (_, port):
        opened = [await asyncio.open_connection("127.0.0.1", port) for _ in range(3)]
        async with httpx.AsyncClient() as client:
            assert (await client.get(f"http://127.0.0.1:{port}/names")).status_code == 200
        with suppress(ConnectionResetError):
            assert await asyncio.wait_for(opened[0][0].read(), LONG) == b""
        opened[2][1].write(b"GET /names HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert (await asyncio.wait_for(opened[2][0].readline(), LONG)).startswith(b"HTTP/1.1 200")
        for _, writer in opened:
            writer.close()


MANY = 10_000
SCRIPT = """
    import sys
    from libs.web.serve import serve
    from libs.web.settings import WebSettings
    from tests.libs.web.tiny import tiny_app

    settings = WebSettings(port=int(sys.argv[1]), request_seconds=10.0)
    serve((tiny_app(settings), settings))
"""


@pytest.fixture
def port_of_many() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-c", textwrap.dedent(SCRIPT), str(port)])
    yield port
    process.terminate()
    process.wait(LONG)


def names(port: int) -> dict[str, str]:
    transport = httpx.HTTPTransport(retries=8)
    with httpx.Client(transport=transport, timeout=LONG) as client:
        return json.loads(client.get(f"http://127.0.0.1:{port}/names").raise_for_status().content)


def test_ten_thousand_idle_connections_keep_nobody_waiting(port_of_many: int) -> None:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert before[1] >= MANY + 500, f"this machine lets a process open {before[1]} files; this test needs {MANY + 500}"
    resource.setrlimit(resource.RLIMIT_NOFILE, (before[1], before[1]))
    opened: list[socket.socket] = []
    try:
        assert names(port_of_many)["request"]
        for _ in range(MANY):
            opened.append(socket.create_connection(("127.0.0.1", port_of_many), LONG))
        assert names(port_of_many)["request"]
        waiting = {one.fileno(): one for one in opened}
        poll = select.poll()
        for number in waiting:
            poll.register(number, select.POLLIN)
        while waiting:
            ready = poll.poll(LONG * 1000)
            assert ready, f"{len(waiting)} idle connections were never closed"
            for number, _ in ready:
                poll.unregister(number)
                waiting.pop(number)
        assert names(port_of_many)["request"]
    finally:
        for one in opened:
            one.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


@pytest.mark.parametrize(
    ("why", "version", "hosts", "status"),
    [
        ("one host", "1.1", ["127.0.0.1"], b"200"),
        ("none", "1.1", [], b"400"),
        ("two", "1.1", ["127.0.0.1", "127.0.0.1"], b"400"),
        ("two, in other letters", "1.1", ["127.0.0.1", "evil.example.org"], b"400"),
        ("none, before hosts were asked for", "1.0", [], b"200"),
        ("two, whatever the version", "1.0", ["127.0.0.1", "a"], b"400"),
    ],
)
async def test_a_request_names_one_host(why: str, version: str, hosts: list[str], status: bytes) -> None:
    async with serving() as (_, port):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        lines = [f"{name}: {host}" for name, host in zip(("host", "HOST"), hosts, strict=False)]
        writer.write("\r\n".join([f"GET /healthz HTTP/{version}", *lines, "", ""]).encode())
        assert (await asyncio.wait_for(reader.readline(), LONG)).split()[1] == status, why
        writer.close()


async def test_blanks_around_a_header_are_no_part_of_it() -> None:
    async with serving() as (_, port):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /healthz HTTP/1.1\r\nhost: 127.0.0.1\r\nx-request-id: \t one \t \r\nconnection: close\r\n\r\n")
        assert b"x-request-id: one\r\n" in await asyncio.wait_for(reader.read(), LONG)
        writer.close()
