"""Over a real server on loopback: limits, streams, and an orderly stop."""

import asyncio
import signal
import socket
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from libs.web.rates import Rate
from libs.web.serve import CannotServe, Serving
from libs.web.settings import WebSettings
from tests.libs.web.tiny import tiny_app

pytestmark = pytest.mark.slow

SETTINGS = WebSettings(port=0, body_bytes_max=1024, stop_seconds=5)
HEADERS = {"Idempotency-Key": "k", "Content-Type": "application/json"}


@asynccontextmanager
async def served(*apps: FastAPI, settings: WebSettings = SETTINGS) -> AsyncIterator[Serving]:
    serving = Serving([(app, settings) for app in apps])
    running = asyncio.create_task(serving.run(signals=False))
    await asyncio.wait_for(serving.until_up(), 10)
    try:
        yield serving
    finally:
        serving.stop()
        await asyncio.wait_for(running, 10)


async def streamed(count: int) -> AsyncIterator[bytes]:
    for _ in range(count):
        yield b" " * 1024


async def test_limits_hold_over_the_wire() -> None:
    async with served(tiny_app(SETTINGS)) as serving, httpx.AsyncClient() as client:
        address = f"http://127.0.0.1:{serving.ports[0]}"
        announced = await client.post(f"{address}/things", content=b" " * 3_000_000, headers=HEADERS)
        flowing = await client.post(f"{address}/things", content=streamed(3000), headers=HEADERS)
        allowed = await client.post(f"{address}/import", content=streamed(4))
        after = await client.get(f"{address}/names")
    assert [one.status_code for one in (announced, flowing, allowed, after)] == [413, 413, 200, 200]
    assert announced.headers["content-type"] == flowing.headers["content-type"] == "application/problem+json"
    assert "server" not in after.headers


@pytest.mark.parametrize(
    ("why", "proxies", "told", "counted"),
    [
        ("a proxy says who calls", "127.0.0.1", "192.0.2.7", True),
        ("of what it was told itself, the last is true", "127.0.0.1", "198.51.100.1, 192.0.2.7", True),
        ("a chain of proxies", "127.0.0.1,10.0.0.0/8", "192.0.2.7, 10.1.2.3", True),
        ("nobody is a proxy", "", "192.0.2.7", False),
        ("another is", "10.0.0.0/8", "192.0.2.7", False),
    ],
)
async def test_only_a_proxy_says_who_calls(why: str, proxies: str, told: str, counted: bool) -> None:
    settings = WebSettings(port=0, rate_limit=Rate(2, 3600), proxies=proxies)
    async with served(tiny_app(settings), settings=settings) as serving, httpx.AsyncClient() as client:
        address = f"http://127.0.0.1:{serving.ports[0]}/names"
        answers = [await client.get(address, headers={"X-Forwarded-For": told}) for _ in range(3)]
        other = await client.get(address, headers={"X-Forwarded-For": "192.0.2.8"})
    assert [one.status_code for one in answers] == [200, 200, 429 if counted else 200]
    assert other.headers.get("RateLimit") == ('"address";r=1;t=3600' if counted else None)


async def test_a_half_sent_answer_breaks_the_connection() -> None:
    async with served(tiny_app(SETTINGS)) as serving, httpx.AsyncClient() as client:
        with pytest.raises(httpx.RemoteProtocolError):
            await client.get(f"http://127.0.0.1:{serving.ports[0]}/half")


async def test_bytes_that_are_no_http_are_no_disaster() -> None:
    async with served(tiny_app(SETTINGS)) as serving:
        reader, writer = await asyncio.open_connection("127.0.0.1", serving.ports[0])
        writer.write(b"GET /\xff\xfe HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n")
        assert b" 500 " not in await reader.read()
        writer.close()
        async with httpx.AsyncClient() as client:
            assert (await client.get(f"http://127.0.0.1:{serving.ports[0]}/healthz")).status_code == 200


