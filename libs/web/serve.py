"""Run one or several apps in one loop until a signal or `stop()`; running requests are finished first."""

import asyncio
import resource
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from types import FrameType
from typing import cast

import uvicorn
from fastapi import FastAPI

from libs.web.patience import Patient, Room
from libs.web.settings import WebSettings

BACKLOG = 512


class CannotServe(Exception):
    """An app did not start, or its address is taken; the others were stopped in order."""


class _Server(uvicorn.Server):
    """A server that leaves signals to the one who started it: only one of several could have them."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = asyncio.Event()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # Streams of events end now; otherwise everybody who looks at a page would hold up the stop.
        cast(FastAPI, self.config.app).state.is_stopping = True
        await super().shutdown(sockets=sockets)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        self.up.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class _Signals(uvicorn.Server):
    """Uvicorn's own signal handling, passed on to every server."""

    def __init__(self, servers: Sequence[uvicorn.Server]) -> None:
        super().__init__(servers[0].config)
        self.servers_told = servers

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        super().handle_exit(sig, frame)
        for server in self.servers_told:
            server.handle_exit(sig, frame)


class Serving:
    """Several apps being served. `run` ends when all have stopped; one that fails stops the others."""

    def __init__(self, apps: Sequence[tuple[FastAPI, WebSettings]]) -> None:
        self._sockets = _listen_all([settings for _, settings in apps])
        self._servers = [_Server(_config(app, settings)) for app, settings in apps]

    @property
    def ports(self) -> list[int | None]:
        """The TCP port of each app, in order; nothing for one on a Unix socket."""
        return [listener.getsockname()[1] if listener else None for listener in self._sockets]

    async def until_up(self) -> None:
        """Wait until every app accepts requests; what fails to start is told by `run`."""
        await asyncio.gather(*(server.up.wait() for server in self._servers))

    def stop(self) -> None:
        """Accept nothing more, finish what runs, end."""
        for server in self._servers:
            server.should_exit = True

    async def run(self, *, signals: bool = True) -> None:
        """Serve until stopped. With `signals`, a signal is raised again at the end: the process then dies of it."""
        if not signals:
            return await self._run()
        with _Signals(self._servers).capture_signals():
            await self._run()
        return None

    async def _run(self) -> None:
        pairs = zip(self._servers, self._sockets, strict=True)
        results = await asyncio.gather(*(self._one(server, listener) for server, listener in pairs))
        if failed := [why for why in results if why]:
            raise CannotServe("; ".join(failed))

    async def _one(self, server: _Server, listener: socket.socket | None) -> str | None:
        try:
            await server.serve(sockets=[listener] if listener else None)
        except SystemExit:
            # Uvicorn ends the process when a lifespan fails; the neighbours deserve an orderly stop.
            self.stop()
            server.up.set()
            return f"{server.config.app.title} did not start; the log says why"  # type: ignore[union-attr]
        return None


def serve(*apps: tuple[FastAPI, WebSettings]) -> None:
    """Serve the apps until SIGTERM or SIGINT."""
    serving = Serving(apps)
    _allow_files()
    with suppress(KeyboardInterrupt), asyncio.Runner(loop_factory=_config(*apps[0]).get_loop_factory()) as runner:
        runner.run(serving.run())


def _config(app: FastAPI, settings: WebSettings) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        uds=str(settings.uds) if settings.uds else None,
        lifespan="on",
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(settings.proxies_known),
        forwarded_allow_ips=settings.proxies_known,
        timeout_graceful_shutdown=settings.stop_seconds,
        timeout_keep_alive=settings.idle_seconds,
        http=cast(type[asyncio.Protocol], partial(Patient, room=Room(settings.connections_max, settings.request_seconds))),
    )


def _allow_files() -> None:
    """Let this process open as many files as it may: every connection is one, and idle clients soon take 1024."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def _listen_all(settings: Sequence[WebSettings]) -> list[socket.socket | None]:
    """Open every port before any app starts: a taken one then stops nothing halfway."""
    listeners: list[socket.socket | None] = []
    try:
        for each in settings:
            listeners.append(None if each.uds else _listen(each))
    except BaseException:
        for listener in filter(None, listeners):
            listener.close()
        raise
    return listeners


def _listen(settings: WebSettings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        return socket.create_server((settings.host, settings.port), family=family, backlog=BACKLOG)
    except OSError as error:
        raise CannotServe(f"cannot listen on {settings.host}:{settings.port}: {error.strerror}") from error
