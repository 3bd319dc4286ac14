"""The pages of the teams: who is on a roster with which roles, how much they have in hand, when they work and are away."""

from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.responses import Response

from libs.events.catalogue.standard import Person
from libs.service.running import RunningService
from libs.web.pages.language import language_of
from libs.web.pages.negotiation import PageRoute
from libs.web.pages.shell import Shell
from libs.web.text import Named
from services.routing import queries
from services.routing.domain.people.faults import unknown_roles
from services.routing.domain.people.presence import present
from services.routing.domain.people.week import week_of
from services.routing.pages.wording import Wording, names_of_roles
from services.routing.questions import Rosters, known_team


@dataclass(frozen=True, slots=True)
class Line:
    """A person of a roster, how many open visits they have, whether they are there now, and the hours of their week."""

    person: Person
    load: int
    is_there: bool
    week: Mapping[str, list[str]]


def rosters_router(running: RunningService) -> APIRouter:
    """Return the routes."""
    router = APIRouter(route_class=PageRoute)

    @router.get("/rosters")
    async def get_rosters_page(request: Request, client: Rosters) -> Response:
        """List the teams that have a roster."""
        shell: Shell = request.app.state.shell
        return shell.page(request, "rosters.html", rosters=await queries.rosters(running.pool))

    @router.get("/rosters/{team}")
    async def get_roster_page(request: Request, team: Named, client: Rosters) -> Response:
        """Show a team as it is now."""
        shell: Shell = request.app.state.shell
        found, _ = await known_team(running, team)
        version, now, lang = found.versions[found.newest], running.now(), language_of(request)
        people = version.roster.people
        loads = await queries.loads(running.pool, [one.id for one in people])
        lines = [Line(one, loads.get(one.id, 0), present(one, now, version.roster), week_of(one.hours)) for one in people]
        w = Wording(shell.words(lang), lang)
        roles = names_of_roles(queries.published(running.known), w)
        return shell.page(
            request,
            "roster.html",
            version=version,
            roster=version.roster,
            lines=lines,
            roles=roles,
            warnings=unknown_roles(version.roster, roles),
            w=w,
        )

    return router
