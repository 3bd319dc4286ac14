"""What a customer sees of her case by the link that she was given: no names, no notes, nothing of those who work on it."""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from libs.events.log.envelope import fact_of
from libs.events.words.event import Topic
from libs.service.running import RunningService
from libs.web.pages.language import language_of
from libs.web.pages.naming import process_name
from libs.web.pages.negotiation import PageOnlyRoute
from libs.web.pages.shell import Shell
from libs.web.text import Text
from services.intake.books import CASES
from services.intake.domain.case import IntakeCase
from services.intake.domain.link import opened
from services.intake.pages.case import CONTACTS_MAX, contacts
from services.intake.pages.wording import worder


def tracking_router(running: RunningService, secret: str) -> APIRouter:
    """Return the route. Its address is its key."""
    router = APIRouter(route_class=PageOnlyRoute)

    @router.get("/track/{token}")
    async def get_tracking(request: Request, token: Annotated[Text, Path(max_length=200)]) -> Response:
        """Show the customer how her case stands, as far as intake knows."""
        shell: Shell = request.app.state.shell
        case_id = opened(token, secret=secret)
        facts = [fact_of(one) for one in await running.store.facts((Topic.CASES, case_id))] if case_id else []
        case: IntakeCase = CASES.of(case_id or "", facts)
        if case.registered_at is None:
            return shell.page(request, "track.html", 404, private=True, case=None)
        return shell.page(
            request,
            "track.html",
            private=True,
            case=case,
            stand=stand(case),
            contacts=list(contacts(facts, {}))[-CONTACTS_MAX:],
            process=process_name(running.known, language_of(request), case.process_id, case.process_version),
            word=worder(shell.words(language_of(request))),
        )

    return router


def stand(case: IntakeCase) -> str:
    """Return how the case stands, as far as intake knows."""
    if case.cancelled_at is not None:
        return "withdrawn"
    if case.ended_at is not None:
        return "finished"
    return "reopened" if case.open_since != case.registered_at else "open"
