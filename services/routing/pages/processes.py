"""The process centre: every standard as a page that people can read, with its flowchart, versions and what changed."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from libs.events.catalogue.standard import Node, Standard
from libs.pictures.flowchart import Step, flowchart
from libs.pictures.picture import Picture, both
from libs.pictures.words import WORDS
from libs.service.running import RunningService
from libs.web.filters import chosen
from libs.web.pages.language import language_of
from libs.web.pages.negotiation import PageOnlyRoute, PageRoute
from libs.web.pages.shell import Shell
from libs.web.text import IN_DIGITS, Named
from services.routing import queries
from services.routing.domain.standards.changes import changes
from services.routing.domain.standards.process import Process, State, content_of
from services.routing.pages.wording import Wording
from services.routing.questions import Reading, known_process
from services.routing.tables import ProcessRow

Number = Annotated[int | None, Query(ge=1, le=2**31 - 1), IN_DIGITS]


def processes_router(running: RunningService) -> APIRouter:
    """Return the routes."""
    router = APIRouter(route_class=PageRoute)

    @router.get("/processes")
    async def get_processes_page(
        request: Request, client: Reading, chosen: Annotated[queries.ProcessFilter, Depends(chosen(queries.ProcessFilter))]
    ) -> Response:
        """List the standards, each with its versions."""
        rows = await queries.processes(running.pool, chosen=chosen)
        shell: Shell = request.app.state.shell
        return shell.page(request, "processes.html", processes=by_process(rows), chosen=chosen)

    async def get_process_page(
        request: Request, client: Reading, process_id: Named, version: Number = None, before: Number = None
    ) -> Response:
        """Show one version of a standard, and what it changes."""
        process = await known_process(running, process_id)
        number = version or _newest(process)
        shell: Shell = request.app.state.shell
        return shell.page(request, "process.html", **_shown(request, process, number, before))

    router.add_api_route("/processes/{process_id}", get_process_page, route_class_override=PageOnlyRoute)
    return router


def by_process(rows: Iterable[ProcessRow]) -> dict[str, list[ProcessRow]]:
    """Return process → its versions, the newest first."""
    found: dict[str, list[ProcessRow]] = {}
    for row in rows:
        found.setdefault(row.process_id, []).insert(0, row)
    return found


_PLACE: Mapping[State, int] = {"drafted": 0, "retired": 1, "published": 2}


def _newest(process: Process) -> int:
    """Return the version to show: the newest that is published, else the newest that was, else the newest draft."""
    return max(process.versions, key=lambda number: (_PLACE[process.versions[number].state], number))


def _shown(request: Request, process: Process, number: int, before: int | None) -> dict[str, Any]:
    """Return what the page shows: the standard, its pictures, and the changes since another version or the one before."""
    lang, standard = language_of(request), content_of(process, number)
    w = Wording(request.app.state.shell.words(lang), lang, standard)
    others = sorted(set(process.versions) - {number})
    before = before or max((one for one in others if one < number), default=None)
    former = content_of(process, before) if before else None
    return {
        "standard": standard,
        "written": process.versions[number].page,
        "rules": {one.get("id"): one["rule"] for one in process.versions[number].page.get("nodes", ()) if "rule" in one},
        "version": process.versions[number],
        "versions": sorted(process.versions, reverse=True),
        "others": others,
        "before": before,
        "changes": changes(former, standard) if former else [],
        "former": Wording(w.t, lang, former),
        "w": w,
        "pictures": _pictures(w, standard),
    }


def _pictures(w: Wording, standard: Standard) -> Sequence[Picture]:
    title = f"{w.name(standard.name)}, {w.t['version']} {standard.version}"
    steps = [_step(w, one) for one in standard.nodes]
    return both(lambda sheet: flowchart(sheet, steps), "flow", title, WORDS[w.lang])


def _step(w: Wording, node: Node) -> Step:
    limits = [f"{when}: {limit}" if when else limit for when, limit in reversed(w.limits(node.id))]
    return Step(w.name(node.name), w.role(node.role), "; ".join(limits), node.key, f"#node-{quote(node.id, safe='')}")
