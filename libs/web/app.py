"""A service's HTTP app, assembled: what all five share around the routers of one."""

import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
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
from libs.web.pages.docs import docs_router
from libs.web.pages.index import index_router
from libs.web.pages.negotiation import PageRoute
from libs.web.pages.problem_face import ProblemFaces
from libs.web.pages.sessions import Sessions
from libs.web.pages.settings import PageSettings
from libs.web.pages.shell import Shell
from libs.web.pages.signing_in import sign_in_router
from libs.web.pages.static import static_router
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
    shell: Shell | None = None,
    description: str = "",
    checks: Mapping[str, Check] | None = None,
    metrics: Metrics | None = None,
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
    measured = metrics or Metrics(name)
    app = FastAPI(
        title=title,
        description=description,
        version=VERSION,
        openapi_tags=_told({**(tags or {}), "operation": OPERATION}),
        # Outermost first: every answer, also the guard's, is named, counted and dressed.
        middleware=[
            Middleware(Context, service=name, now=now),
            Middleware(Red, metrics=measured),
            Middleware(ProblemFaces),
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
    routers = [*routers, *_operation(checks or {}, measured, settings)]
    return _completed(app, routers, measured, settings, shell or Shell(name, PageSettings()))


def _told(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"name": tag, "description": means} for tag, means in tags.items()]


def _operation(checks: Mapping[str, Check], metrics: Metrics, settings: WebSettings) -> Iterable[APIRouter]:
    yield health_router(checks, settings.check_seconds)
    yield metrics_router(metrics, settings.check_seconds)
    yield problems_router()


def _pages(shell: Shell) -> Iterable[APIRouter]:
    yield sign_in_router(shell)
    yield static_router()
    yield index_router(shell)
    yield docs_router(shell)


def _completed(app: FastAPI, routers: Iterable[APIRouter], metrics: Metrics, settings: WebSettings, shell: Shell) -> FastAPI:
    app.state.keyring = keyring = Keyring(settings.keys_file) if settings.keys_file else None
    app.state.sessions = Sessions(keyring, shell.settings.secret) if keyring else None
    app.state.shell = shell
    app.state.is_stopping = False  # then streams of events end
    app.state.metrics = metrics
    app.state.as_of = lambda: None  # until when questions are answered completely, if that is known
    # Not by include_router, because FastAPI then looks twice for the route of every request.
    # A page comes before the JSON of the same address, because only its own clients see it.
    routes = [route for router in (*routers, *_pages(shell)) for route in router.routes]
    app.router.routes.extend(sorted(routes, key=lambda route: not isinstance(route, PageRoute)))
    for route in app.router.routes:
        if isinstance(route, APIRoute):
            route.unique_id = route.name
    app.openapi = describer(app, settings.docs_language)  # type: ignore[method-assign]
    return app
