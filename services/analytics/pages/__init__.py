"""analytics' pages: the board, the life of a case, figures, timeliness, and what cases made of a process."""

from collections.abc import Iterable
from pathlib import Path
from zoneinfo import ZoneInfo

from fastapi import APIRouter

from libs.service.running import RunningService
from services.analytics.pages.board import board_router
from services.analytics.pages.cases import cases_router
from services.analytics.pages.counted import counted_router
from services.analytics.pages.figure import figure_router
from services.analytics.pages.figures import figures_router
from services.analytics.pages.life import life_router
from services.analytics.pages.process import process_router
from services.analytics.pages.rules import rules_router
from services.analytics.pages.timeliness import timeliness_router

PAGES = Path(__file__).parent
"""Where their templates and words are."""


def page_routes(running: RunningService, zone: ZoneInfo) -> Iterable[APIRouter]:
    """Return the routes of all pages."""
    yield board_router(running, zone)
    yield life_router(running, zone)
    yield figures_router(running, zone)
    yield figure_router(running, zone)
    yield rules_router(running, zone)
    yield timeliness_router(running, zone)
    yield process_router(running, zone)
    yield cases_router(running, zone)
    yield counted_router(running, zone)
