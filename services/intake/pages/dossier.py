"""The dossier of a case as a page: to read through, and to print."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from libs.service.running import RunningService
from libs.web.pages.language import language_of
from libs.web.pages.naming import process_name
from libs.web.pages.negotiation import PageRoute
from libs.web.pages.shell import Shell
from libs.web.text import Id
from services.intake.dossier import dossier_of
from services.intake.questions import Personal


def dossier_router(running: RunningService, pepper: str) -> APIRouter:
    """Return the route."""
    router = APIRouter(route_class=PageRoute)

    @router.get("/cases/{case_id}/dossier")
    async def get_dossier_page(request: Request, case_id: Id, client: Personal) -> Response:
        """Show it."""
        found = await dossier_of(running, case_id, pepper)
        shell: Shell = request.app.state.shell
        case = found["case"]
        process = process_name(running.known, language_of(request), case["process_id"], case["process_version"])
        return shell.page(request, "dossier.html", private=True, process=process, **found)

    return router
