"""routing's pages: the work there is, one case with what may be done about it, the process standards, and the teams."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from fastapi import APIRouter

from libs.service.running import RunningService
from services.routing.pages.cases import cases_router
from services.routing.pages.forms import Asked, Execute, forms_router
from services.routing.pages.processes import processes_router
from services.routing.pages.rosters import rosters_router
from services.routing.pages.work import work_router

PAGES = Path(__file__).parent
"""Where their templates and words are."""


def page_routes(running: RunningService, execute: Execute, commands: Mapping[str, Asked]) -> Iterable[APIRouter]:
    """Return the routes of all pages; `execute` and `commands` are those of the API."""
    yield work_router(running)
    yield cases_router(running)
    yield forms_router(execute, commands)
    yield processes_router(running)
    yield rosters_router(running)
