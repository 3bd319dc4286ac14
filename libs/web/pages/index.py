"""The start page of a service that has none of its own: what it is, and where to go."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from libs.web.pages.negotiation import PageOnlyRoute
from libs.web.pages.shell import Shell


def index_router(shell: Shell) -> APIRouter:
    """Return the route."""
    router = APIRouter(route_class=PageOnlyRoute)

    @router.get("/")
    async def get_index(request: Request) -> Response:
        """Say what this service is and where to go."""
        return shell.page(request, "index.html")

    return router
