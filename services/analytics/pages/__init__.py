"""analytics' pages: the board, and the life of a case."""

from collections.abc import Iterable
from pathlib import Path
from zoneinfo import ZoneInfo

from fastapi import APIRouter

from libs.service.running import RunningService
from services.analytics.pages.board import board_router
from services.analytics.pages.life import life_router

PAGES = Path(__file__).parent
"""Where their templates and words are."""


def page_routes(running: RunningService, zone: ZoneInfo) -> Iterable[APIRouter]:
    """Return the routes of all pages."""
    yield board_router(running, zone)
    yield life_router(running, zone)
