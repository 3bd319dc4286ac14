"""The HTTP of reckonings, put together."""

from fastapi import APIRouter

from libs.service.running import RunningService
from libs.web.bodies import JSONRoute
from services.sla.reckonings.jobs import Wake, asking_routes, following_routes, turning_routes
from services.sla.reckonings.results import result_routes


def reckoning_routes(running: RunningService, wake: Wake) -> APIRouter:
    """Return the routes."""
    router = APIRouter(tags=["reckonings"], route_class=JSONRoute)
    asking_routes(router, running, wake)
    following_routes(router, running)
    turning_routes(router, running, wake)
    result_routes(router, running)
    return router
