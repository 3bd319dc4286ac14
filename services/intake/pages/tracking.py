"""What a customer sees of her case by the link that she was given: no names, no notes, nothing of those who work on it."""

from datetime import datetime
from secrets import token_urlsafe
from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.responses import RedirectResponse, Response

from libs.events.catalogue.intake import NOBODY
from libs.events.catalogue.phases import CANCELLED, CLOSED, OPEN, RESOLVED
from libs.events.engine.known import Known
from libs.pictures.numbers import duration
from libs.pictures.words import WORDS
from libs.service.running import RunningService
from libs.web.keys import Client
from libs.web.pages.language import language_of
from libs.web.pages.naming import process_name, standard_of
from libs.web.pages.negotiation import PageOnlyRoute
from libs.web.pages.shell import Shell
from libs.web.pages.signing_in import Form
from libs.web.text import Text
from libs.web.writes import asked_by_form
from services.intake.commands import supply_fields
from services.intake.domain.link import Links, opened
from services.intake.domain.progress import CUSTOMER, OTHERS, Progress
from services.intake.domain.steps import Steps, steps_of
from services.intake.projections import progress_row
from services.intake.queries.tracking import tracked
from services.intake.requests import FieldsBody
from services.intake.tables import CaseRow, ProgressRow


def tracking_router(running: RunningService, links: Links) -> APIRouter:
    """Return the route. Its address is its key."""
    router = APIRouter(route_class=PageOnlyRoute)

    @router.get("/track/{token}")
    async def get_tracking(request: Request, token: Annotated[Text, Path(max_length=200)]) -> Response:
        """Show the customer how her case stands."""
        found = await _followed(request, running, links, token)
        if isinstance(found, Response):
            return found
        return _shown(request, running.known, *found, running.now(), await _earlier(running, links, found[0]))

    @router.post("/track/{token}")
    async def post_tracking(request: Request, token: Annotated[Text, Path(max_length=200)], form: Form) -> Response:
        """Take in what the case lacks and the customer has written, and show how it stands then."""
        found = await _followed(request, running, links, token)
        if isinstance(found, Response):
            return found
        case, _ = found
        path = request.state.back = links.path(case.case_id)
        if given := {name: form[name] for name in case.missing if form.get(name, "").strip()}:
            await supply_fields(running, case.case_id, _body(given), await asked_by_form(request, FOLLOWER, form))
        return RedirectResponse(request.app.state.shell.addresses.base("intake") + path, 303)

    return router


FOLLOWER = Client("customer", frozenset())
"""Who has the link of a case, and nothing else."""


async def _followed(
    request: Request, running: RunningService, links: Links, token: str
) -> Response | tuple[CaseRow, ProgressRow | None]:
    """Return the case that a link names; or what is shown instead, if it names none or is over."""
    shell: Shell = request.app.state.shell
    case_id = opened(token, secret=links.secret)
    found = await tracked(running.pool, case_id) if case_id else None
    if found is None:
        return shell.page(request, "track_gone.html", 404, private=True, why="unknown", days=0)
    if (known := found[1]) and links.is_over(known.ended_at, at=running.now()):
        return shell.page(request, "track_gone.html", 410, private=True, why="over", days=links.days)
    return found


async def _earlier(running: RunningService, links: Links, case: CaseRow) -> str:
    """Return where the customer sees the case that this one follows; nothing if nobody can tell that it is hers."""
    found = await tracked(running.pool, case.follows) if case.follows and case.customer_ref not in NOBODY else None
    return links.path(case.follows) if found and found[0].customer_ref == case.customer_ref else ""


def _body(given: dict[str, str]) -> FieldsBody:
    try:
        return FieldsBody(fields=given)
    except ValidationError as error:
        raise RequestValidationError([{**one, "loc": ("body", *one["loc"])} for one in error.errors()], body=given) from error


def _shown(request: Request, standards: Known, case: CaseRow, known: ProgressRow | None, now: datetime, earlier: str) -> Response:
    shell: Shell = request.app.state.shell
    lang = language_of(request)
    standard = standard_of(standards, case.process_id, case.process_version)
    progress = known or progress_row(case.case_id, Progress())
    return shell.page(
        request,
        "track.html",
        private=True,
        case=case,
        progress=progress,
        asked=case.missing if progress.phase == OPEN else [],
        values=standard.values if standard else {},
        earlier=earlier,
        key=token_urlsafe(12),
        stand=stand(case, progress),
        steps=_steps(standards, case, known),
        is_late=progress.due_at is not None and progress.due_at < now,
        left=duration(abs(progress.due_at - now), WORDS[lang], rough=True) if progress.due_at else "",
        process=process_name(standards, lang, case.process_id, case.process_version),
    )


def stand(case: CaseRow, progress: ProgressRow) -> str:
    """Return how the case stands, in the word by which the page says so."""
    ended = {CANCELLED: "withdrawn", CLOSED: "finished", RESOLVED: "resolved"}.get(progress.phase)
    if case.cancellation == "asked":
        return "asked"
    waits = {CUSTOMER: "waits", OTHERS: "waits for others"}.get(progress.waits_for)
    return ended or waits or ("reopened" if progress.reopened_at else "open")


def _steps(standards: Known, case: CaseRow, known: ProgressRow | None) -> Steps:
    standard = standard_of(standards, case.process_id, case.process_version)
    return steps_of(standard, known.node if known else "", has_begun=known is not None) if standard else Steps()
