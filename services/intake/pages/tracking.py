"""What a customer sees of her case by the link that she was given: no names, no notes, nothing of those who work on it."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from libs.events.catalogue.routing import CANCELLED, CLOSED, RESOLVED
from libs.events.engine.known import Known
from libs.pictures.numbers import duration
from libs.pictures.words import WORDS
from libs.service.running import RunningService
from libs.web.pages.language import language_of
from libs.web.pages.naming import process_name, standard_of
from libs.web.pages.negotiation import PageOnlyRoute
from libs.web.pages.shell import Shell
from libs.web.text import Text
from services.intake.domain.link import Links, opened
from services.intake.domain.progress import CUSTOMER, OTHERS, Progress
from services.intake.domain.steps import Steps, steps_of
from services.intake.projections import progress_row
from services.intake.queries.tracking import tracked
from services.intake.tables import CaseRow, ProgressRow


def tracking_router(running: RunningService, links: Links) -> APIRouter:
    """Return the route. Its address is its key."""
    router = APIRouter(route_class=PageOnlyRoute)

    @router.get("/track/{token}")
    async def get_tracking(request: Request, token: Annotated[Text, Path(max_length=200)]) -> Response:
        """Show the customer how her case stands."""
        shell: Shell = request.app.state.shell
        case_id = opened(token, secret=links.secret)
        found = await tracked(running.pool, case_id) if case_id else None
        if found is None:
            return shell.page(request, "track_gone.html", 404, private=True, why="unknown", days=0)
        case, known = found
        now = running.now()
        if known and links.is_over(known.ended_at, at=now):
            return shell.page(request, "track_gone.html", 410, private=True, why="over", days=links.days)
        return _shown(request, shell, running.known, case, known, now)

    return router


def _shown(request: Request, shell: Shell, standards: Known, case: CaseRow, known: ProgressRow | None, now: datetime) -> Response:
    lang = language_of(request)
    progress = known or progress_row(case.case_id, Progress())
    return shell.page(
        request,
        "track.html",
        private=True,
        case=case,
        progress=progress,
        stand=stand(progress),
        steps=_steps(standards, case, known),
        is_late=progress.due_at is not None and progress.due_at < now,
        left=duration(abs(progress.due_at - now), WORDS[lang], rough=True) if progress.due_at else "",
        process=process_name(standards, lang, case.process_id, case.process_version),
    )


def stand(progress: ProgressRow) -> str:
    """Return how the case stands, in the word by which the page says so."""
    ended = {CANCELLED: "withdrawn", CLOSED: "finished", RESOLVED: "resolved"}.get(progress.phase)
    waits = {CUSTOMER: "waits", OTHERS: "waits for others"}.get(progress.waits_for)
    return ended or waits or ("reopened" if progress.reopened_at else "open")


def _steps(standards: Known, case: CaseRow, known: ProgressRow | None) -> Steps:
    standard = standard_of(standards, case.process_id, case.process_version)
    return steps_of(standard, known.node if known else "", has_begun=known is not None) if standard else Steps()
