"""A service's HTTP app, assembled: what all five share around the routers of one."""

import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from prometheus_client.registry import Collector
from starlette.middleware import Middleware

from libs import VERSION
from libs.events.words.now import Now, real_now
from libs.web.context import Context
from libs.web.door import Door
from libs.web.formats import Formats
from libs.web.guard import Guard
from libs.web.health import Check, health_router
from libs.web.keys import Keyring
from libs.web.limiter import Limiter
from libs.web.limits import BodyLimit
from libs.web.metrics import Metrics, Red, metrics_router
from libs.web.openapi import describer
from libs.web.overdue import Late, Overdue
from libs.web.problem_pages import problems_router
from libs.web.problems import HANDLERS
from libs.web.rates import Seconds
from libs.web.settings import WebSettings

OPERATION = "For operators of the service."

# The interactive pages load their scripts from elsewhere; a redirect would lose a POST's body.
# Spans and figures are our own (context.py, metrics.py), so FastAPI's would be second ones.
_LEFT_OUT: dict[str, Any] = {
    "docs_url": None,
    "redoc_url": None,
    "redirect_slashes": False,
    "telemetry": {"tracing": False, "metrics": False, "logs": False},
}

_ALIKE: dict[str, Any] = {"exception_handlers": HANDLERS}

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


def create_app(
    name: str,
    title: str,
    routers: Iterable[APIRouter],
    *,
    settings: WebSettings,
    description: str = "",
    version: str = VERSION,
    checks: Mapping[str, Check] | None = None,
    metrics: Metrics | None = None,
    collectors: Iterable[Collector] = (),
    lifespan: Lifespan | None = None,
    larger_bodies: Mapping[str, int] | None = None,
    late: Mapping[str, Late] | None = None,
    tags: Mapping[str, str] | None = None,
    now: Now = real_now,
    ticks: Seconds = time.monotonic,
) -> FastAPI:
    """Return the app. `larger_bodies`: path → bytes, where the common limit is too small; `tags`: what those of the routes mean.

    `late`: beginning of a path → the answer there, and when it is given, if the work does not end (overdue.py).

    Clean up in `lifespan`: once a signal has stopped the server, code after it does not run.
    """
    measured = _measured(metrics or Metrics(name), collectors)
    app = FastAPI(
        title=title,
        description=description,
        version=version,
        openapi_tags=_told({**(tags or {}), "operation": OPERATION}),
        # Outermost first: every answer, also the guard's, is named, counted and dressed.
        middleware=[
            Middleware(Context, service=name, now=now),
            Middleware(Red, metrics=measured),
            Middleware(Guard),
            Middleware(Door, limiter=Limiter(settings.rate_limit, ticks) if settings.rate_limit else None),
            Middleware(Overdue, seconds=settings.answer_seconds, late=late or {}),
            Middleware(Formats),
            Middleware(BodyLimit, bytes_max=settings.body_bytes_max, larger=larger_bodies or {}),
        ],
        lifespan=lifespan,
        **_ALIKE,
        **_LEFT_OUT,
    )
    return _completed(app, [*routers, *_operation(checks or {}, measured, settings)], measured, settings)


def _measured(metrics: Metrics, collectors: Iterable[Collector]) -> Metrics:
    for collector in collectors:
        metrics.collect(collector)
    return metrics


def _told(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"name": tag, "description": means} for tag, means in tags.items()]


def _operation(checks: Mapping[str, Check], metrics: Metrics, settings: WebSettings) -> Iterable[APIRouter]:
    yield health_router(checks, settings.check_seconds)
    yield metrics_router(metrics, settings.check_seconds)
    yield problems_router()


def _completed(app: FastAPI, routers: Iterable[APIRouter], metrics: Metrics, settings: WebSettings) -> FastAPI:
    app.state.keyring = Keyring(settings.keys_file) if settings.keys_file else None
    app.state.metrics = metrics
    app.state.as_of = lambda: None  # until when questions are answered completely, if that is known
    # Not by include_router, because FastAPI then looks twice for the route of every request.
    app.router.routes.extend(route for router in routers for route in router.routes)
    for route in app.router.routes:
        if isinstance(route, APIRoute):
            route.unique_id = route.name
    app.openapi = describer(app, settings.docs_language)  # type: ignore[method-assign]
    return app
