"""The page of one survey: whom it is about, what became of it, and the customer's words for who may read them."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from libs.events.words.refusal import Refused
from libs.service.personal import note
from libs.service.running import RunningService
from libs.web.pages.language import language_of
from libs.web.pages.naming import process_name
from libs.web.pages.negotiation import PageRoute
from libs.web.pages.shell import Shell
from libs.web.text import Text
from services.survey import queries
from services.survey.api import Reading
from services.survey.domain.wording import WORDS
from services.survey.pages.figures import SCORES

PERSONAL = "surveys:personal"
"""The scope that opens what customers wrote."""


def survey_router(running: RunningService) -> APIRouter:
    """Return the route."""
    router = APIRouter(route_class=PageRoute)

    @router.get("/surveys/{survey_id}")
    async def get_survey_page(request: Request, survey_id: Annotated[Text, Path(max_length=64)], client: Reading) -> Response:
        """Show the survey."""
        found = await queries.survey(running.pool, survey_id)
        if found is None:
            raise Refused("unknown-survey", f"There is no survey {survey_id}.", 404)
        row, written = found
        shell: Shell = request.app.state.shell
        lang, may_read = language_of(request), client.may(PERSONAL)
        if may_read:
            await note(request, client, [row.case_id])
        return shell.page(
            request,
            "survey.html",
            private=may_read,
            row=row,
            comment=written.comment if may_read else "",
            may_read=may_read,
            process=process_name(running.known, lang, row.process_id, row.process_version),
            score_words=score_words(WORDS[lang]),
            asked_words=WORDS[lang],
        )

    return router


def score_words(words: Mapping[str, str]) -> dict[int, str]:
    """Return what each score is called."""
    return {score: words[f"score_{score}"] for score in SCORES}
