"""The page of a case: where it stands, the way it has to go, and forms for what may be done now."""

from datetime import tzinfo
from secrets import token_urlsafe
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from libs.events.catalogue.standard import Standard
from libs.service.running import RunningService
from libs.web.pages.language import language_of
from libs.web.pages.negotiation import PageRoute
from libs.web.pages.shell import Shell
from libs.web.text import Id
from services.routing.domain.cases.case import RoutingCase
from services.routing.domain.cases.pinned import words_of
from services.routing.domain.cases.possible import Offer, offers
from services.routing.pages.wording import Wording
from services.routing.pages.work import line
from services.routing.questions import Reading, known_case, notes_of, reason_of
from services.routing.tables import case_row


def cases_router(running: RunningService) -> APIRouter:
    """Return the route."""
    router = APIRouter(route_class=PageRoute)

    @router.get("/cases/{case_id}")
    async def get_case_page(request: Request, case_id: Id, client: Reading) -> Response:
        """Show a case, and forms to those who may change it."""
        shell: Shell = request.app.state.shell
        case, version = await known_case(running, case_id)
        lang = language_of(request)
        one = line(case_row(case), running.known, Wording(shell.words(lang), lang))
        standard = one.w.standard
        return shell.page(
            request,
            "case.html",
            one=one,
            case=case,
            version=version,
            key=token_urlsafe(12),
            ended_because=await reason_of(running, case) if client.may("cases:personal") else "",
            notes=await notes_of(running, case, hide=not client.may("cases:personal")),
            offers=may_ask(case, standard, running, shell.zone) if client.may("cases:write") else {},
            **_words(standard),
        )

    return router


def may_ask(case: RoutingCase, standard: Standard | None, running: RunningService, zone: tzinfo) -> dict[str, Offer]:
    """Return what may be asked now; nothing while the standard is not known."""
    return offers(case, standard, at=running.now(), zone=zone) if standard else {}


def _words(standard: Standard | None) -> dict[str, Any]:
    """Return the words that a form offers: those of the scales, and which outputs name a role."""
    if standard is None:
        return {"scales": {}, "naming": set()}
    scales = ("service_class", "severity")
    return {
        "scales": {scale: words for scale in scales if (words := words_of(standard, scale))},
        "naming": {node.role[1:] for node in standard.nodes if node.role.startswith("$")},
    }
