"""The page of the work there is: what falls due first, what its node owes, and why it waits."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from libs.events.catalogue.references import PROCESS
from libs.events.catalogue.standard import Node, Standard
from libs.events.engine.known import Known, NotYetKnown
from libs.service.running import RunningService
from libs.web.filters import chosen
from libs.web.pages.language import language_of
from libs.web.pages.live import live, shared
from libs.web.pages.negotiation import PageOnlyRoute, PageRoute
from libs.web.pages.shell import Shell
from libs.web.paging import Page, pages, sealed
from services.routing import queries
from services.routing.domain.cases.pinned import WORDS, node_of
from services.routing.domain.standards.roles import ASSIGNED
from services.routing.pages.wording import Wording, names_of_roles
from services.routing.questions import Reading, load_in
from services.routing.tables import CaseRow


@dataclass(frozen=True, slots=True)
class Line:
    """A case, the node where it stands, and the words of its standard. Both may be unknown of imported history."""

    row: CaseRow
    node: Node | None
    role: str
    limit: str
    w: Wording


def work_router(running: RunningService) -> APIRouter:
    """Return the route."""
    router = APIRouter(route_class=PageRoute)
    look = shared(lambda: queries.work_stamp(running.pool))

    @router.get("/work")
    async def get_work_page(
        request: Request,
        client: Reading,
        page: Annotated[Page[queries.After], Depends(pages(queries.After))],
        chosen: Annotated[queries.Filter, Depends(chosen(queries.Filter))],
    ) -> Response:
        """Show open cases, those that fall due first in front."""
        shell: Shell = request.app.state.shell
        standards = list(queries.published(running.known))
        rows = await queries.work(running.pool, after=page.after, fetch=page.fetch, chosen=chosen, standards=standards)
        lang = language_of(request)
        w = Wording(shell.words(lang), lang)
        return shell.page(
            request,
            "work.html",
            lines=[(line(one.case, running.known, w), one.due) for one in rows[: page.limit]],
            now=running.now(),
            chosen=chosen,
            load=await load_in(running, chosen.team) if chosen.team else None,
            processes={one.process_id: w.name(one.name) for one in standards},
            roles=names_of_roles(standards, w),
            deciders=deciders(standards),
            teams=teams(standards),
            following=sealed(queries.place(rows[page.limit - 1])) if len(rows) > page.limit else None,
            is_first=page.after is None,
        )

    async def get_live(request: Request, client: Reading) -> Response:
        """Say when some open case changes."""
        return live(request, look)

    router.add_api_route("/live", get_live, route_class_override=PageOnlyRoute)
    return router


def deciders(standards: Iterable[Standard]) -> list[str]:
    """Return every role that a standard lets decide."""
    return sorted({gate.approver for one in standards for node in one.nodes for gate in node.gates})


def teams(standards: Iterable[Standard]) -> list[str]:
    """Return every team that a standard names."""
    named = {rule.then.get("team", "") for one in standards for rule in one.assign}
    return sorted((named | {role.team for one in standards for role in one.roles.values()}) - {""})


def line(row: CaseRow, known: Known, w: Wording) -> Line:
    """Return a case as the page shows it."""
    standard = standard_of(row, known)
    words = Wording(w.t, w.lang, standard)
    told = {scale: getattr(row, scale) for scale in WORDS}
    node = node_of(standard, row.node) if standard else None
    return Line(row, node, _role(row, node, words), words.limit_of_case(row.node, told), words)


def _role(row: CaseRow, node: Node | None, w: Wording) -> str:
    """Return who does the work at the node; nothing if nobody says it."""
    if node is None:
        return ""
    return w.role(row.role if node.role == ASSIGNED and row.role else node.role)


def standard_of(row: CaseRow, known: Known) -> Standard | None:
    """Return the standard that a case is pinned to, if it has arrived here."""
    try:
        return known.version(PROCESS, row.process_id, row.process_version)
    except NotYetKnown:
        return None
