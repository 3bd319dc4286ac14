"""survey's HTTP: the customer's form behind a signed link, the links for who sends them, the surveys for colleagues."""

from datetime import UTC, tzinfo
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request, Response

from libs.events.words.refusal import Refused
from libs.service.personal import note
from libs.service.running import RunningService
from libs.web.access import require
from libs.web.answers import shown
from libs.web.bodies import JSONRoute
from libs.web.filters import chosen
from libs.web.keys import Client
from libs.web.paging import Page, paged, pages
from libs.web.position import WaitFor
from libs.web.shapes import Paged, Shape, shaped
from libs.web.text import Id, Text
from services.survey import queries
from services.survey.domain.link import Link, token
from services.survey.form import form_routes
from services.survey.page import NOBODY, Asker
from services.survey.requests import Erased, Invited
from services.survey.tables import SurveyRow

Reading = Annotated[Client, Depends(require("surveys:read"))]


TAGS = {
    "surveys": "What customers were asked, and what they answered.",
    "form": "The customer's own page.",
}
"""What the tags of /openapi.json mean."""

LINE = Shape(SurveyRow, "SurveyLine", "A survey as the list shows it; the comment is not part of it.")
SHEET = Shape(
    SurveyRow,
    "SurveySheet",
    "A survey with the customer's words; empty when there are none, or they were erased.",
    beside=queries.Written,
)


def routes(running: RunningService, secret: str, url: str, zone: tzinfo = UTC, asker: Asker = NOBODY) -> APIRouter:
    """Return survey's routes; customers read times of `zone`, and who asks them."""
    router = APIRouter(route_class=JSONRoute)
    form_routes(router, running, secret, zone, asker)
    _invitations(router, running, secret, url)
    _questions(router, running)
    _erasure(router, running)
    return router


def _invitations(router: APIRouter, running: RunningService, secret: str, url: str) -> None:
    def linked(survey: SurveyRow) -> dict[str, Any]:
        link = f"{url}/s/{token(Link(survey.case_id, survey.survey_id), secret=secret)}"
        return {name: getattr(survey, name) for name in Invited.model_fields if name != "link"} | {"link": link}

    @router.get("/invitations", tags=["surveys"], summary="Links to pass on to customers", responses=shaped(Paged[Invited]))
    async def get_invitations(
        request: Request,
        client: Annotated[Client, Depends(require("surveys:link"))],
        chosen: Annotated[queries.Filter, Depends(chosen(queries.Filter, only=("case_id",)))],
        page: Annotated[Page[queries.After], Depends(pages(queries.After))],
        position: WaitFor,
    ) -> Response:
        """List open invitations in the order they were sent, each with its customer's link.

        Anybody with the link can answer for the customer: only the system that sends invitations should read this.
        """
        await running.wait_for(position)
        rows = await queries.surveys(running.pool, after=page.after, fetch=page.fetch, chosen=chosen, welcome_at=running.now())
        return paged(request, page, rows, queries.place, linked)


def _questions(router: APIRouter, running: RunningService) -> None:
    one = {"get_survey": {"survey_id": "$response.body#/items/0/survey_id"}}

    @router.get("/surveys", tags=["surveys"], summary="List surveys", responses=shaped(LINE.paged(), links=one))
    async def get_surveys(
        request: Request,
        client: Reading,
        page: Annotated[Page[queries.After], Depends(pages(queries.After))],
        chosen: Annotated[queries.Filter, Depends(chosen(queries.Filter))],
        position: WaitFor,
    ) -> Response:
        """List surveys in the order they were sent; without the customers' links and words."""
        await running.wait_for(position)
        rows = await queries.surveys(running.pool, after=page.after, fetch=page.fetch, chosen=chosen)
        return paged(request, page, rows, queries.place, LINE)

    @router.get(
        "/surveys/{survey_id}", tags=["surveys"], summary="One survey with the customer's words", responses=shaped(SHEET.model)
    )
    async def get_survey(
        request: Request,
        survey_id: Annotated[Text, Path(max_length=64)],
        client: Annotated[Client, Depends(require("surveys:personal"))],
        position: WaitFor,
    ) -> Response:
        """Show a survey and its comment."""
        await running.wait_for(position)
        found = await queries.survey(running.pool, survey_id)
        if found is None:
            raise Refused("unknown-survey", f"There is no survey {survey_id}.", 404)
        await note(request, client, [found[0].case_id])
        return shown(SHEET(*found))


def _erasure(router: APIRouter, running: RunningService) -> None:
    @router.delete("/cases/{case_id}/personal", tags=["surveys"], summary="Forget what was written", responses=shaped(Erased))
    async def delete_personal(
        case_id: Id,
        client: Annotated[Client, Depends(require("cases:erase"))],
    ) -> Response:
        """Delete the comments about a case and say how many there were; scores stay, so no figure changes."""
        return shown({"comments": await queries.erase(running.pool, case_id)})