async def test_a_stop_finishes_what_runs_and_cleans_up_after(capsys: pytest.CaptureFixture[str]) -> None:
    happened: list[str] = []

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        happened.append("up")
        yield
        happened.append("down")

    apps = (tiny_app(SETTINGS, lifespan=lifespan), tiny_app(SETTINGS))
    async with httpx.AsyncClient() as client, served(*apps) as serving:
        ports = serving.ports
        asked = asyncio.create_task(client.get(f"http://127.0.0.1:{ports[0]}/slow"))
        for _ in range(1000):
            if "asked" in capsys.readouterr().out:
                break
            await asyncio.sleep(0.01)
        serving.stop()
        answer = await asked
        happened.append("answered")
    assert (answer.status_code, happened) == (200, ["up", "answered", "down"])
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", ports[0] or 0), 1)


async def test_one_that_does_not_start_stops_its_neighbours_in_order() -> None:
    happened: list[str] = []

    @asynccontextmanager
    async def fine(app: FastAPI) -> AsyncIterator[None]:
        yield
        happened.append("down")

    @asynccontextmanager
    async def broken(app: FastAPI) -> AsyncIterator[None]:
        raise RuntimeError("no database")
        yield

    serving = Serving([(tiny_app(SETTINGS, lifespan=fine), SETTINGS), (tiny_app(SETTINGS, lifespan=broken), SETTINGS)])
    with pytest.raises(CannotServe, match="Tiny"):
        await asyncio.wait_for(serving.run(signals=False), 10)
    assert happened == ["down"]


def test_a_taken_port_is_told_before_anything_starts() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        settings = WebSettings(port=taken.getsockname()[1])
        with pytest.raises(CannotServe, match=str(settings.port)):
            Serving([(tiny_app(), SETTINGS), (tiny_app(), settings)])


@pytest.fixture
def socket_path() -> Iterator[Path]:
    """A path short enough for a Unix socket, which pytest's own may not be."""
    with tempfile.TemporaryDirectory(prefix="loopdesk-") as folder:
        yield Path(folder) / "s"


async def test_a_unix_socket_will_do(socket_path: Path) -> None:
    settings = WebSettings(uds=socket_path)
    transport = httpx.AsyncHTTPTransport(uds=str(socket_path))
    async with served(tiny_app(settings), settings=settings), httpx.AsyncClient(transport=transport) as client:
        assert (await client.get("http://local/healthz")).status_code == 200


SCRIPT = """
    import asyncio, sys
    from contextlib import asynccontextmanager
    from libs.web import logs
    from libs.web.serve import serve
    from libs.web.settings import WebSettings
    from tests.libs.web.tiny import tiny_app

    def lifespan(name):
        @asynccontextmanager
        async def around(app):
            print("up", name, flush=True)
            yield
            await asyncio.sleep(0.2)
            print("down", name, flush=True)
        return around

    logs.configure()
    first, second = (WebSettings(port=int(port)) for port in sys.argv[1:])
    serve((tiny_app(first, lifespan=lifespan("a")), first), (tiny_app(second, lifespan=lifespan("b")), second))
"""


def free_ports() -> list[int]:
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as two:
        return [one.getsockname()[1], two.getsockname()[1]]


async def up(client: httpx.AsyncClient, port: int) -> None:
    for _ in range(200):
        try:
            await client.get(f"http://127.0.0.1:{port}/healthz")
            return
        except httpx.ConnectError:
            await asyncio.sleep(0.05)
    raise AssertionError("the process did not come up")


@pytest.mark.parametrize(("sent", "status"), [(signal.SIGTERM, -signal.SIGTERM), (signal.SIGINT, 0)])
async def test_a_signal_stops_all_apps_in_order(sent: signal.Signals, status: int) -> None:
    ports = free_ports()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", textwrap.dedent(SCRIPT), *map(str, ports), stdout=subprocess.PIPE
    )
    async with httpx.AsyncClient() as client:
        for port in ports:
            await up(client, port)
        asked = asyncio.create_task(client.get(f"http://127.0.0.1:{ports[1]}/slow"))
        assert process.stdout is not None
        while (await process.stdout.readline()).strip() != b"asked":
            pass
        process.send_signal(sent)
        assert (await asked).status_code == 200
    out, _ = await asyncio.wait_for(process.communicate(), 15)
    assert sorted(out.decode().split("\n")[:2]) == ["down a", "down b"]
    assert process.returncode == status
