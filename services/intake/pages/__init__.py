"""intake's pages: cases to look for, one case with what the vault keeps of it, and the form that registers one."""

from collections.abc import Iterable
from pathlib import Path

from fastapi import APIRouter

from libs.service.running import RunningService
from services.intake.pages.case import case_router
from services.intake.pages.cases import cases_router
from services.intake.pages.registering import registering_router

PAGES = Path(__file__).parent
"""Where their templates and words are."""


def page_routes(running: RunningService, pepper: str) -> Iterable[APIRouter]:
    """Return the routes of all pages."""
    yield cases_router(running, pepper)
    yield registering_router(running, pepper)
    yield case_router(running)
