"""A service's HTTP app: its routes in the shell that all five share, its process around them."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import structlog
from fastapi import APIRouter, FastAPI

from libs.service.reading import TAGS, reading_routers
from libs.service.reads import Audit, Cases
from libs.service.running import RunningService
from libs.service.settings import AuditSettings
from libs.web.app import create_app
from libs.web.environment import from_environment
from libs.web.health import Check
from libs.web.pages.settings import PageSettings
from libs.web.pages.shell import Shell
from libs.web.settings import WebSettings

AGAIN_SECONDS = 1.0

_output = structlog.get_logger()


def app_of(
    running: RunningService,
    title: str,
    routers: Iterable[APIRouter],
    web: WebSettings,
    *,
    card: str | None = None,
    started: Callable[[], Any] | None = None,
    meanwhile: Callable[[], Coroutine[Any, Any, None]] | None = None,
    checks: Mapping[str, Check] | None = None,
    pages: Path | None = None,
    cases: Cases | None = None,
    tags: Mapping[str, str] | None = None,
    **options: Any,
) -> FastAPI:
    """Return the app of a running service.

    `started` is awaited once everything runs, before the first request; `meanwhile` runs beside the requests to its end.
    `card` is the service's own; its first line describes it. `pages` is the folder of its own pages. Of `cases` it reads who
    serves them, if it is for more than the scopes to say who may read one.
    """
    audit = _audit(running, cases)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with running.open():
            if started is not None:
                await started()
            async with running_beside(meanwhile), running_beside(audit.forgetting if audit else None):
                yield

    app = create_app(
        running.service.name,
        title,
        [*routers, *(reading_routers(running) if audit else ())],
        settings=web,
        shell=Shell(running.service.name, from_environment(PageSettings, service=running.service.name), pages),
        metrics=running.metrics,
        lifespan=lifespan,
        description=(card or "").partition("\n")[0],
        checks={"service": running.check} | dict(checks or {}),
        tags={**(tags or {}), **(TAGS if audit else {})},
        **options,
    )
    app.state.as_of, app.state.audit = running.as_of, audit
    return app


def _audit(running: RunningService, cases: Cases | None) -> Audit | None:
    """Return the audit of a service whose vault has a place for it."""
    if "reads" not in running.service.vault:
        return None
    return Audit(running, cases, from_environment(AuditSettings, service=running.service.name).reads_days)


@asynccontextmanager
async def running_beside(work: Callable[[], Coroutine[Any, Any, None]] | None) -> AsyncIterator[None]:
    """Run something beside the body of the `with`, again whenever it fails, and end it afterwards."""
    task = None if work is None else asyncio.create_task(_until_done(work))
    try:
        yield
    finally:
        if task is not None:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


async def _until_done(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    while True:
        try:
            return await work()
        except Exception as error:
            _output.warning("cannot be done now, will try again", why=f"{type(error).__name__}: {error}")
            await asyncio.sleep(AGAIN_SECONDS)
