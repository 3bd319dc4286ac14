"""intake's pages: cases to look for, one with what the vault keeps of it, forms about a case, the customer's own."""

from collections.abc import Iterable
from pathlib import Path

from fastapi import APIRouter

from libs.service.running import RunningService
from services.intake.domain.link import Links
from services.intake.pages.attaching import attaching_router
from services.intake.pages.case import case_router
from services.intake.pages.cases import cases_router
from services.intake.pages.confirming import confirming_router
from services.intake.pages.dating import dating_router
from services.intake.pages.dossier import dossier_router
from services.intake.pages.recording import recording_router
from services.intake.pages.registering import registering_router
from services.intake.pages.talking import talking_router
from services.intake.pages.tracking import tracking_router
from services.intake.storage import Files

PAGES = Path(__file__).parent
"""Where their templates and words are."""


def page_routes(running: RunningService, pepper: str, links: Links, files: Files) -> Iterable[APIRouter]:
    """Return the routes of all pages."""
    yield cases_router(running, pepper)
    yield registering_router(running, pepper, links)
    yield recording_router(running, pepper)
    yield confirming_router(running, pepper)
    yield dating_router(running, pepper)
    yield dossier_router(running, pepper)
    yield attaching_router(running, pepper, files)
    yield talking_router(running)
    yield case_router(running, pepper, links, files)
    yield tracking_router(running, links)
