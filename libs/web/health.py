"""Alive and ready: `/healthz` says that the process answers, `/readyz` that everything it needs answers too."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Literal

import structlog
from fastapi import APIRouter, Request
from starlette.responses import Response
from typing_extensions import TypedDict

from libs.web.answers import shown
from libs.web.guard import is_away
from libs.web.probe import Probe
from libs.web.problems import problem
from libs.web.shapes import shaped


class Note(str):
    """Something that a check reports while the service is still ready."""

    __slots__ = ()


Check = Callable[[], Awaitable[str | None]]
"""Returns nothing when all is well, else one sentence for the operator (a Note: though it is ready); may also raise."""


class Alive(TypedDict):
    """The process answers."""

    status: Literal["alive"]


class Ready(TypedDict):
    """Everything that is needed answers; each check by its name."""

    status: Literal["ready"]
    checks: dict[str, str]


_output = structlog.get_logger("web")


def health_router(checks: Mapping[str, Check], seconds: float) -> APIRouter:
    """Return the two routes; the checks are asked at every call."""
    router = APIRouter(tags=["operation"])
    probes = [Probe(name, check) for name, check in checks.items()]

    @router.get("/healthz", summary="The process lives", response_class=Response, responses=shaped(Alive))
    async def alive() -> Response:
        """Answer while the process is alive; if there is no answer, restart it."""
        return shown({"status": "alive"})

    @router.get("/readyz", summary="Everything needed answers", response_class=Response, responses=shaped(Ready))
    async def ready(request: Request) -> Response:
        """Say what is missing with 503; send traffic elsewhere until this answers 200."""
        found = {probe.name: await _ask(probe, seconds) for probe in probes}
        told: dict[str, Any] = {name: str(why or "ok") for name, why in found.items()}
        wrong = [name for name, why in found.items() if why and not isinstance(why, Note)]
        if not wrong:
            return shown({"status": "ready", "checks": told})
        detail = f"Not ready: {', '.join(wrong)}. Send requests elsewhere until this answers 200."
        return problem(503, "not-ready", detail, at=request, headers={"Retry-After": "1"}, checks=told)

    return router


async def _ask(probe: Probe, seconds: float) -> str | None:
    try:
        why = await probe.answer(seconds)
    except Exception as error:
        # The message may name hosts and users, so it goes to the log only. An outage needs no traceback at every probe.
        told: dict[str, Any] = {"why": f"{type(error).__name__}: {error}"} if is_away(error) else {"exc_info": error}
        _output.warning("readiness check failed", check=probe.name, **told)
        return type(error).__name__
    return why if isinstance(why, Note) or why is None else str(why)
