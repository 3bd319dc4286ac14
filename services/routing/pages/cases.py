"""The page of a case: where it stands, the way it has to go, and forms for what may be done now."""

from datetime import tzinfo
from secrets import token_urlsafe
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from libs.events.catalogue.references import ROSTER
from libs.events.catalogue.standard import Standard
from libs.service.personal import note
from libs.service.running import RunningService
from libs.web.keys import Client
from libs.web.pages.language import language_of
from libs.web.pages.negotiation import PageRoute
from libs.web.pages.shell import Shell
from libs.web.text import Id
from services.routing.domain.cases.case import RoutingCase
from services.routing.domain.cases.owing import evidence_owed
from services.routing.domain.cases.pinned import WORDS, words_of
from services.routing.domain.cases.possible import Offer, offered_to, offers
from services.routing.domain.standards.notices import spoken
from services.routing.pages.wording import Wording
from services.routing.pages.work import Line, line
from services.routing.questions import Reading, known_case, notes_of, said_in
from services.routing.tables import case_row


def cases_router(running: RunningService) -> APIRouter:
    """Return the route."""
    router = APIRouter(route_class=PageRoute)

    @router.get("/cases/{case_id}")
    async def get_case_page(request: Request, case_id: Id, client: Reading) -> Response:
        """Show a case, and forms to those who may change it."""
        shell: Shell = request.app.state.shell
        case, version = await known_case(running, case_id)
        hide = not (client.may("cases:personal") and await note(request, client, [case_id]))
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
            said=await said_in(running, case, hide=hide),
            notes=await notes_of(running, case, hide=hide),
            offers=may_ask(client, case, standard, running, shell.zone),
            owed=list(evidence_owed(case, standard, one.node)) if standard and one.node else [],
            forms=standard.forms if standard else {},
            script=script_of(case, standard, one),
            **_words(standard),
        )

    return router


def may_ask(
    client: Client, case: RoutingCase, standard: Standard | None, running: RunningService, zone: tzinfo
) -> dict[str, Offer]:
    """Return what a client may ask for now; nothing while the standard is not known."""
    if standard is None or not client.may("cases:write"):
        return {}
    at = running.now()
    found = offers(case, standard, at=at, zone=zone)
    return offered_to(client.person, found, case, standard, running.known.newest(ROSTER), at)


def script_of(case: RoutingCase, standard: Standard | None, one: Line) -> str:
    """Return what the customer is told at the node where the case stands; of personal data routing knows nothing."""
    if standard is None or one.node is None or one.node.notice not in standard.scripts:
        return ""
    names = {"process": one.w.name(standard.name), "node": one.w.name(one.node.name), "case": case.case_id}
    scales = {scale: getattr(case, scale) for scale in WORDS}
    known = {**case.told, **scales, "agent": case.working_agent, "team": case.working_team, **names}
    return spoken(one.w.name(standard.scripts[one.node.notice]), known)


def _words(standard: Standard | None) -> dict[str, Any]:
    """Return the words that a form offers: those of the scales, and which outputs name a role."""
    if standard is None:
        return {"scales": {}, "naming": set()}
    scales = ("service_class", "severity")
    return {
        "scales": {scale: words for scale in scales if (words := words_of(standard, scale))},
        "naming": {node.role[1:] for node in standard.nodes if node.role.startswith("$")},
    }
