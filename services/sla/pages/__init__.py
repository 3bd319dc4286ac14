"""sla's pages: which promises run, wait, are at risk or broken, and the board of the most urgent; why one stands as it does; the
calendars, the policies, and the reckonings.
"""

from fastapi import APIRouter

from libs.service.running import RunningService
from services.sla.pages.board import board_router
from services.sla.pages.breaches import breaches_router
from services.sla.pages.calendars import calendars_router
from services.sla.pages.case import case_router
from services.sla.pages.clocks import clocks_router
from services.sla.pages.policies import policies_router
from services.sla.pages.reckonings import reckonings_router


def page_routes(running: RunningService) -> list[APIRouter]:
    """Return the routes."""
    return [
        clocks_router(running),
        board_router(running),
        breaches_router(running),
        case_router(running),
        calendars_router(running),
        policies_router(running),
        reckonings_router(running),
    ]
