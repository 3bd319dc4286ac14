"""survey's HTTP: the customer's form behind a signed link, and the surveys for colleagues."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Header, Path, Query, Request, Response
from fastapi.responses import HTMLResponse

from libs.events.envelope import Fact
from libs.events.event import Topic
from libs.events.refusal import Refused
from libs.events.store import Answer
from libs.events.writer import Command, Outcome
from libs.web.access import require
from libs.web.answers import shown
from libs.web.host import Host
from libs.web.keys import Client
from libs.web.paging import Page, paged, pages
from libs.web.shapes import Paged, shaped
from libs.web.text import Text
from services.survey import queries
from services.survey.domain.comment import comment_row
from services.survey.domain.link import Link, opened, token
from services.survey.domain.survey import SurveyCase, answer
from services.survey.domain.wording import language
from services.survey.page import PAGE_AGAIN, PAGES, headers, render_form, render_gone, render_thanks
from services.survey.queries import SurveySheet
from services.survey.requests import AnswerBody, Erased, Filled, form_body, read_form

Reading = Annotated[Client, Depends(require("surveys:read"))]
Token = Annotated[Text, Path(max_length=200)]
Lang = Annotated[Text | None, Query(max_length=35)]
Accepted = Annotated[str | None, Header(alias="Accept-Language")]

_OVER = (404, 410)
"""What the decision answers to who comes too late; any other no is not about the survey."""


def routes(host: Host, secret: str, url: str) -> APIRouter:
    """Return survey's routes."""
    router = APIRouter()
    _form(router, host, secret)
    _questions(router, host, secret, url)
    _erasure(router, host)
    return router


def _form(router: APIRouter, host: Host, secret: str) -> None:
    @router.get("/s/{signed}", tags=["form"], summary="The customer's form", response_class=HTMLResponse, responses=PAGES)
    async def get_form(request: Request, signed: Token, lang: Lang = None, accepted: Accepted = None) -> Response:
        """Show the form, filled in with what the customer answered before."""
        spoken, path = language(lang, accepted), request.url.path
        survey = await _find(host, signed, secret)
        if survey is None or _is_over(survey, host.now()):
            return _page(render_gone(lang=spoken, path=path, expired=survey is not None), 404 if survey is None else 410)
        filled = Filled(overall=survey.overall, scores=survey.scores, comment=survey.comment)
        return _page(_form_of(survey, filled, spoken, path))

    @router.post(
        "/s/{signed}",
        tags=["form"],
        summary="The customer's answer",
        response_class=HTMLResponse,
        responses=PAGES | PAGE_AGAIN,
        openapi_extra=form_body(),
    )
    async def post_form(request: Request, signed: Token, lang: Lang = None, accepted: Accepted = None) -> Response:
        """Take the answer; sending the form twice says it once, a changed answer replaces the earlier one."""
        spoken, path = language(lang, accepted), request.url.path
        survey = await _find(host, signed, secret)
        if survey is None:
            return _page(render_gone(lang=spoken, path=path), 404)
        filled = read_form(await request.body())
        given = filled.answer()
        if given is None:
            return _page(_form_of(survey, filled, spoken, path), 422)
        try:
            await host.execute(_answer_command(survey, given, host.now()))
        except Refused as refused:
            if refused.status not in _OVER:
                raise
            return _page(render_gone(lang=spoken, path=path, expired=True), 410)
        assert survey.expires_at is not None
        return _page(render_thanks(lang=spoken, path=path, expires_at=survey.expires_at, overall=given.overall))


def _answer_command(survey: SurveySheet, given: AnswerBody, at: datetime) -> Command:
    def decide(case: SurveyCase) -> list[Fact]:
        return answer(case, survey.survey_id, given.overall, given.scores, bool(given.comment), at=at)

    def answered(outcome: Outcome) -> Answer:
        return Answer(200, b"")

    words = comment_row(survey.case_id, survey.survey_id, given.comment, at=at)
    return Command(answered, (Topic.CASES, survey.case_id), decide, private=lambda _: (words,))


async def _find(host: Host, signed: str, secret: str) -> SurveySheet | None:
    link = opened(signed, secret=secret)
    return await queries.survey(host.pool, link.survey_id, case_id=link.case_id) if link else None


def _is_over(survey: SurveySheet, at: datetime) -> bool:
    return survey.expires_at is None or at >= survey.expires_at


def _form_of(survey: SurveySheet, filled: Filled, lang: str, path: str) -> str:
    assert survey.expires_at is not None
    return render_form(lang=lang, path=path, expires_at=survey.expires_at, filled=filled, answered=survey.answered_at is not None)


def _page(html: str, status: int = 200) -> Response:
    return Response(html, status, headers=dict(headers()))


def _questions(router: APIRouter, host: Host, secret: str, url: str) -> None:
    def linked(survey: Any) -> dict[str, Any]:
        shown_survey: dict[str, Any] = msgspec.to_builtins(survey)
        if survey.origin == "live":
            shown_survey["link"] = f"{url}/s/{token(Link(survey.case_id, survey.survey_id), secret=secret)}"
        return shown_survey

    one = {"get_survey": {"survey_id": "$response.body#/items/0/survey_id"}}

    @router.get("/surveys", tags=["surveys"], summary="List surveys", responses=shaped(Paged[queries.SurveyLine], links=one))
    async def get_surveys(
        request: Request,
        client: Reading,
        page: Annotated[Page, Depends(pages(datetime, str, str))],
        status: Annotated[str, Query(pattern="^(|open|answered|expired)$")] = "",
        case_id: Annotated[Text, Query(max_length=64)] = "",
    ) -> Response:
        """List surveys in the order they were sent, each with the link to pass on to the customer."""
        after: Any = page.after
        rows = await queries.surveys(host.pool, after=after, fetch=page.fetch, status=status, case_id=case_id)
        return paged(request, page, rows, lambda row: (row.sent_at, row.case_id, row.survey_id), linked)

    @router.get(
        "/surveys/{survey_id}", tags=["surveys"], summary="One survey with the customer's words", responses=shaped(SurveySheet)
    )
    async def get_survey(
        survey_id: Annotated[Text, Path(max_length=64)],
        client: Annotated[Client, Depends(require("surveys:personal"))],
    ) -> Response:
        """Show a survey and its comment."""
        found = await queries.survey(host.pool, survey_id)
        if found is None:
            raise Refused("unknown-survey", f"There is no survey {survey_id}.", 404)
        return shown(linked(found))


def _erasure(router: APIRouter, host: Host) -> None:
    @router.delete("/cases/{case_id}/personal", tags=["surveys"], summary="Forget what was written", responses=shaped(Erased))
    async def delete_personal(
        case_id: Annotated[str, Path(min_length=1, max_length=64, pattern="^[A-Za-z0-9-]+$")],
        client: Annotated[Client, Depends(require("cases:erase"))],
    ) -> Response:
        """Delete the comments about a case and say how many there were; scores stay, so no figure changes."""
        return shown({"comments": await queries.erase(host.pool, case_id)})
