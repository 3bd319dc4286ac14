"""/docs: the description of the service's API as a page to browse."""

from fastapi import APIRouter, FastAPI, Request
from starlette.responses import Response

from libs.web.openapi import describer
from libs.web.pages.language import language_of
from libs.web.pages.manual import Manual, manual
from libs.web.pages.negotiation import PageOnlyRoute, PageRoute
from libs.web.pages.shell import Shell
from libs.web.problems import Language, pages
from libs.web.ways import Ways


def docs_router(shell: Shell) -> APIRouter:
    """Return the route."""
    router = APIRouter(route_class=PageOnlyRoute)
    made: dict[Language, Manual] = {}

    @router.get("/docs")
    async def get_docs(request: Request) -> Response:
        """Show what /openapi.json says, with the scope of each operation."""
        spoken = language_of(request)
        if spoken not in made:
            made[spoken] = _manual(request.app, shell, spoken)
        return shell.page(request, "docs.html", manual=made[spoken], codes=pages())

    return router


def _manual(app: FastAPI, shell: Shell, spoken: Language) -> Manual:
    ways = Ways(one for one in app.routes if not isinstance(one, PageRoute))
    return manual(describer(app, spoken)(), shell.words(spoken), lambda method, path: ways.of(path)[method].scope)
