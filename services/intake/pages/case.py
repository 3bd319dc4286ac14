"""One case as intake keeps it: what was registered, what the vault keeps of it, and each contact with the customer."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from libs.events.log.envelope import fact_of
from libs.events.words.event import Topic
from libs.service.running import RunningService
from libs.web.pages.language import language_of
from libs.web.pages.naming import process_name, standard_of
from libs.web.pages.negotiation import PageRoute
from libs.web.pages.shell import Shell, link_to
from libs.web.text import Id
from services.intake import queries
from services.intake.domain.link import Links
from services.intake.dossier import confirmations, contacts
from services.intake.pages.filling import places
from services.intake.questions import Personal, attachments_of, records_of, unknown_case
from services.intake.storage import Files

CONTACTS_MAX = 100


def case_router(running: RunningService, pepper: str, links: Links, files: Files) -> APIRouter:
    """Return the route."""
    router = APIRouter(route_class=PageRoute)

    @router.get("/cases/{case_id}")
    async def get_case_page(request: Request, case_id: Id, client: Personal) -> Response:
        """Show the case."""
        found = await queries.case(running.pool, case_id)
        if found is None:
            raise unknown_case(case_id)
        case, kept = found
        shell: Shell = request.app.state.shell
        standard, lang = standard_of(running.known, case.process_id, case.process_version), language_of(request)
        forms = standard.forms if standard else {}
        facts = [fact_of(one) for one in await running.store.facts((Topic.CASES, case_id))]
        talks = list(contacts(facts, kept.notes))
        return shell.page(
            request,
            "case.html",
            private=True,
            case=case,
            kept=kept,
            followed_by=await queries.cases(running.pool, chosen=queries.Filter(follows=case_id)),
            tracking=link_to(request, "intake", links.path(case_id)),
            forms=forms,
            labels={id: {one.name: one.label for one in places(form.schema, lang)} for id, form in forms.items()},
            records=await records_of(running, case_id, pepper) if forms else [],
            may_confirm=standard is not None and any(node.confirmation for node in standard.nodes),
            confirmations=list(confirmations(facts, kept.words)),
            attachments=await attachments_of(running, case_id, pepper),
            may_attach=files.storage is not None and client.may("cases:write"),
            may_write=client.may("cases:write"),
            contacts=talks[-CONTACTS_MAX:],
            others=max(0, len(talks) - CONTACTS_MAX),
            process=process_name(running.known, lang, case.process_id, case.process_version),
        )

    return router
